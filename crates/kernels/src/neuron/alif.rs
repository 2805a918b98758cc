//! Leaky integrate-and-fire with a threshold that adapts (spec 10.3), and any constant by lane (spec 10.1).
//!
//! ```text
//! θ[t] = threshold + κ a[t],   a[t] = ρ a[t−1] + S[t−1]
//!
//! Θ[t] = −G[t], for `subtract` less S[t] αᵥ p[t+1], for `subtractAfterDecay` less S[t] p[t+1]: direct derivative by the threshold
//! ā[t] = κ Θ[t] + ρ ā[t+1]
//! S̄[t] += ā[t+1],   T̄[t] += S[t] (1 − ρ) ā[t+1]          where the path through the adaptation is on
//! V'[t] = V[t] − c[t−1] + κ (1 − ρ) a[t−1]
//! r of `subtract` loses αᵥ κ (1 − ρ) a[t] p[t+1], that of `subtractAfterDecay` κ (1 − ρ) a[t] p[t+1]; r: see `backward/terms_pass.rs`
//!
//! dL/dθ = Σ Θ[t],   dL/dκ = Σ Θ[t] a[t],   dL/dαᵢ = Σ q[t] gᵢ[t−1] J[t−1],   dL/dαᵥ = Σ p[t] c[t−1], for `subtractAfterDecay` Σ p[t] V[t−1]
//! ```

use std::ops::Range;

use fearless_simd::prelude::*;

use super::constants::{LaneConstants, Lif, constant as shared};
use super::forward::{LaneNeuron, LifState, Neuron};
use super::kept::Kept;
use super::lif::{moved_by_lif, reset_by_lane, taken_by_lif};
use super::plain::{LaneAdjoints, LaneKept, PlainNeuron, PlainSums};
use super::step_back::{Adjoints, StepBack, add_sum, times};
use crate::lanes::{flush, load, store};
use crate::{LifConstants, Reset};

/// Constants of this neuron alone.
pub mod constant {
    use super::shared;

    /// ρ.
    pub const ADAPTATION_DECAY: usize = shared::OWN;
    /// κ.
    pub const ADAPTATION_STRENGTH: usize = shared::OWN + 1;
    /// Number of the constants of this neuron alone.
    pub(crate) const COUNT: usize = 2;
}

/// The constants of `K` vectors of lanes, with the threshold of the step that was last entered backward.
#[derive(Clone, Copy)]
pub(crate) struct Alif<S: Simd, const K: usize> {
    units: [Lif<S>; K],
    /// Threshold without adaptation.
    threshold: [S::f32s; K],
    decay: [S::f32s; K],
    strength: [S::f32s; K],
    bias_gain: [S::f32s; K],
}

impl<S: Simd, const K: usize> LaneNeuron<S, K> for Alif<S, K> {
    #[inline(always)]
    fn by_lane(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |constant| load::<S, K>(simd, &lanes.of(constant)[first..first + K * S::f32s::LEN]);
        Self {
            units: Lif::vectors(simd, lanes, first),
            threshold: at(shared::THRESHOLD),
            decay: at(constant::ADAPTATION_DECAY),
            strength: at(constant::ADAPTATION_STRENGTH),
            bias_gain: at(shared::BIAS_GAIN),
        }
    }
}

impl<S: Simd, const K: usize> Alif<S, K> {
    /// θ[t] of vector `k`, from a[t].
    #[inline(always)]
    fn adapted(&self, k: usize, adaptation: S::f32s) -> S::f32s {
        self.threshold[k] + adaptation * self.strength[k]
    }

