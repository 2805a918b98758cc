//! From the sums of a batch to new parameters: the optimiser, tile by tile.

mod clip;
mod entries;
mod finish;
mod learnt;
mod online;
mod step;
mod sums;

use entries::{LayerEntries, sources};
use spikelet_kernels::{Level, RowGradient, TILE, TileParameters as ParameterArrays, update_rows, update_tile};
use spikelet_network::layer::Layer;
use spikelet_network::network::Network;
use spikelet_network::parameters::TileParameters;
use sums::TileSums;

use crate::executor::Executor;
use crate::optim::{Moments, TileMoments};
use crate::sample::SampleResult;

pub(crate) use clip::Clip;
pub(crate) use finish::Finish;
pub(crate) use online::OnlineSums;
pub(crate) use step::LayerStep;
pub(crate) use sums::BatchSums;

/// The update of every tile.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    pub(crate) level: Level,
    pub(crate) steps: Vec<LayerStep>,
    pub(crate) finish: Finish,
}

impl BatchSums {
    /// Adds the last group and updates every tile in the same pass.
    pub(crate) fn update<E: Executor>(
        &mut self,
        update: &Update,
        network: &mut Network,
        moments: &mut Moments,
        results: &[SampleResult],
        executor: &E,
    ) {
        if update.finish.clip.norm.is_finite() {
            self.gather(update.level, network, results, executor);
            self.finish(&update.finish, network, executor);
            return self.apply(update.level, &update.steps, network, moments, executor);
        }
        self.list(results, executor);
        learnt::add(&mut self.learnt, results);
        let Self { tiles, entries, .. } = self;
        let Network { layers, tiles: parameters, rounding, .. } = network;
        let mut work = tile_updates(parameters, moments, tiles);
        let (layers, entries) = (&*layers, &*entries);
        executor.for_each(&mut work, |index, tile| {
            let TileParameters { layer, number, .. } = *tile.values;
            let delays = layers[layer].connection.delay_steps(number);
            let rounded = rounding.as_ref().map(|rounding| &rounding.tiles[index].weights[..]);
            tile.finish(update, &layers[layer], (delays, rounded), entries[layer].as_ref(), results);
        });
        self.collect_delays(network);
        let Finish { frozen, clip, .. } = &update.finish;
        learnt::finish(&mut self.learnt, network, frozen, clip);
        learnt::apply(&mut self.learnt, update.level, &update.steps, network, &mut moments.learnt);
    }

    /// Brings the gradients of delays from the tiles to the other arrays that layers learn.
    fn collect_delays(&mut self, network: &Network) {
        for (tile, sums) in network.tiles.iter().zip(&self.tiles).filter(|(_, sums)| !sums.delays.is_empty()) {
            let array = self.learnt[tile.layer].last_mut().expect("delays are learnt");
            tile.unpack(&sums.delays, network.shapes[tile.layer].inputs, &mut array.values);
        }
    }

    /// Updates everything by gradients that stand in the place of the sums; `steps` by layer.
    pub(crate) fn apply<E: Executor>(
        &mut self,
        level: Level,
        steps: &[LayerStep],
        network: &mut Network,
        moments: &mut Moments,
        executor: &E,
    ) {
        learnt::apply(&mut self.learnt, level, steps, network, &mut moments.learnt);
        let mut work = tile_updates(&mut network.tiles, moments, &mut self.tiles);
        executor.for_each(&mut work, |_, tile| tile.apply(level, &steps[tile.values.layer]));
    }
}

/// A tile that is updated.
struct TileUpdate<'a> {
    values: &'a mut TileParameters,
    moments: &'a mut TileMoments,
    sums: &'a mut TileSums,
}

fn tile_updates<'a>(
    values: &'a mut [TileParameters],
    moments: &'a mut Moments,
    sums: &'a mut [TileSums],
) -> Vec<TileUpdate<'a>> {
    let parts = values.iter_mut().zip(&mut moments.tiles).zip(sums);
    parts.map(|((values, moments), sums)| TileUpdate { values, moments, sums }).collect()
}

