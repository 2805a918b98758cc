//! Leaky integrate-and-fire with a threshold that adapts (spec 10.3), and any constant by lane (spec 10.1).
//!
//! ```text
//! θ[t] = threshold + κ a[t],   a[t] = ρ a[t−1] + S[t−1]
//!
//! ā[t] = κ Θ[t] + ρ ā[t+1]                               Θ: direct derivative by the threshold
//! S̄[t] += ā[t+1],   T̄[t] += S[t] (1 − ρ) ā[t+1]          where the path through the adaptation is on
//! V'[t] = V[t] − c[t−1] + κ (1 − ρ) a[t−1]
//! ```

use std::ops::Range;

use fearless_simd::prelude::*;

use super::Neuron;
use super::constants::LaneConstants;
use super::lif::{Lif, LifState};
use crate::Reset;
use crate::lanes::{flush, load, store};

/// The constants of `K` vectors of lanes.
#[derive(Clone, Copy)]
pub(crate) struct Alif<S: Simd, const K: usize> {
    pub(crate) units: [Lif<S>; K],
    pub(crate) decay: [S::f32s; K],
    pub(crate) strength: [S::f32s; K],
}

impl<S: Simd, const K: usize> Alif<S, K> {
    /// Constants of the lanes from `first` on.
    #[inline(always)]
    pub(crate) fn new(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |values: &[f32]| load::<S, K>(simd, &values[first..first + K * S::f32s::LEN]);
        Self {
            units: std::array::from_fn(|k| Lif::by_lane(simd, lanes, first + k * S::f32s::LEN)),
            decay: at(lanes.adaptation_decay),
            strength: at(lanes.adaptation_strength),
        }
    }

    /// θ[t] of vector `k`, from a[t].
    #[inline(always)]
    pub(crate) fn threshold(&self, k: usize, adaptation: S::f32s) -> S::f32s {
        self.units[k].threshold + adaptation * self.strength[k]
    }

    /// κ (1 − ρ) a[t−1]: how far the threshold falls in a step, from a[t−1].
    #[inline(always)]
    pub(crate) fn fall(&self, simd: S, k: usize, before: S::f32s) -> S::f32s {
        ((S::f32s::splat(simd, 1.0) - self.decay[k]) * self.strength[k]) * before
    }

    /// ā[t], from Θ[t] and ā[t+1].
    #[inline(always)]
    pub(crate) fn step_back(&self, k: usize, threshold_gradient: S::f32s, next: S::f32s) -> S::f32s {
        threshold_gradient * self.strength[k] + next * self.decay[k]
    }
}

/// J, V and a after the step.
#[derive(Clone, Copy)]
pub(crate) struct AlifState<S: Simd, const K: usize> {
    units: LifState<S, K>,
    adaptation: [S::f32s; K],
}

impl<S: Simd, const K: usize> Neuron<S, K> for Alif<S, K> {
    type State = AlifState<S, K>;

    #[inline(always)]
    fn load(simd: S, state: [&[f32]; 3], group: Range<usize>) -> Self::State {
        let [current, membrane, adaptation] = state.map(|array| &array[group.clone()]);
        AlifState { units: LifState::load(simd, current, membrane), adaptation: load::<S, K>(simd, adaptation) }
    }

    #[inline(always)]
    fn store(state: &Self::State, to: [&mut [f32]; 3], group: Range<usize>) {
        let [current, membrane, adaptation] = to.map(|array| &mut array[group.clone()]);
        state.units.store(current, membrane);
        store::<S, K>(&state.adaptation, adaptation);
    }

    #[inline(always)]
    fn decay(&self, state: &mut Self::State) {
        for k in 0..K {
            state.units.current[k] *= self.units[k].current_decay;
        }
    }

    #[inline(always)]
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]) {
        for k in 0..K {
            state.units.current[k] += drive[k] * self.units[k].drive_gain;
        }
    }

    #[inline(always)]
    fn settle(&self, state: &mut Self::State, bias: &[S::f32s; K]) {
        let LifState { current, membrane } = &mut state.units;
        for k in 0..K {
            membrane[k] = (membrane[k] * self.units[k].membrane_decay + current[k]) + bias[k];
        }
    }

    #[inline(always)]
    fn current(&self, state: &Self::State) -> [S::f32s; K] {
        state.units.current
    }

    #[inline(always)]
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K] {
        &mut state.units.membrane
    }

    #[inline(always)]
    fn adaptation(&self, state: &Self::State) -> Option<[S::f32s; K]> {
        Some(state.adaptation)
    }

    #[inline(always)]
    fn threshold_fall(&self, simd: S, mut before: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            before[k] = self.fall(simd, k, before[k]);
        }
        before
    }

    #[inline(always)]
    fn min_threshold(&self, k: usize) -> S::f32s {
        self.units[k].threshold
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        (0..K).any(|k| state.units.membrane[k].simd_ge(self.threshold(k, state.adaptation[k])).any_true())
    }

    #[inline(always)]
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64 {
        let mut bits = 0;
        for k in 0..K {
            let mut unit = LifState { current: [state.units.current[k]], membrane: [state.units.membrane[k]] };
            let lif = Lif { threshold: self.threshold(k, state.adaptation[k]), ..self.units[k] };
            bits |= lif.reset(simd, &mut unit, reset) << (k * S::f32s::LEN);
            [state.units.current[k]] = unit.current;
            [state.units.membrane[k]] = unit.membrane;
        }
        bits
    }

    #[inline(always)]
    fn adapt(&self, simd: S, state: &mut Self::State, fired: u64) {
        let (zero, one) = (S::f32s::splat(simd, 0.0), S::f32s::splat(simd, 1.0));
        for k in 0..K {
            let mask = S::mask32s::from_bitmask(simd, fired >> (k * S::f32s::LEN));
            state.adaptation[k] = state.adaptation[k] * self.decay[k] + mask.select(one, zero);
        }
    }

    #[inline(always)]
    fn flush(&self, simd: S, state: &mut Self::State) {
        flush::<S, K>(simd, &mut state.units.current);
        flush::<S, K>(simd, &mut state.units.membrane);
        flush::<S, K>(simd, &mut state.adaptation);
    }
}
