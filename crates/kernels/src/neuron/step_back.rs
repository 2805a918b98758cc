//! What the loop backward in time asks of a neuron.

use fearless_simd::prelude::*;

use super::forward::Neuron;
use super::kept::Kept;
use crate::{Reset, ResetPath};

/// Adjoints of `K` vectors of units.
#[derive(Clone, Copy)]
pub(crate) struct Adjoints<S: Simd, const K: usize, Own> {
    /// p of the step last taken; between [`StepBack::enter`] and [`StepBack::step_back`], what the next step sends back to c.
    pub(crate) p: [S::f32s; K],
    /// q of the step last taken.
    pub(crate) q: [S::f32s; K],
    /// The neuron's own.
    pub(crate) own: Own,
}

/// Step back of `K` vectors of units. The order of a step: [`StepBack::enter`], errors and G, [`StepBack::close`],
/// [`StepBack::step_back`], [`StepBack::sum`].
pub(crate) trait StepBack<S: Simd, const K: usize>: Neuron<S, K> {
    /// Adjoints beside p and q.
    type Own: Copy;

    /// Whether V' needs no adjoint, so that timing terms can be listed ahead of the pass.
    const LISTS_TIMING: bool;

    /// Loads the own adjoints of the lanes from `first` on, `[adjoint][lane]`; 0 where there are none.
    fn load_own(simd: S, from: &[f32], lanes: usize, first: usize) -> Self::Own;
    /// Stores the own adjoints where [`StepBack::load_own`] takes them from.
    fn store_own(own: &Self::Own, to: &mut [f32], lanes: usize, first: usize);

    /// θ[t]; that of the step last entered is the one in [`Neuron::lif`].
    fn threshold(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K];
    /// What drives the membrane at step `t` beside J and the bias; `None`: nothing.
    #[inline(always)]
    fn own_drive(&self, _kept: &Kept<'_, S, K>, _t: usize) -> Option<[S::f32s; K]> {
        None
    }

    /// c[t]: V[t] behind its reset.
    #[inline(always)]
    fn carried_at(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K] {
        let mut carried = kept.membrane(t);
        if !kept.tile.constants.reset.keeps_membrane() {
            return kept.unless_fired(t, carried);
        }
        let threshold = self.threshold(kept, t);
        for (k, carried) in carried.iter_mut().enumerate() {
            let bits = kept.tile.spikes[t] >> (kept.first + k * S::f32s::LEN);
            *carried =
                S::mask32s::from_bitmask(kept.simd, bits).select(*carried - threshold[k] * self.lif(k).drop, *carried);
        }
        carried
    }
    /// What αᵥ multiplies in V[t+1]: c[t], or V[t] where the threshold goes after the decay.
    #[inline(always)]
    fn decaying_at(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K] {
        let is_whole = kept.tile.constants.reset == Reset::SubtractAfterDecay;
        if is_whole { kept.membrane(t) } else { self.carried_at(kept, t) }
    }
    /// J[t] = V[t] − αᵥ c[t−1] − b, less [`StepBack::own_drive`].
    #[inline(always)]
    fn current_at(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K] {
        let mut current = kept.membrane(t);
        let bias = kept.bias();
        if t > 0 {
            let before = self.carried_at(kept, t - 1);
            for k in 0..K {
                current[k] -= before[k] * self.lif(k).membrane_decay;
            }
        }
        for k in 0..K {
            current[k] -= bias[k];
        }
        if let Some(drive) = self.own_drive(kept, t) {
            for k in 0..K {
                current[k] -= drive[k];
            }
        }
        current
    }
    /// Y[t] = J[t] − αᵢ gᵢ[t−1] J[t−1].
    #[inline(always)]
    fn drive_at(&self, kept: &Kept<'_, S, K>, t: usize) -> [S::f32s; K] {
        let mut drive = self.current_at(kept, t);
        if t > 0 {
            let before = kept.unless_fired(t - 1, self.current_at(kept, t - 1));
            for k in 0..K {
                drive[k] -= before[k] * self.lif(k).current_decay;
            }
        }
        drive
    }

