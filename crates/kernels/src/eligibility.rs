//! Eligibilities: how a unit's own states change with each of its parameters, forward in time (spec 19.2).
//!
//! ```text
//! ' = d/dW_ji,   J' = αᵢ gᵢ[t−1] J' + γ a_i,   V' = αᵥ c' + J' − γ_w w'
//! alif   a' = ρ a' + e[t−1],   θ' = κ a'
//! e = σ'(V − θ) (V' − θ'),   c' = gᵥ V' − S θ' (`subtract`)
//! adlif  u' = m (a c' + b e),   w' = ρ w' + u' (symplectic), u'[t−1] (forward)
//!
//! f₁ = αᵢᵒ f₁ + e,   f = αᵥᵒ f + f₁   with the decays of a readout, or f = e
//! dL/dW_ji += L f + penalty e
//! ```

use fearless_simd::prelude::*;

use crate::lanes::{flush, load, store};
use crate::level::dispatch;
use crate::{LANES, Level, NeuronKind};

/// Numbers of what a step of a lane is made of; [`NeuronKind`]'s own follow.
pub mod coefficient {
    /// αᵢ gᵢ[t−1].
    pub const CURRENT: usize = 0;
    /// αᵥ.
    pub const MEMBRANE: usize = 1;
    /// σ'; 0 while the unit is blocked.
    pub const SLOPE: usize = 2;
    /// gᵥ; 0 while the unit is blocked.
    pub const GATE: usize = 3;
    /// L.
    pub const SIGNAL: usize = 4;
    /// What a spike drives through a weight of 1, as far as units differ.
    pub const DRIVE: usize = 5;
    /// S where a spike subtracts the threshold, else 0.
    pub const FALL: usize = 6;
    /// ρ.
    pub const DECAY: usize = 7;
    /// κ of an `alif`, γ_w of an `adlif`.
    pub const STRENGTH: usize = 8;
    /// 1 where an `alif` follows the effect of spikes on its threshold, else 0; m a of an `adlif`.
    pub const FEED: usize = 9;
    /// m b of an `adlif`, 0 where it does not follow the effect of spikes.
    pub const SPIKE_FEED: usize = 10;
    /// 1 where an `adlif` is symplectic, else 0.
    pub const IS_SYMPLECTIC: usize = 11;
    /// Number of them.
    pub const COUNT: usize = 12;
}
use coefficient as at;

/// One step of the lanes of a tile.
#[derive(Clone, Copy, Debug)]
pub struct EligibilityStep<'a> {
    /// The neuron; `None`: a LIF whose threshold no parameter moves.
    pub kind: Option<NeuronKind>,
    /// Lanes of the tile, in whole vectors.
    pub lanes: usize,
    /// `[coefficient][lane]`.
    pub coefficients: &'a [f32],
    /// αᵢ and αᵥ of the readout whose memory counts.
    pub filter: Option<[f32; 2]>,
    /// Factor of e in the gradient, besides that of f.
    pub penalty: f32,
    /// Whether what has become small is set to 0.
    pub flushes: bool,
}

/// Weights of the inputs of a tile.
#[derive(Debug)]
pub struct EligibilityRows<'a> {
    /// What arrives of each input at the step.
    pub values: &'a [f32],
    /// Whether anything has arrived of it so far.
    pub live: &'a mut [bool],
    /// `[input][block of lanes][state][lane]`, blocks of [`LANES`].
    pub states: &'a mut [f32],
    /// Gradients, `[input][lane]`.
    pub sums: &'a mut [f32],
}

/// A parameter that each lane has for itself, and how it enters the step, `[lane]`.
#[derive(Clone, Copy, Debug)]
pub struct EligibilityColumn<'a> {
    /// dJ.
    pub current: &'a [f32],
    /// dV.
    pub membrane: &'a [f32],
    /// dθ.
    pub threshold: &'a [f32],
    /// dw.
    pub adaptation: &'a [f32],
}

