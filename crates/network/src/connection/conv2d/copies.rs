//! The weights of a convolution's tile, `[input][channel]`, copied into the orders in which sums read them.
//!
//! ```text
//! drive      [(c, ky, x)][(place, o)]                 W[o][c][ky][x − place]
//! downward   block by block [dy][(x, o)][(place, c)]  W[o][c][k−1−dy][k−1−(x − place)]
//! timing     [c][dy][(dx, o)]                         W[o][c][k−1−dy][k−1−dx]
//! ```
//!
//! Zero where the kernel has no such column.

use spikelet_config::geometry::Strip;
use spikelet_kernels::LANES;

use super::geometry::{Block, Convolution};
use crate::aligned::Aligned;

/// Copies of a tile's weights.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedWeights {
    pub(crate) drive: Aligned,
    /// Empty before the first backward pass, like `timing`.
    pub(crate) downward: Aligned,
    pub(crate) timing: Aligned,
}

impl SharedWeights {
    /// Copies `weights`, `[(c, ky, kx)][lanes]`, for the forward pass.
    pub(crate) fn refresh(&mut self, convolution: &Convolution, block: &Block, weights: &[f32], lanes: usize) {
        self.copy_drive(convolution, block, |o, c, ky, kx| weights[at(convolution, c, ky, kx) * lanes + o]);
    }

    /// Copies them for the backward pass.
    pub(crate) fn refresh_backward(&mut self, convolution: &Convolution, block: &Block, weights: &[f32], lanes: usize) {
        let weight = |o: usize, c: usize, ky: usize, kx: usize| weights[at(convolution, c, ky, kx) * lanes + o];
        self.copy_downward(convolution, block, weight);
        self.copy_timing(convolution, block, weight);
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

/// Row of a weight.
fn at(convolution: &Convolution, c: usize, ky: usize, kx: usize) -> usize {
    (c * convolution.kernel + ky) * convolution.kernel + kx
}

/// Numbers of `downward` for one block of input channels.
pub(crate) fn downward_length(conv: &Convolution, block: &Block, below: Strip) -> usize {
    below.rows(block.strip.channels, conv.kernel) * below.lanes()
}

/// Numbers of `timing` for one channel and row, with zeros up to whole lanes.
pub(crate) fn timing_length(conv: &Convolution, block: &Block) -> usize {
    (conv.kernel * block.strip.channels).div_ceil(LANES) * LANES
}
