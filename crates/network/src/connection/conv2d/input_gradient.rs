//! Gradients of what arrives at a convolution.
//!
//! ```text
//! S̄[c][y][x] = γ Σ_(o, dy, dx) W[o][c][k−1−dy][k−1−dx] q[o][(y, x) + (dy, dx) − ⌊k/2⌋],   T̄: r / 2 in place of q
//! ```

use spikelet_kernels::{Level, Projection, dot, project};

use super::copies::{SharedWeights, downward_length, timing_length};
use super::geometry::Convolution;
use crate::connection::sent::{Sent, SourceSite};
use crate::events::NO_UNIT;

/// `factor · S̄` of all inputs, strip by strip `[step][lane]`.
#[derive(Debug, Default)]
pub(super) struct InputGradient {
    values: Vec<f32>,
    end: usize,
}

impl InputGradient {
    /// Computes it from q of the convolution.
    pub(super) fn fill(&mut self, convolution: &Convolution, copies: &[SharedWeights], sent: &Sent<'_>, factor: f32) {
        let (view, end) = (sent.view, sent.end);
        self.end = end;
        self.values.resize(convolution.input_lanes * end, 0.0);
        let input = convolution.input;
        for (block, copies) in convolution.blocks.iter().zip(copies) {
            let mut weights = &copies.downward[..];
            for below in &convolution.input_blocks {
                let (places, lanes) = (below.strip.places, below.strip.lanes());
                let (here, rest) = weights.split_at(downward_length(convolution, block, below.strip));
                weights = rest;
                for strip in 0..below.strip.count(input.width) * input.height {
                    let (y, x) =
                        (strip / below.strip.count(input.width), strip % below.strip.count(input.width) * places);
                    let projection = Projection {
                        weights: here,
                        lanes,
                        rows: &sent.adjoints.q[convolution.adjoint(block, y, x)..],
                        stride: view.layout.stride,
                        units: below.strip.columns(convolution.kernel) * block.strip.channels,
                        segments: convolution.kernel,
                        gap: convolution.row_lanes(block),
                        adds: block.first > 0,
                        scale: view.neuron.drive_gain() * factor,
                        steps: end,
                    };
                    let start = (below.lane + strip * lanes) * end;
                    project(sent.level, &projection, &mut self.values[start..start + end * lanes]);
                }
            }
        }
    }

    /// Reads it for the lanes of a site of the previous layer, `[step][lane]`.
    pub(super) fn read(&self, convolution: &Convolution, source: &SourceSite<'_>, error: &mut [f32]) {
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
    let (channel, y, x) = convolution.input.place(input);
    let mut sum = 0.0;
    for (block, copies) in convolution.blocks.iter().zip(copies) {
        let length = timing_length(convolution, block);
        for dy in 0..convolution.kernel {
            let weights = &copies.timing[(channel * convolution.kernel + dy) * length..][..length];
            sum += dot(level, weights, &r[convolution.adjoint(block, y + dy, x)..][..length]);
        }
    }
    sum
}
