//! Sums over the results of a batch's samples, in the order of samples.

use spikelet_kernels::{Gather, Level, TILE, gather_delayed, gather_tile};
use spikelet_network::aligned::Aligned;
use spikelet_network::gradient::{ConnectionParameters, GradientForm, LayerParameters};
use spikelet_network::layer::{Layer, OwnRows};
use spikelet_network::network::Network;
use spikelet_network::parameters::{Kind, TileParameters};
use spikelet_network::shape::LayerShape;

use super::entries::{LayerEntries, sources};
use super::learnt::{self, LearntSums};
use crate::executor::Executor;
use crate::rule::SilentUpdate;
use crate::sample::SampleResult;

/// Sums of a batch.
#[derive(Debug)]
pub(crate) struct BatchSums {
    pub(crate) tiles: Vec<TileSums>,
    /// By layer; `None` where samples leave sums, or where connections have delays.
    pub(super) entries: Vec<Option<LayerEntries>>,
    /// By layer, of learnt constants and delays.
    pub(crate) learnt: Vec<Vec<LearntSums>>,
}

/// Sums of a tile.
#[derive(Debug)]
pub(crate) struct TileSums {
    /// Sums of the groups of a batch so far, `[input][lane]`; empty between batches of one group.
    pub(crate) weights: Aligned,
    /// Σ r of connections that learn their delays, then their gradients dL/dd, `[input][lane]`; empty where nothing has come.
    pub(crate) delays: Aligned,
    /// Rows of `weights` that changed.
    pub(super) touched: Vec<bool>,
    /// Σ p of the batch so far, `[lane]`.
    pub(crate) bias: Vec<f32>,
    /// Samples of the batch so far in which a unit stayed silent, `[lane]`.
    silent: Vec<u32>,
    /// Σ g² of the last update; not a number where the update left something that is not finite.
    pub(crate) squared_norm: f32,
}

impl BatchSums {
    pub(crate) fn new(network: &Network) -> Self {
        let tiles = network.tiles.iter().map(|tile| TileSums {
            weights: Aligned::default(),
            delays: Aligned::default(),
            touched: Vec::new(),
            bias: vec![0.0; tile.lanes],
            silent: vec![0; tile.lanes],
            squared_norm: 0.0,
        });
        let entries = network.layers.iter().map(|layer| match layer.connection.gradient() {
            GradientForm::Rows => Some(LayerEntries::new(layer.shape.inputs)),
            GradientForm::Steps { .. } | GradientForm::Sums => None,
        });
        let learnt = network.learnt.iter().map(|arrays| arrays.iter().map(LearntSums::new).collect());
        Self { tiles: tiles.collect(), entries: entries.collect(), learnt: learnt.collect() }
    }

    /// Forgets the sums of a batch, also of one that failed.
    pub(crate) fn clear(&mut self) {
        for tile in &mut self.tiles {
            tile.weights.clear();
            tile.delays.clear();
            tile.touched.clear();
            tile.bias.fill(0.0);
            tile.silent.fill(0);
        }
        self.learnt.iter_mut().flatten().for_each(|sums| sums.values.fill(0.0));
    }

    /// Lists the input spikes of a group by input.
    pub(super) fn list<E: Executor>(&mut self, results: &[SampleResult], executor: &E) {
        let layers = self.entries.iter_mut().enumerate();
        let entries = layers.filter_map(|(layer, entries)| Some((layer, entries.as_mut()?)));
        let mut blocks: Vec<_> = entries
            .flat_map(|(layer, entries)| entries.cut(layer, results).iter_mut().map(move |block| (layer, block)))
            .collect();
        executor.for_each(&mut blocks, |_, (layer, block)| block.list(*layer, results));
    }

    /// Adds a group to the sums.
    pub(crate) fn gather<E: Executor>(
        &mut self,
        level: Level,
        network: &Network,
        results: &[SampleResult],
        executor: &E,
    ) {
        self.list(results, executor);
        learnt::add(&mut self.learnt, results);
        let Self { tiles, entries, .. } = self;
        let mut work: Vec<_> = network.tiles.iter().zip(tiles).collect();
        let (shapes, entries) = (&network.shapes, &*entries);
        executor.for_each(&mut work, |_, (tile, sums)| {
            sums.add_samples(tile, results);
            let delays = network.delay_steps(tile);
            sums.add_group(level, tile, &shapes[tile.layer], delays, entries[tile.layer].as_ref(), results);
        });
    }

