//! Forward simulation of a tile of leaky integrate-and-fire units (spec 1.1).
//!
//! ```text
//! J[t] = αᵢ (1 − S[t−1]) J[t−1] + γ Σ_events W[input][unit]      J = membraneGain · I, γ = currentGain · membraneGain
//! V[t] = αᵥ (1 − S[t−1]) V[t−1] + J[t] + b                       b = biasGain · bias
//! S[t] = V[t] ≥ threshold
//! ```
//!
//! V is held at 0 in the refractory steps after a spike (spec 1.4), in an instance of its own.
//!
//! Layout: `weights[input · lanes + lane]`, so that an input spike adds one contiguous row; `membrane[t · lanes + lane]`;
//! `spikes[t]` has bit `lane` set where the unit fired.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use crate::refractory::{blocked_after, blocked_at};
use crate::{FLOOR, FLOOR_EVERY, Level};

/// Constants of the neuron in single precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifConstants {
    /// αᵢ, decay of the current per step.
    pub current_decay: f32,
    /// αᵥ, decay of the membrane per step.
    pub membrane_decay: f32,
    /// γ, the drive of a unit weight as it reaches the membrane.
    pub drive_gain: f32,
    /// Membrane at which a unit fires.
    pub threshold: f32,
}

/// Input spikes by step: those of step `t` are `units[offsets[t]..offsets[t + 1]]`.
#[derive(Clone, Copy, Debug)]
pub struct StepEvents<'a> {
    /// Start of each step, and the end of the last.
    pub offsets: &'a [u32],
    /// Input unit of each spike.
    pub units: &'a [u32],
}

impl<'a> StepEvents<'a> {
    /// Input units that fire at step `t`.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, t: usize) -> &'a [u32] {
        &self.units[self.offsets[t] as usize..self.offsets[t + 1] as usize]
    }
}

/// A tile and what drives it.
#[derive(Clone, Copy, Debug)]
pub struct ForwardTile<'a> {
    /// `[input][lane]`.
    pub weights: &'a [f32],
    /// `[lane]`, already times the bias gain.
    pub bias: &'a [f32],
    /// Lanes of the tile, a multiple of [`crate::LANES`] up to [`crate::TILE`].
    pub lanes: usize,
    /// Input spikes.
    pub events: StepEvents<'a>,
    /// The neuron.
    pub constants: LifConstants,
    /// Steps after a spike in which a lane is blocked; [`crate::FIRES_ONCE`] for all.
    pub refractory: u32,
    /// First step.
    pub from: usize,
    /// Step before which to stop.
    pub to: usize,
}

/// What a tile carries from step to step and leaves behind.
#[derive(Debug)]
pub struct TileState<'a> {
    /// J after reset, `[lane]`.
    pub current: &'a mut [f32],
    /// V after reset, `[lane]`.
    pub membrane: &'a mut [f32],
    /// V before reset, `[step][lane]` for every step of the simulation; empty: not kept.
    pub trace: &'a mut [f32],
    /// Bits of the lanes that fired, `[step]`; bits are added to what is there.
    pub spikes: &'a mut [u64],
    /// Bit `t % 64` of word `t / 64` is set where a lane fired at step `t`; bits are added to what is there.
    pub busy: &'a mut [u64],
}

/// Runs one tile from step `from` up to step `to`.
pub fn forward_tile(level: Level, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    dispatch!(level.0, simd => forward_vector(simd, tile, state));
}

#[inline(always)]
fn forward_vector<S: Simd>(simd: S, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    let mut lane = 0;
    while lane < tile.lanes {
        let vectors = (tile.lanes - lane) / S::f32s::LEN;
        if tile.refractory > 0 {
            forward_group::<S, 1, true>(simd, tile, state, lane);
            lane += S::f32s::LEN;
        } else if vectors >= 4 {
            forward_group::<S, 4, false>(simd, tile, state, lane);
            lane += 4 * S::f32s::LEN;
        } else if vectors >= 2 {
            forward_group::<S, 2, false>(simd, tile, state, lane);
            lane += 2 * S::f32s::LEN;
        } else {
            forward_group::<S, 1, false>(simd, tile, state, lane);
            lane += S::f32s::LEN;
        }
    }
}

