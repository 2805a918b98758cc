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

use fearless_simd::prelude::*;

use super::Neuron;
use crate::Reset;
use crate::lanes::{clear, flush, load, store};

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
    /// What a spike does.
    pub reset: Reset,
}

/// The constants in registers.
#[derive(Clone, Copy)]
pub(crate) struct Lif<S: Simd> {
    pub(crate) current_decay: S::f32s,
    pub(crate) membrane_decay: S::f32s,
    drive_gain: S::f32s,
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
    type Adjoints = LifAdjoints<S, K>;

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
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K] {
        &mut state.membrane
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        let mut highest = state.membrane[0];
        for &vector in &state.membrane[1..] {
            highest = highest.max(vector);
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

    #[inline(always)]
    fn distance(&self, mut membrane: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            membrane[k] = (membrane[k] - self.threshold).abs();
        }
        membrane
    }

    #[inline(always)]
    fn close(&self, simd: S, adjoints: &mut Self::Adjoints, fired: u64, first: usize, reset: Reset) {
        if reset != Reset::Subtract {
            clear::<S, K>(simd, fired, first, &mut adjoints.p);
        }
        if reset == Reset::All {
            clear::<S, K>(simd, fired, first, &mut adjoints.q);
        }
    }

    #[inline(always)]
    fn step_back(&self, adjoints: &mut Self::Adjoints, direct: &[S::f32s; K]) {
        for k in 0..K {
            adjoints.p[k] = direct[k] + adjoints.p[k] * self.membrane_decay;
            adjoints.q[k] = adjoints.p[k] + adjoints.q[k] * self.current_decay;
        }
    }

    #[inline(always)]
    fn delay_gradient(&self, opened: &[S::f32s; K], adjoints: &Self::Adjoints) -> [S::f32s; K] {
        let mut r = *opened;
        for k in 0..K {
            r[k] = (opened[k] - adjoints.q[k] * self.current_decay) - adjoints.p[k] * self.membrane_decay;
        }
        r
    }

    #[inline(always)]
    fn flush_back(&self, simd: S, adjoints: &mut Self::Adjoints) {
        flush::<S, K>(simd, &mut adjoints.p);
        flush::<S, K>(simd, &mut adjoints.q);
    }
}
