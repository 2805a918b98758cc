//! The loop over time, downwards, for a few vectors of units.

use fearless_simd::prelude::*;

use super::spike_error::ErrorSource;
use super::terms_pass::{Part, Terms};
use super::tile::{BackwardOutput, BackwardTile, NO_ROW};
use super::timing::{spread_timing_terms, timing_vectors};
use crate::FLOOR_EVERY;
use crate::lanes::{load, store};
use crate::neuron::{Adjoints, Kept, StepBack};
use crate::surrogate::Shape;

/// Units from lane `first` on. Where q rows, Σ p and perhaps r are all that leaves, steps at which none of the units fired have a loop of
/// their own, short enough that the chains of several steps overlap.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "an instance for each kind of neuron, terms, surrogate and error")]
pub(super) fn run_back<S: Simd, const K: usize, N: StepBack<S, K>>(
    simd: S,
    tile: &BackwardTile<'_>,
    output: &mut BackwardOutput<'_>,
    first: usize,
    neuron: N,
    mut terms: impl Terms<S, K, N>,
    surrogate: impl Shape,
    mut error: impl ErrorSource<S, K>,
) {
    let mut units = Units::<S, K, N>::start(simd, tile, output, first, neuron);
    let has_short_loop = terms.has_short_loop(output)
        && [&output.q, &output.p, &output.direct].iter().all(|every_step| every_step.is_empty());
    let has_r = output.has_r();
    let mut t = tile.to;
    while t > tile.from {
        if has_short_loop {
            t = if has_r {
                units.pass_silent_steps::<true>(output, surrogate, &mut error, t)
            } else {
                units.pass_silent_steps::<false>(output, surrogate, &mut error, t)
            };
            if t == tile.from {
                break;
            }
        }
        t -= 1;
        units.step(output, &mut terms, surrogate, &mut error, t);
    }
    units.finish(output);
}

/// The adjoints of `K` vectors at the step last taken.
struct Units<'a, S: Simd, const K: usize, N: StepBack<S, K>> {
    kept: Kept<'a, S, K>,
    neuron: N,
    adjoints: Adjoints<S, K, N::Own>,
    /// Σ p.
    sum: [S::f32s; K],
    /// Bits of the lanes among those of the tile.
    bits: u64,
    has_timing: bool,
    /// End of the next step's T̄ among those of the tile.
    timing_end: usize,
    is_carried: bool,
}

impl<'a, S: Simd, const K: usize, N: StepBack<S, K>> Units<'a, S, K, N> {
    const WIDTH: usize = K * S::f32s::LEN;

    #[inline(always)]
    fn start(simd: S, tile: &'a BackwardTile<'a>, output: &BackwardOutput<'_>, first: usize, neuron: N) -> Self {
        let is_carried = !output.carried[0].is_empty();
        let carried = |from: &[f32]| {
            if is_carried {
                load::<S, K>(simd, &from[first..first + Self::WIDTH])
            } else {
                [S::f32s::splat(simd, 0.0); K]
            }
        };
        let [p, q, own] = &output.carried;
        Self {
            kept: Kept { simd, tile, first },
            neuron,
            adjoints: Adjoints { p: carried(p), q: carried(q), own: N::load_own(simd, own, tile.lanes, first) },
            sum: load::<S, K>(simd, &output.bias[first..first + Self::WIDTH]),
            bits: if Self::WIDTH == 64 { u64::MAX } else { ((1u64 << Self::WIDTH) - 1) << first },
            has_timing: !tile.timing.is_empty(),
            timing_end: tile.timing.len(),
            is_carried,
        }
    }

