//! What a backward pass computes only when asked: paths through the reset (spec 6.iii), blocked lanes (spec 1.4), a gradient of
//! every spike of the layer (spec 6.vi), and what somebody wants to observe.
//!
//! ```text
//! E[t] ← E[t] + steady − factor m[t] e,   T̄[t] ← T̄[t] − m[t] r
//!
//! all        e = αᵥ V[t] p⁺ + αᵢ J[t] q⁺,   r = ½ (Y[t+1] q⁺ + Y[t] (αᵥ p⁺ + αᵢ q⁺) + b p⁺ + αᵥ b p⁺)
//! membrane   e = αᵥ V[t] p⁺,                r = ½ p⁺ (J[t+1] + b + αᵥ (J[t] + b))
//! subtract   e = αᵥ threshold p⁺,           r = ½ (1 − αᵥ²) threshold p⁺
//!
//! p⁺, q⁺ = p[t+1], q[t+1];   for `lag` without what comes from steps beyond t + lag
//! J[t] = V[t] − αᵥ c[t−1] − b,   Y[t] = J[t] − αᵢ gᵢ[t−1] J[t−1]
//! G[t], p[t] = 0 while a lane is blocked
//! ```
//!
//! Learnt constants get sums of the pass (`constants.rs`).
//!
//! Thresholds that adapt (`neuron/alif.rs`) add `ā[t+1]` to E and `(1 − ρ) ā[t+1]` to T̄; for `subtract`, r loses `αᵥ κ (1 − ρ) a[t] p⁺`.

use fearless_simd::prelude::*;

use super::adaptation::Adaptation;
use super::constants::VectorSums;
use super::steps::Pass;
use super::terms::{BackwardTerms, ObservedBackward, ResetPath};
use super::tile::{BackwardOutput, BackwardTile};
use super::timing::timing_vectors;
use crate::lanes::{clear, load, store};
use crate::neuron::{Lif, LifAdjoints};
use crate::refractory::{blocked_at, blocked_before};
use crate::{Reset, TILE};

/// p⁺ and q⁺, as far as a path reaches.
type Next<S, const K: usize> = ([<S as Simd>::f32s; K], [<S as Simd>::f32s; K]);

/// The terms of `K` vectors on their way down in time.
pub(super) struct TermsPass<'a, S: Simd, const K: usize> {
    simd: S,
    tile: &'a BackwardTile<'a>,
    terms: BackwardTerms<'a>,
    first: usize,
    /// The neuron, with the threshold of the step that was last entered.
    neuron: Lif<S>,
    adaptation: Option<Adaptation<S>>,
    /// Where constants are learnt.
    sums: Option<VectorSums<S>>,
    /// Units in which q and p leave.
    gains: [S::f32s; 2],
    bias: [S::f32s; K],
    steady: [S::f32s; K],
    /// G of the last steps that a lag reaches, step t at `t % len`.
    recent: Vec<[S::f32s; K]>,
    /// Blocked lanes of the tile at the step that was last entered.
    blocked: u64,
    /// m (αᵥ V p⁺ + αᵢ J q⁺) of the step.
    reset_error: [S::f32s; K],
    /// m r of the step's spikes.
    reset_slope: [S::f32s; K],
}

impl<'a, S: Simd, const K: usize> TermsPass<'a, S, K> {
    #[inline(always)]
    pub(super) fn new(simd: S, tile: &'a BackwardTile<'a>, terms: BackwardTerms<'a>, first: usize) -> Self {
        let width = K * S::f32s::LEN;
        let zero = [S::f32s::splat(simd, 0.0); K];
        let one = S::f32s::splat(simd, 1.0);
        let lane_gain = |values: &[f32]| S::f32s::from_slice(simd, &values[first..first + S::f32s::LEN]);
        let mut steady = [0.0; TILE];
        steady.iter_mut().enumerate().for_each(|(lane, steady)| *steady = terms.steady_at(lane));
        Self {
            simd,
            tile,
            terms,
            first,
            neuron: tile
                .by_lane
                .as_ref()
                .map_or_else(|| Lif::new(simd, &tile.constants), |lanes| Lif::by_lane(simd, lanes, first)),
            adaptation: tile.by_lane.as_ref().map(|lanes| Adaptation::new(simd, lanes, first)),
            sums: None,
            gains: tile.by_lane.map_or([one; 2], |lanes| [lane_gain(lanes.drive_gain), lane_gain(lanes.bias_gain)]),
            bias: load::<S, K>(simd, &terms.bias[first..first + width]),
            steady: load::<S, K>(simd, &steady[first..first + width]),
            recent: vec![zero; terms.activation_path.lag().max(terms.timing_path.lag())],
            blocked: blocked_at(tile.spikes, terms.refractory, tile.to),
            reset_error: zero,
            reset_slope: zero,
        }
    }

