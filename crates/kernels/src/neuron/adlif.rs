//! Leaky integrate-and-fire with an adaptation current (spec 18; Bittar, Garner 2022; Baronig et al. 2024), any constant by lane.
//!
//! ```text
//! V[t] = αᵥ c[t−1] + J[t] + b − γ w[t−1]                     γ = 1 − αᵥ, m = 1 − ρ; c: V behind the reset
//! w[t] = ρ w[t−1] + u[t] (symplectic), u[t−1] (forward)      u[t] = m (a c[t] + b_s S[t])
//!
//! w̄[t] = ρ w̄[t+1] − γ p[t+1],   ω[t] = w̄[t] (symplectic), w̄[t+1] (forward)
//! c̄[t] = αᵥ p[t+1] + m a ω[t],   p[t] = G[t] + gᵥ[t] c̄[t],   Θ[t] = −G[t], for `subtract` less S[t] c̄[t]
//! r[t] = gᵢ[t] q[t+1] − αᵢ q[t] − c̄[t−1]
//! S̄[t] += m b_s ω[t],   T̄[t] += S[t] m b_s (ω[t+1] − ω[t])     where the path through the adaptation is on
//! V'[t] = V[t] − c[t−1]
//!
//! D⁺ = b − γ (ρ w[t−1] + m a c[t]),   D⁻ = b − γ w[t−1] + μ c[t−1],   ν = ρ, μ = γ m a          symplectic
//! D⁺ = b − γ w[t],                    D⁻ = b − γ w[t−1],              ν = 1, μ = 0              forward
//! K = ν m a (V[t] w̄[t+1] + c[t−1] w̄[t]),   e: that of a LIF with c̄[t] in the place of αᵥ p⁺
//! all        2r = Y[t+1] q⁺ + D⁺ p⁺ + αᵢ Y[t] q⁺ + (Y[t] + D⁻) c̄[t] − K
//! membrane   2r = (J[t+1] + D⁺) p⁺ + (J[t] + D⁻) c̄[t] − K
//! subtract   2r = θ ((1 − αᵥ + μ) (p⁺ + c̄[t]) − ν m a (w̄[t+1] + w̄[t]));   none: no path
//!
//! dL/da = Σ w̄[t] m c*,   dL/db_s = Σ w̄[t] m S*,   dL/dρ = Σ w̄[t] (w[t−1] − a c* − b_s S*)       c* = c[t], S* = S[t] (symplectic),
//! dL/dαᵥ = Σ p[t] (c[t−1] + w[t−1]),   dL/dαᵢ and dL/dθ: as a LIF                                 those of t − 1 (forward)
//! ```

use std::ops::Range;

use fearless_simd::prelude::*;

use super::constants::{LaneConstants, Lif, constant as shared};
use super::forward::{LaneNeuron, LifState, Neuron};
use super::kept::Kept;
use super::lif::reset_by_lane;
use super::plain::{LaneAdjoints, LaneKept, MAX_OWN, PlainNeuron, PlainSums};
use super::step_back::{Adjoints, StepBack, add_sum, times};
use crate::lanes::{flush, load, store};
use crate::{LifConstants, Reset};

/// Constants of this neuron alone.
pub mod constant {
    use super::shared;

    /// ρ.
    pub const ADAPTATION_DECAY: usize = shared::OWN;
    /// a.
    pub const SUBTHRESHOLD_COUPLING: usize = shared::OWN + 1;
    /// b_s.
    pub const SPIKE_COUPLING: usize = shared::OWN + 2;
    /// 1: w takes c and S of its own step (symplectic); 0: those of the step before (forward).
    pub const IS_SYMPLECTIC: usize = shared::OWN + 3;
    /// Number of the constants of this neuron alone.
    pub(crate) const COUNT: usize = 4;
}