impl TileUpdate<'_> {
    /// Applies gradients that stand in the place of the sums. Σ g² stays, but for what is not finite.
    fn apply(&mut self, level: Level, step: &LayerStep) {
        let Self { values: tile, moments, sums } = self;
        let gradient = RowGradient { gain: 1.0, silent: &[0.0; TILE][..tile.lanes], clip: f32::INFINITY };
        for (is_frozen, values, pair, rows) in [
            (step.frozen.weights, &mut tile.weights, &mut moments.weights, &sums.weights[..]),
            (step.frozen.biases, &mut tile.biases, &mut moments.biases, &sums.bias[..]),
        ] {
            if is_frozen {
                continue;
            }
            let mut arrays = ParameterArrays { values, first: &mut pair.first, second: &mut pair.second };
            let norm = update_rows(level, tile.lanes, rows, &gradient, &step.optimizer, &mut arrays);
            sums.squared_norm += norm * 0.0;
        }
    }

    fn finish(
        &mut self,
        update: &Update,
        layer: &Layer,
        (delays, rounded): (&[u16], Option<&[f32]>),
        entries: Option<&LayerEntries>,
        results: &[SampleResult],
    ) {
        let Self { values: tile, moments, sums } = self;
        let (shape, neuron, drive_gain) = (&layer.shape, &layer.neuron, layer.drive_gain());
        sums.add_samples(tile, results);
        if entries.is_none() {
            sums.add_all(tile, shape, delays, results);
            sums.finish_delays(rounded.unwrap_or(&tile.weights), drive_gain);
        }
        let Finish { silent, batch, clip, .. } = &update.finish;
        let LayerStep { optimizer, frozen, .. } = &update.steps[tile.layer];
        let silent = sums.silent_unit_update(silent, tile.units, layer, *batch);
        let gradient = RowGradient { gain: drive_gain, silent: &silent[..tile.lanes], clip: clip.element };
        let lanes = tile.lanes;
        let sources = entries.map(|_| sources(results, tile.layer, tile.first, lanes)).unwrap_or_default();
        let own = layer.own_rows();
        let mut gathers = entries.map(|entries| entries.gathers(&sources[..results.len()]));
        // Events with values are summed before the update, which alone then knows no values.
        let is_weighted = entries.is_some_and(LayerEntries::is_weighted);
        let joins = own.is_none() && !is_weighted;
        let last = gathers.as_mut().filter(|_| joins).and_then(DoubleEndedIterator::next_back);
        if !frozen.weights {
            gathers.into_iter().flatten().for_each(|gather| sums.add_block(update.level, tile, shape, &gather));
        }
        if let Some(own) = own {
            sums.scale_own(own, lanes);
        }
        let pair = &mut moments.weights;
        let mut arrays =
            ParameterArrays { values: &mut tile.weights, first: &mut pair.first, second: &mut pair.second };
        let live = &mut moments.live;
        if last.is_some() || is_weighted {
            live.iter_mut().zip(&sums.touched).for_each(|(live, touched)| *live |= touched);
        }
        let norm = match last {
            _ if frozen.weights => 0.0,
            Some(gather) => {
                update_tile(update.level, &gather, lanes, &sums.weights, &gradient, optimizer, &mut arrays, live)
            }
            None => update_rows(update.level, lanes, &sums.weights, &gradient, optimizer, &mut arrays),
        };
        if frozen.biases {
            sums.squared_norm = norm;
            return;
        }
        let gradient = RowGradient { gain: neuron.bias_gain(), silent: &[0.0; TILE][..tile.lanes], clip: clip.element };
        let pair = &mut moments.biases;
        let mut arrays = ParameterArrays { values: &mut tile.biases, first: &mut pair.first, second: &mut pair.second };
        let bias_norm = update_rows(update.level, tile.lanes, &sums.bias, &gradient, optimizer, &mut arrays);
        sums.squared_norm = norm + bias_norm;
    }
}