    /// Whether a path reaches beyond step `t`.
    fn passes(&self, path: ResetPath, t: usize) -> bool {
        path != ResetPath::Ignore && t + 1 < self.tile.end
    }

    /// m r of every lane.
    #[inline(always)]
    fn reset_slope(&self, t: usize, next: &LifAdjoints<S, K>) -> [S::f32s; K] {
        let path = self.terms.timing_path;
        let mut slope = [S::f32s::splat(self.simd, 0.0); K];
        if self.passes(path, t) {
            let (p, q) = self.reached(path, t, (next.p, next.q));
            let (membrane, moved) = (self.membrane(t), self.moved_reset(t, &p, &q));
            for k in 0..K {
                slope[k] = self.masked(path, membrane[k], moved[k] * 0.5);
            }
        }
        slope
    }

    /// 2 r.
    #[inline(always)]
    fn moved_reset(&self, t: usize, p: &[S::f32s; K], q: &[S::f32s; K]) -> [S::f32s; K] {
        let Lif { current_decay, membrane_decay, threshold, .. } = self.neuron;
        let mut moved = [S::f32s::splat(self.simd, 0.0); K];
        match self.tile.constants.reset {
            Reset::All => {
                let (now, later) = (self.drive(t), self.drive(t + 1));
                for k in 0..K {
                    let from_bias = self.bias[k] * p[k];
                    moved[k] = (later[k] * q[k] + now[k] * (p[k] * membrane_decay + q[k] * current_decay))
                        + (from_bias + from_bias * membrane_decay);
                }
            }
            Reset::Membrane => {
                let (now, later) = (self.current(t), self.current(t + 1));
                for k in 0..K {
                    let driven = (later[k] + self.bias[k]) + (now[k] + self.bias[k]) * membrane_decay;
                    moved[k] = p[k] * driven;
                }
            }
            Reset::Subtract => {
                let one = S::f32s::splat(self.simd, 1.0);
                let mut jump = [(one - membrane_decay * membrane_decay) * threshold; K];
                if let Some(adaptation) = &self.adaptation {
                    let now = adaptation.at(self.simd, self.tile, t);
                    let fall = membrane_decay * adaptation.neuron.fall(self.simd, 0, now);
                    for k in 0..K {
                        jump[k] -= fall + fall;
                    }
                }
                for k in 0..K {
                    moved[k] = p[k] * jump[k];
                }
            }
        }
        moved
    }

    /// e: what a spike takes from later states.
    #[inline(always)]
    fn taken(&self, t: usize, p: &[S::f32s; K], q: &[S::f32s; K]) -> [S::f32s; K] {
        let Lif { current_decay, membrane_decay, threshold, .. } = self.neuron;
        let mut taken = self.membrane(t);
        match self.tile.constants.reset {
            Reset::All => {
                let current = self.current(t);
                for k in 0..K {
                    taken[k] = (taken[k] * membrane_decay) * p[k] + (current[k] * current_decay) * q[k];
                }
            }
            Reset::Membrane => {
                for k in 0..K {
                    taken[k] = (taken[k] * membrane_decay) * p[k];
                }
            }
            Reset::Subtract => {
                for k in 0..K {
                    taken[k] = p[k] * (threshold * membrane_decay);
                }
            }
        }
        taken
    }

    /// p⁺ and q⁺.
    #[inline(always)]
    fn reached(&self, path: ResetPath, t: usize, next: Next<S, K>) -> Next<S, K> {
        let ResetPath::Lag(lag) = path else { return next };
        let Lif { current_decay, membrane_decay, .. } = self.neuron;
        let zero = S::f32s::splat(self.simd, 0.0);
        let (mut p, mut q) = ([zero; K], [zero; K]);
        for u in (t + 1..=self.tile.end.saturating_sub(1).min(t + lag as usize)).rev() {
            let (opened_p, opened_q) = (self.unless_fired(u, p), self.unless_fired(u, q));
            let direct = &self.recent[u % self.recent.len()];
            for k in 0..K {
                p[k] = direct[k] + opened_p[k] * membrane_decay;
                q[k] = p[k] + opened_q[k] * current_decay;
            }
        }
        (p, q)
    }

    #[inline(always)]
    fn masked(&self, path: ResetPath, membrane: S::f32s, term: S::f32s) -> S::f32s {
        let ResetPath::Window(width) = path else { return term };
        let splat = |value| S::f32s::splat(self.simd, value);
        let distance = (membrane - self.neuron.threshold).abs();
        distance.simd_le(splat(width)).select(term, splat(0.0))
    }

