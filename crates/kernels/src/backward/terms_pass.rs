//! Terms that a pass computes only where a rule asks for them: paths through the reset (spec 6.iii), blocked lanes (spec 1.4), sums for
//! learnt constants (spec 12), and what somebody wants to observe.
//!
//! ```text
//! E[t] ← E[t] + steady − factor m[t] e,   T̄[t] ← T̄[t] − m[t] r
//! G[t], p[t] = 0 while a lane is blocked
//!
//! all        e = αᵥ V[t] p⁺ + αᵢ J[t] q⁺,   r = ½ (Y[t+1] q⁺ + Y[t] (αᵥ p⁺ + αᵢ q⁺) + b p⁺ + αᵥ b p⁺)
//! membrane   e = αᵥ V[t] p⁺,                r = ½ p⁺ (J[t+1] + b + αᵥ (J[t] + b))
//! subtract   e = αᵥ threshold p⁺,           r = ½ (1 − αᵥ²) threshold p⁺
//! subtractAfterDecay: those of subtract with threshold / αᵥ in the place of the threshold;   none: no path
//!
//! p⁺, q⁺ = p[t+1], q[t+1];   for `lag` without what comes from steps beyond t + lag
//! m[t] = 1;                  for `window` 0 where |V[t] − threshold| exceeds its width
//! ```
//!
//! These are the e and r of a LIF; other neurons have their own in `neuron/`.

use fearless_simd::prelude::*;

use super::terms::{BackwardTerms, ObservedBackward, ResetPath};
use super::tile::{BackwardOutput, BackwardTile};
use crate::Reset;
use crate::lanes::{clear, load, store};
use crate::neuron::{Adjoints, Kept, StepBack, reached, within};
use crate::refractory::{blocked_at, blocked_before};

/// Vectors of a value that some neurons or rules have.
pub(super) type Part<S, const K: usize> = Option<[<S as Simd>::f32s; K]>;

