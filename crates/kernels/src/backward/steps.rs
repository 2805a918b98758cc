//! The loop over time, downwards, for a few vectors of units.

use fearless_simd::prelude::*;

use super::error::ErrorSource;
use super::tile::{BackwardOutput, BackwardTile, NO_ROW};
use super::timing::spread_timing_terms;
use crate::FLOOR_EVERY;
use crate::lanes::{load, store};
use crate::neuron::{Lif, LifAdjoints};
use crate::surrogate::Shape;

/// What a pass does besides the plain recurrences; nothing in the instances that most trainings run.
pub(super) trait Pass<S: Simd, const K: usize> {
    /// Whether steps at which no unit fired may be taken by the short loop, which asks less of a pass; asked after `start`.
    fn has_short_loop(&self, output: &BackwardOutput<'_>) -> bool;

    /// The neuron of the units.
    #[inline(always)]
    fn neuron(&self, shared: Lif<S>) -> Lif<S> {
        shared
    }

    /// Takes what the steps after the first one left behind.
    #[inline(always)]
    fn start(&mut self, _output: &BackwardOutput<'_>) {}

    /// Leaves behind what the steps before the last one take.
    #[inline(always)]
    fn finish(&self, _output: &mut BackwardOutput<'_>) {}

    /// Goes down to step `t`, at which the neuron may have another threshold.
    #[inline(always)]
    fn enter(&mut self, _t: usize, _neuron: &mut Lif<S>) {}

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

    /// E with what is added to it; `next` are the adjoints of the step after.
    #[inline(always)]
    fn spike_error(
        &mut self,
        _t: usize,
        _next: &LifAdjoints<S, K>,
        error: Option<[S::f32s; K]>,
    ) -> Option<[S::f32s; K]> {
        error
    }

    /// In the short loop: goes down to step `t`, and returns E with what is added to it.
    #[inline(always)]
    fn pass_silently(&mut self, _t: usize, _neuron: &mut Lif<S>, error: Option<[S::f32s; K]>) -> Option<[S::f32s; K]> {
        error
    }

    /// The timing part of the spikes `wanted` of a step, whose T̄ start at `first_spike`; `None`: as it was listed.
    #[inline(always)]
    fn timing_part(
        &mut self,
        _t: usize,
        _wanted: u64,
        _first_spike: usize,
        _next: &LifAdjoints<S, K>,
    ) -> Option<[S::f32s; K]> {
        None
    }

    /// What adapts to G of the step; `next` are the adjoints of the step after, behind the gates.
    #[inline(always)]
    fn adapt(&mut self, _t: usize, _direct: &[S::f32s; K], _next: &LifAdjoints<S, K>) {}

    /// What becomes of G and p; `parts` are the activation and the timing part of G.
    #[inline(always)]
    fn leave(
        &mut self,
        _t: usize,
        _direct: &mut [S::f32s; K],
        _adjoints: &mut LifAdjoints<S, K>,
        _parts: [[S::f32s; K]; 2],
        _output: &mut BackwardOutput<'_>,
    ) {
    }

    /// Looks at the adjoints of step `t`.
    #[inline(always)]
    fn sum(&mut self, _t: usize, _adjoints: &LifAdjoints<S, K>) {}
}

/// The plain recurrences.
pub(super) struct PlainPass;

impl<S: Simd, const K: usize> Pass<S, K> for PlainPass {
    #[inline(always)]
    fn has_short_loop(&self, _output: &BackwardOutput<'_>) -> bool {
        true
    }
}

/// Units from lane `first` on. Where q rows, Σ p and perhaps r are all that is wanted, steps at which none of the units fired have a loop of
/// their own, short enough that the chains of several steps overlap.
#[inline(always)]
pub(super) fn run_back<S: Simd, const K: usize>(
    simd: S,
    tile: &BackwardTile<'_>,
    output: &mut BackwardOutput<'_>,
    first: usize,
    mut pass: impl Pass<S, K>,
    surrogate: impl Shape,
    mut error: impl ErrorSource<S, K>,
) {
    let mut units = Units::<S, K>::start(simd, tile, output, first);
    units.neuron = pass.neuron(units.neuron);
    pass.start(output);
    let has_short_loop = pass.has_short_loop(output)
        && [&output.q, &output.p, &output.direct].iter().all(|every_step| every_step.is_empty());
    let has_r = output.has_r();
    let mut t = tile.to;
    while t > tile.from {
        if has_short_loop {
            t = if has_r {
                units.pass_silent_steps::<true>(simd, tile, output, &mut pass, surrogate, &mut error, t)
            } else {
                units.pass_silent_steps::<false>(simd, tile, output, &mut pass, surrogate, &mut error, t)
            };
            if t == tile.from {
                break;
            }
        }
        t -= 1;
        units.step(simd, tile, output, &mut pass, surrogate, &mut error, t);
    }
    pass.finish(output);
    units.finish(output);
}

/// The adjoints of `K` vectors at the step last taken.
struct Units<S: Simd, const K: usize> {
    neuron: Lif<S>,
    adjoints: LifAdjoints<S, K>,
    /// Σ p.
    sum: [S::f32s; K],
    first: usize,
    /// Bits of the lanes among those of the tile.
    bits: u64,
    has_timing: bool,
    /// End of the next step's T̄ among those of the tile.
    timing_end: usize,
    is_carried: bool,
}

impl<S: Simd, const K: usize> Units<S, K> {
    const WIDTH: usize = K * S::f32s::LEN;

    #[inline(always)]
    fn start(simd: S, tile: &BackwardTile<'_>, output: &BackwardOutput<'_>, first: usize) -> Self {
        let is_carried = !output.carried[0].is_empty();
        let carried = |from: &[f32]| {
            if is_carried {
                load::<S, K>(simd, &from[first..first + Self::WIDTH])
            } else {
                [S::f32s::splat(simd, 0.0); K]
            }
        };
        Self {
            neuron: Lif::new(simd, &tile.constants),
            adjoints: LifAdjoints { p: carried(output.carried[0]), q: carried(output.carried[1]) },
            sum: load::<S, K>(simd, &output.bias[first..first + Self::WIDTH]),
            first,
            bits: if Self::WIDTH == 64 { u64::MAX } else { ((1u64 << Self::WIDTH) - 1) << first },
            has_timing: !tile.timing.is_empty(),
            timing_end: tile.timing.len(),
            is_carried,
        }
    }

    /// Goes down from step `t` to the step after the next one at which a unit fired, or to the first one.
    #[expect(clippy::too_many_arguments, reason = "inlined into the loop above")]
    #[inline(always)]
    fn pass_silent_steps<const HAS_R: bool>(
        &mut self,
        simd: S,
        tile: &BackwardTile<'_>,
        output: &mut BackwardOutput<'_>,
        pass: &mut impl Pass<S, K>,
        surrogate: impl Shape,
        error: &mut impl ErrorSource<S, K>,
        mut t: usize,
    ) -> usize {
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
            let trace = &trace[self.first..self.first + Self::WIDTH];
            let error = error.at(simd, &self.neuron, t);
            let error = pass.pass_silently(t, &mut self.neuron, error);
            let direct = self.activation_part(simd, trace, error, surrogate);
            pass.adapt(t, &direct, &self.adjoints);
            let next_q = self.adjoints.q;
            let is_flushed_after = self.take_unflushed(t, row, &direct, tile.lanes, output.q_rows, pass);
            if HAS_R {
                self.leave_r(t, row, &next_q, tile.lanes, output, pass);
            }
            if is_flushed_after {
                self.neuron.flush_back(simd, &mut self.adjoints);
            }
        }
        t
    }

    #[expect(clippy::too_many_arguments, reason = "inlined into the loop above")]
    #[inline(always)]
    fn step(
        &mut self,
        simd: S,
        tile: &BackwardTile<'_>,
        output: &mut BackwardOutput<'_>,
        pass: &mut impl Pass<S, K>,
        surrogate: impl Shape,
        error: &mut impl ErrorSource<S, K>,
        t: usize,
    ) {
        let fired = tile.spikes[t];
        pass.enter(t, &mut self.neuron);
        let error = pass.spike_error(t, &self.adjoints, error.at(simd, &self.neuron, t));
        let trace = &tile.trace[t * tile.lanes + self.first..][..Self::WIDTH];
        let activation = self.activation_part(simd, trace, error, surrogate);
        let mut timing = [S::f32s::splat(simd, 0.0); K];
        let mut direct = activation;
        let first_spike = if self.has_timing { self.timing_end - fired.count_ones() as usize } else { 0 };
        let wanted = fired & self.bits;
        if wanted != 0 {
            if self.has_timing {
                let of_pass = pass.timing_part(t, wanted, first_spike, &self.adjoints);
                let is_listed = of_pass.is_none();
                timing = of_pass.unwrap_or_else(|| {
                    spread_timing_terms(
                        simd,
                        fired,
                        wanted,
                        self.first,
                        &output.timing_terms[first_spike..self.timing_end],
                    )
                });
                for k in 0..K {
                    let with = direct[k] + timing[k];
                    // A further term may be −0, and adding 0 would drop its sign in lanes that did not fire.
                    direct[k] = if is_listed {
                        with
                    } else {
                        let bits = fired >> (self.first + k * S::f32s::LEN);
                        S::mask32s::from_bitmask(simd, bits).select(with, direct[k])
                    };
                }
            }
            if tile.is_gated {
                self.neuron.close(simd, &mut self.adjoints, fired, self.first, tile.constants.reset);
            }
        }
        self.timing_end = first_spike;
        let opened = self.adjoints.q;
        pass.adapt(t, &direct, &self.adjoints);
        pass.leave(t, &mut direct, &mut self.adjoints, [activation, timing], output);
        let at = t * output.stride + output.offset + self.first;
        let is_flushed_after = self.take_unflushed(t, output.rows[t], &direct, tile.lanes, output.q_rows, pass);
        pass.sum(t, &self.adjoints);
        if output.has_r() {
            self.leave_r(t, output.rows[t], &opened, tile.lanes, output, pass);
        }
        if !output.q.is_empty() {
            store::<S, K>(&pass.driven(self.adjoints.q), &mut output.q[at..at + Self::WIDTH]);
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

    /// Leaves r of a step, from q behind its gates.
    #[inline(always)]
    fn leave_r(
        &self,
        t: usize,
        row: u32,
        opened: &[S::f32s; K],
        lanes: usize,
        output: &mut BackwardOutput<'_>,
        pass: &impl Pass<S, K>,
    ) {
        let r = pass.driven(self.neuron.delay_gradient(opened, &self.adjoints));
        if !output.r.is_empty() {
            let at = t * output.stride + output.offset + self.first;
            store::<S, K>(&r, &mut output.r[at..at + Self::WIDTH]);
        }
        if row != NO_ROW && !output.r_rows.is_empty() {
            let at = row as usize * lanes + self.first;
            store::<S, K>(&r, &mut output.r_rows[at..at + Self::WIDTH]);
        }
    }

    /// σ̂ E of one step.
    #[inline(always)]
    fn activation_part(
        &self,
        simd: S,
        trace: &[f32],
        error: Option<[S::f32s; K]>,
        surrogate: impl Shape,
    ) -> [S::f32s; K] {
        let Some(error) = error else { return [S::f32s::splat(simd, 0.0); K] };
        surrogate.times(simd, self.neuron.distance(load::<S, K>(simd, trace)), error)
    }

    /// One step back, with G of the step. Returns whether the adjoints are to be flushed before the next step.
    #[inline(always)]
    fn take_unflushed(
        &mut self,
        t: usize,
        row: u32,
        direct: &[S::f32s; K],
        lanes: usize,
        q_rows: &mut [f32],
        pass: &impl Pass<S, K>,
    ) -> bool {
        self.neuron.step_back(&mut self.adjoints, direct);
        let biased = pass.biased(self.adjoints.p);
        for k in 0..K {
            self.sum[k] += biased[k];
        }
        if row != NO_ROW {
            let at = row as usize * lanes + self.first;
            store::<S, K>(&pass.driven(self.adjoints.q), &mut q_rows[at..at + Self::WIDTH]);
        }
        t.is_multiple_of(FLOOR_EVERY)
    }

    #[inline(always)]
    fn finish(self, output: &mut BackwardOutput<'_>) {
        let lanes = self.first..self.first + Self::WIDTH;
        store::<S, K>(&self.sum, &mut output.bias[lanes.clone()]);
        if self.is_carried {
            store::<S, K>(&self.adjoints.p, &mut output.carried[0][lanes.clone()]);
            store::<S, K>(&self.adjoints.q, &mut output.carried[1][lanes]);
        }
    }
}