    /// κ (1 − ρ) a of vector `k`: how far the threshold falls in a step, from a of the step before.
    #[inline(always)]
    fn fall(&self, simd: S, k: usize, before: S::f32s) -> S::f32s {
        ((S::f32s::splat(simd, 1.0) - self.decay[k]) * self.strength[k]) * before
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
    fn load(simd: S, state: [&[f32]; 3], _lanes: usize, group: Range<usize>) -> Self::State {
        let [current, membrane, adaptation] = state.map(|array| &array[group.clone()]);
        AlifState { units: LifState::load(simd, current, membrane), adaptation: load::<S, K>(simd, adaptation) }
    }

    #[inline(always)]
    fn store(state: &Self::State, to: [&mut [f32]; 3], _lanes: usize, group: Range<usize>) {
        let [current, membrane, adaptation] = to.map(|array| &mut array[group.clone()]);
        state.units.store(current, membrane);
        store::<S, K>(&state.adaptation, adaptation);
    }

    #[inline(always)]
    fn lif(&self, k: usize) -> &Lif<S> {
        &self.units[k]
    }

    #[inline(always)]
    fn units<'a>(&self, state: &'a mut Self::State) -> &'a mut LifState<S, K> {
        &mut state.units
    }

    #[inline(always)]
    fn settle(&self, _simd: S, state: &mut Self::State, bias: &[S::f32s; K]) {
        let LifState { current, membrane } = &mut state.units;
        for k in 0..K {
            membrane[k] = (membrane[k] * self.units[k].membrane_decay + current[k]) + bias[k];
        }
    }

    #[inline(always)]
    fn trace_own(&self, state: &Self::State, trace: &mut [f32], _stride: usize, at: usize) {
        store::<S, K>(&state.adaptation, &mut trace[at..at + K * S::f32s::LEN]);
    }

    #[inline(always)]
    fn threshold_fall(&self, simd: S, trace: &[f32], at: usize) -> Option<[S::f32s; K]> {
        let mut fall = load::<S, K>(simd, &trace[at..at + K * S::f32s::LEN]);
        for k in 0..K {
            fall[k] = self.fall(simd, k, fall[k]);
        }
        Some(fall)
    }

    #[inline(always)]
    fn min_threshold(&self, k: usize) -> S::f32s {
        self.threshold[k]
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        (0..K).any(|k| state.units.membrane[k].simd_ge(self.adapted(k, state.adaptation[k])).any_true())
    }

    #[inline(always)]
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64 {
        let threshold = |k: usize| self.adapted(k, state.adaptation[k]);
        reset_by_lane(simd, &mut state.units, reset, |k| Lif { threshold: threshold(k), ..self.units[k] })
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
        state.units.flush(simd);
        flush::<S, K>(simd, &mut state.adaptation);
    }
}

/// ā, and Θ of the step last taken.
#[derive(Clone, Copy)]
pub(crate) struct Adaptation<S: Simd, const K: usize> {
    adjoint: [S::f32s; K],
    threshold: [S::f32s; K],
}

type AlifAdjoints<S, const K: usize> = Adjoints<S, K, Adaptation<S, K>>;

impl<S: Simd, const K: usize> StepBack<S, K> for Alif<S, K> {
    type Own = Adaptation<S, K>;

    const LISTS_TIMING: bool = false;

    #[inline(always)]
    fn load_own(simd: S, from: &[f32], _lanes: usize, first: usize) -> Self::Own {
        let zero = [S::f32s::splat(simd, 0.0); K];
        let adjoint = if from.is_empty() { zero } else { load::<S, K>(simd, &from[first..first + K * S::f32s::LEN]) };
        Adaptation { adjoint, threshold: zero }
    }

    #[inline(always)]
    fn store_own(own: &Self::Own, to: &mut [f32], _lanes: usize, first: usize) {
        if !to.is_empty() {
            store::<S, K>(&own.adjoint, &mut to[first..first + K * S::f32s::LEN]);
        }
    }

    #[inline(always)]
    fn threshold(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K] {
        let mut threshold = kept.own(0, t);
        for k in 0..K {
            threshold[k] = self.adapted(k, threshold[k]);
        }
        threshold
    }

    #[inline(always)]
    fn enter(&mut self, kept: &Kept<'_, S, K>, t: usize, _adjoints: &mut AlifAdjoints<S, K>) {
        let threshold = StepBack::threshold(self, kept, t);
        for k in 0..K {
            self.units[k].threshold = threshold[k];
        }
    }

    #[inline(always)]
    fn own_error(&self, adjoints: &AlifAdjoints<S, K>) -> Option<[S::f32s; K]> {
        Some(adjoints.own.adjoint)
    }

