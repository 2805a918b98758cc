//! Forward simulation of a tile: the loop over time (spec 1.1; the neuron's equation is in `neuron/`).
//!
//! V is held at 0 in the refractory steps after a spike (spec 1.4). That, and what somebody wants to observe, have an instance of
//! their own; so have constants by lane and thresholds that adapt.
//!
//! Layout: `weights[input · lanes + lane]`, so that an input spike adds one contiguous row; `membrane[t · lanes + lane]`;
//! `spikes[t]` has bit `lane` set where the unit fired.

use fearless_simd::prelude::*;

use crate::lanes::{clear, fit, load, store};
use crate::level::dispatch;
use crate::neuron::{LaneConstants, LaneNeuron, Lif, Neuron, with_neuron};
use crate::refractory::{blocked_after, blocked_at};
use crate::{FLOOR_EVERY, Level, LifConstants, TILE};

/// Input spikes by step: those of step `t` are `units[offsets[t]..offsets[t + 1]]`.
#[derive(Clone, Copy, Debug)]
pub struct StepEvents<'a> {
    /// Start of each step, and the end of the last.
    pub offsets: &'a [u32],
    /// Input unit of each spike.
    pub units: &'a [u32],
    /// Value of each event; empty: all are 1.
    pub values: &'a [f32],
}

impl<'a> StepEvents<'a> {
    /// Input units that fire at step `t`.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, t: usize) -> &'a [u32] {
        &self.units[self.offsets[t] as usize..self.offsets[t + 1] as usize]
    }

    /// Values of the events at step `t`; empty where no event has one.
    #[must_use]
    pub fn values_at(&self, t: usize) -> &'a [f32] {
        self.values.get(self.offsets[t] as usize..self.offsets[t + 1] as usize).unwrap_or_default()
    }

    /// Input units of step `t`, each with the value of its event.
    pub fn weighted_at(&self, t: usize) -> impl Iterator<Item = (u32, f32)> + Clone + use<'a> {
        let values = self.values_at(t).iter().copied().chain(std::iter::repeat(1.0));
        self.at(t).iter().copied().zip(values)
    }

    /// Whether events have values.
    #[inline(always)]
    #[must_use]
    pub fn is_weighted(&self) -> bool {
        !self.values.is_empty()
    }

    /// Each step from `from` up to `to`, with [`StepEvents::at`] it.
    #[inline(always)]
    pub(crate) fn between(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, &'a [u32])> {
        let ends = self.offsets[from..=to].windows(2);
        let units = self.units;
        (from..to).zip(ends.map(move |ends| &units[ends[0] as usize..ends[1] as usize]))
    }
}

/// A tile and its input.
#[derive(Clone, Copy, Debug)]
pub struct ForwardTile<'a> {
    /// `[input][lane]`.
    pub weights: &'a [f32],
    /// `[lane]`, already times the bias gain.
    pub bias: &'a [f32],
    /// Lanes of the tile, a multiple of [`crate::LANES`] up to [`crate::TILE`].
    pub lanes: usize,
    /// Input spikes. Events with values are summed before, by [`crate::sum_events`].
    pub events: StepEvents<'a>,
    /// The neuron.
    pub constants: LifConstants,
    /// Constants that replace those of the neuron, but for its reset.
    pub by_lane: Option<LaneConstants<'a>>,
    /// Steps after a spike in which a lane is blocked; [`crate::FIRES_ONCE`] for all.
    pub refractory: u32,
    /// First step.
    pub from: usize,
    /// Step before which to stop.
    pub to: usize,
}

/// State of a tile, and what its simulation keeps.
#[derive(Debug)]
pub struct TileState<'a> {
    /// J after reset, `[lane]`.
    pub current: &'a mut [f32],
    /// V after reset, `[lane]`.
    pub membrane: &'a mut [f32],
    /// The neuron's own states, `[state][lane]`; empty without constants by lane.
    pub own: &'a mut [f32],
    /// V before reset, `[step][lane]` for every step of the simulation; empty: not kept.
    pub trace: &'a mut [f32],
    /// Whether the rows of the trace may stay as they are but for the steps at which a lane fired and the steps before these.
    pub traces_spikes_only: bool,
    /// The neuron's own states before the reset, `[state][step][lane]`; kept as the trace is.
    pub own_trace: &'a mut [f32],
    /// Bits of the lanes that fired, `[step]`; bits are added to what is there.
    pub spikes: &'a mut [u64],
    /// Bit `t % 64` of word `t / 64` is set where a lane fired at step `t`; bits are added to what is there.
    pub busy: &'a mut [u64],
    /// For observers.
    pub observed: Option<ObservedForward<'a>>,
}

/// States of every step of the simulation, `[step][lane]` each.
#[derive(Debug)]
pub struct ObservedForward<'a> {
    /// J before reset.
    pub current: &'a mut [f32],
    /// `V[t]` less what was carried of `V[t−1]`, and how far an adapted threshold falls; empty: not kept.
    pub rise: &'a mut [f32],
}

