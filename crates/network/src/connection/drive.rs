//! Input over connections with delays of their own, summed by the step of arrival when the spike is sent (spec 13).
//!
//! The kernel then runs with one row a step, the sums of that step, instead of a row of weights for each spike.

use spikelet_kernels::{DelayedRow, StepEvents, TILE, send_delayed};

use super::delays::DelaySteps;
use super::layout::{Layout, Site};
use crate::aligned::Aligned;
use crate::parameters::TileParameters;

/// Sums of weights by the step of their arrival.
#[derive(Debug, Default)]
pub(super) struct Drive {
    /// Tile by tile `[step][lane]`.
    sums: Aligned,
    /// Steps that there are sums of, and how many of them lie behind the last one that is run.
    steps: usize,
    ahead: usize,
    /// 0, 1, 2, …: step t has one row, number t.
    rows: Vec<u32>,
    /// Step up to which spikes have set out.
    sent: usize,
    /// Step from which on all sums are 0.
    touched: usize,
}

impl Drive {
    pub(super) fn new(layout: &Layout, steps: usize) -> Self {
        Self {
            sums: Aligned::zeros(layout.lanes * steps),
            steps,
            ahead: 0,
            rows: (0..=steps as u32).collect(),
            sent: 0,
            touched: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        let Self { sums, steps, touched, .. } = self;
        let lanes = sums.len() / *steps;
        for first in (0..lanes).step_by(TILE) {
            let lanes = TILE.min(lanes - first);
            sums[first * *steps..][..*touched * lanes].fill(0.0);
        }
        self.touched = 0;
        self.sent = 0;
    }

    /// Makes room for sums of as many further steps.
    pub(super) fn look_ahead(&mut self, steps: usize) {
        let lanes = self.sums.len() / self.steps;
        self.ahead += steps;
        self.steps += steps;
        self.sums.clear();
        self.sums.resize(lanes * self.steps);
    }

    /// Moves the sums of further steps behind the first `kept` ones, and forgets all others.
    pub(super) fn start_window(&mut self, kept: usize) {
        let Self { sums, steps, ahead, .. } = self;
        let lanes = sums.len() / *steps;
        for first in (0..lanes).step_by(TILE) {
            let lanes = TILE.min(lanes - first);
            let of_tile = &mut sums[first * *steps..(first + lanes) * *steps];
            of_tile.copy_within((*steps - *ahead) * lanes.., kept * lanes);
            of_tile[..kept * lanes].fill(0.0);
            of_tile[(kept + *ahead) * lanes..].fill(0.0);
        }
        self.touched = kept + self.ahead;
        self.sent = kept;
    }

    /// Adds the spikes of steps before `to` that were not added yet.
    #[inline(never)]
    pub(super) fn send(&mut self, tiles: &[TileParameters], delays: &DelaySteps, spikes: StepEvents<'_>, to: usize) {
        for (tile, steps) in tiles.iter().zip(&delays.by_connection) {
            let sums = &mut self.sums[tile.first * self.steps..(tile.first + tile.lanes) * self.steps];
            for t in self.sent..to {
                for (input, value) in spikes.weighted_at(t) {
                    let row = input as usize * tile.lanes..(input as usize + 1) * tile.lanes;
                    let mut weighted = [0.0; TILE];
                    let mut weights = &tile.weights[row.clone()];
                    if value != 1.0 {
                        weighted.iter_mut().zip(weights).for_each(|(to, weight)| *to = weight * value);
                        weights = &weighted[..tile.lanes];
                    }
                    send_delayed(&DelayedRow { weights, delays: &steps[row] }, t, sums);
                }
            }
        }
        if self.sent < to {
            self.touched = self.steps.min(to + delays.longest);
            self.sent = to;
        }
    }

    /// What arrives at a site, `[step][lane]`: the rows that [`Drive::events`] names.
    pub(super) fn site(&self, site: &Site) -> &[f32] {
        &self.sums[site.lane * self.steps..(site.lane + site.lanes) * self.steps]
    }

    /// One row at each step.
    pub(super) fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.rows, units: &self.rows, values: &[] }
    }
}
