use crate::{Gather, NO_ROW, StepEvents};

/// Twin of [`crate::scatter_tile`].
pub fn scatter_tile(events: &StepEvents<'_>, row_of_step: &[u32], q_rows: &[f32], lanes: usize, gradient: &mut [f32]) {
    for (t, &q_row) in row_of_step.iter().enumerate().filter(|&(_, &row)| row != NO_ROW) {
        for &row in events.at(t) {
            for lane in 0..lanes {
                gradient[row as usize * lanes + lane] += q_rows[q_row as usize * lanes + lane];
            }
        }
    }
}

/// Twin of [`crate::gather_tile`].
pub fn gather_tile(gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    for (input, row) in gradient.chunks_exact_mut(lanes).enumerate() {
        for &entry in &gather.entries[gather.offsets[input] as usize..gather.offsets[input + 1] as usize] {
            live[input] = true;
            let source = gather.sources[(entry >> 16) as usize];
            for (lane, sum) in row.iter_mut().enumerate() {
                *sum += source[(entry & 0xffff) as usize * lanes + lane];
            }
        }
    }
}
