//! Rows that count a number of times: sums over input events with values (spec 1.6).
//!
//! Events without values, which is what spikes are, take the loops beside these, which load none.

use fearless_simd::prelude::*;

use crate::lanes::{fit, load, store};

/// Adds `value · row` of each row, in their order, to `sums`, `[lane]`.
#[inline(always)]
pub(crate) fn add_weighted<'a, S: Simd>(
    simd: S,
    sums: &mut [f32],
    rows: impl Iterator<Item = (&'a [f32], f32)> + Clone,
) {
    if cfg!(target_arch = "wasm32") {
        return rows.for_each(|(row, value)| add_row(sums, row, value));
    }
    let mut first = 0;
    while first < sums.len() {
        if fit::<S>(4, sums.len() - first) {
            add_vectors::<S, 4>(simd, sums, rows.clone(), first);
            first += 4 * S::f32s::LEN;
        } else {
            add_vectors::<S, 1>(simd, sums, rows.clone(), first);
            first += S::f32s::LEN;
        }
    }
}

/// [`add_weighted`] of one row, in WebAssembly, which is to stay small.
#[inline(never)]
fn add_row(sums: &mut [f32], row: &[f32], value: f32) {
    sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += number * value);
}

#[inline(always)]
fn add_vectors<'a, S: Simd, const K: usize>(
    simd: S,
    sums: &mut [f32],
    rows: impl Iterator<Item = (&'a [f32], f32)>,
    first: usize,
) {
    let to = &mut sums[first..first + K * S::f32s::LEN];
    let mut vectors = load::<S, K>(simd, to);
    for (row, value) in rows {
        let (row, value) = (load::<S, K>(simd, &row[first..][..K * S::f32s::LEN]), S::f32s::splat(simd, value));
        for k in 0..K {
            vectors[k] += row[k] * value;
        }
    }
    store::<S, K>(&vectors, to);
}
