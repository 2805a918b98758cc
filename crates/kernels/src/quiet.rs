//! Units without further input: which of them can still fire, and their run apart from those that cannot.
//!
//! ```text
//! x = V − V∞,  V∞ = b / (1 − αᵥ)                              the membrane relative to where its bias alone drives it
//! V[t+n] − V∞ = αᵥⁿ x + J c_n,  c_n = Σ_(k=1..n) αᵢᵏ αᵥⁿ⁻ᵏ
//! max_n (V[t+n] − V∞) = J · M(x / J) for J > 0,  M(u) = max_n (αᵥⁿ u + c_n);  at most max(x, 0) else
//! ```
//!
//! M is convex, so that the chords between some of its points lie above it: a dozen lines tell for a whole layer which units stay
//! below the threshold for good. The rest, usually a fifth of a layer, run in vectors of their own.

use fearless_simd::prelude::*;

use crate::lanes::load;
use crate::level::dispatch;
use crate::neuron::{LaneConstants, LaneNeuron, Lif, LifState, Neuron, with_neuron};
use crate::{FLOOR_EVERY, LANES, Level, LifConstants, TILE};

/// Fraction of the threshold that a resting membrane must stay below, so that rounding cannot make it fire.
const CALM: f32 = 0.999;
/// Steps between two looks whether all lanes of a vector have calmed down.
const LOOK_EVERY: usize = 8;
/// Steps n and n + 1 whose lines meet in the points of M that are joined by chords.
const JOINED: [usize; 18] = [1, 2, 4, 6, 9, 12, 16, 22, 30, 40, 54, 72, 96, 128, 192, 320, 640, 1280];

/// An upper bound of what a membrane without input will reach.
#[derive(Clone, Debug)]
pub struct QuietBound {
    /// Slope in x and in J of each line above M.
    lines: Vec<(f32, f32)>,
    /// The height that must not be reached.
    calm: f32,
    /// Largest |x| for which the error of rounding stays within the margin.
    range: f32,
    /// Least x in the lines: 0 where decays differ, since a membrane below its rest comes up sooner by a smaller decay.
    lowest: f32,
}

impl QuietBound {
    /// The bound for simulations of at most `steps` steps of units with any of these constants: M grows with both decays.
    #[must_use]
    pub fn new(constants: impl Iterator<Item = LifConstants> + Clone, steps: usize) -> Self {
        let max = |of: fn(LifConstants) -> f32| constants.clone().map(of).fold(0.0, f32::max);
        let (membrane_decay, current_decay) = (max(|of| of.membrane_decay), max(|of| of.current_decay));
        let are_alike =
            constants.clone().all(|of| of.membrane_decay == membrane_decay && of.current_decay == current_decay);
        let threshold = constants.map(|of| of.threshold).fold(f32::INFINITY, f32::min);
        let (membrane, current) = (f64::from(membrane_decay), f64::from(current_decay));
        let mut powers = vec![(1.0, 0.0)];
        let mut current_power = 1.0;
        for n in 0..steps.max(2) {
            current_power *= current;
            let (power, response) = powers[n];
            powers.push((power * membrane, response * membrane + current_power));
        }
        let highest =
            |u: f64| powers[1..].iter().fold(f64::MIN, |max, (power, response)| max.max(power * u + response));
        let mut points: Vec<f64> = Vec::new();
        for n in JOINED.into_iter().filter(|n| n + 1 < powers.len()) {
            let u = (powers[n + 1].1 - powers[n].1) / (powers[n].0 - powers[n + 1].0);
            let at = points.partition_point(|&point| point < u);
            if u.is_finite() && points.get(at) != Some(&u) {
                points.insert(at, u);
            }
        }
        let mut lines = vec![];
        match (points.first(), points.last()) {
            (Some(&first), Some(&last)) => {
                lines.push((0.0, highest(first)));
                lines.push((membrane, highest(last) - membrane * last));
            }
            _ => lines.push((membrane, powers[1..].iter().fold(f64::MIN, |max, (_, response)| max.max(*response)))),
        }
        for pair in points.windows(2) {
            let slope = (highest(pair[1]) - highest(pair[0])) / (pair[1] - pair[0]);
            lines.push((slope, highest(pair[0]) - slope * pair[0]));
        }
        let memory = |decay: f64| (1.0 / (1.0 - decay)).min(steps as f64);
        let rounding = 4.0 * f64::from(f32::EPSILON) * (memory(membrane) + memory(current));
        Self {
            lines: lines.into_iter().map(|(slope, height)| (slope as f32, height as f32)).collect(),
            calm: CALM * threshold,
            range: (f64::from(threshold * (1.0 - CALM)) / rounding) as f32,
            lowest: if are_alike { f32::NEG_INFINITY } else { 0.0 },
        }
    }
}

