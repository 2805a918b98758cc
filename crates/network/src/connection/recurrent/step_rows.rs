//! Membranes and errors as steps of a whole layer read them.

use spikelet_kernels::BackwardTile;

use super::backward_state::SiteErrors;
use crate::aligned::Aligned;

/// Steps that are copied at a time.
const STEPS: usize = 8;

/// Rows of consecutive steps: in the arrays of the tiles, those of one step are on as many pages of memory as there are tiles.
#[derive(Debug, Default)]
pub(super) struct StepRows {
    /// The first of the steps; none before the first was asked for.
    first: Option<usize>,
    /// V before reset, and E, `[step][lane]` of all tiles.
    rows: [Aligned; 2],
}

impl StepRows {
    /// Forgets a sample.
    pub(super) fn clear(&mut self) {
        self.first = None;
    }

    /// V before reset and E of a step, `[lane]` of all tiles, in a pass from the last step to the first.
    pub(super) fn at(
        &mut self,
        t: usize,
        lanes: usize,
        tiles: &[BackwardTile<'_>],
        given: &[SiteErrors],
    ) -> [&[f32]; 2] {
        let first = t - t % STEPS;
        if self.first != Some(first) {
            self.first = Some(first);
            self.rows.iter_mut().for_each(|rows| rows.resize(STEPS * lanes));
            let mut start = 0;
            for (tile, SiteErrors { error, .. }) in tiles.iter().zip(given) {
                let steps = first * tile.lanes..(t + 1) * tile.lanes;
                for (rows, from) in self.rows.iter_mut().zip([tile.trace, error]) {
                    let to = rows[start..].chunks_mut(lanes);
                    let from = from[steps.clone()].chunks_exact(tile.lanes);
                    to.zip(from).for_each(|(to, from)| to[..tile.lanes].copy_from_slice(from));
                }
                start += tile.lanes;
            }
        }
        let row = (t - first) * lanes..(t - first + 1) * lanes;
        self.rows.each_ref().map(|rows| &rows[row.clone()])
    }
}
