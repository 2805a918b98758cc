//! Weight gradients from q at the steps whose input fired.
//!
//! ```text
//! dW[input][unit] = γ Σ_(sample, step of an input spike) q[sample][step][unit]
//! ```
//!
//! The sum runs in the order of samples, then steps, whatever the grouping: a partial sum in `gradient` is where the next group goes on.
//! Where units share weights, a sample's sum over its places is scattered first.

use std::hint::black_box;

use fearless_simd::prelude::*;

use crate::lanes::{fit, load, store};
use crate::level::dispatch;
use crate::weighted::add_weighted;
use crate::{Level, NO_ROW, StepEvents, TILE};

/// Numbers in a cache line.
const CACHE_LINE: usize = 16;

/// Spikes of a group of samples by input: those of input `i` are `entries[offsets[i]..offsets[i + 1]]`.
#[derive(Clone, Copy, Debug)]
pub struct Gather<'a> {
    /// Start of each input, and the end of the last.
    pub offsets: &'a [u32],
    /// `sample << 16 | row`.
    pub entries: &'a [u32],
    /// Value of each entry; empty: all are 1.
    pub values: &'a [f32],
    /// q of each sample, `[row][lane]`.
    pub sources: &'a [&'a [f32]],
}

impl<'a> Gather<'a> {
    /// q of an entry, `[lane]` and what follows.
    fn row(&self, entry: u32, lanes: usize) -> &'a [f32] {
        &self.sources[(entry >> 16) as usize][(entry & 0xffff) as usize * lanes..]
    }

    /// Reads a number of each cache line in the order of memory, which is much faster than the order in which the inputs want them, so
    /// that they are close when they are read.
    pub(crate) fn read_ahead(&self) {
        self.sources.iter().for_each(|source| read_ahead(source));
    }
}

/// Reads a number of each cache line in the order of memory, so that all are close when they are read in another one.
pub fn read_ahead(numbers: &[f32]) {
    black_box(numbers.iter().step_by(CACHE_LINE).fold(0, |bits, number| bits | number.to_bits()));
}

/// Adds the sums of a group to `gradient`, `[input][lane]`, and marks the rows that got any in `live`.
pub fn gather_tile(level: Level, gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    dispatch!(level.0, simd => gather_vector(simd, gather, lanes, gradient, live));
}

#[inline(always)]
fn gather_vector<S: Simd>(simd: S, gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    gather.read_ahead();
    for (input, row) in gradient.chunks_exact_mut(lanes).enumerate() {
        let entries = entries_of(gather, input);
        if entries.is_empty() {
            continue;
        }
        live[input] = true;
        if gather.values.is_empty() {
            gather_row(simd, gather, entries, row);
        } else {
            let values = &gather.values[gather.offsets[input] as usize..];
            let of = |(&entry, &value): (&u32, &f32)| (&gather.row(entry, lanes)[..lanes], value);
            add_weighted(simd, row, entries.iter().zip(values).map(of));
        }
    }
}

#[inline(always)]
pub(crate) fn entries_of<'a>(gather: &Gather<'a>, input: usize) -> &'a [u32] {
    &gather.entries[gather.offsets[input] as usize..gather.offsets[input + 1] as usize]
}

/// Adds the rows of `entries` to the sums of one input, `[lane]`.
#[inline(always)]
pub(crate) fn gather_row<S: Simd>(simd: S, gather: &Gather<'_>, entries: &[u32], sums: &mut [f32]) {
    let mut lane = 0;
    while lane < sums.len() {
        if fit::<S>(4, sums.len() - lane) {
            gather_vectors::<S, 4>(simd, gather, entries, sums, lane);
            lane += 4 * S::f32s::LEN;
        } else {
            gather_vectors::<S, 1>(simd, gather, entries, sums, lane);
            lane += S::f32s::LEN;
        }
    }
}

#[inline(always)]
fn gather_vectors<S: Simd, const K: usize>(
    simd: S,
    gather: &Gather<'_>,
    entries: &[u32],
    sums: &mut [f32],
    first: usize,
) {
    let (lanes, width) = (sums.len(), K * S::f32s::LEN);
    let mut vectors = load::<S, K>(simd, &sums[first..first + width]);
    let mut add = |row: &[f32]| {
        for k in 0..K {
            vectors[k] += S::f32s::from_slice(simd, &row[k * S::f32s::LEN..(k + 1) * S::f32s::LEN]);
        }
    };
    for &entry in entries {
        let (source, row) = (gather.sources[(entry >> 16) as usize], (entry & 0xffff) as usize);
        if width == TILE {
            add(&source.as_chunks::<TILE>().0[row]);
        } else {
            add(&source[row * lanes + first..][..width]);
        }
    }
    store::<S, K>(&vectors, &mut sums[first..first + width]);
}

/// Adds `q_rows`, `[row][lane]`, of the steps that have one to `gradient`, `[row of the weights][lane]`, once for each spike in `events`,
/// or as often as the value of an event says, in the order of steps.
pub fn scatter_tile(
    level: Level,
    events: &StepEvents<'_>,
    row_of_step: &[u32],
    q_rows: &[f32],
    lanes: usize,
    gradient: &mut [f32],
) {
    dispatch!(level.0, simd => scatter_vector(simd, events, row_of_step, q_rows, lanes, gradient));
}

#[inline(always)]
fn scatter_vector<S: Simd>(
    simd: S,
    events: &StepEvents<'_>,
    row_of_step: &[u32],
    q_rows: &[f32],
    lanes: usize,
    gradient: &mut [f32],
) {
    for (t, &q_row) in row_of_step.iter().enumerate() {
        if q_row == NO_ROW {
            continue;
        }
        let q = &q_rows[q_row as usize * lanes..(q_row as usize + 1) * lanes];
        if events.is_weighted() {
            for (row, value) in events.weighted_at(t) {
                let to = &mut gradient[row as usize * lanes..][..lanes];
                add_weighted(simd, to, std::iter::once((q, value)));
            }
            continue;
        }
        let mut lane = 0;
        while lane < lanes {
            if fit::<S>(4, lanes - lane) {
                scatter_vectors::<S, 4>(simd, events.at(t), &q[lane..], lanes, &mut gradient[lane..]);
                lane += 4 * S::f32s::LEN;
            } else {
                scatter_vectors::<S, 1>(simd, events.at(t), &q[lane..], lanes, &mut gradient[lane..]);
                lane += S::f32s::LEN;
            }
        }
    }
}

/// Adds `q` to rows of the gradient that lie so far apart.
#[inline(always)]
pub(crate) fn scatter_vectors<S: Simd, const K: usize>(
    simd: S,
    rows: &[u32],
    q: &[f32],
    distance: usize,
    gradient: &mut [f32],
) {
    let width = K * S::f32s::LEN;
    let q_part = load::<S, K>(simd, &q[..width]);
    let add = |to: &mut [f32]| {
        let mut sums = load::<S, K>(simd, to);
        for k in 0..K {
            sums[k] += q_part[k];
        }
        store::<S, K>(&sums, to);
    };
    if width == TILE && distance == TILE {
        let (gradient, _) = gradient.as_chunks_mut::<TILE>();
        rows.iter().for_each(|&row| add(&mut gradient[row as usize]));
    } else {
        rows.iter().for_each(|&row| add(&mut gradient[row as usize * distance..][..width]));
    }
}
