//! Gradient of the weights that all places of a convolution share.
//!
//! ```text
//! dW[o][c][ky][kx] = γ Σ_places Σ_t q[o][place][t] s[c][stride · place − p + dilation · (ky, kx)][t]
//! ```

use spikelet_config::geometry::Strip;
use spikelet_kernels::{Level, NO_ROW, TILE, scatter_tile};

use super::arrivals::Arrivals;
use super::geometry::Convolution;
use crate::aligned::Aligned;
use crate::connection::backward::Mixing;
use crate::connection::layout::Site;
use crate::parameters::TileParameters;

/// Weight gradient of a tile, summed over its sites in their order.
#[derive(Debug, Default)]
pub(crate) struct TileGradient {
    /// Row of q at each step of a site, or [`NO_ROW`].
    row_of_step: Vec<u32>,
    /// q of a site at the steps at which it saw a spike, `[row][lane]`; where places have runs, of a row of sites at every step.
    q_rows: Aligned,
    /// Start of the site in `q_rows`.
    start: usize,
    /// Step from which on there is no gradient.
    end: usize,
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
        (number, site): (usize, &Site),
        arrivals: &Arrivals,
        steps: usize,
        end: usize,
    ) {
        if site.index == 0 {
            let block = &convolution.blocks[site.tile];
            self.sites.clear();
            self.sites.resize(convolution.rows(block) * site.lanes);
            self.bias.clear();
            self.bias.resize(block.strip.channels, 0.0);
        }
        self.row_of_step.clear();
        self.row_of_step.resize(steps, NO_ROW);
        (self.start, self.end) = (0, end);
        if arrivals.runs().is_some() {
            let width = convolution.output.width;
            self.q_rows.resize(width * end * TILE);
            self.start = site.index % width * end * TILE;
            self.row_of_step[..end].iter_mut().zip(0..).for_each(|(row, t)| *row = t);
            return;
        }
        let offsets = arrivals.of_site(number).offsets;
        let mut rows = 0;
        // Which steps have spikes can't be foreseen, so nothing branches on it.
        for (row, ends) in self.row_of_step[..end].iter_mut().zip(offsets.windows(2)) {
            let is_empty = ends[0] == ends[1];
            *row = if is_empty { NO_ROW } else { rows };
            rows += u32::from(!is_empty);
        }
        self.q_rows.resize(rows as usize * site.lanes);
    }

    /// Row of q at each step of the site, or [`NO_ROW`], and q, `[row][lane]`.
    pub(super) fn output(&mut self) -> (&[u32], &mut [f32]) {
        (&self.row_of_step, &mut self.q_rows[self.start..])
    }

    /// Takes q of a site from the adjoints of every step.
    pub(super) fn take(&mut self, q: &[f32], stride: usize, site: &Site) {
        let rows = self.row_of_step.iter().enumerate().filter(|&(_, &row)| row != NO_ROW);
        for (t, &row) in rows {
            self.q_rows[self.start + row as usize * site.lanes..][..site.lanes]
                .copy_from_slice(&q[t * stride + site.adjoint..][..site.lanes]);
        }
    }

    /// Adds a site's gradients; `bias` is Σ p, `[lane]`.
    pub(super) fn add(
        &mut self,
        level: Level,
        convolution: &Convolution,
        (number, site): (usize, &Site),
        arrivals: &Arrivals,
        bias: &[f32; TILE],
    ) {
        let block = &convolution.blocks[site.tile];
        match arrivals.runs() {
            None => {
                let events = arrivals.of_site(number);
                scatter_tile(level, &events, &self.row_of_step, &self.q_rows, site.lanes, &mut self.sites);
            }
            Some(runs) => {
                let (y, x) = (site.index / convolution.output.width, site.index % convolution.output.width);
                if x + 1 == convolution.output.width {
                    runs.scatter(level, convolution, (block, y, self.end), &self.q_rows, &mut self.sites);
                }
            }
        }
        let Strip { places, channels } = block.strip;
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
        let block = &convolution.blocks[tile.number];
        let (strip, lanes, stride) = (block.strip, block.strip.lanes(), convolution.window.columns.stride);
        let inputs = convolution.inputs();
        self.folded.clear();
        self.folded.resize(inputs * tile.lanes);
        let (rows, columns) = (convolution.window.rows.taps, convolution.window.columns.taps);
        for (group, input) in
            convolution.groups(block).flat_map(|group| (0..inputs).map(move |input| (group.clone(), input)))
        {
            let (tap, channel) = (input % (rows * columns), group.input.start + input / (rows * columns));
            let row = convolution.row(block, channel, tap / columns, tap % columns);
            let to = &mut self.folded[input * tile.lanes..][group.lanes.clone()];
            for place in 0..strip.places {
                let from = &self.sites[(row + place * stride) * lanes + place * strip.channels..][group.lanes.clone()];
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