/// The constants of `K` vectors of lanes.
#[derive(Clone, Copy)]
pub(crate) struct Adlif<S: Simd, const K: usize> {
    units: [Lif<S>; K],
    bias_gain: [S::f32s; K],
    /// ρ.
    decay: [S::f32s; K],
    /// m.
    gain: [S::f32s; K],
    /// γ.
    leak: [S::f32s; K],
    /// a.
    coupling: [S::f32s; K],
    /// b_s.
    spike_coupling: [S::f32s; K],
    is_symplectic: [S::mask32s; K],
}

impl<S: Simd, const K: usize> LaneNeuron<S, K> for Adlif<S, K> {
    #[inline(always)]
    fn by_lane(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |constant| load::<S, K>(simd, &lanes.of(constant)[first..first + K * S::f32s::LEN]);
        let splat = |value| S::f32s::splat(simd, value);
        let units = Lif::vectors::<K>(simd, lanes, first);
        let decay = at(constant::ADAPTATION_DECAY);
        Self {
            units,
            bias_gain: at(shared::BIAS_GAIN),
            decay,
            gain: decay.map(|decay| splat(1.0) - decay),
            leak: units.map(|unit| splat(1.0) - unit.membrane_decay),
            coupling: at(constant::SUBTHRESHOLD_COUPLING),
            spike_coupling: at(constant::SPIKE_COUPLING),
            is_symplectic: at(constant::IS_SYMPLECTIC).map(|flag| flag.simd_gt(splat(0.5))),
        }
    }
}

/// J, V, w and u after the step.
#[derive(Clone, Copy)]
pub(crate) struct AdlifState<S: Simd, const K: usize> {
    units: LifState<S, K>,
    adaptation: [S::f32s; K],
    arriving: [S::f32s; K],
}

impl<S: Simd, const K: usize> Neuron<S, K> for Adlif<S, K> {
    type State = AdlifState<S, K>;

    #[inline(always)]
    fn load(simd: S, [current, membrane, own]: [&[f32]; 3], lanes: usize, group: Range<usize>) -> Self::State {
        AdlifState {
            units: LifState::load(simd, &current[group.clone()], &membrane[group.clone()]),
            adaptation: load::<S, K>(simd, &own[group.clone()]),
            arriving: load::<S, K>(simd, &own[lanes..][group]),
        }
    }