    /// Makes room for gradients of all weights.
    pub(super) fn make_room(&mut self, network: &Network) {
        for (tile, sums) in network.tiles.iter().zip(&mut self.tiles) {
            sums.make_room(tile, &network.shapes[tile.layer]);
        }
    }

    /// Puts gradients of each layer in the place of the sums.
    pub(crate) fn put(&mut self, network: &Network, given: &[LayerParameters]) {
        let nothing = ConnectionParameters { weights: &[], biases: &[], learnt: &[] };
        let mut parts = vec![nothing; network.layers.len()];
        for (layer, given) in given.iter().enumerate() {
            let connections = network.connections(layer).into_iter().zip(given.by_connection());
            connections.for_each(|(connection, part)| parts[connection] = part);
        }
        for (tile, sums) in network.tiles.iter().zip(&mut self.tiles) {
            let shape = &network.shapes[tile.layer];
            sums.make_room(tile, shape);
            let ConnectionParameters { weights, biases, .. } = parts[tile.layer];
            tile.pack(weights, Kind::Weights.inputs(shape), &mut sums.weights);
            if !biases.is_empty() {
                tile.pack(biases, Kind::Biases.inputs(shape), &mut sums.bias);
            }
            sums.squared_norm = 0.0;
        }
        for (sums, given) in self.learnt.iter_mut().zip(parts) {
            sums.iter_mut().zip(given.learnt).for_each(|(sums, given)| sums.put(&given.values));
        }
    }

    /// The layer whose last update left something that is not finite.
    pub(crate) fn broken_layer(&self, network: &Network) -> Option<usize> {
        self.layer_with(network, |squared_norm| !squared_norm.is_finite())
    }

    /// The layer whose gradients, in the place of the sums, are not finite or too large for a bound of their norm.
    pub(crate) fn undefined_layer(&self, network: &Network) -> Option<usize> {
        self.layer_with(network, f32::is_nan)
    }

    #[inline(never)]
    fn layer_with(&self, network: &Network, is_such: fn(f32) -> bool) -> Option<usize> {
        let tiles = network.tiles.iter().zip(&self.tiles);
        let of_tiles = tiles.filter(|(_, sums)| is_such(sums.squared_norm)).map(|(tile, _)| tile.layer).next();
        let of_learnt = |sums: &Vec<LearntSums>| sums.iter().any(|sums| is_such(sums.squared_norm));
        let connection = of_tiles.or_else(|| self.learnt.iter().position(of_learnt));
        connection.map(|connection| network.layer_of(connection))
    }

    /// Σ g² of the last update.
    pub(crate) fn squared_norm(&self) -> f64 {
        let tiles = self.tiles.iter().map(|tile| tile.squared_norm);
        let learnt = self.learnt.iter().flatten().map(|sums| sums.squared_norm);
        tiles.chain(learnt).fold(0.0, |sum, squared| sum + f64::from(squared))
    }
}

/// Adds what each connection of an input takes of q, and of r where there are sums for it.
#[inline(never)]
fn add_delayed(delays: &[u16], t: usize, [q, r]: [&[f32]; 2], [weights, moves]: [&mut [f32]; 2]) {
    if moves.is_empty() {
        gather_delayed(delays, t, [q], [weights]);
    } else {
        gather_delayed(delays, t, [q, r], [weights, moves]);
    }
}

impl TileSums {
    /// Adds what a group's samples sum to: Σ p, and how often each unit stayed silent.
    pub(super) fn add_samples(&mut self, tile: &TileParameters, results: &[SampleResult]) {
        for result in results {
            let sample = &result.layers[tile.layer];
            let p = &sample.bias[tile.first..tile.first + tile.lanes];
            self.bias.iter_mut().zip(p).for_each(|(sum, p)| *sum += p);
            sample.add_silent(tile.first, tile.units, &mut self.silent);
        }
    }

    /// Adds a group's gradients of the weights.
    fn add_group(
        &mut self,
        level: Level,
        tile: &TileParameters,
        shape: &LayerShape,
        delays: &[u16],
        entries: Option<&LayerEntries>,
        results: &[SampleResult],
    ) {
        match entries {
            Some(entries) => {
                let sources = sources(results, tile.layer, tile.first, tile.lanes);
                for gather in entries.gathers(&sources[..results.len()]) {
                    self.add_block(level, tile, shape, &gather);
                }
            }
            None => self.add_all(tile, shape, delays, results),
        }
    }

