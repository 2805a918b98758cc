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

/// The constants of one vector of lanes in registers.
#[derive(Clone, Copy)]
pub(crate) struct Alif<S: Simd> {
    pub(crate) lif: Lif<S>,
    pub(crate) decay: S::f32s,
    pub(crate) strength: S::f32s,
}

impl<S: Simd> Alif<S> {
    /// Of the lanes from `first` on.
    #[inline(always)]
    pub(crate) fn new(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |values: &[f32]| load::<S, 1>(simd, &values[first..first + S::f32s::LEN])[0];
        Self {
            lif: Lif::by_lane(simd, lanes, first),
            decay: at(lanes.adaptation_decay),
            strength: at(lanes.adaptation_strength),
        }
    }

    /// θ[t], from a[t].
    #[inline(always)]
    pub(crate) fn threshold(&self, adaptation: S::f32s) -> S::f32s {
        self.lif.threshold + adaptation * self.strength
    }

    /// κ (1 − ρ) a[t−1]: how far the threshold falls in a step, from a[t−1].
    #[inline(always)]
    pub(crate) fn fall(&self, simd: S, before: S::f32s) -> S::f32s {
        ((S::f32s::splat(simd, 1.0) - self.decay) * self.strength) * before
    }

    /// ā[t], from Θ[t] and ā[t+1].
    #[inline(always)]
    pub(crate) fn step_back(&self, threshold_gradient: S::f32s, next: S::f32s) -> S::f32s {
        threshold_gradient * self.strength + next * self.decay
    }
}

/// J, V and a after the step.
#[derive(Clone, Copy)]
pub(crate) struct AlifState<S: Simd, const K: usize> {
    units: LifState<S, K>,
    adaptation: [S::f32s; K],
}

impl<S: Simd, const K: usize> Neuron<S, K> for Alif<S> {
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
        self.lif.decay(&mut state.units);
    }

    #[inline(always)]
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]) {
        self.lif.receive(&mut state.units, drive);
    }

    #[inline(always)]
    fn settle(&self, state: &mut Self::State, bias: &[S::f32s; K]) {
        self.lif.settle(&mut state.units, bias);
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
            before[k] = self.fall(simd, before[k]);
        }
        before
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        (0..K).any(|k| state.units.membrane[k].simd_ge(self.threshold(state.adaptation[k])).any_true())
    }

    #[inline(always)]
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64 {
        let mut bits = 0;
        for k in 0..K {
            let mut unit = LifState { current: [state.units.current[k]], membrane: [state.units.membrane[k]] };
            let lif = Lif { threshold: self.threshold(state.adaptation[k]), ..self.lif };
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
            state.adaptation[k] = state.adaptation[k] * self.decay + mask.select(one, zero);
        }
    }

    #[inline(always)]
    fn flush(&self, simd: S, state: &mut Self::State) {
        self.lif.flush(simd, &mut state.units);
        flush::<S, K>(simd, &mut state.adaptation);
    }
}