    #[inline(always)]
    fn store(state: &Self::State, [current, membrane, own]: [&mut [f32]; 3], lanes: usize, group: Range<usize>) {
        state.units.store(&mut current[group.clone()], &mut membrane[group.clone()]);
        store::<S, K>(&state.adaptation, &mut own[group.clone()]);
        store::<S, K>(&state.arriving, &mut own[lanes..][group]);
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
    fn settle(&self, simd: S, state: &mut Self::State, bias: &[S::f32s; K]) {
        let LifState { current, membrane } = &mut state.units;
        for k in 0..K {
            let driven = (membrane[k] * self.units[k].membrane_decay + current[k]) + bias[k];
            membrane[k] = driven + (S::f32s::splat(simd, 0.0) - self.leak[k] * state.adaptation[k]);
        }
    }

    #[inline(always)]
    fn trace_own(&self, state: &Self::State, trace: &mut [f32], stride: usize, at: usize) {
        store::<S, K>(&state.adaptation, &mut trace[at..at + K * S::f32s::LEN]);
        store::<S, K>(&state.arriving, &mut trace[stride + at..][..K * S::f32s::LEN]);
    }

    #[inline(always)]
    fn min_threshold(&self, k: usize) -> S::f32s {
        self.units[k].threshold
    }

    #[inline(always)]
    fn fires(&self, state: &Self::State) -> bool {
        (0..K).any(|k| state.units.membrane[k].simd_ge(self.units[k].threshold).any_true())
    }

    #[inline(always)]
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64 {
        reset_by_lane(simd, &mut state.units, reset, |k| self.units[k])
    }

    #[inline(always)]
    fn adapt(&self, simd: S, state: &mut Self::State, fired: u64) {
        let zero = S::f32s::splat(simd, 0.0);
        for k in 0..K {
            let mask = S::mask32s::from_bitmask(simd, fired >> (k * S::f32s::LEN));
            let coupled = self.coupling[k] * state.units.membrane[k] + mask.select(self.spike_coupling[k], zero);
            let arriving = self.gain[k] * coupled;
            let taken = self.is_symplectic[k].select(arriving, state.arriving[k]);
            state.adaptation[k] = state.adaptation[k] * self.decay[k] + taken;
            state.arriving[k] = arriving;
        }
    }

    #[inline(always)]
    fn flush(&self, simd: S, state: &mut Self::State) {
        state.units.flush(simd);
        flush::<S, K>(simd, &mut state.adaptation);
        flush::<S, K>(simd, &mut state.arriving);
    }
}

/// w̄ of the steps around step t, and what is needed of the step after.
#[derive(Clone, Copy)]
pub(crate) struct Adaptation<S: Simd, const K: usize> {
    /// w̄[t].
    adjoint: [S::f32s; K],
    /// w̄[t+1].
    next: [S::f32s; K],
    /// w̄[t+2].
    later: [S::f32s; K],
    /// p[t+1].
    next_p: [S::f32s; K],
    /// Θ[t].
    threshold: [S::f32s; K],
}

type AdlifAdjoints<S, const K: usize> = Adjoints<S, K, Adaptation<S, K>>;

impl<S: Simd, const K: usize> Adlif<S, K> {
    /// `symplectic` or `forward`, by the scheme of vector `k`.
    #[inline(always)]
    fn by_scheme(&self, k: usize, symplectic: S::f32s, forward: S::f32s) -> S::f32s {
        self.is_symplectic[k].select(symplectic, forward)
    }

    /// m a.
    #[inline(always)]
    fn fed(&self, k: usize) -> S::f32s {
        self.gain[k] * self.coupling[k]
    }

    /// c* and S*.
    #[inline(always)]
    fn feeding(&self, kept: &Kept<'_, S, K>, t: usize) -> [[S::f32s; K]; 2] {
        let splat = |value| [S::f32s::splat(kept.simd, value); K];
        let (mut carried, mut fired) = (self.carried_at(kept, t), kept.where_fired(t, splat(1.0)));
        // A match, as `map_or` is not always inlined.
        let before = match t.checked_sub(1) {
            Some(before) => [self.carried_at(kept, before), kept.where_fired(before, splat(1.0))],
            None => [splat(0.0); 2],
        };
        for k in 0..K {
            carried[k] = self.by_scheme(k, carried[k], before[0][k]);
            fired[k] = self.by_scheme(k, fired[k], before[1][k]);
        }
        [carried, fired]
    }
}

impl<S: Simd, const K: usize> StepBack<S, K> for Adlif<S, K> {
    type Own = Adaptation<S, K>;

    const LISTS_TIMING: bool = false;

    #[inline(always)]
    fn load_own(simd: S, from: &[f32], lanes: usize, first: usize) -> Self::Own {
        let zero = [S::f32s::splat(simd, 0.0); K];
        let at = |array: usize| match from.get(array * lanes + first..array * lanes + first + K * S::f32s::LEN) {
            Some(from) => load::<S, K>(simd, from),
            None => zero,
        };
        Adaptation { adjoint: at(0), next: at(1), later: zero, next_p: zero, threshold: zero }
    }

    #[inline(always)]
    fn store_own(own: &Self::Own, to: &mut [f32], lanes: usize, first: usize) {
        if !to.is_empty() {
            store::<S, K>(&own.adjoint, &mut to[first..first + K * S::f32s::LEN]);
            store::<S, K>(&own.next, &mut to[lanes + first..][..K * S::f32s::LEN]);
        }
    }

