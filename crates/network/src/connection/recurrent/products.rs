//! Errors that come back through the recurrent weights, of samples that share a load of these.

use spikelet_kernels::{BatchProjection, LANES, project_batch, spread_columns};

use super::panels::Panels;
use crate::aligned::Aligned;
use crate::connection::backward::PassContext;
use crate::plan::TOGETHER;

const _: () = assert!(TOGETHER <= LANES, "the samples that go back together are one batch of a projection");

/// Scratch of the products.
#[derive(Debug, Default)]
pub(super) struct Products {
    /// q of the step after, `[sample][lane]`, with room for 16 samples.
    q: Aligned,
    /// q of the step after, `[lane][sample]`.
    rows: Aligned,
    /// `[sample][lane]`.
    sums: Aligned,
}

impl Products {
    /// Sums `factor γ Σ_j U_ji q_j[t+1]`; `samples` are q of the step after of each, and have a network and a pass in common.
    #[inline(never)]
    pub(super) fn sum<'a>(
        &mut self,
        panels: &Panels,
        context: &PassContext<'_>,
        samples: impl Iterator<Item = &'a [f32]>,
    ) {
        let PassContext { level, view, pass, .. } = *context;
        let Self { q, rows, sums } = self;
        let lanes = view.layout.lanes;
        q.clear();
        samples.for_each(|of_sample| q.extend_from_slice(of_sample));
        sums.resize(q.len());
        if sums.is_empty() {
            return;
        }
        q.resize(LANES * lanes);
        rows.resize(LANES * lanes);
        spread_columns(level, q, lanes, 1.0, (0, LANES), rows);
        let scale = view.drive_gain() * pass.factor;
        for (number, weights) in panels.each().enumerate() {
            let samples = sums.len() / lanes;
            let projection = BatchProjection { weights, rows, samples, scale, out_stride: lanes };
            project_batch(level, &projection, &mut sums[number * LANES..]);
        }
    }

    /// The sums of each sample, for so many lanes of all tiles.
    pub(super) fn of_samples(&self, lanes: usize) -> impl Iterator<Item = &[f32]> {
        self.sums.chunks_exact(lanes)
    }
}
