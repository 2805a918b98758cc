//! Leaky integrate-and-fire with a synaptic current (spec 1.1, 5.1, 5.3), with any reset (spec 10.2).
//!
//! ```text
//! J[t] = αᵢ gᵢ[t−1] J[t−1] + γ Σ_events W[input][unit]           J = membraneGain · I, γ = currentGain · membraneGain
//! V[t] = αᵥ c[t−1] + J[t] + b                                    b = biasGain · bias; c: see `reset.rs`
//! S[t] = V[t] ≥ threshold
//!
//! p[t] = G[t] + αᵥ gᵥ[t] p[t+1]                                  gᵥ[t] = 1 − S[t], 1 for `subtract`
//! q[t] = p[t] + αᵢ gᵢ[t] q[t+1]                                  gᵢ[t] = 1 − S[t] for `all`, else 1; q in units of membraneGain
//! r[t] = gᵢ[t] q[t+1] − αᵢ q[t] − αᵥ p[t]                        R = membraneGain / 2 · r; in the SLAYER style both gates are 1
//! ```

use std::ops::Range;

use fearless_simd::prelude::*;

use super::Neuron;
use super::constants::{LaneConstants, LifConstants};
use crate::Reset;
use crate::lanes::{flush, greater, load, store};

/// The constants in registers.
#[derive(Clone, Copy)]
pub(crate) struct Lif<S: Simd> {
    pub(crate) current_decay: S::f32s,
    pub(crate) membrane_decay: S::f32s,
    pub(crate) drive_gain: S::f32s,
    pub(crate) threshold: S::f32s,
}

impl<S: Simd> Lif<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, constants: &LifConstants) -> Self {
        let splat = |value| S::f32s::splat(simd, value);
        Self {
            current_decay: splat(constants.current_decay),
            membrane_decay: splat(constants.membrane_decay),
            drive_gain: splat(constants.drive_gain),
            threshold: splat(constants.threshold),
        }
    }

    /// Constants of one vector of lanes, from lane `first` on.
    #[inline(always)]
    pub(crate) fn by_lane(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |values: &[f32]| load::<S, 1>(simd, &values[first..first + S::f32s::LEN])[0];
        Self {
            current_decay: at(lanes.current_decay),
            membrane_decay: at(lanes.membrane_decay),
            drive_gain: at(lanes.drive_gain),
            threshold: at(lanes.threshold),
        }
    }
}

/// J and V after reset.
#[derive(Clone, Copy)]
pub(crate) struct LifState<S: Simd, const K: usize> {
    pub(crate) current: [S::f32s; K],
    pub(crate) membrane: [S::f32s; K],
}

impl<S: Simd, const K: usize> LifState<S, K> {
    #[inline(always)]
    pub(crate) fn load(simd: S, current: &[f32], membrane: &[f32]) -> Self {
        Self { current: load::<S, K>(simd, current), membrane: load::<S, K>(simd, membrane) }
    }

    #[inline(always)]
    pub(crate) fn store(&self, current: &mut [f32], membrane: &mut [f32]) {
        store::<S, K>(&self.current, current);
        store::<S, K>(&self.membrane, membrane);
    }
}

/// p and q of the step last taken.
#[derive(Clone, Copy)]
pub(crate) struct LifAdjoints<S: Simd, const K: usize> {
    pub(crate) p: [S::f32s; K],
    pub(crate) q: [S::f32s; K],
}

impl<S: Simd, const K: usize> Neuron<S, K> for Lif<S> {
    type State = LifState<S, K>;

    #[inline(always)]
    fn load(simd: S, [current, membrane, _]: [&[f32]; 3], group: Range<usize>) -> Self::State {
        LifState::load(simd, &current[group.clone()], &membrane[group])
    }

    #[inline(always)]
    fn store(state: &Self::State, [current, membrane, _]: [&mut [f32]; 3], group: Range<usize>) {
        state.store(&mut current[group.clone()], &mut membrane[group]);
    }

    #[inline(always)]
    fn decay(&self, state: &mut Self::State) {
        for k in 0..K {
            state.current[k] *= self.current_decay;
        }
    }