    /// Goes down from step `t` to the step after the next one at which a unit fired, or to the first one.
    #[inline(always)]
    fn pass_silent_steps<const HAS_R: bool>(
        &mut self,
        output: &mut BackwardOutput<'_>,
        surrogate: impl Shape,
        error: &mut impl ErrorSource<S, K>,
        mut t: usize,
    ) -> usize {
        let Kept { simd, tile, first } = self.kept;
        let steps = tile.spikes[tile.from..t].iter().zip(&output.rows[tile.from..t]);
        let steps = steps.zip(tile.trace[tile.from * tile.lanes..t * tile.lanes].chunks_exact(tile.lanes));
        for ((&fired, &row), trace) in steps.rev() {
            if fired & self.bits != 0 {
                break;
            }
            t -= 1;
            if fired != 0 && self.has_timing {
                self.timing_end -= fired.count_ones() as usize;
            }
            let trace = &trace[first..first + Self::WIDTH];
            let error = error.at(simd, self.neuron.lif(0), t);
            self.neuron.enter(&self.kept, t, &mut self.adjoints);
            let error = self.with_own(error, &self.own_error());
            let direct = self.activation_part(t * tile.lanes + first, trace, error, surrogate);
            let next_q = self.adjoints.q;
            let is_flushed_after = self.take_unflushed(t, row, &direct, output.q_rows);
            if HAS_R {
                self.leave_r(t, row, &next_q, output);
            }
            if is_flushed_after {
                self.neuron.flush_back(simd, &mut self.adjoints);
            }
        }
        t
    }

    #[inline(always)]
    fn step(
        &mut self,
        output: &mut BackwardOutput<'_>,
        terms: &mut impl Terms<S, K, N>,
        surrogate: impl Shape,
        error: &mut impl ErrorSource<S, K>,
        t: usize,
    ) {
        let Kept { simd, tile, first } = self.kept;
        let fired = tile.spikes[t];
        self.neuron.enter(&self.kept, t, &mut self.adjoints);
        let (own_error, own_time) = (self.own_error(), self.own_time_gradient());
        terms.enter(&self.kept, t, [&own_error, &own_time]);
        let error = error.at(simd, self.neuron.lif(0), t);
        let error = terms.spike_error(&self.kept, &self.neuron, t, &self.adjoints, error);
        let error = self.with_own(error, &own_error);
        let trace = &tile.trace[t * tile.lanes + first..][..Self::WIDTH];
        let activation = self.activation_part(t * tile.lanes + first, trace, error, surrogate);
        let mut timing = [S::f32s::splat(simd, 0.0); K];
        let mut direct = activation;
        let first_spike = if self.has_timing { self.timing_end - fired.count_ones() as usize } else { 0 };
        let fired_here = fired & self.bits;
        if fired_here != 0 {
            if self.has_timing {
                let taken = terms.taken_time(&self.kept, &self.neuron, t, &self.adjoints, &own_time);
                let is_listed = N::LISTS_TIMING && taken.is_none();
                timing = if is_listed {
                    let listed = &output.timing_terms[first_spike..self.timing_end];
                    spread_timing_terms(simd, fired, fired_here, first, listed)
                } else {
                    let taken = taken.unwrap_or(timing);
                    timing_vectors(simd, tile, (t, fired_here), first, first_spike, &taken)
                };
                for k in 0..K {
                    let with = direct[k] + timing[k];
                    // A further term may be −0, and adding 0 would drop its sign in lanes that did not fire.
                    direct[k] = if is_listed {
                        with
                    } else {
                        let bits = fired >> (first + k * S::f32s::LEN);
                        S::mask32s::from_bitmask(simd, bits).select(with, direct[k])
                    };
                }
            }
            if tile.is_gated {
                self.neuron.close(&self.kept, t, &mut self.adjoints);
            }
        }
        self.timing_end = first_spike;
        let opened = self.adjoints.q;
        terms.leave_direct(&self.kept, t, [&mut direct, &mut self.adjoints.p], [activation, timing], output);
        let at = t * output.stride + output.offset + first;
        let is_flushed_after = self.take_unflushed(t, output.rows[t], &direct, output.q_rows);
        terms.sum(&self.kept, &self.neuron, t, &self.adjoints, output);
        if output.has_r() {
            self.leave_r(t, output.rows[t], &opened, output);
        }
        if !output.q.is_empty() {
            store::<S, K>(&self.neuron.driven(self.adjoints.q), &mut output.q[at..at + Self::WIDTH]);
        }
        for (to, vectors) in [(&mut *output.p, &self.adjoints.p), (&mut *output.direct, &direct)] {
            if !to.is_empty() {
                store::<S, K>(vectors, &mut to[at..at + Self::WIDTH]);
            }
        }
        if is_flushed_after {
            self.neuron.flush_back(simd, &mut self.adjoints);
        }
    }

