//! Gradients of convolutions: of the weights that all places share, and of what arrives.
//!
//! ```text
//! dW[o][c][ky][kx] = γ Σ_places Σ_t q[o][place][t] s[c][place + (ky, kx) − ⌊k/2⌋][t]
//! S̄[c][y][x] = γ Σ_(o, dy, dx) W[o][c][k−1−dy][k−1−dx] q[o][(y, x) + (dy, dx) − ⌊k/2⌋],   T̄ likewise with r / 2
//! ```

use spikelet_kernels::{Level, NO_ROW, Projection, StepEvents, TILE, dot, project, scatter_tile};

use super::sweep::mix;
use crate::aligned::Aligned;
use crate::engine::{LayerWork, SlotLayer};
use crate::geometry::{NO_UNIT, Strip};
use crate::network::{Network, Tile};
use crate::wiring::{Convolution, Site, Wiring, downward_length, timing_length};

/// Weight gradient of a tile, summed over its sites in their order.
#[derive(Debug, Default)]
pub(crate) struct TileGradient {
    /// Row of q at each step of a site, or [`NO_ROW`].
    pub(super) row_of_step: Vec<u32>,
    /// q of a site at the steps at which it saw a spike, `[row][lane]`.
    pub(super) q_rows: Aligned,
    /// `[row of a site's weights][lane]`.
    sites: Aligned,
    /// `[channel]`.
    bias: Vec<f32>,
    /// The sum over places, `[input][channel]`.
    folded: Aligned,
}

impl TileGradient {
    /// Prepares a site; the first one of a tile starts new sums.
    pub(super) fn plan(&mut self, wiring: &Wiring, site: &Site, events: StepEvents<'_>, steps: usize, end: usize) {
        if let (Some(convolution), 0) = (&wiring.convolution, site.index) {
            let strip = convolution.blocks[site.tile].strip;
            self.sites.clear();
            self.sites.resize(strip.rows(convolution.input.channels, convolution.kernel) * site.lanes);
            self.bias.clear();
            self.bias.resize(strip.channels, 0.0);
        }
        self.row_of_step.clear();
        self.row_of_step.resize(steps, NO_ROW);
        let mut rows = 0;
        for t in 0..end {
            if !events.at(t).is_empty() {
                self.row_of_step[t] = rows;
                rows += 1;
            }
        }
        self.q_rows.resize(rows as usize * site.lanes);
    }

    /// Adds a site's gradients; `bias` is Σ p, `[lane]`.
    pub(super) fn add(
        &mut self,
        level: Level,
        convolution: &Convolution,
        site: &Site,
        events: StepEvents<'_>,
        bias: &[f32; TILE],
    ) {
        scatter_tile(level, &events, &self.row_of_step, &self.q_rows, site.lanes, &mut self.sites);
        let Strip { places, channels } = convolution.blocks[site.tile].strip;
        for place in bias[..places * channels].chunks_exact(channels) {
            self.bias.iter_mut().zip(place).for_each(|(sum, p)| *sum += p);
        }
    }

    /// Adds up the places of a strip and leaves the tile's gradient in the slot.
    pub(super) fn finish(
        &mut self,
        convolution: &Convolution,
        tile: &Tile,
        slot: &mut SlotLayer,
        share: Option<(f32, bool)>,
    ) {
        let strip = convolution.blocks[tile.first / TILE].strip;
        let (k, columns, lanes) = (convolution.kernel, strip.columns(convolution.kernel), strip.lanes());
        let inputs = convolution.input.channels * k * k;
        self.folded.clear();
        self.folded.resize(inputs * tile.lanes);
        for (input, to) in self.folded.chunks_exact_mut(tile.lanes).enumerate() {
            let row = input / k * columns + input % k;
            for place in 0..strip.places {
                let from = &self.sites[(row + place) * lanes + place * strip.channels..][..strip.channels];
                to.iter_mut().zip(from).for_each(|(sum, value)| *sum += value);
            }
        }
        let weights = &mut slot.shared_weights[tile.first * inputs..][..inputs * tile.lanes];
        let bias = &mut slot.bias[tile.first..][..strip.channels];
        match share {
            None => {
                weights.copy_from_slice(&self.folded);
                bias.copy_from_slice(&self.bias);
            }
            Some((weight, adds)) => {
                mix(weights, &self.folded, weight, adds);
                mix(bias, &self.bias, weight, adds);
            }
        }
    }
}

/// `factor · S̄` of everything that arrives at a convolution, strip by strip `[step][lane]`.
#[derive(Debug, Default)]
pub(crate) struct InputGradient {
    values: Vec<f32>,
    end: usize,
}

impl InputGradient {
    /// Computes it from the q of layer `layer`, if that is a convolution.
    pub(super) fn fill(
        &mut self,
        level: Level,
        network: &Network,
        layer: usize,
        work: Option<&LayerWork>,
        end: usize,
        factor: f32,
    ) {
        let (Some(wiring), Some(work)) = (network.wirings.get(layer), work) else { return };
        let Some(convolution) = &wiring.convolution else { return };
        self.end = end;
        self.values.resize(convolution.input_lanes * end, 0.0);
        let input = convolution.input;
        for (block, tile) in convolution.blocks.iter().zip(network.layer(layer)) {
            let mut weights = &tile.shared.downward[..];
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
                        rows: &work.q[convolution.adjoint(block, y, x)..],
                        stride: wiring.stride,
                        units: below.strip.columns(convolution.kernel) * block.strip.channels,
                        segments: convolution.kernel,
                        gap: convolution.row_lanes(block),
                        adds: block.first > 0,
                        scale: network.drive_gain(layer) * factor,
                        steps: end,
                    };
                    let start = (below.lane + strip * lanes) * end;
                    project(level, &projection, &mut self.values[start..start + end * lanes]);
                }
            }
        }
    }

    /// Reads it for the lanes of a site below, `[step][lane]`.
    pub(super) fn read(&self, wiring: &Wiring, site: &Site, error: &mut [f32]) {
        let Some(convolution) = &wiring.convolution else { return };
        error.fill(0.0);
        for (lane, &arrival) in wiring.arrival_of_lane[site.lane..site.lane + site.lanes].iter().enumerate() {
            if arrival == NO_UNIT {
                continue;
            }
            let (first, lanes, at) = convolution.input_place(arrival);
            let from = self.values[first * self.end..][..self.end * lanes].iter().skip(at).step_by(lanes);
            error.iter_mut().skip(lane).step_by(site.lanes).zip(from).for_each(|(to, value)| *to = *value);
        }
    }
}

/// Σ W r over the units that a spike of `input` reaches; `r` is one step of the layer's adjoints.
pub(super) fn timing_sum(level: Level, convolution: &Convolution, tiles: &[Tile], input: u32, r: &[f32]) -> f32 {
    let (channel, y, x) = convolution.input.place(input);
    let mut sum = 0.0;
    for (block, tile) in convolution.blocks.iter().zip(tiles) {
        let length = timing_length(convolution, block);
        for dy in 0..convolution.kernel {
            let weights = &tile.shared.timing[(channel * convolution.kernel + dy) * length..][..length];
            sum += dot(level, weights, &r[convolution.adjoint(block, y + dy, x)..][..length]);
        }
    }
    sum
}
