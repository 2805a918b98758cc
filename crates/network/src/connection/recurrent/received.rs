//! What arrives at a recurrent layer from the one before, summed ahead of the steps that it is for.

use spikelet_kernels::{Level, StepEvents, TileRun, sum_events};

use crate::aligned::Aligned;
use crate::connection::layout::Site;

/// Numbers that are summed at a time: a quarter of a level-2 cache of 1 MB.
const AT_ONCE: usize = 65_536;

/// Sums of some steps.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// `[row][lane]` of all tiles, a row for each step at which something arrives.
    sums: Aligned,
    /// Rows that were taken.
    taken: usize,
}

impl Received {
    /// Steps that are summed at a time, in a layer of so many lanes.
    pub(super) fn steps(lanes: usize) -> usize {
        (AT_ONCE / lanes).max(1)
    }

    /// Sums what arrives at steps `from` up to `to`.
    pub(super) fn sum(
        &mut self,
        level: Level,
        runs: &[TileRun<'_>],
        sites: &[Site],
        arriving: StepEvents<'_>,
        (from, to): (usize, usize),
    ) {
        let lanes: usize = sites.iter().map(|site| site.lanes).sum();
        let rows = (from..to).filter(|&t| !arriving.at(t).is_empty()).count();
        self.taken = 0;
        if rows == 0 {
            return;
        }
        if self.sums.len() < rows * lanes {
            self.sums.resize(rows * lanes);
        }
        for (site, TileRun { tile, .. }) in sites.iter().zip(runs) {
            sum_events(level, tile, (from, to), lanes, &mut self.sums[site.lane..]);
        }
    }

    /// The sums of the next step at which something arrives.
    pub(super) fn next(&mut self, lanes: usize) -> &[f32] {
        let row = self.taken * lanes..(self.taken + 1) * lanes;
        self.taken += 1;
        &self.sums[row]
    }
}
