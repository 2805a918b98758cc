//! Leaky integrate-and-fire with a synaptic current (spec 1.1, 5.1, 5.3), with any reset (spec 10.2).
//!
//! ```text
//! J[t] = αᵢ gᵢ[t−1] J[t−1] + γ Σ_events W[input][unit]           J = membraneGain · I, γ = currentGain · membraneGain
//! V[t] = αᵥ c[t−1] + J[t] + b                                    b = biasGain · bias; c: see `reset.rs`
//! S[t] = V[t] ≥ threshold
//!
//! p[t] = G[t] + αᵥ gᵥ[t] p[t+1]                                  gᵥ[t] = 1 − S[t]; 1 where the membrane continues
//! q[t] = p[t] + αᵢ gᵢ[t] q[t+1]                                  gᵢ[t] = 1 − S[t] for `all`, else 1; q in units of membraneGain
//! r[t] = gᵢ[t] q[t+1] − αᵢ q[t] − αᵥ p[t]                        R = membraneGain / 2 · r; in the SLAYER style both gates are 1
//! ```

use std::ops::Range;

use fearless_simd::prelude::*;

use super::constants::{Lif, LifConstants};
use super::forward::{LifState, Neuron};
use super::kept::Kept;
use super::plain::PlainNeuron;
use super::step_back::{Adjoints, StepBack};
use crate::Reset;
use crate::lanes::{flush, greater};

/// Adjoints of a LIF, which has none of its own.
pub(crate) type LifAdjoints<S, const K: usize> = Adjoints<S, K, ()>;

impl<S: Simd, const K: usize> Neuron<S, K> for Lif<S> {
    type State = LifState<S, K>;

    #[inline(always)]
    fn load(simd: S, [current, membrane, _]: [&[f32]; 3], _lanes: usize, group: Range<usize>) -> Self::State {
        LifState::load(simd, &current[group.clone()], &membrane[group])
    }

    #[inline(always)]
    fn store(state: &Self::State, [current, membrane, _]: [&mut [f32]; 3], _lanes: usize, group: Range<usize>) {
        state.store(&mut current[group.clone()], &mut membrane[group]);
    }

    #[inline(always)]
    fn lif(&self, _k: usize) -> &Lif<S> {
        self
    }

    #[inline(always)]
    fn units<'a>(&self, state: &'a mut Self::State) -> &'a mut LifState<S, K> {
        state
    }

    #[inline(always)]
    fn settle(&self, _simd: S, state: &mut Self::State, bias: &[S::f32s; K]) {
        for k in 0..K {
            state.membrane[k] = (state.membrane[k] * self.membrane_decay + state.current[k]) + bias[k];
        }
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
            let carried = if reset.keeps_membrane() { state.membrane[k] - self.threshold * self.drop } else { zero };
            state.membrane[k] = fired.select(carried, state.membrane[k]);
        }
        bits
    }

    #[inline(always)]
    fn flush(&self, simd: S, state: &mut Self::State) {
        state.flush(simd);
    }
}

impl<S: Simd> Lif<S> {
    /// [`StepBack::step_back`] of one vector of lanes.
    #[inline(always)]
    pub(crate) fn step_vector(&self, direct: S::f32s, [p, q]: [&mut S::f32s; 2]) {
        *p = direct + *p * self.membrane_decay;
        *q = *p + *q * self.current_decay;
    }

    /// One step back, with G of the step.
    #[inline(always)]
    pub(crate) fn step<const K: usize>(&self, adjoints: &mut LifAdjoints<S, K>, direct: &[S::f32s; K]) {
        for k in 0..K {
            self.step_vector(direct[k], [&mut adjoints.p[k], &mut adjoints.q[k]]);
        }
    }

    /// [`StepBack::delay_gradient`] of one vector of lanes.
    #[inline(always)]
    pub(crate) fn delay_vector(&self, opened: S::f32s, p: S::f32s, q: S::f32s) -> S::f32s {
        (opened - q * self.current_decay) - p * self.membrane_decay
    }

    /// [`StepBack::taken`] of one vector of lanes, from V[t] and, for `all`, J[t].
    #[inline(always)]
    pub(crate) fn taken_vector(
        &self,
        reset: Reset,
        membrane: S::f32s,
        current: S::f32s,
        [p, q]: [S::f32s; 2],
    ) -> S::f32s {
        match reset {
            Reset::All => (membrane * self.membrane_decay) * p + (current * self.current_decay) * q,
            Reset::Membrane => (membrane * self.membrane_decay) * p,
            Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => {
                p * ((self.threshold * self.drop) * self.membrane_decay)
            }
        }
    }
}

impl<S: Simd, const K: usize> StepBack<S, K> for Lif<S> {
    type Own = ();

    const LISTS_TIMING: bool = true;

    #[inline(always)]
    fn load_own(_simd: S, _from: &[f32], _lanes: usize, _first: usize) {}