    #[inline(always)]
    fn threshold(&self, _kept: &Kept<'_, S, K>, _t: usize) -> [S::f32s; K] {
        self.units.map(|unit| unit.threshold)
    }

    #[inline(always)]
    fn own_drive(&self, kept: &Kept<'_, S, K>, t: usize) -> Option<[S::f32s; K]> {
        let mut drive = kept.own(0, t);
        for k in 0..K {
            drive[k] = S::f32s::splat(kept.simd, 0.0) - self.leak[k] * drive[k];
        }
        Some(drive)
    }

    #[inline(always)]
    fn enter(&mut self, _kept: &Kept<'_, S, K>, _t: usize, Adjoints { p, own, .. }: &mut AdlifAdjoints<S, K>) {
        own.later = own.next;
        own.next = own.adjoint;
        own.next_p = *p;
        for k in 0..K {
            own.adjoint[k] = own.next[k] * self.decay[k] - p[k] * self.leak[k];
            let arriving = self.by_scheme(k, own.adjoint[k], own.next[k]);
            p[k] = p[k] * self.units[k].membrane_decay + self.fed(k) * arriving;
        }
    }

    #[inline(always)]
    fn own_error(&self, Adjoints { own, .. }: &AdlifAdjoints<S, K>) -> Option<[S::f32s; K]> {
        let mut error = own.adjoint;
        for k in 0..K {
            error[k] = (self.gain[k] * self.spike_coupling[k]) * self.by_scheme(k, own.adjoint[k], own.next[k]);
        }
        Some(error)
    }

    #[inline(always)]
    fn own_time_gradient(&self, _simd: S, Adjoints { own, .. }: &AdlifAdjoints<S, K>) -> Option<[S::f32s; K]> {
        let mut gradient = own.adjoint;
        for k in 0..K {
            let rise = self.by_scheme(k, own.next[k] - own.adjoint[k], own.later[k] - own.next[k]);
            gradient[k] = (self.gain[k] * self.spike_coupling[k]) * rise;
        }
        Some(gradient)
    }

    #[inline(always)]
    fn step_back(
        &self,
        kept: &Kept<'_, S, K>,
        t: usize,
        Adjoints { p, q, own }: &mut AdlifAdjoints<S, K>,
        direct: &[S::f32s; K],
    ) {
        let zero = S::f32s::splat(kept.simd, 0.0);
        let is_kept = kept.tile.constants.reset.keeps_membrane();
        let subtracted = if is_kept { kept.where_fired(t, *p) } else { [zero; K] };
        for k in 0..K {
            own.threshold[k] = (zero - direct[k]) - subtracted[k] * self.units[k].drop;
            p[k] = direct[k] + p[k];
            q[k] = p[k] + q[k] * self.units[k].current_decay;
        }
    }

