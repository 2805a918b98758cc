//! Where E of a step comes from.
//!
//! ```text
//! P = Wᵀp, Q = Wᵀq:   P[t] = αᵥ P[t+1] + Σ_j W_j x_j[t],   Q[t] = P[t] + αᵢ Q[t+1] + Σ_j W_j y_j[t],   E[t] = Q[t]
//! x_j[t] = G_j[t] − αᵥ S_j[t] p_j[t+1],   y_j[t] = −αᵢ S_j[t] q_j[t+1]      (a closed gate takes its unit out)
//! ```
//!
//! The decays are those of the next layer, whose adjoints p and q are; a pass over a tile carries E along where they are the tile's own: two
//! more vectors of them would not stay in registers.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use super::tile::{Injection, ProjectedError};
use crate::lanes::{fit, flush, load, store};
use crate::neuron::Lif;
use crate::{FLOOR_EVERY, Level, LifConstants};

/// E of `K` vectors, asked for from the last step down to the first, every step once.
pub(super) trait ErrorSource<S: Simd, const K: usize> {
    /// `None` where there is no activation part; `neuron` has the decays of what is carried.
    fn at(&mut self, simd: S, neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]>;
}

pub(super) struct NoError;

impl<S: Simd, const K: usize> ErrorSource<S, K> for NoError {
    #[inline(always)]
    fn at(&mut self, _simd: S, _neuron: &Lif<S>, _t: usize) -> Option<[S::f32s; K]> {
        None
    }
}

pub(super) struct Given<'a> {
    /// `[step][lane]`.
    pub(super) error: Option<&'a [f32]>,
    pub(super) lanes: usize,
    pub(super) first: usize,
}

impl<S: Simd, const K: usize> ErrorSource<S, K> for Given<'_> {
    #[inline(always)]
    fn at(&mut self, simd: S, _neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        self.error.map(|error| load::<S, K>(simd, &error[t * self.lanes + self.first..][..K * S::f32s::LEN]))
    }
}

/// P and Q on their way down in time.
pub(super) struct Carried<'a, S: Simd, const K: usize, const IS_STEADY: bool> {
    p: [S::f32s; K],
    q: [S::f32s; K],
    error: ProjectedError<'a>,
    /// Σ_j W_j x_j of what is injected at every step.
    steady: [S::f32s; K],
    lanes: usize,
    first: usize,
    /// End of the injections of the step that comes next.
    upper: usize,
}

impl<'a, S: Simd, const K: usize, const IS_STEADY: bool> Carried<'a, S, K, IS_STEADY> {
    /// From step `to` on downwards.
    #[inline(always)]
    pub(super) fn new(
        simd: S,
        error: ProjectedError<'a>,
        steady: &[Injection],
        lanes: usize,
        first: usize,
        to: usize,
    ) -> Self {
        let zero = [S::f32s::splat(simd, 0.0); K];
        let upper = error.offsets[to] as usize;
        let mut carried = Self { p: zero, q: zero, error, steady: zero, lanes, first, upper };
        for injection in steady {
            let row = carried.row(simd, injection);
            for k in 0..K {
                carried.steady[k] += row[k] * injection.membrane;
            }
        }
        carried
    }

    /// W_j.
    #[inline(always)]
    fn row(&self, simd: S, injection: &Injection) -> [S::f32s; K] {
        let start = injection.unit as usize * self.lanes + self.first;
        load::<S, K>(simd, &self.error.weights[start..start + K * S::f32s::LEN])
    }
}

/// Fills `error`, `[step][lane]`, with an E that is carried along, with the decays of the next layer's `constants`. The x of `steady` are
/// injected at every step, before those of the step.
pub fn carry_error(
    level: Level,
    projected: &ProjectedError<'_>,
    steady: &[Injection],
    constants: &LifConstants,
    lanes: usize,
    error: &mut [f32],
) {
    dispatch!(level.0, simd => carry_vector(simd, projected, steady, constants, lanes, error));
}

#[inline(always)]
fn carry_vector<S: Simd>(
    simd: S,
    projected: &ProjectedError<'_>,
    steady: &[Injection],
    constants: &LifConstants,
    lanes: usize,
    error: &mut [f32],
) {
    let end = error.len() / lanes;
    let neuron = Lif::new(simd, constants);
    let mut first = 0;
    while first < lanes {
        if fit::<S>(4, lanes - first) {
            carry_lanes(simd, Carried::<S, 4, true>::new(simd, *projected, steady, lanes, first, end), &neuron, error);
            first += 4 * S::f32s::LEN;
        } else {
            carry_lanes(simd, Carried::<S, 1, true>::new(simd, *projected, steady, lanes, first, end), &neuron, error);
            first += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn carry_lanes<S: Simd, const K: usize>(
    simd: S,
    mut carried: Carried<'_, S, K, true>,
    neuron: &Lif<S>,
    error: &mut [f32],
) {
    let (lanes, first) = (carried.lanes, carried.first);
    for (t, row) in error.chunks_exact_mut(lanes).enumerate().rev() {
        if let Some(vectors) = carried.at(simd, neuron, t) {
            store::<S, K>(&vectors, &mut row[first..first + K * S::f32s::LEN]);
        }
    }
}

impl<S: Simd, const K: usize, const IS_STEADY: bool> ErrorSource<S, K> for Carried<'_, S, K, IS_STEADY> {
    #[inline(always)]
    fn at(&mut self, simd: S, neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        for k in 0..K {
            self.p[k] *= neuron.membrane_decay;
            self.q[k] *= neuron.current_decay;
            if IS_STEADY {
                self.p[k] += self.steady[k];
            }
        }
        let lower = self.error.offsets[t] as usize;
        if lower != self.upper {
            for injection in &self.error.injections[lower..self.upper] {
                let row = self.row(simd, injection);
                for k in 0..K {
                    self.p[k] += row[k] * injection.membrane;
                    self.q[k] += row[k] * injection.current;
                }
            }
            self.upper = lower;
        }
        for k in 0..K {
            self.q[k] += self.p[k];
        }
        if t.is_multiple_of(FLOOR_EVERY) {
            flush::<S, K>(simd, &mut self.p);
            flush::<S, K>(simd, &mut self.q);
        }
        Some(self.q)
    }
}
