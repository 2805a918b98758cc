//! What arrives at the sites of a convolution. The cost follows the spikes.

use spikelet_kernels::StepEvents;

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
        let stride = self.steps + 1;
        for site in self.offsets.chunks_exact_mut(stride) {
            site[from..=to].fill(0);
        }
        for t in from..to {
            for &unit in events.at(t) {
                convolution.touched(unit).for_each(|(site, _)| self.offsets[site * stride + t + 1] += 1);
            }
        }
        let mut total = 0;
        for site in self.offsets.chunks_exact_mut(stride) {
            // Filling moves each step's start to its end, which is where the next one starts.
            for offset in &mut site[from..=to] {
                let count = *offset;
                *offset = total;
                total += count;
            }
        }
        self.rows.resize(total as usize, 0);
        self.values.resize(if events.is_weighted() { total as usize } else { 0 }, 0.0);
        for t in from..to {
            let units = events.at(t);
            let values = events.values_at(t);
            if values.is_empty() {
                for &unit in units {
                    convolution.touched(unit).for_each(|(site, row)| {
                        self.place(site * stride + t + 1, row);
                    });
                }
            } else {
                for (&unit, &value) in units.iter().zip(values) {
                    for (site, row) in convolution.touched(unit) {
                        let at = self.place(site * stride + t + 1, row);
                        self.values[at] = value;
                    }
                }
            }
        }
    }

    /// Lists a row next at a site and step, and says where.
    #[inline(always)]
    fn place(&mut self, end: usize, row: u32) -> usize {
        let next = &mut self.offsets[end];
        let at = *next as usize;
        self.rows[at] = row;
        *next += 1;
        at
    }

    /// What a site sees, as far as it is listed.
    pub(super) fn events(&self, site: usize) -> StepEvents<'_> {
        let stride = self.steps + 1;
        let site = site % (self.offsets.len() / stride);
        let offsets = &self.offsets[site * stride..(site + 1) * stride];
        StepEvents { offsets, units: &self.rows, values: &self.values }
    }
}
