//! The weights of a convolution's tile, `[input][channel]`, copied into the orders in which sums read them.
//!
//! ```text
//! drive      [(c, ky, x)][(place, o)]                 W[o][c][ky][x − place]
//! downward   block by block [dy][(x, o)][(place, c)]  W[o][c][k−1−dy][k−1−(x − place)]
//! timing     [c][dy][(dx, o)]                         W[o][c][k−1−dy][k−1−dx]
//! ```
//!
//! Zero where the kernel has no such column.

use spikelet_kernels::LANES;

use super::convolution::{Block, Convolution};
use crate::aligned::Aligned;

/// A bias so low that a unit never fires, however its inputs are: the places of a strip outside the picture have it.
const OUTSIDE: f32 = -1e30;

/// Copies of a tile's weights and biases.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedWeights {
    pub(crate) drive: Aligned,
    /// `[lane]` of a site.
    pub(crate) bias: Aligned,
    /// V∞, where the bias alone drives the membrane, likewise.
    pub(crate) rest: Aligned,
    /// `bias` for a site that has places outside the picture.
    pub(crate) edge_bias: Aligned,
    pub(crate) downward: Aligned,
    pub(crate) timing: Aligned,
}

impl SharedWeights {
    /// Copies `weights`, `[(c, ky, kx)][lanes]`.
    pub(crate) fn refresh(&mut self, convolution: &Convolution, block: &Block, weights: &[f32], lanes: usize) {
        let weight = |o: usize, c: usize, ky: usize, kx: usize| {
            weights[((c * convolution.kernel + ky) * convolution.kernel + kx) * lanes + o]
        };
        self.copy_drive(convolution, block, weight);
        self.copy_downward(convolution, block, weight);
        self.copy_timing(convolution, block, weight);
    }

    /// Repeats the drive of the biases and where it leads, `[channel]` each, at the places of a strip.
    pub(crate) fn refresh_biases(&mut self, convolution: &Convolution, block: &Block, bias: &[f32], rest: &[f32]) {
        let strip = block.strip;
        for (to, from) in [(&mut self.bias, bias), (&mut self.rest, rest)] {
            to.clear();
            for _ in 0..strip.places {
                to.extend_from_slice(&from[..strip.channels]);
            }
            to.resize(strip.lanes());
        }
        self.edge_bias.clone_from(&self.bias);
        let width = convolution.output.width;
        let inside = width - (strip.count(width) - 1) * strip.places;
        self.edge_bias[inside * strip.channels..strip.places * strip.channels].fill(OUTSIDE);
    }

    fn copy_drive(&mut self, conv: &Convolution, block: &Block, weight: impl Fn(usize, usize, usize, usize) -> f32) {
        let (strip, k) = (block.strip, conv.kernel);
        let (columns, lanes) = (strip.columns(k), strip.lanes());
        self.drive.resize(strip.rows(conv.input.channels, k) * lanes);
        for c in 0..conv.input.channels {
            for ky in 0..k {
                for place in 0..strip.places {
                    for kx in 0..k {
                        let row = (c * k + ky) * columns + kx + place;
                        let to = &mut self.drive[row * lanes + place * strip.channels..][..strip.channels];
                        to.iter_mut().enumerate().for_each(|(o, to)| *to = weight(o, c, ky, kx));
                    }
                }
            }
        }
    }

    fn copy_downward(&mut self, conv: &Convolution, block: &Block, weight: impl Fn(usize, usize, usize, usize) -> f32) {
        let k = conv.kernel;
        let length: usize = conv.input_blocks.iter().map(|below| downward_length(conv, block, below.strip)).sum();
        self.downward.resize(length);
        let mut start = 0;
        for below in &conv.input_blocks {
            let (columns, lanes) = (below.strip.columns(k), below.strip.lanes());
            for dy in 0..k {
                for place in 0..below.strip.places {
                    for dx in 0..k {
                        for o in 0..block.strip.channels {
                            let row = (dy * columns + dx + place) * block.strip.channels + o;
                            let at = start + row * lanes + place * below.strip.channels;
                            for c in 0..below.strip.channels {
                                self.downward[at + c] = weight(o, below.first + c, k - 1 - dy, k - 1 - dx);
                            }
                        }
                    }
                }
            }
            start += downward_length(conv, block, below.strip);
        }
    }

    fn copy_timing(&mut self, conv: &Convolution, block: &Block, weight: impl Fn(usize, usize, usize, usize) -> f32) {
        let k = conv.kernel;
        let length = timing_length(conv, block);
        self.timing.resize(conv.input.channels * k * length);
        for c in 0..conv.input.channels {
            for dy in 0..k {
                for dx in 0..k {
                    for o in 0..block.strip.channels {
                        let at = (c * k + dy) * length + dx * block.strip.channels + o;
                        self.timing[at] = weight(o, c, k - 1 - dy, k - 1 - dx);
                    }
                }
            }
        }
    }
}

/// Numbers of `downward` for one block of input channels.
pub(crate) fn downward_length(conv: &Convolution, block: &Block, below: crate::geometry::Strip) -> usize {
    below.rows(block.strip.channels, conv.kernel) * below.lanes()
}

/// Numbers of `timing` for one channel and row, with zeros up to whole lanes.
pub(crate) fn timing_length(conv: &Convolution, block: &Block) -> usize {
    (conv.kernel * block.strip.channels).div_ceil(LANES) * LANES
}