    /// What own states of later steps give to dL/dS, where the rule lets it flow.
    #[inline(always)]
    fn own_error(&self) -> Part<S, K> {
        if self.kept.tile.terms.adaptation_path { self.neuron.own_error(&self.adjoints) } else { None }
    }

    /// What own states of later steps give to dL/dT, where the rule lets it flow.
    #[inline(always)]
    fn own_time_gradient(&self) -> Part<S, K> {
        let is_on = self.kept.tile.terms.adaptation_path;
        if is_on { self.neuron.own_time_gradient(self.kept.simd, &self.adjoints) } else { None }
    }

    /// E with what own states add to it.
    #[inline(always)]
    fn with_own(&self, error: Part<S, K>, own: &Part<S, K>) -> Part<S, K> {
        let factor = self.kept.tile.terms.factor;
        let Some(own) = own.filter(|_| factor != 0.0) else { return error };
        let mut error = error.unwrap_or([S::f32s::splat(self.kept.simd, 0.0); K]);
        for k in 0..K {
            error[k] += own[k] * factor;
        }
        Some(error)
    }

    /// Leaves r of a step, from q behind its gates.
    #[inline(always)]
    fn leave_r(&self, t: usize, row: u32, opened: &[S::f32s; K], output: &mut BackwardOutput<'_>) {
        let Kept { tile, first, .. } = self.kept;
        let r = self.neuron.driven(self.neuron.delay_gradient(opened, &self.adjoints));
        if !output.r.is_empty() {
            let at = t * output.stride + output.offset + first;
            store::<S, K>(&r, &mut output.r[at..at + Self::WIDTH]);
        }
        if row != NO_ROW && !output.r_rows.is_empty() {
            let at = row as usize * tile.lanes + first;
            store::<S, K>(&r, &mut output.r_rows[at..at + Self::WIDTH]);
        }
    }

    /// σ̂ E of one step, whose first unit is `at` in `[step][lane]`.
    #[inline(always)]
    fn activation_part(&self, at: usize, trace: &[f32], error: Part<S, K>, surrogate: impl Shape) -> [S::f32s; K] {
        let simd = self.kept.simd;
        let Some(error) = error else { return [S::f32s::splat(simd, 0.0); K] };
        surrogate.times(simd, at, self.neuron.distance(load::<S, K>(simd, trace)), error)
    }

    /// Takes one step back, with G of the step. Returns whether the adjoints are to be flushed before the next step.
    #[inline(always)]
    fn take_unflushed(&mut self, t: usize, row: u32, direct: &[S::f32s; K], q_rows: &mut [f32]) -> bool {
        let Kept { tile, first, .. } = self.kept;
        self.neuron.step_back(&self.kept, t, &mut self.adjoints, direct);
        let biased = self.neuron.biased(self.adjoints.p);
        for k in 0..K {
            self.sum[k] += biased[k];
        }
        if row != NO_ROW {
            let at = row as usize * tile.lanes + first;
            store::<S, K>(&self.neuron.driven(self.adjoints.q), &mut q_rows[at..at + Self::WIDTH]);
        }
        t.is_multiple_of(FLOOR_EVERY)
    }

    #[inline(always)]
    fn finish(self, output: &mut BackwardOutput<'_>) {
        let Kept { tile, first, .. } = self.kept;
        let lanes = first..first + Self::WIDTH;
        store::<S, K>(&self.sum, &mut output.bias[lanes.clone()]);
        let [p, q, own] = &mut output.carried;
        if self.is_carried {
            store::<S, K>(&self.adjoints.p, &mut p[lanes.clone()]);
            store::<S, K>(&self.adjoints.q, &mut q[lanes]);
        }
        N::store_own(&self.adjoints.own, own, tile.lanes, first);
    }
}
