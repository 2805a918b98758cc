use crate::{Gather, NO_ROW, StepEvents};

/// Twin of [`crate::scatter_tile`].
pub fn scatter_tile(events: &StepEvents<'_>, row_of_step: &[u32], q_rows: &[f32], lanes: usize, gradient: &mut [f32]) {
    for (t, &q_row) in row_of_step.iter().enumerate().filter(|&(_, &row)| row != NO_ROW) {
        for (row, value) in events.weighted_at(t) {
            for lane in 0..lanes {
                gradient[row as usize * lanes + lane] += q_rows[q_row as usize * lanes + lane] * value;
            }
        }
    }
}

/// Twin of [`crate::gather_tile`].
pub fn gather_tile(gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    for (input, row) in gradient.chunks_exact_mut(lanes).enumerate() {
        for place in gather.offsets[input] as usize..gather.offsets[input + 1] as usize {
            let (entry, value) = (gather.entries[place], gather.values.get(place).copied().unwrap_or(1.0));
            live[input] = true;
            let source = gather.sources[(entry >> 16) as usize];
            for (lane, sum) in row.iter_mut().enumerate() {
                *sum += source[(entry & 0xffff) as usize * lanes + lane] * value;
            }
        }
    }
}