    /// Adds the gradients of the weights of a block.
    pub(super) fn add_block(&mut self, level: Level, tile: &TileParameters, shape: &LayerShape, gather: &Gather<'_>) {
        self.make_room(tile, shape);
        gather_tile(level, gather, tile.lanes, &mut self.weights, &mut self.touched);
    }

    /// Adds a group's gradients of the weights of a layer whose input spikes are not listed; `delays` are those of its
    /// connections.
    pub(super) fn add_all(
        &mut self,
        tile: &TileParameters,
        shape: &LayerShape,
        delays: &[u16],
        results: &[SampleResult],
    ) {
        self.make_room(tile, shape);
        if delays.is_empty() { self.add_sums(tile, shape, results) } else { self.add_delayed(tile, delays, results) }
    }

    /// Adds what each connection takes of q and r, spike by spike.
    fn add_delayed(&mut self, tile: &TileParameters, delays: &[u16], results: &[SampleResult]) {
        for result in results {
            let rows = &result.layers[tile.layer].rows;
            let count = rows.inputs.count();
            let of_tile = tile.first * count..(tile.first + tile.lanes) * count;
            let (q, r) = (&rows.q[of_tile.clone()], rows.r.get(of_tile).unwrap_or_default());
            if !r.is_empty() {
                self.delays.resize(self.weights.len());
            }
            let inputs = rows.inputs.rows().enumerate().flat_map(|(t, units)| units.iter().map(move |&unit| (t, unit)));
            for (place, (t, input)) in inputs.enumerate() {
                let row = input as usize * tile.lanes..(input as usize + 1) * tile.lanes;
                let (steps, weights) = (&delays[row.clone()], &mut self.weights[row.clone()]);
                let moves = self.delays.get_mut(row).filter(|_| !r.is_empty()).unwrap_or_default();
                match rows.inputs.values.get(place) {
                    None => add_delayed(steps, t, [q, r], [weights, moves]),
                    Some(&value) => {
                        let mut gathered = [[0.0; TILE]; 2];
                        let [of_weights, of_moves] = &mut gathered;
                        add_delayed(steps, t, [q, r], [of_weights, &mut of_moves[..moves.len()]]);
                        for (sums, gathered) in [weights, moves].into_iter().zip(gathered) {
                            sums.iter_mut().zip(gathered).for_each(|(sum, gathered)| *sum += value * gathered);
                        }
                    }
                }
            }
        }
    }

    /// Makes dL/dd = γ/2 W Σ r of the sums of delays, with the weights that passes read, before these move.
    pub(super) fn finish_delays(&mut self, weights: &[f32], gain: f32) {
        self.delays.iter_mut().zip(weights).for_each(|(sum, weight)| *sum *= gain / 2.0 * weight);
    }

    /// Scales what weights of a layer's own spikes get.
    pub(super) fn scale_own(&mut self, own: OwnRows, lanes: usize) {
        own.scale(lanes, &mut self.weights);
        own.scale(lanes, &mut self.delays);
    }

    fn add_sums(&mut self, tile: &TileParameters, shape: &LayerShape, results: &[SampleResult]) {
        let start = tile.first * shape.inputs;
        for result in results {
            let sample = &result.layers[tile.layer].sums.weights[start..];
            self.weights.iter_mut().zip(sample).for_each(|(sum, value)| *sum += value);
        }
    }

    fn make_room(&mut self, tile: &TileParameters, shape: &LayerShape) {
        if self.weights.is_empty() {
            self.weights.resize(shape.inputs * tile.lanes);
            self.touched.resize(shape.inputs, false);
        }
    }

    /// What the silent-unit update subtracts from the gradients of each lane: `strength / inputs · f_j` (spec 5.6). f is a
    /// fraction of the samples, in a convolution of samples and places.
    pub(crate) fn silent_unit_update(
        &self,
        update: &SilentUpdate,
        units: usize,
        layer: &Layer,
        batch: usize,
    ) -> [f32; TILE] {
        let mut subtracted = [0.0; TILE];
        let strength = update.strength(&layer.shape);
        if strength != 0.0 {
            let trials = batch * layer.shape.image.map_or(1, |image| image.places());
            for (subtracted, &count) in subtracted.iter_mut().zip(&self.silent[..units]) {
                *subtracted = (strength / layer.fan_in as f64 * f64::from(count) / trials as f64) as f32;
            }
        }
        subtracted
    }
}