/// State of units after their last input.
#[derive(Clone, Copy, Debug)]
pub struct QuietState<'a> {
    /// J after reset, a multiple of [`LANES`].
    pub current: &'a [f32],
    /// V after reset.
    pub membrane: &'a [f32],
    /// V∞.
    pub rest: &'a [f32],
}

/// Appends to `restless`, in order, `first` plus the index of each unit that the bound does not keep below the threshold.
pub fn list_restless(level: Level, bound: &QuietBound, state: &QuietState<'_>, first: u32, restless: &mut Vec<u32>) {
    dispatch!(level.0, simd => list_vector(simd, bound, state, first, restless));
}

#[inline(always)]
fn list_vector<S: Simd>(simd: S, bound: &QuietBound, state: &QuietState<'_>, first: u32, restless: &mut Vec<u32>) {
    let zero = S::f32s::splat(simd, 0.0);
    let calm = S::f32s::splat(simd, bound.calm);
    let range = S::f32s::splat(simd, bound.range);
    let lowest = S::f32s::splat(simd, bound.lowest);
    for lane in (0..state.current.len()).step_by(S::f32s::LEN) {
        let at = lane..lane + S::f32s::LEN;
        let current = S::f32s::from_slice(simd, &state.current[at.clone()]);
        let rest = S::f32s::from_slice(simd, &state.rest[at.clone()]);
        let x = S::f32s::from_slice(simd, &state.membrane[at]) - rest;
        let room = calm - rest;
        let mut highest = x.max(zero);
        let driven = current.max(zero);
        let is_driven = current.simd_gt(zero);
        for &(slope, height) in &bound.lines {
            let line = x.max(lowest) * S::f32s::splat(simd, slope) + driven * S::f32s::splat(simd, height);
            highest = is_driven.select(highest.max(line), highest);
        }
        let is_calm = highest.simd_le(room) & x.abs().simd_le(range);
        let mut bits = !is_calm.to_bitmask() & lane_bits(S::f32s::LEN);
        while bits != 0 {
            restless.push(first + lane as u32 + bits.trailing_zeros());
            bits &= bits - 1;
        }
    }
}

fn lane_bits(lanes: usize) -> u64 {
    if lanes == 64 { u64::MAX } else { (1 << lanes) - 1 }
}

/// Units that run without input, a multiple of [`LANES`].
#[derive(Debug)]
pub struct QuietRun<'a> {
    /// J after reset; not kept up to date.
    pub current: &'a [f32],
    /// V after reset; not kept up to date.
    pub membrane: &'a [f32],
    /// The neuron's own states, `[state][lane]`, not kept up to date; empty without constants by lane.
    pub own: &'a [f32],
    /// The drive of the bias at each step.
    pub bias: &'a [f32],
    /// V∞.
    pub rest: &'a [f32],
    /// First step.
    pub from: usize,
    /// Step before which to stop.
    pub to: usize,
    /// The neuron.
    pub constants: LifConstants,
    /// Constants that replace those of the neuron, but for its reset.
    pub by_lane: Option<LaneConstants<'a>>,
}

/// Spikes of units that run without input, in blocks of [`TILE`] lanes.
#[derive(Debug)]
pub struct QuietSpikes<'a> {
    /// Bits of the lanes that fired, `[block][step]` for every step of the simulation; bits are added to what is there.
    pub spikes: &'a mut [u64],
    /// A bit for each step at which a lane of the block fired, `[block][step / 64]`; bits are added to what is there.
    pub busy: &'a mut [u64],
}

