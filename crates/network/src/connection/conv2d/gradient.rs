//! Gradient of the weights that all places of a convolution share.
//!
//! ```text
//! dW[o][c][ky][kx] = γ Σ_places Σ_t q[o][place][t] s[c][place + (ky, kx) − ⌊k/2⌋][t]
//! ```

use spikelet_config::geometry::Strip;
use spikelet_kernels::{Level, NO_ROW, StepEvents, TILE, scatter_tile};

use super::geometry::Convolution;
use crate::aligned::Aligned;
use crate::connection::backward::Mixing;
use crate::connection::layout::Site;
use crate::parameters::TileParameters;

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
    pub(super) fn plan(
        &mut self,
        convolution: &Convolution,
        site: &Site,
        events: StepEvents<'_>,
        steps: usize,
        end: usize,
    ) {
        if site.index == 0 {
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

    /// Adds up the places of a strip and writes the tile's gradient: `weights` `[input][channel]` of all tiles, `bias` `[channel]`.
    pub(super) fn finish(
        &mut self,
        convolution: &Convolution,
        tile: &TileParameters,
        mixing: Option<Mixing>,
        weights: &mut [f32],
        bias: &mut [f32],
    ) {
        let strip = convolution.blocks[tile.number].strip;
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
        let weights = &mut weights[tile.first * inputs..][..inputs * tile.lanes];
        let bias = &mut bias[tile.first..][..strip.channels];
        match mixing {
            None => {
                weights.copy_from_slice(&self.folded);
                bias.copy_from_slice(&self.bias);
            }
            Some(mixing) => {
                mixing.mix(weights, &self.folded);
                mixing.mix(bias, &self.bias);
            }
        }
    }
}