impl EligibilityStep<'_> {
    /// Number of states that a parameter has for each lane.
    #[must_use]
    pub fn states(kind: Option<NeuronKind>, is_filtered: bool) -> usize {
        let own = if kind.is_some() { 4 } else { 2 };
        own + if is_filtered { 2 } else { 0 }
    }

    #[inline(always)]
    fn of(&self, coefficient: usize) -> &[f32] {
        &self.coefficients[coefficient * self.lanes..][..self.lanes]
    }
}

/// Takes the weights of all inputs to the step, and adds to their gradients.
pub fn step_eligibility(level: Level, step: &EligibilityStep<'_>, rows: &mut EligibilityRows<'_>) {
    for (live, value) in rows.live.iter_mut().zip(rows.values) {
        *live |= *value != 0.0;
    }
    dispatch!(level.0, simd => match step.kind {
        None => step_rows::<_, LIF, 2>(simd, step, rows),
        Some(NeuronKind::Alif) => step_rows::<_, ALIF, 4>(simd, step, rows),
        Some(NeuronKind::Adlif) => step_rows::<_, ADLIF, 4>(simd, step, rows),
    });
}

const LIF: u8 = 0;
const ALIF: u8 = 1;
const ADLIF: u8 = 2;

/// All rows of one block of lanes after the other, so that its coefficients stay at hand. A parameter has `N` states
/// besides those of the filter.
#[inline(always)]
fn step_rows<S: Simd, const KIND: u8, const N: usize>(
    simd: S,
    step: &EligibilityStep<'_>,
    rows: &mut EligibilityRows<'_>,
) {
    let EligibilityRows { values, live, states, sums } = rows;
    let blocks = step.lanes / LANES;
    for block in 0..blocks {
        let lane = block * LANES;
        let coefficients: [&[f32]; at::COUNT] = std::array::from_fn(|number| &step.of(number)[lane..lane + LANES]);
        let count = EligibilityStep::states(step.kind, step.filter.is_some());
        let states = states.chunks_exact_mut(count * LANES).skip(block).step_by(blocks);
        let sums = sums.chunks_exact_mut(LANES).skip(block).step_by(blocks);
        for (((&value, &live), states), sums) in values.iter().zip(&**live).zip(states).zip(sums) {
            if live {
                step_block::<S, KIND, N>(simd, step, &coefficients, value, states, sums);
            }
        }
    }
}

/// One block of lanes of one row; states are `[state][lane]`.
#[inline(always)]
fn step_block<S: Simd, const KIND: u8, const N: usize>(
    simd: S,
    step: &EligibilityStep<'_>,
    coefficients: &[&[f32]; at::COUNT],
    value: f32,
    states: &mut [f32],
    sums: &mut [f32],
) {
    let splat = |value: f32| S::f32s::splat(simd, value);
    let value = splat(value);
    for lane in (0..LANES).step_by(S::f32s::LEN) {
        let of = |coefficient: usize| load::<S, 1>(simd, &coefficients[coefficient][lane..])[0];
        let mut state: [S::f32s; N] =
            std::array::from_fn(|number| load::<S, 1>(simd, &states[number * LANES + lane..])[0]);
        state[0] = state[0] * of(at::CURRENT) + of(at::DRIVE) * value;
        let mut v = state[1] * of(at::MEMBRANE) + state[0];
        let e;
        match KIND {
            LIF => {
                e = v * of(at::SLOPE);
                state[1] = v * of(at::GATE);
            }
            ALIF => {
                state[2] = state[2] * of(at::DECAY) + state[3] * of(at::FEED);
                let threshold = state[2] * of(at::STRENGTH);
                e = (v - threshold) * of(at::SLOPE);
                state[1] = v * of(at::GATE) - threshold * of(at::FALL);
                state[3] = e;
            }
            _ => {
                v -= state[2] * of(at::STRENGTH);
                e = v * of(at::SLOPE);
                state[1] = v * of(at::GATE);
                let fed = state[1] * of(at::FEED) + e * of(at::SPIKE_FEED);
                let taken = of(at::IS_SYMPLECTIC).simd_gt(splat(0.5)).select(fed, state[3]);
                state[2] = state[2] * of(at::DECAY) + taken;
                state[3] = fed;
            }
        }
        let mut f = e;
        if let Some([current, membrane]) = step.filter {
            let at = N * LANES + lane;
            let mut memory = [load::<S, 1>(simd, &states[at..])[0], load::<S, 1>(simd, &states[at + LANES..])[0]];
            memory[0] = memory[0] * splat(current) + e;
            memory[1] = memory[1] * splat(membrane) + memory[0];
            f = memory[1];
            if step.flushes {
                flush::<S, 2>(simd, &mut memory);
            }
            store::<S, 1>(&[memory[0]], &mut states[at..]);
            store::<S, 1>(&[memory[1]], &mut states[at + LANES..]);
        }
        let mut sum = load::<S, 1>(simd, &sums[lane..])[0] + f * of(at::SIGNAL);
        if step.penalty != 0.0 {
            sum += e * splat(step.penalty);
        }
        store::<S, 1>(&[sum], &mut sums[lane..]);
        if step.flushes {
            flush::<S, N>(simd, &mut state);
        }
        for (number, state) in state.into_iter().enumerate() {
            store::<S, 1>(&[state], &mut states[number * LANES + lane..]);
        }
    }
}

