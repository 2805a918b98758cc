//! The sweep of a few vectors of units down in time.

use fearless_simd::prelude::*;

use super::timing::{spread_pushes, timing_part};
use super::{AdjointOutput, AdjointTile, NO_ROW};
use crate::FLOOR_EVERY;
use crate::lif::{flush, load, store};
use crate::options::Terms;
use crate::surrogate::Shape;

/// p and q of `K` vectors at the step last swept, and Σ p.
struct Adjoints<S: Simd, const K: usize> {
    p: [S::f32s; K],
    q: [S::f32s; K],
    sum: [S::f32s; K],
    membrane_decay: S::f32s,
    current_decay: S::f32s,
}

impl<S: Simd, const K: usize> Adjoints<S, K> {
    /// One step down, with G of the step.
    #[inline(always)]
    fn take(&mut self, direct: &[S::f32s; K]) {
        for k in 0..K {
            self.p[k] = direct[k] + self.p[k] * self.membrane_decay;
            self.q[k] = self.p[k] + self.q[k] * self.current_decay;
            self.sum[k] += self.p[k];
        }
    }

    #[inline(always)]
    fn store_row(&self, row: u32, lanes: usize, first: usize, q_rows: &mut [f32]) {
        if row != NO_ROW {
            let at = row as usize * lanes + first;
            store::<S, K>(&self.q, &mut q_rows[at..at + K * S::f32s::LEN]);
        }
    }

    #[inline(always)]
    fn flush_at(&mut self, simd: S, t: usize) {
        if t.is_multiple_of(FLOOR_EVERY) {
            flush::<S, K>(simd, &mut self.p);
            flush::<S, K>(simd, &mut self.q);
        }
    }
}

/// σ̂ E of one step.
#[inline(always)]
fn spike_part<S: Simd, const K: usize>(
    simd: S,
    tile: &AdjointTile<'_>,
    trace: &[f32],
    error: Option<[S::f32s; K]>,
    surrogate: impl Shape,
) -> [S::f32s; K] {
    let Some(error) = error else { return [S::f32s::splat(simd, 0.0); K] };
    let threshold = S::f32s::splat(simd, tile.constants.threshold);
    let mut distance = load::<S, K>(simd, trace);
    for k in 0..K {
        distance[k] = (distance[k] - threshold).abs();
    }
    surrogate.times(simd, distance, error)
}

