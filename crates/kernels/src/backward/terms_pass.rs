//! What a backward pass computes only when asked: paths through the reset (spec 6.iii), blocked lanes (spec 1.4), a gradient of
//! every spike of the layer (spec 6.vi), and what somebody wants to observe.
//!
//! ```text
//! E[t] ← E[t] + steady − factor m[t] e,   T̄[t] ← T̄[t] − m[t] r     m, e, r: see `terms_pass/reset_path.rs`
//! G[t], p[t] = 0 while a lane is blocked
//! ```
//!
//! Learnt constants get sums of the pass (`constants.rs`).
//!
//! Thresholds that adapt (`neuron/alif.rs`) add `ā[t+1]` to E and `(1 − ρ) ā[t+1]` to T̄.

mod reset_path;
mod states;

use fearless_simd::prelude::*;

use super::adaptation::Adaptation;
use super::constants::VectorSums;
use super::steps::Pass;
use super::terms::{BackwardTerms, ObservedBackward, ResetPath};
use super::tile::{BackwardOutput, BackwardTile};
use super::timing::timing_vectors;
use crate::TILE;
use crate::lanes::{clear, load, store};
use crate::neuron::{Lif, LifAdjoints};
use crate::refractory::{blocked_at, blocked_before};

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
