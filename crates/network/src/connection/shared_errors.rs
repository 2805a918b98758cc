//! Errors that a wide dense layer sends back, of samples that go back together and share each load of its weights: they are summed for
//! its inputs, and read where the spikes of the previous layer arrive.

use spikelet_kernels::{ProjectedError, Projection, TILE, carry_error, padded, project};

use super::listed::Injected;
use super::sent::{Sent, SourceSite};
use crate::aligned::Aligned;
use crate::events::NO_UNIT;
use crate::parameters::{TileParameters, transpose};
use crate::plan::SHARES_ERRORS;

/// Weights towards up to [`TILE`] inputs after another, `[unit][lane]`; empty where no samples share them.
#[derive(Clone, Debug, Default)]
pub(super) struct InputPanels(Vec<Aligned>);

/// `factor · S̄` of the inputs of a sample, panel by panel `[step][lane]`.
#[derive(Debug, Default)]
pub(super) struct InputErrors {
    values: Aligned,
    inputs: usize,
    end: usize,
}

/// A sample that goes back with others.
pub(super) struct SharingSample<'a> {
    pub(super) sent: &'a Sent<'a>,
    /// What the units inject, where errors come from these.
    pub(super) injected: &'a Injected,
    pub(super) errors: &'a mut InputErrors,
}

impl InputPanels {
    /// Copies the weights, transposed.
    #[inline(never)]
    pub(super) fn refresh(&mut self, tiles: &[TileParameters]) {
        let units: usize = tiles.iter().map(|tile| tile.units).sum();
        let inputs = tiles.first().map_or(0, |tile| tile.weights.len() / tile.lanes);
        self.0.resize_with(inputs.div_ceil(TILE), Aligned::default);
        for (first, panel) in (0..inputs).step_by(TILE).zip(&mut self.0) {
            let count = TILE.min(inputs - first);
            panel.resize(units * padded(count));
            transpose(tiles, first, count, padded(count), panel);
        }
    }

    /// Sums the errors of all inputs, with each panel for one sample after the other.
    #[inline(never)]
    pub(super) fn fill(&self, samples: &mut [SharingSample<'_>], factor: f32) {
        samples.iter_mut().for_each(|sample| sample.errors.start(sample.sent));
        for (number, weights) in self.0.iter().enumerate() {
            for SharingSample { sent, injected, errors } in &mut *samples {
                let view = &sent.view;
                let (start, lanes) = errors.panel(number);
                let error = &mut errors.values[start..][..lanes * sent.end];
                if injected.is_listed() {
                    let Injected { offsets, entries, .. } = injected;
                    if entries.is_empty() {
                        continue;
                    }
                    let projected = ProjectedError { weights, offsets, injections: entries };
                    carry_error(sent.level, &projected, &view.neuron.constants, lanes, error);
                    continue;
                }
                let projection = Projection {
                    weights,
                    lanes,
                    rows: &sent.adjoints.q,
                    stride: view.layout.stride,
                    units: view.shape.units,
                    segments: 1,
                    gap: 0,
                    adds: false,
                    scale: view.drive_gain() * factor,
                    steps: sent.end,
                };
                project(sent.level, &projection, error);
            }
        }
    }
}

impl InputErrors {
    /// Forgets a pass.
    pub(super) fn clear(&mut self) {
        self.inputs = 0;
    }

    /// Whether a pass left any.
    pub(super) fn is_filled(&self) -> bool {
        SHARES_ERRORS && self.inputs != 0
    }

    fn start(&mut self, sent: &Sent<'_>) {
        (self.inputs, self.end) = (sent.view.shape.inputs, sent.end);
        self.values.resize(padded(self.inputs) * self.end);
    }

    /// Start of a panel, and its lanes.
    fn panel(&self, number: usize) -> (usize, usize) {
        let first = number * TILE;
        (first * self.end, padded(TILE.min(self.inputs - first)))
    }

    /// Reads them for the lanes of a site of the previous layer, `[step][lane]`.
    pub(super) fn read(&self, source: &SourceSite<'_>, error: &mut [f32]) {
        for (lane, &arrival) in source.arrival_of_lane.iter().enumerate() {
            let to = error.iter_mut().skip(lane).step_by(source.site.lanes);
            if arrival == NO_UNIT {
                to.for_each(|to| *to = 0.0);
                continue;
            }
            let (start, lanes) = self.panel(arrival as usize / TILE);
            let from = self.values[start + arrival as usize % TILE..].iter().step_by(lanes);
            to.zip(from).for_each(|(to, value)| *to = *value);
        }
    }
}