/// `K` vectors of units from lane `first` on.
#[inline(always)]
fn forward_group<S: Simd, const K: usize, const IS_REFRACTORY: bool>(
    simd: S,
    tile: &ForwardTile<'_>,
    state: &mut TileState<'_>,
    first: usize,
) {
    let width = K * S::f32s::LEN;
    let lanes = tile.lanes;
    let zero = S::f32s::splat(simd, 0.0);
    let current_decay = S::f32s::splat(simd, tile.constants.current_decay);
    let membrane_decay = S::f32s::splat(simd, tile.constants.membrane_decay);
    let drive_gain = S::f32s::splat(simd, tile.constants.drive_gain);
    let threshold = S::f32s::splat(simd, tile.constants.threshold);
    let bias = load::<S, K>(simd, &tile.bias[first..first + width]);
    let mut current = load::<S, K>(simd, &state.current[first..first + width]);
    let mut membrane = load::<S, K>(simd, &state.membrane[first..first + width]);
    let keeps_trace = !state.trace.is_empty();

    let mut blocked = if IS_REFRACTORY { blocked_at(state.spikes, tile.refractory, tile.from) } else { 0 };
    for t in tile.from..tile.to {
        let events = tile.events.at(t);
        for k in 0..K {
            current[k] *= current_decay;
        }
        if !events.is_empty() {
            let mut drive = [zero; K];
            for &unit in events {
                let start = unit as usize * lanes + first;
                let row = &tile.weights[start..start + width];
                for k in 0..K {
                    drive[k] += S::f32s::from_slice(simd, &row[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
                }
            }
            for k in 0..K {
                current[k] += drive[k] * drive_gain;
            }
        }
        for k in 0..K {
            membrane[k] = (membrane[k] * membrane_decay + current[k]) + bias[k];
        }
        if IS_REFRACTORY && blocked != 0 {
            for k in 0..K {
                let mask = S::mask32s::from_bitmask(simd, blocked >> (first + k * S::f32s::LEN));
                membrane[k] = mask.select(zero, membrane[k]);
            }
        }
        if keeps_trace {
            store::<S, K>(&membrane, &mut state.trace[t * lanes + first..t * lanes + first + width]);
        }
        let mut highest = membrane[0];
        for &vector in &membrane[1..] {
            highest = highest.max(vector);
        }
        if highest.simd_ge(threshold).any_true() {
            state.busy[t / 64] |= 1 << (t % 64);
            for k in 0..K {
                let fired = membrane[k].simd_ge(threshold);
                state.spikes[t] |= fired.to_bitmask() << (first + k * S::f32s::LEN);
                current[k] = fired.select(zero, current[k]);
                membrane[k] = fired.select(zero, membrane[k]);
            }
        }
        if IS_REFRACTORY {
            blocked = blocked_after(blocked, state.spikes, tile.refractory, t);
        }
        if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
            flush::<S, K>(simd, &mut current);
            flush::<S, K>(simd, &mut membrane);
        }
    }
    store::<S, K>(&current, &mut state.current[first..first + width]);
    store::<S, K>(&membrane, &mut state.membrane[first..first + width]);
}

#[inline(always)]
pub(crate) fn load<S: Simd, const K: usize>(simd: S, from: &[f32]) -> [S::f32s; K] {
    let mut vectors = [S::f32s::splat(simd, 0.0); K];
    for k in 0..K {
        vectors[k] = S::f32s::from_slice(simd, &from[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
    }
    vectors
}

#[inline(always)]
pub(crate) fn store<S: Simd, const K: usize>(vectors: &[S::f32s; K], to: &mut [f32]) {
    for k in 0..K {
        vectors[k].store_slice(&mut to[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
    }
}

/// Zero where the magnitude is below [`FLOOR`].
#[inline(always)]
pub(crate) fn flush<S: Simd, const K: usize>(simd: S, vectors: &mut [S::f32s; K]) {
    let floor = S::f32s::splat(simd, FLOOR);
    let zero = S::f32s::splat(simd, 0.0);
    for vector in vectors {
        *vector = vector.abs().simd_lt(floor).select(zero, *vector);
    }
}