/// Takes a parameter that each lane has for itself to the step, and adds to its gradients, `[lane]`; states are `[state][lane]`.
pub fn step_column(step: &EligibilityStep<'_>, column: &EligibilityColumn<'_>, states: &mut [f32], sums: &mut [f32]) {
    let lanes = step.lanes;
    let filter = states.len() / lanes - 2;
    for lane in 0..lanes {
        let of = |coefficient: usize| step.coefficients[coefficient * lanes + lane];
        let mut state = |number: usize, value: &mut dyn FnMut(f32) -> f32| {
            let place = &mut states[number * lanes + lane];
            let next = value(*place);
            *place = if step.flushes && next.abs() < crate::FLOOR { 0.0 } else { next };
            next
        };
        let current = state(0, &mut |before| before * of(at::CURRENT) + column.current[lane]);
        let carried = state(1, &mut |before| before);
        let mut v = (carried * of(at::MEMBRANE) + current) + column.membrane[lane];
        let mut threshold = column.threshold[lane];
        match step.kind {
            None => {}
            Some(NeuronKind::Alif) => {
                let before = state(3, &mut |before| before);
                let adaptation = state(2, &mut |own| own * of(at::DECAY) + before * of(at::FEED));
                threshold += adaptation * of(at::STRENGTH);
            }
            Some(NeuronKind::Adlif) => v -= state(2, &mut |own| own) * of(at::STRENGTH),
        }
        let e = (v - threshold) * of(at::SLOPE);
        let carried = state(1, &mut |_| v * of(at::GATE) - threshold * of(at::FALL));
        match step.kind {
            None => {}
            Some(NeuronKind::Alif) => {
                state(3, &mut |_| e);
            }
            Some(NeuronKind::Adlif) => {
                let fed = carried * of(at::FEED) + e * of(at::SPIKE_FEED);
                let before = state(3, &mut |before| before);
                let taken = if of(at::IS_SYMPLECTIC) > 0.5 { fed } else { before };
                state(2, &mut |own| own * of(at::DECAY) + (taken + column.adaptation[lane]));
                state(3, &mut |_| fed);
            }
        }
        let mut f = e;
        if let Some([current, membrane]) = step.filter {
            let first = state(filter, &mut |before| before * current + e);
            f = state(filter + 1, &mut |before| before * membrane + first);
        }
        sums[lane] += f * of(at::SIGNAL);
        if step.penalty != 0.0 {
            sums[lane] += e * step.penalty;
        }
    }
}
