//! Weight gradient of a tile at one of its sites: q, added to the row of each spike that the site saw.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;

use crate::lif::{load, store};
use crate::{Level, NO_ROW, StepEvents};

/// Adds `q_rows`, `[row][lane]`, of the steps that have one to `gradient`, `[row of the weights][lane]`, once for each spike in `events`,
/// in the order of steps.
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
        let mut lane = 0;
        while lane < lanes {
            if (lanes - lane) / S::f32s::LEN >= 4 {
                scatter_vectors::<S, 4>(simd, events.at(t), q, gradient, lane);
                lane += 4 * S::f32s::LEN;
            } else {
                scatter_vectors::<S, 1>(simd, events.at(t), q, gradient, lane);
                lane += S::f32s::LEN;
            }
        }
    }
}

#[inline(always)]
fn scatter_vectors<S: Simd, const K: usize>(simd: S, rows: &[u32], q: &[f32], gradient: &mut [f32], first: usize) {
    let width = K * S::f32s::LEN;
    let q_part = load::<S, K>(simd, &q[first..first + width]);
    for &row in rows {
        let to = &mut gradient[row as usize * q.len() + first..][..width];
        let mut sums = load::<S, K>(simd, to);
        for k in 0..K {
            sums[k] += q_part[k];
        }
        store::<S, K>(&sums, to);
    }
}
