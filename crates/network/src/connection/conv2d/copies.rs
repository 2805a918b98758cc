//! The weights of a convolution's tile, `[input][channel]`, copied into the orders in which sums read them.
//!
//! ```text
//! drive      [(c, ky, x)][(place, o)]                       W[o][c][ky][x − place]
//! downward   block by block, phase by phase
//!            [window y][(window x, o)][(place, c)]          W[o][c][tap y][tap x at window x − place]
//! timing     phase by phase [c][window y][(window x, o)]    W[o][c][tap y][tap x]
//! ```
//!
//! A phase is one of the rows and one of the columns (see `Axis::phase`); its windows are those that see a place. Numbers are zero where no
//! tap lies, and where groups keep channels apart.

use spikelet_config::geometry::Window;
use spikelet_kernels::LANES;

use super::geometry::{Block, Convolution, InputBlock};
use crate::aligned::Aligned;

/// Copies of a tile's weights.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedWeights {
    pub(crate) drive: Aligned,
    /// Empty before the first backward pass, like `timing`.
    downward: Aligned,
    /// Start of each phase of each block of input channels that the tile sees.
    downward_starts: Vec<usize>,
    timing: Aligned,
    /// Start of each phase.
    timing_starts: Vec<usize>,
}

/// Weights of a tile, `[(c, ky, kx)][lanes]`.
#[derive(Clone, Copy)]
struct TileWeights<'a> {
    convolution: &'a Convolution,
    block: &'a Block,
    weights: &'a [f32],
    lanes: usize,
}

impl SharedWeights {
    /// Copies weights for the forward pass.
    pub(crate) fn refresh(&mut self, convolution: &Convolution, block: &Block, weights: &[f32], lanes: usize) {
        self.copy_drive(TileWeights { convolution, block, weights, lanes });
    }

    /// Copies them for the backward pass.
    pub(crate) fn refresh_backward(&mut self, convolution: &Convolution, block: &Block, weights: &[f32], lanes: usize) {
        self.make_room(convolution, block);
        let channels = block.strip.channels;
        TileWeights { convolution, block, weights, lanes }.each(&mut |c, (ky, kx), first, weights| {
            let Window { rows, columns } = &convolution.window;
            let (Some((py, dy)), Some((px, dx))) = (rows.phase_of(ky), columns.phase_of(kx)) else { return };
            let (phase, across) = (convolution.phase_number((py, px)), &convolution.phases.1[px]);
            let below = convolution.input_block(c);
            let (places, lanes) = (below.strip.places, below.strip.lanes());
            let number = (below.number - convolution.blocks_below(block).start) * convolution.count_phases();
            let start = self.downward_starts[number + phase] + c - below.first;
            for place in 0..places {
                let row = (dy * across.windows(places) + dx * across.gap + place) * channels + first;
                let to = self.downward[start + row * lanes + place * below.strip.channels..].iter_mut().step_by(lanes);
                to.zip(weights).for_each(|(to, weight)| *to = *weight);
            }
            let row = (c - block.seen.start) * convolution.phases.0[py].taps + dy;
            let at = row * timing_length(convolution, block, px) + dx * across.gap * channels + first;
            self.timing[self.timing_starts[phase] + at..][..weights.len()].copy_from_slice(weights);
        });
    }

    /// Weights of a phase towards a strip of a block of input channels that the tile sees.
    pub(crate) fn downward(
        &self,
        convolution: &Convolution,
        block: &Block,
        below: &InputBlock,
        phases: (usize, usize),
    ) -> &[f32] {
        let of_block = convolution.blocks_below(block).start;
        let number = (below.number - of_block) * convolution.count_phases() + convolution.phase_number(phases);
        let length = downward_length(convolution, block, below, phases);
        &self.downward[self.downward_starts[number]..][..length]
    }

    /// Weights of a phase towards an input channel that the tile sees, from a row of windows.
    pub(crate) fn timing(
        &self,
        convolution: &Convolution,
        block: &Block,
        channel: usize,
        phases: (usize, usize),
        row: usize,
    ) -> &[f32] {
        let length = timing_length(convolution, block, phases.1);
        let rows = convolution.phases.0[phases.0].taps;
        let start = self.timing_starts[convolution.phase_number(phases)];
        &self.timing[start + ((channel - block.seen.start) * rows + row) * length..][..length]
    }

    fn copy_drive(&mut self, of: TileWeights<'_>) {
        let TileWeights { convolution, block, .. } = of;
        let (strip, lanes, stride) = (block.strip, block.strip.lanes(), convolution.window.columns.stride);
        self.drive.resize(convolution.rows(block) * lanes);
        of.each(&mut |c, (ky, kx), first, weights| {
            for place in 0..strip.places {
                let row = convolution.row(block, c, ky, kx) + place * stride;
                let to = row * lanes + place * strip.channels + first;
                self.drive[to..to + weights.len()].copy_from_slice(weights);
            }
        });
    }

    /// Makes room for the copies that backward passes read, all zero where no weight is put.
    fn make_room(&mut self, convolution: &Convolution, block: &Block) {
        let Self { downward, downward_starts, timing, timing_starts, .. } = self;
        downward_starts.clear();
        timing_starts.clear();
        let (mut of_downward, mut of_timing) = (0, 0);
        for below in &convolution.input_blocks[convolution.blocks_below(block)] {
            for phases in convolution.each_phase() {
                downward_starts.push(of_downward);
                of_downward += downward_length(convolution, block, below, phases);
            }
        }
        for (py, px) in convolution.each_phase() {
            timing_starts.push(of_timing);
            of_timing += block.seen.len() * convolution.phases.0[py].taps * timing_length(convolution, block, px);
        }
        downward.resize(of_downward);
        timing.resize(of_timing);
    }
}

/// Takes input channel, tap `(ky, kx)`, first lane and weights, `[lane]`.
type ShowWeights<'a> = dyn FnMut(usize, (usize, usize), usize, &[f32]) + 'a;

impl TileWeights<'_> {
    /// Shows the weights from each input channel by each tap `(ky, kx)` to neighbouring lanes of a place, of which the first is given.
    #[inline(never)]
    fn each(&self, show: &mut ShowWeights<'_>) {
        let Self { convolution, block, weights, lanes } = *self;
        let (rows, columns) = (convolution.window.rows.taps, convolution.window.columns.taps);
        for group in convolution.groups(block) {
            for (number, c) in group.input.enumerate() {
                for (ky, kx) in (0..rows).flat_map(|ky| (0..columns).map(move |kx| (ky, kx))) {
                    let row = &weights[convolution.parameter(number, ky, kx) * lanes..][..lanes];
                    show(c, (ky, kx), group.lanes.start, &row[group.lanes.clone()]);
                }
            }
        }
    }
}

/// Numbers of `downward` for one block of input channels and one phase.
fn downward_length(convolution: &Convolution, block: &Block, below: &InputBlock, (py, px): (usize, usize)) -> usize {
    let (rows, columns) = (&convolution.phases.0[py], &convolution.phases.1[px]);
    rows.taps * columns.windows(below.strip.places) * block.strip.channels * below.strip.lanes()
}

/// Numbers of `timing` for one channel and row of windows, with zeros up to whole lanes.
fn timing_length(convolution: &Convolution, block: &Block, phase: usize) -> usize {
    (convolution.phases.1[phase].windows(1) * block.strip.channels).next_multiple_of(LANES)
}
