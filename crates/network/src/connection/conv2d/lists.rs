//! What arrives at the sites of a convolution. The cost follows the spikes.

use spikelet_kernels::{SiteRows, StepEvents, list_touched};

use super::geometry::Convolution;

/// What arrives at the sites of a convolution.
#[derive(Debug, Default)]
pub(super) struct SiteLists {
    /// Start of each step in `rows`, site by site `[step]`, and the end of the last.
    offsets: Vec<u32>,
    /// Rows of the tile's weights.
    rows: Vec<u32>,
    /// Value of each event; empty: all are 1.
    values: Vec<f32>,
    /// Steps that the lists hold.
    listed: (usize, usize),
    steps: usize,
}

impl SiteLists {
    pub(super) fn new(sites: usize, steps: usize) -> Self {
        Self { offsets: vec![0; sites * (steps + 1)], steps, ..Self::default() }
    }

    /// Forgets a sample.
    pub(super) fn clear(&mut self) {
        self.listed = (0, 0);
    }

    /// Whether what arrives at steps `from..to` is listed.
    pub(super) fn hold(&self, from: usize, to: usize) -> bool {
        self.listed.0 <= from && to <= self.listed.1
    }

    /// Lists what arrives at steps `from..to`.
    pub(super) fn list(&mut self, convolution: &Convolution, events: StepEvents<'_>, from: usize, to: usize) {
        self.listed = (from, to);
        let Self { offsets, rows, values, steps, .. } = self;
        let mut lists = SiteRows { offsets, stride: *steps + 1, rows, values };
        list_touched(&convolution.touches, &events, (from, to), &mut lists);
    }

    /// What a site sees, as far as it is listed.
    pub(super) fn events(&self, site: usize) -> StepEvents<'_> {
        let stride = self.steps + 1;
        let site = site % (self.offsets.len() / stride);
        let offsets = &self.offsets[site * stride..(site + 1) * stride];
        StepEvents { offsets, units: &self.rows, values: &self.values }
    }
}