    /// V[t].
    #[inline(always)]
    fn membrane(&self, t: usize) -> [S::f32s; K] {
        load::<S, K>(self.simd, &self.tile.trace[t * self.tile.lanes + self.first..][..K * S::f32s::LEN])
    }

    /// J[t].
    #[inline(always)]
    fn current(&self, t: usize) -> [S::f32s; K] {
        let mut current = self.membrane(t);
        if t > 0 {
            let before = self.carried(t - 1);
            for k in 0..K {
                current[k] -= before[k] * self.neuron.membrane_decay;
            }
        }
        for k in 0..K {
            current[k] -= self.bias[k];
        }
        current
    }

    /// Y[t].
    #[inline(always)]
    fn drive(&self, t: usize) -> [S::f32s; K] {
        let mut drive = self.current(t);
        if t > 0 {
            let before = self.unless_fired(t - 1, self.current(t - 1));
            for k in 0..K {
                drive[k] -= before[k] * self.neuron.current_decay;
            }
        }
        drive
    }

    /// θ[t].
    #[inline(always)]
    fn threshold(&self, t: usize) -> S::f32s {
        self.adaptation
            .as_ref()
            .map_or(self.neuron.threshold, |adaptation| adaptation.threshold(self.simd, self.tile, t))
    }

    /// c[t].
    #[inline(always)]
    fn carried(&self, t: usize) -> [S::f32s; K] {
        let mut carried = self.membrane(t);
        if self.tile.constants.reset != Reset::Subtract {
            return self.unless_fired(t, carried);
        }
        let threshold = self.threshold(t);
        for (k, carried) in carried.iter_mut().enumerate() {
            let bits = self.tile.spikes[t] >> (self.first + k * S::f32s::LEN);
            *carried = S::mask32s::from_bitmask(self.simd, bits).select(*carried - threshold, *carried);
        }
        carried
    }

    /// gᵢ[t] J[t].
    #[inline(always)]
    fn carried_current(&self, t: usize) -> [S::f32s; K] {
        let current =
            load::<S, K>(self.simd, &self.tile.current[t * self.tile.lanes + self.first..][..K * S::f32s::LEN]);
        if self.tile.constants.reset == Reset::All { self.unless_fired(t, current) } else { current }
    }

    /// 0 in lanes that fired at step `t`.
    #[inline(always)]
    fn unless_fired(&self, t: usize, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
        clear::<S, K>(self.simd, self.tile.spikes[t], self.first, &mut vectors);
        vectors
    }

    fn observe(&self, parts: [[S::f32s; K]; 2], at: usize, observed: &mut ObservedBackward<'_>) {
        let lanes = at..at + K * S::f32s::LEN;
        let [activation, timing] = parts;
        store::<S, K>(&activation, &mut observed.activation[lanes.clone()]);
        store::<S, K>(&timing, &mut observed.timing[lanes.clone()]);
        store::<S, K>(&self.reset_error, &mut observed.reset_error[lanes.clone()]);
        store::<S, K>(&self.reset_slope, &mut observed.reset_slope[lanes]);
    }
}