    #[inline(always)]
    fn store_own(_own: &(), _to: &mut [f32], _lanes: usize, _first: usize) {}

    #[inline(always)]
    fn threshold(&self, _kept: &Kept<'_, S, K>, _t: usize) -> [S::f32s; K] {
        [self.threshold; K]
    }

    #[inline(always)]
    fn step_back(&self, _kept: &Kept<'_, S, K>, _t: usize, adjoints: &mut LifAdjoints<S, K>, direct: &[S::f32s; K]) {
        self.step(adjoints, direct);
    }

    #[inline(always)]
    fn delay_gradient(&self, opened: &[S::f32s; K], adjoints: &LifAdjoints<S, K>) -> [S::f32s; K] {
        let mut r = *opened;
        for k in 0..K {
            r[k] = self.delay_vector(opened[k], adjoints.p[k], adjoints.q[k]);
        }
        r
    }

    #[inline(always)]
    fn flush_back(&self, simd: S, adjoints: &mut LifAdjoints<S, K>) {
        flush::<S, K>(simd, &mut adjoints.p);
        flush::<S, K>(simd, &mut adjoints.q);
    }

    #[inline(always)]
    fn taken(&self, kept: &Kept<'_, S, K>, t: usize, next: &LifAdjoints<S, K>) -> [S::f32s; K] {
        taken_by_lif(self, kept, t, next)
    }

    #[inline(always)]
    fn moved(&self, kept: &Kept<'_, S, K>, t: usize, next: &LifAdjoints<S, K>) -> [S::f32s; K] {
        moved_by_lif(self, kept, t, next)
    }
}

/// [`Neuron::reset`] of vectors that have constants of their own.
#[inline(always)]
pub(crate) fn reset_by_lane<S: Simd, const K: usize>(
    simd: S,
    units: &mut LifState<S, K>,
    reset: Reset,
    lif: impl Fn(usize) -> Lif<S>,
) -> u64 {
    let mut bits = 0;
    for k in 0..K {
        let mut unit = LifState { current: [units.current[k]], membrane: [units.membrane[k]] };
        bits |= lif(k).reset(simd, &mut unit, reset) << (k * S::f32s::LEN);
        [units.current[k]] = unit.current;
        [units.membrane[k]] = unit.membrane;
    }
    bits
}

/// e of spec 6.iii (the equation is on top of `backward/terms_pass.rs`).
#[inline(always)]
pub(crate) fn taken_by_lif<S: Simd, const K: usize, N: StepBack<S, K>>(
    neuron: &N,
    kept: &Kept<'_, S, K>,
    t: usize,
    next: &Adjoints<S, K, N::Own>,
) -> [S::f32s; K] {
    let reset = kept.tile.constants.reset;
    let mut taken = kept.membrane(t);
    let current = if reset == Reset::All { neuron.current_at(kept, t) } else { taken };
    for k in 0..K {
        taken[k] = neuron.lif(k).taken_vector(reset, taken[k], current[k], [next.p[k], next.q[k]]);
    }
    taken
}

/// 2 r of spec 6.iii.
#[inline(always)]
pub(crate) fn moved_by_lif<S: Simd, const K: usize, N: StepBack<S, K>>(
    neuron: &N,
    kept: &Kept<'_, S, K>,
    t: usize,
    Adjoints { p, q, .. }: &Adjoints<S, K, N::Own>,
) -> [S::f32s; K] {
    let bias = kept.bias();
    let mut moved = bias;
    match kept.tile.constants.reset {
        Reset::All => {
            let (now, later) = (neuron.drive_at(kept, t), neuron.drive_at(kept, t + 1));
            for k in 0..K {
                let Lif { current_decay, membrane_decay, .. } = *neuron.lif(k);
                let from_bias = bias[k] * p[k];
                moved[k] = (later[k] * q[k] + now[k] * (p[k] * membrane_decay + q[k] * current_decay))
                    + (from_bias + from_bias * membrane_decay);
            }
        }
        Reset::Membrane => {
            let (now, later) = (neuron.current_at(kept, t), neuron.current_at(kept, t + 1));
            for k in 0..K {
                let driven = (later[k] + bias[k]) + (now[k] + bias[k]) * neuron.lif(k).membrane_decay;
                moved[k] = p[k] * driven;
            }
        }
        Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => {
            let one = S::f32s::splat(kept.simd, 1.0);
            for k in 0..K {
                let Lif { membrane_decay, threshold, drop, .. } = *neuron.lif(k);
                moved[k] = p[k] * ((one - membrane_decay * membrane_decay) * (threshold * drop));
            }
        }
    }
    moved
}

/// Plain twin of a LIF.
pub(crate) struct PlainLif(pub(crate) LifConstants);

impl PlainNeuron for PlainLif {
    fn constants(&self) -> &LifConstants {
        &self.0
    }
}