/// What a pass does besides the recurrences of its neuron.
pub(super) trait Terms<S: Simd, const K: usize, N: StepBack<S, K>> {
    /// Whether steps at which no unit fired may be taken by the short loop, which asks nothing of these terms.
    fn has_short_loop(&self, output: &BackwardOutput<'_>) -> bool;

    /// Enters step `t`, with what own states of the neuron give to dL/dS and dL/dT.
    #[inline(always)]
    fn enter(&mut self, _kept: &Kept<'_, S, K>, _t: usize, _own: [&Part<S, K>; 2]) {}

    /// E with what is added to it; `next` are the adjoints of the step after.
    #[inline(always)]
    fn spike_error(
        &mut self,
        _kept: &Kept<'_, S, K>,
        _neuron: &N,
        _t: usize,
        _next: &Adjoints<S, K, N::Own>,
        error: Part<S, K>,
    ) -> Part<S, K> {
        error
    }

    /// What is taken from T̄ of the spikes of step `t`, of which own states give `own`.
    #[inline(always)]
    fn taken_time(
        &mut self,
        kept: &Kept<'_, S, K>,
        _neuron: &N,
        _t: usize,
        _next: &Adjoints<S, K, N::Own>,
        own: &Part<S, K>,
    ) -> Part<S, K> {
        own.map(|own| negative(kept.simd, own))
    }

    /// Takes G and its parts, activation and timing, before the step back, and p behind the gates.
    #[inline(always)]
    fn leave_direct(
        &mut self,
        _kept: &Kept<'_, S, K>,
        _t: usize,
        _direct: [&mut [S::f32s; K]; 2],
        _parts: [[S::f32s; K]; 2],
        _output: &mut BackwardOutput<'_>,
    ) {
    }

    /// Sums what learnt constants get of step `t`.
    #[inline(always)]
    fn sum(
        &self,
        _kept: &Kept<'_, S, K>,
        _neuron: &N,
        _t: usize,
        _adjoints: &Adjoints<S, K, N::Own>,
        _output: &mut BackwardOutput<'_>,
    ) {
    }
}

/// 0 − a.
#[inline(always)]
fn negative<S: Simd, const K: usize>(simd: S, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
    for vector in &mut vectors {
        *vector = S::f32s::splat(simd, 0.0) - *vector;
    }
    vectors
}

/// The recurrences alone.
pub(super) struct NoTerms;

impl<S: Simd, const K: usize, N: StepBack<S, K>> Terms<S, K, N> for NoTerms {
    #[inline(always)]
    fn has_short_loop(&self, _output: &BackwardOutput<'_>) -> bool {
        true
    }
}

/// Every term.
pub(super) struct AllTerms<'a, S: Simd, const K: usize> {
    terms: BackwardTerms<'a>,
    steady: [S::f32s; K],
    /// G of the last steps that a lag reaches, step t at `t % len`.
    recent: Vec<[S::f32s; K]>,
    /// Blocked lanes of the tile at the step that was last entered.
    blocked: u64,
    /// What own states and the reset take from dL/dS at the step.
    reset_error: [S::f32s; K],
    /// What they take from dL/dT of the step's spikes.
    reset_slope: [S::f32s; K],
}

impl<'a, S: Simd, const K: usize> AllTerms<'a, S, K> {
    #[inline(always)]
    pub(super) fn new(simd: S, tile: &'a BackwardTile<'a>, first: usize) -> Self {
        let terms = tile.terms;
        let zero = [S::f32s::splat(simd, 0.0); K];
        Self {
            terms,
            steady: steady_lanes::<S, K>(simd, &terms, first),
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

/// What activity terms add to the lanes from `first` on.
#[inline(always)]
pub(super) fn steady_lanes<S: Simd, const K: usize>(simd: S, terms: &BackwardTerms<'_>, first: usize) -> [S::f32s; K] {
    load::<S, K>(simd, &terms.activity.lanes()[first..first + K * S::f32s::LEN])
}

/// Whether there is a path, and a step after `t` that it reaches.
#[inline(always)]
fn passes<S: Simd, const K: usize>(kept: &Kept<'_, S, K>, path: ResetPath, t: usize) -> bool {
    path != ResetPath::Ignore && t + 1 < kept.tile.end && kept.tile.constants.reset != Reset::None
}

impl<S: Simd, const K: usize, N: StepBack<S, K>> Terms<S, K, N> for AllTerms<'_, S, K> {
    #[inline(always)]
    fn has_short_loop(&self, output: &BackwardOutput<'_>) -> bool {
        N::LISTS_TIMING
            && self.terms.activation_path == ResetPath::Ignore
            && self.terms.activity.is_none()
            && self.terms.refractory == 0
            && self.recent.is_empty()
            && output.constants.is_none()
            && output.observed.is_none()
    }

    #[inline(always)]
    fn enter(&mut self, kept: &Kept<'_, S, K>, t: usize, [own_error, own_time]: [&Part<S, K>; 2]) {
        self.blocked = blocked_before(self.blocked, kept.tile.spikes, self.terms.refractory, t);
        let zero = [S::f32s::splat(kept.simd, 0.0); K];
        self.reset_error = own_error.map_or(zero, |own| negative(kept.simd, own));
        self.reset_slope = own_time.map_or(zero, |own| negative(kept.simd, own));
        if own_time.is_some() {
            clear::<S, K>(kept.simd, !kept.tile.spikes[t], kept.first, &mut self.reset_slope);
        }
    }

    #[inline(always)]
    fn spike_error(
        &mut self,
        kept: &Kept<'_, S, K>,
        neuron: &N,
        t: usize,
        next: &Adjoints<S, K, N::Own>,
        error: Part<S, K>,
    ) -> Part<S, K> {
        let path = self.terms.activation_path;
        let resets = passes(kept, path, t);
        if error.is_none() && !resets && self.terms.activity.is_none() {
            return None;
        }
        let mut error = error.unwrap_or([S::f32s::splat(kept.simd, 0.0); K]);
        if !self.terms.activity.is_none() {
            for k in 0..K {
                error[k] += self.steady[k];
            }
        }
        if resets {
            let taken = neuron.taken(kept, t, &reached(neuron, kept, (path, t), next, &self.recent));
            let mut factored = taken;
            for vector in &mut factored {
                *vector *= self.terms.factor;
            }
            let factored = within(neuron, kept, (path, t), factored);
            let taken = within(neuron, kept, (path, t), taken);
            for k in 0..K {
                error[k] -= factored[k];
                self.reset_error[k] = if N::LISTS_TIMING { taken[k] } else { self.reset_error[k] + taken[k] };
            }
        }
        Some(error)
    }

    #[inline(always)]
    fn taken_time(
        &mut self,
        kept: &Kept<'_, S, K>,
        neuron: &N,
        t: usize,
        next: &Adjoints<S, K, N::Own>,
        own: &Part<S, K>,
    ) -> Part<S, K> {
        let path = self.terms.timing_path;
        let mut slope = [S::f32s::splat(kept.simd, 0.0); K];
        if passes(kept, path, t) {
            slope = neuron.moved(kept, t, &reached(neuron, kept, (path, t), next, &self.recent));
            for vector in &mut slope {
                *vector *= 0.5;
            }
            slope = within(neuron, kept, (path, t), slope);
        }
        if let Some(own) = own {
            for k in 0..K {
                slope[k] -= own[k];
            }
        }
        self.reset_slope = slope;
        clear::<S, K>(kept.simd, !kept.tile.spikes[t], kept.first, &mut self.reset_slope);
        Some(slope)
    }

    #[inline(always)]
    fn leave_direct(
        &mut self,
        kept: &Kept<'_, S, K>,
        t: usize,
        [direct, p]: [&mut [S::f32s; K]; 2],
        mut parts: [[S::f32s; K]; 2],
        output: &mut BackwardOutput<'_>,
    ) {
        let [activation, timing] = &mut parts;
        for vectors in [&mut *direct, p, activation, timing] {
            clear::<S, K>(kept.simd, self.blocked, kept.first, vectors);
        }
        let length = self.recent.len();
        if length > 0 {
            self.recent[t % length] = *direct;
        }
        if let Some(observed) = &mut output.observed {
            self.observe(parts, t * output.stride + output.offset + kept.first, observed);
        }
    }

    #[inline(always)]
    fn sum(
        &self,
        kept: &Kept<'_, S, K>,
        neuron: &N,
        t: usize,
        adjoints: &Adjoints<S, K, N::Own>,
        output: &mut BackwardOutput<'_>,
    ) {
        if let Some(sums) = &mut output.constants {
            neuron.sum(kept, t, adjoints, sums);
        }
    }
}
