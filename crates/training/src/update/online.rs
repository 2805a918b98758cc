//! Sums of gradients that eligibilities leave, and the update by them (spec 19.2, 19.5).

use spikelet_data::Archive;
use spikelet_kernels::{Level, RowGradient, TILE, TileParameters as ParameterArrays, update_rows};
use spikelet_network::aligned::Aligned;
use spikelet_network::eligibility::EligibilitySums;
use spikelet_network::network::Network;

use super::sums::BatchSums;
use super::{Update, learnt, tile_updates};
use crate::executor::Sequential;
use crate::optim::Moments;

/// Sums of a batch, and those of learnt constants lane by lane.
#[derive(Debug)]
pub(crate) struct OnlineSums {
    pub(crate) batch: BatchSums,
    /// Layer by layer, array by array, `[lane]`.
    constants: Vec<Vec<Aligned>>,
}

impl OnlineSums {
    pub(crate) fn new(network: &Network) -> Self {
        let of_layer = |layer: usize| {
            let lanes = network.layers[layer].layout.lanes;
            network.layers[layer].neuron.learnt.iter().map(|_| Aligned::zeros(lanes)).collect()
        };
        Self { batch: BatchSums::new(network), constants: (0..network.neurons()).map(of_layer).collect() }
    }

    /// Starts with sums of 0.
    pub(crate) fn clear(&mut self, network: &Network) {
        self.batch.clear();
        self.batch.make_room(network);
        self.constants.iter_mut().flatten().for_each(|lanes| lanes.fill(0.0));
    }

    /// Writes or reads every sum.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        for tile in &mut self.batch.tiles {
            archive.array(&mut tile.weights);
            archive.array(&mut tile.bias);
        }
        self.constants.iter_mut().flatten().for_each(|lanes| archive.array(lanes));
    }

    /// Multiplies every sum by a factor.
    pub(crate) fn scale(&mut self, factor: f32) {
        for tile in &mut self.batch.tiles {
            tile.weights.iter_mut().chain(&mut tile.bias).for_each(|sum| *sum *= factor);
        }
        self.constants.iter_mut().flatten().flat_map(|lanes| lanes.iter_mut()).for_each(|sum| *sum *= factor);
    }

    /// Takes the sums of another, of the same network.
    pub(crate) fn copy(&mut self, other: &Self) {
        for (tile, from) in self.batch.tiles.iter_mut().zip(&other.batch.tiles) {
            tile.weights.copy_from_slice(&from.weights);
            tile.bias.copy_from_slice(&from.bias);
        }
        for (lanes, from) in self.constants.iter_mut().flatten().zip(other.constants.iter().flatten()) {
            lanes.copy_from_slice(from);
        }
    }

    /// Moves the parameters by the sums.
    pub(crate) fn update(&mut self, update: &Update, network: &mut Network, moments: &mut Moments) {
        self.fold(network);
        let Update { level, steps, finish } = update;
        if finish.clip.norm.is_finite() {
            self.batch.finish(finish, network, &Sequential);
            return self.batch.apply(*level, steps, network, moments, &Sequential);
        }
        self.apply(*level, update, network, moments);
        learnt::finish(&mut self.batch.learnt, network, &finish.frozen, &finish.clip);
        learnt::apply(&mut self.batch.learnt, *level, steps, network, &mut moments.learnt);
    }

    /// Makes gradients of the sums of each tile and applies them in the same pass.
    fn apply(&mut self, level: Level, update: &Update, network: &mut Network, moments: &mut Moments) {
        let Network { layers, tiles, .. } = network;
        for tile in tile_updates(tiles, moments, &mut self.batch.tiles) {
            let (layer, step) = (&layers[tile.values.layer], &update.steps[tile.values.layer]);
            let lanes = tile.values.lanes;
            if let Some(own) = layer.own_rows() {
                tile.sums.scale_own(own, lanes);
            }
            tile.sums.squared_norm = 0.0;
            for (is_frozen, values, pair, sums, gain) in [
                (
                    step.frozen.weights,
                    &mut tile.values.weights,
                    &mut tile.moments.weights,
                    &tile.sums.weights[..],
                    layer.drive_gain(),
                ),
                (
                    step.frozen.biases,
                    &mut tile.values.biases,
                    &mut tile.moments.biases,
                    &tile.sums.bias[..],
                    layer.neuron.bias_gain(),
                ),
            ] {
                if is_frozen {
                    continue;
                }
                let gradient = RowGradient { gain, silent: &[0.0; TILE][..lanes], clip: update.finish.clip.element };
                let mut arrays = ParameterArrays { values, first: &mut pair.first, second: &mut pair.second };
                tile.sums.squared_norm += update_rows(level, lanes, sums, &gradient, &step.optimizer, &mut arrays);
            }
        }
    }

    /// Sums the constants of lanes that share them.
    fn fold(&mut self, network: &Network) {
        for (layer, arrays) in self.constants.iter().enumerate() {
            let view = network.view(layer);
            for (array, lanes) in arrays.iter().enumerate() {
                let length = network.learnt[layer][array].length;
                let mut sums = vec![0.0f64; length];
                for site in &view.layout.sites {
                    for (lane, &unit) in view.layout.units_of(site) {
                        let place = if length == 1 { 0 } else { view.filter_of(unit as usize) };
                        sums[place] += f64::from(lanes[site.lane + lane]);
                    }
                }
                let to = &mut self.batch.learnt[layer][array].values;
                to.iter_mut().zip(sums).for_each(|(to, sum)| *to = sum as f32);
            }
        }
    }
}

impl EligibilitySums for OnlineSums {
    fn tile(&mut self, number: usize) -> (&mut [f32], &mut [f32]) {
        let tile = &mut self.batch.tiles[number];
        (&mut tile.weights, &mut tile.bias)
    }

    fn constant(&mut self, layer: usize, index: usize) -> &mut [f32] {
        &mut self.constants[layer][index]
    }
}