    #[inline(always)]
    fn delay_gradient(&self, opened: &[S::f32s; K], Adjoints { p, q, own }: &AdlifAdjoints<S, K>) -> [S::f32s; K] {
        let mut r = *opened;
        for k in 0..K {
            let before = own.adjoint[k] * self.decay[k] - p[k] * self.leak[k];
            let arriving = self.by_scheme(k, before, own.adjoint[k]);
            let carried = p[k] * self.units[k].membrane_decay + self.fed(k) * arriving;
            r[k] = (opened[k] - q[k] * self.units[k].current_decay) - carried;
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
    fn flush_back(&self, simd: S, adjoints: &mut AdlifAdjoints<S, K>) {
        for vectors in [&mut adjoints.p, &mut adjoints.q, &mut adjoints.own.adjoint, &mut adjoints.own.next] {
            flush::<S, K>(simd, vectors);
        }
    }

    #[inline(always)]
    fn taken(&self, kept: &Kept<'_, S, K>, t: usize, next: &AdlifAdjoints<S, K>) -> [S::f32s; K] {
        let mut taken = kept.membrane(t);
        let reset = kept.tile.constants.reset;
        let current = if reset == Reset::All { self.current_at(kept, t) } else { taken };
        for k in 0..K {
            let unit = self.units[k];
            taken[k] = match reset {
                Reset::All => taken[k] * next.p[k] + (current[k] * unit.current_decay) * next.q[k],
                Reset::Membrane => taken[k] * next.p[k],
                Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => next.p[k] * (unit.threshold * unit.drop),
            };
        }
        taken
    }

    #[inline(always)]
    fn moved(&self, kept: &Kept<'_, S, K>, t: usize, Adjoints { p, q, own }: &AdlifAdjoints<S, K>) -> [S::f32s; K] {
        let splat = |value| S::f32s::splat(kept.simd, value);
        let reset = kept.tile.constants.reset;
        let mut moved = *p;
        if reset.keeps_membrane() {
            for k in 0..K {
                let fed = self.fed(k);
                let (nu, mu) =
                    (self.by_scheme(k, self.decay[k], splat(1.0)), self.by_scheme(k, self.leak[k] * fed, splat(0.0)));
                let membrane = (self.leak[k] + mu) * (own.next_p[k] + p[k]);
                let taken = self.units[k].threshold * self.units[k].drop;
                moved[k] = taken * (membrane - (nu * fed) * (own.next[k] + own.adjoint[k]));
            }
            return moved;
        }
        let (bias, membrane, carried) = (kept.bias(), kept.membrane(t), self.carried_at(kept, t));
        let before = match t.checked_sub(1) {
            Some(before) => self.carried_at(kept, before),
            None => [splat(0.0); K],
        };
        let (adaptation, arriving) = (kept.own(0, t), kept.own(1, t));
        let (now, later) = match reset {
            Reset::All => (self.drive_at(kept, t), self.drive_at(kept, t + 1)),
            _ => (self.current_at(kept, t), self.current_at(kept, t + 1)),
        };
        for k in 0..K {
            let fed = self.fed(k);
            let nu = self.by_scheme(k, self.decay[k], splat(1.0));
            let kept_adaptation = adaptation[k] * self.decay[k] + self.by_scheme(k, fed * carried[k], arriving[k]);
            let after = bias[k] - self.leak[k] * kept_adaptation;
            let pull = self.by_scheme(k, (self.leak[k] * fed) * before[k], splat(0.0));
            let ahead = (bias[k] - self.leak[k] * adaptation[k]) + pull;
            let lost = (nu * fed) * (membrane[k] * own.next[k] + before[k] * own.adjoint[k]);
            moved[k] = if reset == Reset::All {
                let driven = later[k] * q[k] + (now[k] * self.units[k].current_decay) * q[k];
                (driven + after * own.next_p[k]) + ((now[k] + ahead) * p[k] - lost)
            } else {
                (later[k] + after) * own.next_p[k] + ((now[k] + ahead) * p[k] - lost)
            };
        }
        moved
    }

    #[inline(always)]
    fn sum(&self, kept: &Kept<'_, S, K>, t: usize, adjoints: &AdlifAdjoints<S, K>, sums: &mut [f32]) {
        let Adjoints { p, q, own } = adjoints;
        add_sum(kept, sums, shared::THRESHOLD, own.threshold);
        let adaptation = kept.own(0, t);
        let [carried, fired] = self.feeding(kept, t);
        let (mut decay, mut coupling, mut spike_coupling) = (adaptation, carried, fired);
        for k in 0..K {
            let rest = (adaptation[k] - self.coupling[k] * carried[k]) - self.spike_coupling[k] * fired[k];
            decay[k] = own.adjoint[k] * rest;
            coupling[k] = own.adjoint[k] * (self.gain[k] * carried[k]);
            spike_coupling[k] = own.adjoint[k] * (self.gain[k] * fired[k]);
        }
        add_sum(kept, sums, constant::ADAPTATION_DECAY, decay);
        add_sum(kept, sums, constant::SUBTHRESHOLD_COUPLING, coupling);
        add_sum(kept, sums, constant::SPIKE_COUPLING, spike_coupling);
        if let Some(before) = t.checked_sub(1) {
            let (mut membrane, mut current) = (self.carried_at(kept, before), kept.carried_current(before));
            for k in 0..K {
                current[k] *= q[k];
                membrane[k] = p[k] * (membrane[k] + adaptation[k]);
            }
            add_sum(kept, sums, shared::CURRENT_DECAY, current);
            add_sum(kept, sums, shared::MEMBRANE_DECAY, membrane);
        }
    }
}

/// Plain twin of one lane.
pub(crate) struct PlainAdlif {
    lif: LifConstants,
    gains: [f32; 2],
    decay: f32,
    coupling: f32,
    spike_coupling: f32,
    is_symplectic: bool,
}

/// The plain twin of a lane.
pub(crate) fn plain(lanes: &LaneConstants<'_>, lane: usize) -> PlainAdlif {
    let at = |constant| lanes.of(constant)[lane];
    PlainAdlif {
        lif: lanes.at(lane),
        gains: [at(shared::DRIVE_GAIN), at(shared::BIAS_GAIN)],
        decay: at(constant::ADAPTATION_DECAY),
        coupling: at(constant::SUBTHRESHOLD_COUPLING),
        spike_coupling: at(constant::SPIKE_COUPLING),
        is_symplectic: at(constant::IS_SYMPLECTIC) > 0.5,
    }
}

impl PlainAdlif {
    fn gain(&self) -> f32 {
        1.0 - self.decay
    }

    fn leak(&self) -> f32 {
        1.0 - self.lif.membrane_decay
    }

    fn fed(&self) -> f32 {
        self.gain() * self.coupling
    }

    /// ω of a step, from w̄ of it and of the step after.
    fn arriving(&self, here: f32, next: f32) -> f32 {
        if self.is_symplectic { here } else { next }
    }

    /// w̄ and c̄ of the step before, from w̄ and p.
    fn before(&self, adjoint: f32, p: f32) -> [f32; 2] {
        let before = adjoint * self.decay - p * self.leak();
        [before, p * self.lif.membrane_decay + self.fed() * self.arriving(before, adjoint)]
    }
}

impl PlainNeuron for PlainAdlif {
    fn constants(&self) -> &LifConstants {
        &self.lif
    }

    fn gains(&self) -> [f32; 2] {
        self.gains
    }

    fn own_drive(&self, own: &[f32]) -> Option<f32> {
        Some(0.0 - self.leak() * own[0])
    }

    fn adapt(&self, own: &mut [f32], carried: f32, has_fired: bool) {
        let coupled = self.coupling * carried + if has_fired { self.spike_coupling } else { 0.0 };
        let arriving = self.gain() * coupled;
        own[0] = own[0] * self.decay + if self.is_symplectic { arriving } else { own[1] };
        own[1] = arriving;
    }

    fn enter(&self, adjoints: &mut LaneAdjoints) {
        let LaneAdjoints { p, own: [adjoint, next], .. } = *adjoints;
        let [before, carried] = self.before(adjoint, p);
        adjoints.after = [p, next];
        adjoints.own = [before, adjoint];
        adjoints.p = carried;
    }

    fn own_error(&self, adjoints: &LaneAdjoints) -> Option<f32> {
        let [here, next] = adjoints.own;
        Some((self.gain() * self.spike_coupling) * self.arriving(here, next))
    }

    fn own_time_gradient(&self, adjoints: &LaneAdjoints) -> Option<f32> {
        let ([here, next], [_, later]) = (adjoints.own, adjoints.after);
        let rise = if self.is_symplectic { next - here } else { later - next };
        Some((self.gain() * self.spike_coupling) * rise)
    }

    fn step_back(&self, kept: &LaneKept<'_>, t: usize, adjoints: &mut LaneAdjoints, direct: f32) {
        let subtracts = kept.fired(t) && self.lif.reset.keeps_membrane();
        adjoints.threshold = (0.0 - direct) - if subtracts { adjoints.p * self.lif.drop() } else { 0.0 };
        adjoints.p += direct;
        adjoints.q = adjoints.p + adjoints.q * self.lif.current_decay;
    }

    fn delay_gradient(&self, opened: f32, adjoints: &LaneAdjoints) -> f32 {
        let [_, carried] = self.before(adjoints.own[0], adjoints.p);
        (opened - adjoints.q * self.lif.current_decay) - carried
    }

    fn taken(&self, kept: &LaneKept<'_>, t: usize, next: &LaneAdjoints) -> f32 {
        let LifConstants { current_decay, threshold, reset, .. } = self.lif;
        match reset {
            Reset::All => kept.membrane(t) * next.p + (kept.current(self, t) * current_decay) * next.q,
            Reset::Membrane => kept.membrane(t) * next.p,
            Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => next.p * (threshold * self.lif.drop()),
        }
    }

    fn moved(&self, kept: &LaneKept<'_>, t: usize, adjoints: &LaneAdjoints) -> f32 {
        let LaneAdjoints { p, q, own: [here, next], after: [next_p, _], .. } = *adjoints;
        let LifConstants { current_decay, threshold, reset, .. } = self.lif;
        let (fed, leak) = (self.fed(), self.leak());
        let (nu, mu) = if self.is_symplectic { (self.decay, leak * fed) } else { (1.0, 0.0) };
        if reset.keeps_membrane() {
            return (threshold * self.lif.drop()) * ((leak + mu) * (next_p + p) - (nu * fed) * (next + here));
        }
        let bias = kept.tile.terms.bias[kept.lane];
        let before = t.checked_sub(1).map_or(0.0, |before| kept.carried(self, before));
        let [adaptation, arriving]: [f32; MAX_OWN] = kept.own(t);
        let fed_here = if self.is_symplectic { fed * kept.carried(self, t) } else { arriving };
        let after = bias - leak * (adaptation * self.decay + fed_here);
        let ahead = (bias - leak * adaptation) + if self.is_symplectic { mu * before } else { 0.0 };
        let lost = (nu * fed) * (kept.membrane(t) * next + before * here);
        if reset == Reset::All {
            let (now, later) = (kept.drive(self, t), kept.drive(self, t + 1));
            let driven = later * q + (now * current_decay) * q;
            (driven + after * next_p) + ((now + ahead) * p - lost)
        } else {
            let (now, later) = (kept.current(self, t), kept.current(self, t + 1));
            (later + after) * next_p + ((now + ahead) * p - lost)
        }
    }

    fn sum(&self, kept: &LaneKept<'_>, t: usize, adjoints: &LaneAdjoints, sums: &mut PlainSums<'_>) {
        let LaneAdjoints { p, q, own: [here, _], threshold, .. } = *adjoints;
        let fed_from = if self.is_symplectic { Some(t) } else { t.checked_sub(1) };
        let carried = fed_from.map_or(0.0, |t| kept.carried(self, t));
        let fired = fed_from.map_or(0.0, |t| f32::from(u8::from(kept.fired(t))));
        let adaptation = kept.own(t)[0];
        sums.add(shared::THRESHOLD, threshold);
        let rest = (adaptation - self.coupling * carried) - self.spike_coupling * fired;
        sums.add(constant::ADAPTATION_DECAY, here * rest);
        sums.add(constant::SUBTHRESHOLD_COUPLING, here * (self.gain() * carried));
        sums.add(constant::SPIKE_COUPLING, here * (self.gain() * fired));
        if let Some(before) = t.checked_sub(1) {
            sums.add(shared::CURRENT_DECAY, q * kept.carried_current(before));
            sums.add(shared::MEMBRANE_DECAY, p * (kept.carried(self, before) + adaptation));
        }
    }
}
