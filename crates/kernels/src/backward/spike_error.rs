//! E of a step: where it comes from.
//!
//! ```text
//! P = Wᵀp, Q = Wᵀq:   P[t] = αᵥ P[t+1] + Σ_j W_j x_j[t],   Q[t] = P[t] + αᵢ Q[t+1] + Σ_j W_j y_j[t],   E[t] = Q[t]
//! x_j[t] = G_j[t] − αᵥ S_j[t] p_j[t+1],   y_j[t] = −αᵢ S_j[t] q_j[t+1]      (a closed gate takes its unit out)
//!
//! x_j[t] = x_j, y_j[t] = 0:   E[t] = φ[t] Σ_j W_j x_j,   φ: Q for an input of 1
//! ```
//!
//! The decays are those of the next layer, whose adjoints p and q are; a pass over a tile carries E along where they are the tile's own: two
//! more vectors of them would not stay in registers.

use fearless_simd::prelude::*;

use super::terms_pass::steady_lanes;
use super::tile::{BackwardTile, ProjectedError, SteadyError};
use crate::lanes::{fit, flush, load, store};
use crate::level::dispatch;
use crate::neuron::Lif;
use crate::{FLOOR_EVERY, Level, LifConstants};

/// E of `K` vectors, asked for from the last step down to the first, every step once.
pub(super) trait ErrorSource<S: Simd, const K: usize> {
    /// `None` where there is no activation part; `neuron` has the decays of what is carried.
    fn at(&mut self, simd: S, neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]>;
}

/// An error of a tile.
pub(super) trait TileError<S: Simd>: Copy {
    /// E of the lanes from `first` on.
    fn of_lanes<const K: usize>(self, simd: S, tile: &BackwardTile<'_>, first: usize) -> impl ErrorSource<S, K>;
}

#[derive(Clone, Copy)]
pub(super) struct NoError;

impl<S: Simd> TileError<S> for NoError {
    #[inline(always)]
    fn of_lanes<const K: usize>(self, _simd: S, _tile: &BackwardTile<'_>, _first: usize) -> impl ErrorSource<S, K> {
        Self
    }
}

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

impl<S: Simd> TileError<S> for &[f32] {
    #[inline(always)]
    fn of_lanes<const K: usize>(self, _simd: S, tile: &BackwardTile<'_>, first: usize) -> impl ErrorSource<S, K> {
        Given { error: Some(self), lanes: tile.lanes, first }
    }
}

impl<S: Simd, const K: usize> ErrorSource<S, K> for Given<'_> {
    #[inline(always)]
    fn at(&mut self, simd: S, _neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        self.error.map(|error| load::<S, K>(simd, &error[t * self.lanes + self.first..][..K * S::f32s::LEN]))
    }
}

/// An error and the same value at every step.
#[derive(Clone, Copy)]
pub(super) struct Raised<E>(pub(super) E);

/// E of [`Raised`].
struct RaisedSource<S: Simd, const K: usize, E> {
    simd: S,
    error: E,
    steady: [S::f32s; K],
}

impl<S: Simd, E: TileError<S>> TileError<S> for Raised<E> {
    #[inline(always)]
    fn of_lanes<const K: usize>(self, simd: S, tile: &BackwardTile<'_>, first: usize) -> impl ErrorSource<S, K> {
        let steady = steady_lanes::<S, K>(simd, &tile.terms, first);
        RaisedSource { simd, error: self.0.of_lanes::<K>(simd, tile, first), steady }
    }
}

impl<S: Simd, const K: usize, E: ErrorSource<S, K>> ErrorSource<S, K> for RaisedSource<S, K, E> {
    #[inline(always)]
    fn at(&mut self, simd: S, neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        let mut error = self.error.at(simd, neuron, t).unwrap_or([S::f32s::splat(self.simd, 0.0); K]);
        for k in 0..K {
            error[k] += self.steady[k];
        }
        Some(error)
    }
}

/// E that has the same course in all lanes.
pub(super) struct Steady<'a, S: Simd, const K: usize> {
    /// Σ_j W_j x_j.
    sum: [S::f32s; K],
    course: &'a [f32],
}

impl<'a, S: Simd, const K: usize> Steady<'a, S, K> {
    #[inline(always)]
    pub(super) fn new(simd: S, error: &SteadyError<'a>, lanes: usize, first: usize) -> Self {
        let mut sum = [S::f32s::splat(simd, 0.0); K];
        for injection in error.injections {
            let row = row_of::<S, K>(simd, error.weights, injection.unit, lanes, first);
            for k in 0..K {
                sum[k] += row[k] * injection.membrane;
            }
        }
        Self { sum, course: error.course }
    }
}

impl<S: Simd> TileError<S> for SteadyError<'_> {
    #[inline(always)]
    fn of_lanes<const K: usize>(self, simd: S, tile: &BackwardTile<'_>, first: usize) -> impl ErrorSource<S, K> {
        Steady::new(simd, &self, tile.lanes, first)
    }
}

impl<S: Simd, const K: usize> ErrorSource<S, K> for Steady<'_, S, K> {
    #[inline(always)]
    fn at(&mut self, simd: S, _neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        let factor = S::f32s::splat(simd, self.course[t]);
        Some(self.sum.map(|sum| sum * factor))
    }
}