/// Units from lane `first` on; `terms` are there where `HAS_TERMS`. Where q rows and Σ p are all that is wanted, steps at which none of
/// the units fired have a loop of their own, short enough that the chains of several steps overlap.
#[inline(always)]
pub(super) fn descend<'a, S: Simd, const K: usize, const HAS_TERMS: bool>(
    simd: S,
    tile: &AdjointTile<'_>,
    output: &mut AdjointOutput<'_>,
    first: usize,
    mut terms: Option<Terms<'a, S, K>>,
    surrogate: impl Shape,
    mut error: impl FnMut(usize) -> Option<[S::f32s; K]>,
) {
    let width = K * S::f32s::LEN;
    let lanes = tile.lanes;
    let zero = S::f32s::splat(simd, 0.0);
    let group_bits = if width == 64 { u64::MAX } else { ((1u64 << width) - 1) << first };
    let has_timing = !tile.timing.is_empty();
    let mut timing_end = tile.timing.len();
    let is_carried = !output.carried[0].is_empty();
    let carried = |from: &[f32]| if is_carried { load::<S, K>(simd, &from[first..first + width]) } else { [zero; K] };
    let mut adjoints = Adjoints::<S, K> {
        p: carried(output.carried[0]),
        q: carried(output.carried[1]),
        sum: load::<S, K>(simd, &output.bias[first..first + width]),
        membrane_decay: S::f32s::splat(simd, tile.constants.membrane_decay),
        current_decay: S::f32s::splat(simd, tile.constants.current_decay),
    };
    let wants_rows_alone =
        !HAS_TERMS && [&output.q, &output.r, &output.p, &output.direct].iter().all(|every_step| every_step.is_empty());

    let mut t = tile.to;
    while t > tile.from {
        if wants_rows_alone {
            let steps = tile.spikes[tile.from..t].iter().zip(&output.rows[tile.from..t]);
            let steps = steps.zip(tile.trace[tile.from * lanes..t * lanes].chunks_exact(lanes));
            for ((&fired, &row), trace) in steps.rev() {
                if fired & group_bits != 0 {
                    break;
                }
                t -= 1;
                if fired != 0 && has_timing {
                    timing_end -= fired.count_ones() as usize;
                }
                let direct = spike_part(simd, tile, &trace[first..first + width], error(t), surrogate);
                adjoints.take(&direct);
                adjoints.store_row(row, lanes, first, output.q_rows);
                adjoints.flush_at(simd, t);
            }
            if t == tile.from {
                break;
            }
        }
        t -= 1;
        let fired = tile.spikes[t];
        let mut error = error(t);
        if HAS_TERMS && let Some(terms) = &mut terms {
            terms.enter(t);
            error = terms.spike_error(t, (adjoints.p, adjoints.q), error);
        }
        let mut direct = spike_part(simd, tile, &tile.trace[t * lanes + first..][..width], error, surrogate);
        let first_spike = if has_timing { timing_end - fired.count_ones() as usize } else { 0 };
        let wanted = fired & group_bits;
        if wanted != 0 {
            if has_timing {
                let spread = match &terms {
                    Some(terms) if HAS_TERMS => {
                        let slopes = terms.reset_slope(t, (adjoints.p, adjoints.q));
                        let part = timing_part(tile, t, fired, wanted, first, first_spike, |lane| slopes[lane - first]);
                        load::<S, K>(simd, &part[..width])
                    }
                    _ => spread_pushes(simd, fired, wanted, first, &output.pushes[first_spike..timing_end]),
                };
                for k in 0..K {
                    let with = direct[k] + spread[k];
                    // A term may be −0, and adding 0 would drop its sign in lanes that did not fire.
                    direct[k] = if HAS_TERMS {
                        let bits = fired >> (first + k * S::f32s::LEN);
                        S::mask32s::from_bitmask(simd, bits).select(with, direct[k])
                    } else {
                        with
                    };
                }
            }
            if tile.is_gated {
                for k in 0..K {
                    let bits = fired >> (first + k * S::f32s::LEN);
                    let mask = S::mask32s::from_bitmask(simd, bits);
                    adjoints.p[k] = mask.select(zero, adjoints.p[k]);
                    adjoints.q[k] = mask.select(zero, adjoints.q[k]);
                }
            }
        }
        timing_end = first_spike;
        let carried = adjoints.q;
        if HAS_TERMS && let Some(terms) = &mut terms {
            terms.block(&mut direct);
            terms.block(&mut adjoints.p);
            terms.keep(t, &direct);
        }
        adjoints.take(&direct);
        adjoints.store_row(output.rows[t], lanes, first, output.q_rows);
        let at = t * output.stride + output.offset + first;
        if !output.r.is_empty() {
            let mut r = [zero; K];
            for k in 0..K {
                r[k] = (carried[k] - adjoints.q[k] * adjoints.current_decay) - adjoints.p[k] * adjoints.membrane_decay;
            }
            store::<S, K>(&r, &mut output.r[at..at + width]);
        }
        for (to, vectors) in
            [(&mut *output.q, &adjoints.q), (&mut *output.p, &adjoints.p), (&mut *output.direct, &direct)]
        {
            if !to.is_empty() {
                store::<S, K>(vectors, &mut to[at..at + width]);
            }
        }
        adjoints.flush_at(simd, t);
    }
    store::<S, K>(&adjoints.sum, &mut output.bias[first..first + width]);
    if is_carried {
        store::<S, K>(&adjoints.p, &mut output.carried[0][first..first + width]);
        store::<S, K>(&adjoints.q, &mut output.carried[1][first..first + width]);
    }
}