    #[inline(always)]
    fn own_time_gradient(&self, simd: S, adjoints: &AlifAdjoints<S, K>) -> Option<[S::f32s; K]> {
        let mut gradient = adjoints.own.adjoint;
        for k in 0..K {
            gradient[k] = (S::f32s::splat(simd, 1.0) - self.decay[k]) * gradient[k];
        }
        Some(gradient)
    }

    #[inline(always)]
    fn step_back(
        &self,
        kept: &Kept<'_, S, K>,
        t: usize,
        Adjoints { p, q, own }: &mut AlifAdjoints<S, K>,
        direct: &[S::f32s; K],
    ) {
        let zero = S::f32s::splat(kept.simd, 0.0);
        for k in 0..K {
            own.threshold[k] = zero - direct[k];
        }
        if kept.tile.constants.reset.keeps_membrane() {
            let mut taken = *p;
            for k in 0..K {
                taken[k] *= self.units[k].membrane_decay * self.units[k].drop;
            }
            let taken = kept.where_fired(t, taken);
            for k in 0..K {
                own.threshold[k] -= taken[k];
            }
        }
        for k in 0..K {
            own.adjoint[k] = own.threshold[k] * self.strength[k] + own.adjoint[k] * self.decay[k];
            self.units[k].step_vector(direct[k], [&mut p[k], &mut q[k]]);
        }
    }

    #[inline(always)]
    fn delay_gradient(&self, opened: &[S::f32s; K], adjoints: &AlifAdjoints<S, K>) -> [S::f32s; K] {
        let mut r = *opened;
        for k in 0..K {
            r[k] = self.units[k].delay_vector(opened[k], adjoints.p[k], adjoints.q[k]);
        }
        r
    }

    #[inline(always)]
    fn driven(&self, adjoint: [S::f32s; K]) -> [S::f32s; K] {
        times::<S, K>(adjoint, |k| self.units[k].drive_gain)
    }

    #[inline(always)]
    fn biased(&self, p: [S::f32s; K]) -> [S::f32s; K] {
        times::<S, K>(p, |k| self.bias_gain[k])
    }

    #[inline(always)]
    fn flush_back(&self, simd: S, adjoints: &mut AlifAdjoints<S, K>) {
        flush::<S, K>(simd, &mut adjoints.p);
        flush::<S, K>(simd, &mut adjoints.q);
        flush::<S, K>(simd, &mut adjoints.own.adjoint);
    }

    #[inline(always)]
    fn taken(&self, kept: &Kept<'_, S, K>, t: usize, next: &AlifAdjoints<S, K>) -> [S::f32s; K] {
        taken_by_lif(self, kept, t, next)
    }

    #[inline(always)]
    fn moved(&self, kept: &Kept<'_, S, K>, t: usize, next: &AlifAdjoints<S, K>) -> [S::f32s; K] {
        if !kept.tile.constants.reset.keeps_membrane() {
            return moved_by_lif(self, kept, t, next);
        }
        let one = S::f32s::splat(kept.simd, 1.0);
        let mut moved = kept.own(0, t);
        for k in 0..K {
            let Lif { membrane_decay, threshold, drop, .. } = self.units[k];
            let fall = (membrane_decay * drop) * self.fall(kept.simd, k, moved[k]);
            moved[k] = next.p[k] * ((one - membrane_decay * membrane_decay) * (threshold * drop) - (fall + fall));
        }
        moved
    }

    #[inline(always)]
    fn sum(&self, kept: &Kept<'_, S, K>, t: usize, adjoints: &AlifAdjoints<S, K>, sums: &mut [f32]) {
        let mut strength = kept.own(0, t);
        for k in 0..K {
            strength[k] *= adjoints.own.threshold[k];
        }
        add_sum(kept, sums, shared::THRESHOLD, adjoints.own.threshold);
        add_sum(kept, sums, constant::ADAPTATION_STRENGTH, strength);
        if let Some(before) = t.checked_sub(1) {
            let (mut membrane, mut current) = (self.decaying_at(kept, before), kept.carried_current(before));
            for k in 0..K {
                current[k] *= adjoints.q[k];
                membrane[k] *= adjoints.p[k];
            }
            add_sum(kept, sums, shared::CURRENT_DECAY, current);
            add_sum(kept, sums, shared::MEMBRANE_DECAY, membrane);
        }
    }
}

