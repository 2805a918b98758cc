//! From the sums of a whole batch to its gradients, in their place (spec 5.7).
//!
//! ```text
//! g = clip(γ Σ − silent),   g ← g min(1, bound / ‖g‖)
//! ```
//!
//! Squares are summed by lane in the order of rows, then over lanes, then over tiles: always in the same order.

use spikelet_config::Frozen;
use spikelet_kernels::TILE;
use spikelet_network::network::Network;
use spikelet_network::parameters::TileParameters;

use super::clip::Clip;
use super::learnt;
use super::sums::{BatchSums, TileSums};
use crate::executor::Executor;
use crate::rule::SilentUpdate;

/// From sums to gradients.
#[derive(Clone, Debug)]
pub(crate) struct Finish {
    pub(crate) silent: SilentUpdate,
    /// Samples of the batch.
    pub(crate) batch: usize,
    pub(crate) clip: Clip,
    /// By layer.
    pub(crate) frozen: Vec<Frozen>,
}

/// Σ g² of an array; infinite where it is too large, not a number where a gradient is not finite.
#[derive(Clone, Copy, Debug, Default)]
struct SquaredNorm {
    before_clipping: f32,
    after_clipping: f32,
}

impl BatchSums {
    /// Turns the sums of a batch into its gradients.
    pub(crate) fn finish<E: Executor>(&mut self, finish: &Finish, network: &Network, executor: &E) {
        struct Work<'a> {
            tile: &'a TileParameters,
            sums: &'a mut TileSums,
            clipped: f32,
        }
        let tiles = network.tiles.iter().zip(&mut self.tiles);
        let mut work: Vec<_> = tiles.map(|(tile, sums)| Work { tile, sums, clipped: 0.0 }).collect();
        executor.for_each(&mut work, |tile, work| {
            let weights = &network.effective_tiles()[tile].weights;
            work.clipped = work.sums.finish(finish, network, work.tile, weights);
        });
        let clipped: Vec<f32> = work.iter().map(|work| work.clipped).collect();
        self.collect_delays(network);
        let learnt = learnt::finish(&mut self.learnt, network, &finish.frozen, &finish.clip);
        let squared = clipped.into_iter().fold(learnt, |sum, clipped| sum + f64::from(clipped));
        let scale = f64::from(finish.clip.norm) / squared.sqrt();
        if scale < 1.0 {
            executor.for_each(&mut self.tiles, |_, sums| sums.scale(scale as f32));
            self.learnt.iter_mut().flatten().for_each(|sums| sums.scale(scale as f32));
        }
    }
}

impl TileSums {
    /// Makes gradients of this tile's sums and returns Σ g² of what clipping leaves.
    fn finish(&mut self, finish: &Finish, network: &Network, tile: &TileParameters, weights: &[f32]) -> f32 {
        let layer = &network.layers[tile.layer];
        let neuron = &layer.neuron;
        let frozen = finish.frozen[tile.layer];
        let silent = if frozen.weights {
            [0.0; TILE]
        } else {
            self.silent_unit_update(&finish.silent, tile.units, layer, finish.batch)
        };
        let (lanes, clip) = (tile.lanes, finish.clip.element);
        if frozen.weights {
            self.weights.fill(0.0);
        }
        if frozen.biases {
            self.bias.fill(0.0);
        }
        self.finish_delays(weights, layer.drive_gain());
        if let Some(own) = layer.own_rows() {
            self.scale_own(own, lanes);
        }
        let weights = finish_rows(&mut self.weights, lanes, layer.drive_gain(), &silent, clip);
        let biases = finish_rows(&mut self.bias, lanes, neuron.bias_gain(), &[0.0; TILE], clip);
        let clipped = weights.after_clipping + biases.after_clipping;
        let before = weights.before_clipping + biases.before_clipping;
        self.squared_norm = if finish.clip.is_lost(clipped) { f32::NAN } else { before };
        clipped
    }

    fn scale(&mut self, factor: f32) {
        self.weights.iter_mut().chain(&mut self.bias).for_each(|g| *g *= factor);
    }
}

fn finish_rows(sums: &mut [f32], lanes: usize, gain: f32, silent: &[f32; TILE], clip: f32) -> SquaredNorm {
    let (mut before, mut after) = ([0.0; TILE], [0.0; TILE]);
    for row in sums.chunks_exact_mut(lanes) {
        let norms = before.iter_mut().zip(&mut after);
        for ((sum, silent), (before, after)) in row.iter_mut().zip(silent).zip(norms) {
            let g = *sum * gain - silent;
            let clipped = g.min(clip).max(-clip);
            *before += g * g + g * 0.0;
            *after += clipped * clipped;
            *sum = clipped;
        }
    }
    let total = |lanes: &[f32; TILE]| lanes.iter().fold(0.0, |sum, &lane| sum + lane);
    SquaredNorm { before_clipping: total(&before), after_clipping: total(&after) }
}