/// Whether a trace that is read at spikes only has an instance of its own; not in WebAssembly, which is to stay small.
const TRACES_FEWER_ROWS: bool = cfg!(not(any(target_arch = "wasm32", debug_assertions)));

/// Runs one tile from step `from` up to step `to`.
pub fn forward_tile(level: Level, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    debug_assert!(!tile.events.is_weighted(), "events with values are summed before");
    if let Some(lanes) = &tile.by_lane {
        return with_neuron!(lanes.kind, Own => {
            dispatch!(level.0, simd => forward_by_lane::<_, Own<_, 4>, Own<_, 1>>(simd, lanes, tile, state));
        });
    }
    if TRACES_FEWER_ROWS && is_plain(tile, state) && state.traces_spikes_only && !state.trace.is_empty() {
        return dispatch!(level.0, simd => forward_to_spikes(simd, tile, state));
    }
    dispatch!(level.0, simd => forward_vector(simd, tile, state));
}

/// Whether units share their constants and nothing is blocked or observed.
pub(crate) fn is_plain(tile: &ForwardTile<'_>, state: &TileState<'_>) -> bool {
    tile.refractory == 0 && tile.by_lane.is_none() && state.observed.is_none()
}

#[inline(always)]
fn forward_vector<S: Simd>(simd: S, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    let neuron = Lif::new(simd, &tile.constants);
    let is_plain = is_plain(tile, state);
    let mut lane = 0;
    while lane < tile.lanes {
        let left = tile.lanes - lane;
        if !is_plain {
            forward_lanes::<S, 1, _, false, false>(simd, neuron, tile, state, lane);
            lane += S::f32s::LEN;
        } else if fit::<S>(4, left) {
            forward_lanes::<S, 4, _, true, false>(simd, neuron, tile, state, lane);
            lane += 4 * S::f32s::LEN;
        } else if fit::<S>(2, left) {
            forward_lanes::<S, 2, _, true, false>(simd, neuron, tile, state, lane);
            lane += 2 * S::f32s::LEN;
        } else {
            forward_lanes::<S, 1, _, true, false>(simd, neuron, tile, state, lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn forward_by_lane<S: Simd, Wide: LaneNeuron<S, 4>, Narrow: LaneNeuron<S, 1>>(
    simd: S,
    lanes: &LaneConstants<'_>,
    tile: &ForwardTile<'_>,
    state: &mut TileState<'_>,
) {
    let is_plain = tile.refractory == 0 && state.observed.is_none();
    let mut lane = 0;
    while lane < tile.lanes {
        if is_plain && fit::<S>(4, tile.lanes - lane) {
            forward_lanes::<S, 4, _, true, false>(simd, Wide::by_lane(simd, lanes, lane), tile, state, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            forward_lanes::<S, 1, _, false, false>(simd, Narrow::by_lane(simd, lanes, lane), tile, state, lane);
            lane += S::f32s::LEN;
        }
    }
}

/// Runs plain units whose trace is read at spikes only.
#[inline(always)]
fn forward_to_spikes<S: Simd>(simd: S, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    let mut lane = 0;
    while lane < tile.lanes {
        let neuron = Lif::new(simd, &tile.constants);
        if fit::<S>(4, tile.lanes - lane) {
            forward_lanes::<S, 4, _, true, true>(simd, neuron, tile, state, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            forward_lanes::<S, 1, _, true, true>(simd, neuron, tile, state, lane);
            lane += S::f32s::LEN;
        }
    }
}

/// `K` vectors of units from lane `first` on.
///
/// What the loop reads of the tile and of the state is taken out of them first: behind a reference it would be loaded again after
/// each store of a spike. Steps and rows of the trace come from iterators, so that the loop checks few bounds.
#[inline(always)]
fn forward_lanes<S: Simd, const K: usize, N: Neuron<S, K>, const IS_PLAIN: bool, const SPIKES_ONLY: bool>(
    simd: S,
    neuron: N,
    tile: &ForwardTile<'_>,
    state: &mut TileState<'_>,
    first: usize,
) {
    let ForwardTile { events, refractory, from, to, .. } = *tile;
    // A group as wide as tiles are is the whole tile: the compiler then knows the distance of two rows.
    let (lanes, first) = if K * S::f32s::LEN == TILE { (TILE, 0) } else { (tile.lanes, first) };
    let TileState { current, membrane, own, trace, own_trace, spikes, busy, observed, .. } = state;
    let (spikes, busy) = (&mut **spikes, &mut **busy);
    let group = first..first + K * S::f32s::LEN;
    let weights = &tile.weights[first..];
    let bias = load::<S, K>(simd, &tile.bias[group.clone()]);
    let reset = tile.constants.reset;
    let mut units = N::load(simd, [current, membrane, own], lanes, group.clone());
    let own_stride = trace.len();
    let kept = if trace.is_empty() { 0..0 } else { from * lanes..to * lanes };
    let (at_spikes, every_row): (&mut [f32], &mut [f32]) =
        if SPIKES_ONLY { (trace, &mut []) } else { (&mut [], &mut trace[kept]) };
    let mut rows = every_row.chunks_exact_mut(lanes);
    let mut blocked = if IS_PLAIN { 0 } else { blocked_at(spikes, refractory, from) };
    for (t, arriving) in events.between(from, to) {
        neuron.decay(&mut units);
        if !arriving.is_empty() {
            let none = [S::f32s::splat(simd, 0.0); K];
            neuron.receive(&mut units, &add_rows::<S, K>(simd, none, weights, lanes, arriving));
        }
        let carried = neuron.units(&mut units).membrane;
        neuron.settle(simd, &mut units, &bias);
        if !IS_PLAIN {
            clear::<S, K>(simd, blocked, first, &mut neuron.units(&mut units).membrane);
            if let Some(observed) = observed {
                observe::<S, K, N>(simd, neuron, (observed, own_trace), &mut units, carried, (t, lanes, first));
            }
        }
        if let Some(row) = rows.next() {
            store::<S, K>(&neuron.units(&mut units).membrane, &mut row[group.clone()]);
            neuron.trace_own(&units, own_trace, own_stride, t * lanes + first);
        }
        let mut fired = 0;
        if neuron.fires(&units) {
            if SPIKES_ONLY {
                trace_spike::<S, K>(at_spikes, spikes, &neuron.units(&mut units).membrane, carried, (t, lanes, first));
            }
            fired = neuron.reset(simd, &mut units, reset);
            busy[t / 64] |= 1 << (t % 64);
            spikes[t] |= fired << first;
        }
        neuron.adapt(simd, &mut units, fired);
        if !IS_PLAIN {
            blocked = blocked_after(blocked, spikes, refractory, t);
        }
        if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
            neuron.flush(simd, &mut units);
        }
    }
    N::store(&units, [current, membrane, own], lanes, group);
}

/// Leaves V of a step at which a lane fires, and of the step before, where it is what was carried unless a lane fired there.
#[inline(always)]
fn trace_spike<S: Simd, const K: usize>(
    trace: &mut [f32],
    spikes: &[u64],
    membrane: &[S::f32s; K],
    carried: [S::f32s; K],
    (t, lanes, first): (usize, usize, usize),
) {
    let (at, width) = (t * lanes + first, K * S::f32s::LEN);
    store::<S, K>(membrane, &mut trace[at..at + width]);
    if let Some(before) = t.checked_sub(1).filter(|&before| spikes[before] >> first & (u64::MAX >> (64 - width)) == 0) {
        let at = before * lanes + first;
        store::<S, K>(&carried, &mut trace[at..at + width]);
    }
}

/// Adds the rows of spikes, in their order; the weights start at the first of the lanes.
#[inline(always)]
pub(crate) fn add_rows<S: Simd, const K: usize>(
    simd: S,
    mut sums: [S::f32s; K],
    weights: &[f32],
    lanes: usize,
    arriving: &[u32],
) -> [S::f32s; K] {
    if K * S::f32s::LEN == TILE {
        let (rows, _) = weights.as_chunks::<TILE>();
        for &unit in arriving {
            add_row::<S, K>(simd, &mut sums, &rows[unit as usize]);
        }
        sums
    } else {
        add_rows_apart(simd, sums, weights, lanes, arriving)
    }
}

/// [`add_rows`], with rows that lie so far apart.
#[inline(always)]
pub(crate) fn add_rows_apart<S: Simd, const K: usize>(
    simd: S,
    mut sums: [S::f32s; K],
    weights: &[f32],
    distance: usize,
    arriving: &[u32],
) -> [S::f32s; K] {
    for &unit in arriving {
        add_row::<S, K>(simd, &mut sums, &weights[unit as usize * distance..][..K * S::f32s::LEN]);
    }
    sums
}

#[inline(always)]
fn add_row<S: Simd, const K: usize>(simd: S, sums: &mut [S::f32s; K], row: &[f32]) {
    for k in 0..K {
        sums[k] += S::f32s::from_slice(simd, &row[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
    }
}

#[inline(always)]
fn observe<S: Simd, const K: usize, N: Neuron<S, K>>(
    simd: S,
    neuron: N,
    (observed, own_trace): (&mut ObservedForward<'_>, &[f32]),
    units: &mut N::State,
    carried: [S::f32s; K],
    (t, lanes, first): (usize, usize, usize),
) {
    let at = t * lanes + first;
    let width = K * S::f32s::LEN;
    store::<S, K>(&neuron.units(units).current, &mut observed.current[at..at + width]);
    if observed.rise.is_empty() {
        return;
    }
    let mut rise = neuron.units(units).membrane;
    for k in 0..K {
        rise[k] -= carried[k];
    }
    let before = t.checked_sub(1).filter(|_| !own_trace.is_empty());
    if let Some(fall) = before.and_then(|before| neuron.threshold_fall(simd, own_trace, before * lanes + first)) {
        for k in 0..K {
            rise[k] += fall[k];
        }
    }
    store::<S, K>(&rise, &mut observed.rise[at..at + width]);
}