/// θ of a lane, from a.
pub(super) fn threshold(lanes: &LaneConstants<'_>, lane: usize, adaptation: f32) -> f32 {
    lanes.of(shared::THRESHOLD)[lane] + adaptation * lanes.of(constant::ADAPTATION_STRENGTH)[lane]
}

/// κ (1 − ρ) a of a lane.
pub(super) fn threshold_fall(lanes: &LaneConstants<'_>, lane: usize, adaptation: f32) -> f32 {
    let [decay, strength] = [constant::ADAPTATION_DECAY, constant::ADAPTATION_STRENGTH].map(|of| lanes.of(of)[lane]);
    ((1.0 - decay) * strength) * adaptation
}

/// Plain twin of one lane.
pub(crate) struct PlainAlif {
    lif: LifConstants,
    gains: [f32; 2],
    decay: f32,
    strength: f32,
}

/// The plain twin of a lane.
pub(crate) fn plain(lanes: &LaneConstants<'_>, lane: usize) -> PlainAlif {
    let at = |constant| lanes.of(constant)[lane];
    PlainAlif {
        lif: lanes.at(lane),
        gains: [at(shared::DRIVE_GAIN), at(shared::BIAS_GAIN)],
        decay: at(constant::ADAPTATION_DECAY),
        strength: at(constant::ADAPTATION_STRENGTH),
    }
}

impl PlainNeuron for PlainAlif {
    fn constants(&self) -> &LifConstants {
        &self.lif
    }

    fn gains(&self) -> [f32; 2] {
        self.gains
    }

    fn threshold(&self, own: &[f32]) -> f32 {
        self.lif.threshold + own[0] * self.strength
    }

    fn threshold_fall(&self, before: &[f32]) -> f32 {
        ((1.0 - self.decay) * self.strength) * before[0]
    }

    fn adapt(&self, own: &mut [f32], _carried: f32, has_fired: bool) {
        own[0] = own[0] * self.decay + if has_fired { 1.0 } else { 0.0 };
    }

    fn own_error(&self, adjoints: &LaneAdjoints) -> Option<f32> {
        Some(adjoints.own[0])
    }

    fn own_time_gradient(&self, adjoints: &LaneAdjoints) -> Option<f32> {
        Some((1.0 - self.decay) * adjoints.own[0])
    }

    fn step_back(&self, kept: &LaneKept<'_>, t: usize, adjoints: &mut LaneAdjoints, direct: f32) {
        let subtracts = kept.fired(t) && self.lif.reset.keeps_membrane();
        let taken = if subtracts { adjoints.p * (self.lif.membrane_decay * self.lif.drop()) } else { 0.0 };
        adjoints.threshold = (0.0 - direct) - taken;
        adjoints.own[0] = adjoints.threshold * self.strength + adjoints.own[0] * self.decay;
        adjoints.step_as_lif(&self.lif, direct);
    }

    fn moved(&self, kept: &LaneKept<'_>, t: usize, next: &LaneAdjoints) -> f32 {
        if !self.lif.reset.keeps_membrane() {
            return kept.moved_by_lif(self, t, next);
        }
        let decay = self.lif.membrane_decay;
        let drop = self.lif.drop();
        let fall = (decay * drop) * self.threshold_fall(&kept.own(t));
        next.p * ((1.0 - decay * decay) * (self.threshold(&kept.own(t)) * drop) - (fall + fall))
    }

    fn sum(&self, kept: &LaneKept<'_>, t: usize, adjoints: &LaneAdjoints, sums: &mut PlainSums<'_>) {
        sums.add(shared::THRESHOLD, adjoints.threshold);
        sums.add(constant::ADAPTATION_STRENGTH, adjoints.threshold * kept.own(t)[0]);
        if let Some(before) = t.checked_sub(1) {
            sums.add(shared::CURRENT_DECAY, adjoints.q * kept.carried_current(before));
            sums.add(shared::MEMBRANE_DECAY, adjoints.p * kept.decaying(self, before));
        }
    }
}