    #[inline(always)]
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]) {
        for k in 0..K {
            state.current[k] += drive[k] * self.drive_gain;
        }
    }

    #[inline(always)]
    fn settle(&self, state: &mut Self::State, bias: &[S::f32s; K]) {
        for k in 0..K {
            state.membrane[k] = (state.membrane[k] * self.membrane_decay + state.current[k]) + bias[k];
        }
    }

    #[inline(always)]
    fn current(&self, state: &Self::State) -> [S::f32s; K] {
        state.current
    }

    #[inline(always)]
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K] {
        &mut state.membrane
    }

    #[inline(always)]
    fn min_threshold(&self, _k: usize) -> S::f32s {
        self.threshold
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        let mut highest = state.membrane[0];
        for &vector in &state.membrane[1..] {
            highest = greater::<S, _>(highest, vector);
        }
        highest.simd_ge(self.threshold).any_true()
    }

    #[inline(always)]
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64 {
        let zero = S::f32s::splat(simd, 0.0);
        let mut bits = 0;
        for k in 0..K {
            let fired = state.membrane[k].simd_ge(self.threshold);
            bits |= fired.to_bitmask() << (k * S::f32s::LEN);
            if reset == Reset::All {
                state.current[k] = fired.select(zero, state.current[k]);
            }
            let carried = if reset == Reset::Subtract { state.membrane[k] - self.threshold } else { zero };
            state.membrane[k] = fired.select(carried, state.membrane[k]);
        }
        bits
    }

    #[inline(always)]
    fn flush(&self, simd: S, state: &mut Self::State) {
        flush::<S, K>(simd, &mut state.current);
        flush::<S, K>(simd, &mut state.membrane);
    }
}

/// The step back.
impl<S: Simd> Lif<S> {
    /// |V − threshold|.
    #[inline(always)]
    pub(crate) fn distance<const K: usize>(&self, mut membrane: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            membrane[k] = (membrane[k] - self.threshold).abs();
        }
        membrane
    }

    /// Takes out what spikes keep from flowing back.
    #[inline(always)]
    pub(crate) fn close<const K: usize>(
        &self,
        simd: S,
        adjoints: &mut LifAdjoints<S, K>,
        fired: u64,
        first: usize,
        reset: Reset,
    ) {
        let zero = S::f32s::splat(simd, 0.0);
        for k in 0..K {
            let mask = S::mask32s::from_bitmask(simd, fired >> (first + k * S::f32s::LEN));
            if reset != Reset::Subtract {
                adjoints.p[k] = mask.select(zero, adjoints.p[k]);
            }
            if reset == Reset::All {
                adjoints.q[k] = mask.select(zero, adjoints.q[k]);
            }
        }
    }

    /// One step back, with G of the step.
    #[inline(always)]
    pub(crate) fn step_back<const K: usize>(&self, adjoints: &mut LifAdjoints<S, K>, direct: &[S::f32s; K]) {
        for k in 0..K {
            adjoints.p[k] = direct[k] + adjoints.p[k] * self.membrane_decay;
            adjoints.q[k] = adjoints.p[k] + adjoints.q[k] * self.current_decay;
        }
    }

    /// r: what a later arrival of a spike takes away, from q behind the gates of the step and the adjoints of the step.
    #[inline(always)]
    pub(crate) fn delay_gradient<const K: usize>(
        &self,
        opened: &[S::f32s; K],
        adjoints: &LifAdjoints<S, K>,
    ) -> [S::f32s; K] {
        let mut r = *opened;
        for k in 0..K {
            r[k] = (opened[k] - adjoints.q[k] * self.current_decay) - adjoints.p[k] * self.membrane_decay;
        }
        r
    }

    /// Flushes what is small.
    #[inline(always)]
    pub(crate) fn flush_back<const K: usize>(&self, simd: S, adjoints: &mut LifAdjoints<S, K>) {
        flush::<S, K>(simd, &mut adjoints.p);
        flush::<S, K>(simd, &mut adjoints.q);
    }
}