    /// Enters step `t`: its threshold, and what own states send back to it.
    #[inline(always)]
    fn enter(&mut self, _kept: &Kept<'_, S, K>, _t: usize, _adjoints: &mut Adjoints<S, K, Self::Own>) {}
    /// What own states of later steps give to dL/dS; `None`: nothing.
    #[inline(always)]
    fn own_error(&self, _adjoints: &Adjoints<S, K, Self::Own>) -> Option<[S::f32s; K]> {
        None
    }
    /// What own states of later steps give to dL/dT of a spike; `None`: nothing.
    #[inline(always)]
    fn own_time_gradient(&self, _simd: S, _adjoints: &Adjoints<S, K, Self::Own>) -> Option<[S::f32s; K]> {
        None
    }

    /// |V − θ|.
    #[inline(always)]
    fn distance(&self, mut membrane: [S::f32s; K]) -> [S::f32s; K] {
        for k in 0..K {
            membrane[k] = (membrane[k] - self.lif(k).threshold).abs();
        }
        membrane
    }
    /// Takes out what the spikes of step `t` keep from flowing back: gᵥ and gᵢ (spec 10.2).
    #[inline(always)]
    fn close(&self, kept: &Kept<'_, S, K>, t: usize, adjoints: &mut Adjoints<S, K, Self::Own>) {
        let reset = kept.tile.constants.reset;
        if !reset.keeps_membrane() {
            adjoints.p = kept.unless_fired(t, adjoints.p);
        }
        if reset == Reset::All {
            adjoints.q = kept.unless_fired(t, adjoints.q);
        }
    }
    /// Takes the adjoints to step `t`, with its G.
    fn step_back(
        &self,
        kept: &Kept<'_, S, K>,
        t: usize,
        adjoints: &mut Adjoints<S, K, Self::Own>,
        direct: &[S::f32s; K],
    );
    /// r: what a later arrival of a spike takes away, from q behind the gates of the step and the adjoints of the step.
    fn delay_gradient(&self, opened: &[S::f32s; K], adjoints: &Adjoints<S, K, Self::Own>) -> [S::f32s; K];
    /// q or r in the unit in which they leave.
    #[inline(always)]
    fn driven(&self, adjoint: [S::f32s; K]) -> [S::f32s; K] {
        adjoint
    }
    /// p in the unit in which its sum leaves.
    #[inline(always)]
    fn biased(&self, p: [S::f32s; K]) -> [S::f32s; K] {
        p
    }
    /// Flushes what is small.
    fn flush_back(&self, simd: S, adjoints: &mut Adjoints<S, K, Self::Own>);

    /// e: what a spike at step `t` takes from later states through the reset (spec 6.iii), from the adjoints of the step after.
    fn taken(&self, kept: &Kept<'_, S, K>, t: usize, next: &Adjoints<S, K, Self::Own>) -> [S::f32s; K];
    /// 2 r: what the time of a spike at step `t` changes of later states through the reset (spec 6.iii).
    fn moved(&self, kept: &Kept<'_, S, K>, t: usize, next: &Adjoints<S, K, Self::Own>) -> [S::f32s; K];

    /// Adds what learnt constants get of step `t` to `sums`, `[constant][lane]` (spec 12), after the step.
    #[inline(always)]
    fn sum(&self, _kept: &Kept<'_, S, K>, _t: usize, _adjoints: &Adjoints<S, K, Self::Own>, _sums: &mut [f32]) {}
}

/// Vectors times a gain of each lane.
#[inline(always)]
pub(crate) fn times<S: Simd, const K: usize>(
    mut vectors: [S::f32s; K],
    gain: impl Fn(usize) -> S::f32s,
) -> [S::f32s; K] {
    for k in 0..K {
        vectors[k] *= gain(k);
    }
    vectors
}

/// Adds a vector to the sum of a constant.
#[inline(always)]
pub(crate) fn add_sum<S: Simd, const K: usize>(
    kept: &Kept<'_, S, K>,
    sums: &mut [f32],
    constant: usize,
    vectors: [S::f32s; K],
) {
    for k in 0..K {
        let at = constant * kept.tile.lanes + kept.first + k * S::f32s::LEN;
        let to = &mut sums[at..at + S::f32s::LEN];
        (S::f32s::from_slice(kept.simd, to) + vectors[k]).store_slice(to);
    }
}

/// Adjoints of the step after `t`, as far as a path reaches; `recent` has G of the steps within a lag, step u at `u % len`.
#[inline(always)]
pub(crate) fn reached<S: Simd, const K: usize, N: StepBack<S, K>>(
    neuron: &N,
    kept: &Kept<'_, S, K>,
    (path, t): (ResetPath, usize),
    next: &Adjoints<S, K, N::Own>,
    recent: &[[S::f32s; K]],
) -> Adjoints<S, K, N::Own> {
    let ResetPath::Lag(lag) = path else { return *next };
    let zero = S::f32s::splat(kept.simd, 0.0);
    let (mut p, mut q) = ([zero; K], [zero; K]);
    for u in (t + 1..=kept.tile.end.saturating_sub(1).min(t + lag as usize)).rev() {
        let (opened_p, opened_q) = (kept.unless_fired(u, p), kept.unless_fired(u, q));
        let direct = &recent[u % recent.len()];
        for k in 0..K {
            p[k] = direct[k] + opened_p[k] * neuron.lif(k).membrane_decay;
            q[k] = p[k] + opened_q[k] * neuron.lif(k).current_decay;
        }
    }
    Adjoints { p, q, own: next.own }
}

/// m times a term: 0 where a window ends before |V − θ|.
#[inline(always)]
pub(crate) fn within<S: Simd, const K: usize, N: StepBack<S, K>>(
    neuron: &N,
    kept: &Kept<'_, S, K>,
    (path, t): (ResetPath, usize),
    mut terms: [S::f32s; K],
) -> [S::f32s; K] {
    let ResetPath::Window(width) = path else { return terms };
    let splat = |value| S::f32s::splat(kept.simd, value);
    let distance = neuron.distance(kept.membrane(t));
    for k in 0..K {
        terms[k] = distance[k].simd_le(splat(width)).select(terms[k], splat(0.0));
    }
    terms
}