/// W_j of the lanes from `first` on.
#[inline(always)]
fn row_of<S: Simd, const K: usize>(simd: S, weights: &[f32], unit: u32, lanes: usize, first: usize) -> [S::f32s; K] {
    load::<S, K>(simd, &weights[unit as usize * lanes + first..][..K * S::f32s::LEN])
}

/// Fills `course`, `[step]`, with φ, by the decays of the next layer's `constants`.
pub fn steady_course(constants: &LifConstants, course: &mut [f32]) {
    let (mut p, mut q) = (0.0, 0.0);
    for step in course.iter_mut().rev() {
        p = constants.membrane_decay * p + 1.0;
        q = p + constants.current_decay * q;
        *step = q;
    }
}

/// P and Q on their way down in time.
pub(super) struct Carried<'a, S: Simd, const K: usize> {
    p: [S::f32s; K],
    q: [S::f32s; K],
    error: ProjectedError<'a>,
    lanes: usize,
    first: usize,
    /// End of the injections of the step that comes next.
    upper: usize,
}

impl<'a, S: Simd, const K: usize> Carried<'a, S, K> {
    /// From step `to` on downwards.
    #[inline(always)]
    pub(super) fn new(simd: S, error: ProjectedError<'a>, lanes: usize, first: usize, to: usize) -> Self {
        let zero = [S::f32s::splat(simd, 0.0); K];
        let upper = error.offsets[to] as usize;
        Self { p: zero, q: zero, error, lanes, first, upper }
    }
}

/// Fills `error`, `[step][lane]`, with an E that is carried along, with the decays of the next layer's `constants`.
pub fn carry_error(
    level: Level,
    projected: &ProjectedError<'_>,
    constants: &LifConstants,
    lanes: usize,
    error: &mut [f32],
) {
    dispatch!(level.0, simd => carry_vector(simd, projected, constants, lanes, error));
}

/// Fills `error`, `[step][lane]`, with an E that has the same course in all lanes.
pub fn spread_error(level: Level, steady: &SteadyError<'_>, lanes: usize, error: &mut [f32]) {
    dispatch!(level.0, simd => spread_vector(simd, steady, lanes, error));
}

#[inline(always)]
fn spread_vector<S: Simd>(simd: S, steady: &SteadyError<'_>, lanes: usize, error: &mut [f32]) {
    for first in (0..lanes).step_by(S::f32s::LEN) {
        let sum = Steady::<S, 1>::new(simd, steady, lanes, first).sum[0];
        for (row, &factor) in error.chunks_exact_mut(lanes).zip(steady.course) {
            store::<S, 1>(&[sum * factor], &mut row[first..first + S::f32s::LEN]);
        }
    }
}

#[inline(always)]
fn carry_vector<S: Simd>(
    simd: S,
    projected: &ProjectedError<'_>,
    constants: &LifConstants,
    lanes: usize,
    error: &mut [f32],
) {
    let end = error.len() / lanes;
    let neuron = Lif::new(simd, constants);
    let mut first = 0;
    while first < lanes {
        if fit::<S>(4, lanes - first) {
            carry_lanes(simd, Carried::<S, 4>::new(simd, *projected, lanes, first, end), &neuron, error);
            first += 4 * S::f32s::LEN;
        } else {
            carry_lanes(simd, Carried::<S, 1>::new(simd, *projected, lanes, first, end), &neuron, error);
            first += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn carry_lanes<S: Simd, const K: usize>(simd: S, mut carried: Carried<'_, S, K>, neuron: &Lif<S>, error: &mut [f32]) {
    let (lanes, first) = (carried.lanes, carried.first);
    for (t, row) in error.chunks_exact_mut(lanes).enumerate().rev() {
        if let Some(vectors) = carried.at(simd, neuron, t) {
            store::<S, K>(&vectors, &mut row[first..first + K * S::f32s::LEN]);
        }
    }
}

impl<S: Simd> TileError<S> for ProjectedError<'_> {
    #[inline(always)]
    fn of_lanes<const K: usize>(self, simd: S, tile: &BackwardTile<'_>, first: usize) -> impl ErrorSource<S, K> {
        Carried::new(simd, self, tile.lanes, first, tile.to)
    }
}

impl<S: Simd, const K: usize> ErrorSource<S, K> for Carried<'_, S, K> {
    #[inline(always)]
    fn at(&mut self, simd: S, neuron: &Lif<S>, t: usize) -> Option<[S::f32s; K]> {
        for k in 0..K {
            self.p[k] *= neuron.membrane_decay;
            self.q[k] *= neuron.current_decay;
        }
        let lower = self.error.offsets[t] as usize;
        if lower != self.upper {
            for injection in &self.error.injections[lower..self.upper] {
                let row = row_of::<S, K>(simd, self.error.weights, injection.unit, self.lanes, self.first);
                for k in 0..K {
                    self.p[k] += row[k] * injection.membrane;
                }
                if injection.current != 0.0 {
                    for k in 0..K {
                        self.q[k] += row[k] * injection.current;
                    }
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