impl<S: Simd, const K: usize> Pass<S, K> for TermsPass<'_, S, K> {
    #[inline(always)]
    fn has_short_loop(&self, output: &BackwardOutput<'_>) -> bool {
        self.terms.activation_path == ResetPath::Ignore
            && self.terms.steady == 0.0
            && self.terms.refractory == 0
            && self.recent.is_empty()
            && self.adaptation.is_none()
            && self.sums.is_none()
            && output.observed.is_none()
    }

    #[inline(always)]
    fn neuron(&self, _shared: Lif<S>) -> Lif<S> {
        self.neuron
    }

    #[inline(always)]
    fn start(&mut self, output: &BackwardOutput<'_>) {
        self.sums = output.constants.as_ref().map(|sums| VectorSums::load(self.simd, sums, self.first));
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.start(self.simd, output);
        }
    }

    #[inline(always)]
    fn finish(&self, output: &mut BackwardOutput<'_>) {
        if let (Some(sums), Some(to)) = (&self.sums, &mut output.constants) {
            sums.store(to, self.first);
        }
        if let Some(adaptation) = &self.adaptation {
            adaptation.finish(output);
        }
    }

    #[inline(always)]
    fn driven(&self, mut adjoint: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            adjoint[k] *= self.gains[0];
        }
        adjoint
    }

    #[inline(always)]
    fn biased(&self, mut p: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            p[k] *= self.gains[1];
        }
        p
    }

    #[inline(always)]
    fn enter(&mut self, t: usize, neuron: &mut Lif<S>) {
        self.neuron.threshold = self.threshold(t);
        neuron.threshold = self.neuron.threshold;
        self.blocked = blocked_before(self.blocked, self.tile.spikes, self.terms.refractory, t);
        let zero = [S::f32s::splat(self.simd, 0.0); K];
        self.reset_error = zero;
        self.reset_slope = zero;
        if let Some(adaptation) = self.adaptation.as_ref().filter(|_| self.terms.adaptation_path) {
            self.reset_error = [zero[0] - adaptation.adjoint; K];
            self.reset_slope = [zero[0] - adaptation.delay(self.simd); K];
            clear::<S, K>(self.simd, !self.tile.spikes[t], self.first, &mut self.reset_slope);
        }
    }

    #[inline(always)]
    fn spike_error(&mut self, t: usize, next: &LifAdjoints<S, K>, error: Option<[S::f32s; K]>) -> Option<[S::f32s; K]> {
        let path = self.terms.activation_path;
        let resets = self.passes(path, t);
        let adapts = self.adaptation.is_some() && self.terms.adaptation_path && self.terms.factor != 0.0;
        if error.is_none() && !resets && !adapts && self.terms.steady == 0.0 {
            return None;
        }
        let mut error = error.unwrap_or([S::f32s::splat(self.simd, 0.0); K]);
        for k in 0..K {
            error[k] += self.steady[k];
        }
        if resets {
            let (p, q) = self.reached(path, t, (next.p, next.q));
            let (membrane, taken) = (self.membrane(t), self.taken(t, &p, &q));
            for k in 0..K {
                error[k] -= self.masked(path, membrane[k], taken[k] * self.terms.factor);
                let of_reset = self.masked(path, membrane[k], taken[k]);
                self.reset_error[k] = if self.adaptation.is_some() { self.reset_error[k] + of_reset } else { of_reset };
            }
        }
        if let Some(adaptation) = self.adaptation.as_ref().filter(|_| adapts) {
            for k in 0..K {
                error[k] += adaptation.adjoint * self.terms.factor;
            }
        }
        Some(error)
    }

    #[inline(always)]
    fn timing_part(
        &mut self,
        t: usize,
        wanted: u64,
        first_spike: usize,
        next: &LifAdjoints<S, K>,
    ) -> Option<[S::f32s; K]> {
        let mut slope = self.reset_slope(t, next);
        if let Some(adaptation) = self.adaptation.as_ref().filter(|_| self.terms.adaptation_path) {
            for k in 0..K {
                slope[k] -= adaptation.delay(self.simd);
            }
        }
        let part = timing_vectors(self.simd, self.tile, (t, wanted), self.first, first_spike, &slope);
        clear::<S, K>(self.simd, !self.tile.spikes[t], self.first, &mut slope);
        self.reset_slope = slope;
        Some(part)
    }

    #[inline(always)]
    fn leave(
        &mut self,
        t: usize,
        direct: &mut [S::f32s; K],
        adjoints: &mut LifAdjoints<S, K>,
        mut parts: [[S::f32s; K]; 2],
        output: &mut BackwardOutput<'_>,
    ) {
        let [activation, timing] = &mut parts;
        for vectors in [&mut *direct, &mut adjoints.p, activation, timing] {
            clear::<S, K>(self.simd, self.blocked, self.first, vectors);
        }
        if let Some(adaptation) = &mut self.adaptation {
            let gradient = adaptation.threshold_gradient(self.simd, self.tile, t, direct[0], adjoints.p[0]);
            if let Some(sums) = &mut self.sums {
                sums.threshold += gradient;
                sums.adaptation_strength += gradient * adaptation.at(self.simd, self.tile, t);
            }
            adaptation.step_back(self.simd, t, gradient);
        }
        let length = self.recent.len();
        if length > 0 {
            self.recent[t % length] = *direct;
        }
        if let Some(observed) = &mut output.observed {
            self.observe(parts, t * output.stride + output.offset + self.first, observed);
        }
    }

    #[inline(always)]
    fn sum(&mut self, t: usize, adjoints: &LifAdjoints<S, K>) {
        let Some(before) = t.checked_sub(1).filter(|_| self.sums.is_some()) else { return };
        let (membrane, current) = (self.carried(before)[0], self.carried_current(before)[0]);
        if let Some(sums) = &mut self.sums {
            sums.current_decay += adjoints.q[0] * current;
            sums.membrane_decay += adjoints.p[0] * membrane;
        }
    }
}
