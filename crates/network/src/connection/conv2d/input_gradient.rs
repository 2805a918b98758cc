//! Gradients of what arrives at a convolution.
//!
//! ```text
//! S̄[c][y][x] = γ Σ_(o, ky, kx) W[o][c][ky][kx] q[o][(y, x) + p − dilation (ky, kx)) / stride],   T̄: r / 2 in place of q
//! ```
//!
//! over the taps for which the division leaves nothing.

use spikelet_kernels::{Level, Projection, dot, project};

use super::copies::SharedWeights;
use super::geometry::Convolution;
use super::winograd::{Winograd, WinogradScratch};
use crate::aligned::Aligned;
use crate::connection::sent::{Sent, SourceSite};
use crate::events::NO_UNIT;

/// `factor · S̄` of all inputs, strip by strip `[step][lane]`.
#[derive(Debug, Default)]
pub(super) struct InputGradient {
    values: Aligned,
    end: usize,
    scratch: WinogradScratch,
}

impl InputGradient {
    /// Computes it from q of the convolution.
    pub(super) fn fill(
        &mut self,
        convolution: &Convolution,
        (copies, winograd): (&[SharedWeights], Option<&Winograd>),
        sent: &Sent<'_>,
        factor: f32,
    ) {
        let (view, end) = (sent.view, sent.end);
        self.end = end;
        self.values.resize(convolution.input_lanes * end);
        if let Some(winograd) = winograd {
            return winograd.fill(convolution, sent, factor, &mut self.scratch, &mut self.values);
        }
        for (tile, block) in convolution.blocks.iter().enumerate() {
            for below in &convolution.input_blocks[convolution.blocks_below(block)] {
                let lanes = below.strip.lanes();
                for strip in convolution.input_strips(below) {
                    let (rows, columns) = convolution.phases_of(&strip);
                    let projection = Projection {
                        weights: copies[tile].downward(convolution, block, below, strip.phases),
                        lanes,
                        rows: &sent.adjoints.q[convolution.adjoint(block, strip.windows)..],
                        stride: view.layout.stride,
                        units: columns.windows(below.strip.places) * block.strip.channels,
                        segments: rows.taps,
                        gap: rows.gap * convolution.row_lanes(block),
                        adds: tile > convolution.tiles_of(below.first).start,
                        scale: view.drive_gain() * factor,
                        steps: end,
                    };
                    let start = (below.lane + strip.number * lanes) * end;
                    project(sent.level, &projection, &mut self.values[start..start + end * lanes]);
                }
            }
        }
    }

    /// Reads it for the lanes of a site of the previous layer, `[step][lane]`.
    pub(super) fn read(&self, convolution: &Convolution, source: &SourceSite<'_>, error: &mut [f32]) {
        if let Some(first) = convolution.strip_of(source.arrival_of_lane) {
            return error.copy_from_slice(&self.values[first * self.end..][..error.len()]);
        }
        error.fill(0.0);
        for (lane, &arrival) in source.arrival_of_lane.iter().enumerate() {
            if arrival == NO_UNIT {
                continue;
            }
            let (first, lanes, at) = convolution.input_place(arrival);
            let from = self.values[first * self.end..][..self.end * lanes].iter().skip(at).step_by(lanes);
            error.iter_mut().skip(lane).step_by(source.site.lanes).zip(from).for_each(|(to, value)| *to = *value);
        }
    }
}

/// Σ W r over the units that a spike of `input` reaches; `r` is one step of the layer's adjoints.
pub(super) fn timing_sum(
    level: Level,
    convolution: &Convolution,
    copies: &[SharedWeights],
    input: u32,
    r: &[f32],
) -> f32 {
    let (channel, phases, (y, x)) = convolution.windows_of(input);
    let rows = &convolution.phases.0[phases.0];
    let mut sum = 0.0;
    for tile in convolution.tiles_of(channel) {
        let block = &convolution.blocks[tile];
        for row in 0..rows.taps {
            let weights = copies[tile].timing(convolution, block, channel, phases, row);
            let start = convolution.adjoint(block, (y + (row * rows.gap) as isize, x));
            sum += dot(level, weights, &r[start..][..weights.len()]);
        }
    }
    sum
}