/// Runs the units. The arithmetic is that of [`crate::forward_tile`].
pub fn run_quiet(level: Level, run: &QuietRun<'_>, fired: &mut QuietSpikes<'_>) {
    dispatch!(level.0, simd => run_vector(simd, run, fired));
}

#[inline(always)]
fn run_vector<S: Simd>(simd: S, run: &QuietRun<'_>, fired: &mut QuietSpikes<'_>) {
    let lanes = run.current.len();
    let blocks = lanes.div_ceil(TILE);
    if blocks == 0 {
        return;
    }
    let spikes = fired.spikes.chunks_exact_mut(fired.spikes.len() / blocks);
    let busy = fired.busy.chunks_exact_mut(fired.busy.len() / blocks);
    for (block, (spikes, busy)) in spikes.zip(busy).enumerate() {
        let mut lane = block * TILE;
        let end = lanes.min(lane + TILE);
        while lane < end {
            if let Some(lanes) = &run.by_lane {
                with_neuron!(lanes.kind, Own => {
                    run_group::<S, 1, Own<S, 1>>(simd, LaneNeuron::by_lane(simd, lanes, lane), run, lane, spikes, busy);
                });
                lane += S::f32s::LEN;
            } else if (end - lane) / S::f32s::LEN >= 4 {
                run_group::<S, 4, _>(simd, Lif::new(simd, &run.constants), run, lane, spikes, busy);
                lane += 4 * S::f32s::LEN;
            } else {
                run_group::<S, 1, _>(simd, Lif::new(simd, &run.constants), run, lane, spikes, busy);
                lane += S::f32s::LEN;
            }
        }
    }
}

#[inline(always)]
fn run_group<S: Simd, const K: usize, N: Neuron<S, K>>(
    simd: S,
    neuron: N,
    run: &QuietRun<'_>,
    first: usize,
    spikes: &mut [u64],
    busy: &mut [u64],
) {
    let at = first..first + K * S::f32s::LEN;
    let calm: [S::f32s; K] = std::array::from_fn(|k| neuron.min_threshold(k) * CALM);
    let zero = S::f32s::splat(simd, 0.0);
    let bias = load::<S, K>(simd, &run.bias[at.clone()]);
    let rest = load::<S, K>(simd, &run.rest[at.clone()]);
    let mut units = N::load(simd, [run.current, run.membrane, run.own], run.current.len(), at);
    let may_rest = (0..K).all(|k| rest[k].simd_le(calm[k]).all_true());

    for t in run.from..run.to {
        let before = neuron.units(&mut units).membrane;
        neuron.decay(&mut units);
        neuron.settle(simd, &mut units, &bias);
        let mut fired = 0;
        if neuron.fires(&units) {
            fired = neuron.reset(simd, &mut units, run.constants.reset);
            busy[t / 64] |= 1 << (t % 64);
            spikes[t] |= fired << (first % TILE);
        }
        neuron.adapt(simd, &mut units, fired);
        if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
            neuron.flush(simd, &mut units);
        }
        // A membrane that falls while the current is positive falls for good: the difference of two decaying powers changes its sign
        // at most once. Without a positive current it moves towards V∞. A reset is no fall.
        if may_rest && t % LOOK_EVERY == 0 && fired == 0 {
            let LifState { current, membrane } = *neuron.units(&mut units);
            let is_calm = (0..K).all(|k| {
                let falls = membrane[k].simd_le(before[k]) | current[k].simd_le(zero);
                (falls & membrane[k].simd_le(calm[k])).all_true()
            });
            if is_calm {
                return;
            }
        }
    }
}

/// Copies the units listed in `from` to the front of `to` and fills up whole lanes with zeros.
pub fn pick(units: &[u32], from: impl Fn(usize) -> f32, to: &mut Vec<f32>) {
    to.clear();
    to.extend(units.iter().map(|&unit| from(unit as usize)));
    to.resize(units.len().next_multiple_of(LANES), 0.0);
}
