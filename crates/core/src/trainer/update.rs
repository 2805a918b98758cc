//! One batch: forward and backward of its samples, then the update of every tile.

use spikelet_kernels::{
    Gather, Level, Optimizer, RowGradient, TILE, TileParameters, gather_tile, update_rows, update_tile,
};

use super::Trainer;
use crate::Dataset;
use crate::engine::{GROUP, Slot, Want};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::metrics::MetricSums;
use crate::network::{LayerShape, Network, Tile};
use crate::optim;
use crate::rule::SilentPush;

/// Memory for the sums of a batch.
#[derive(Debug, Default)]
pub(super) struct BatchScratch {
    layers: Vec<LayerScratch>,
}

#[derive(Debug)]
struct LayerScratch {
    /// Start of each input in `entries`.
    offsets: Vec<u32>,
    /// `sample << 16 | row`.
    entries: Vec<u32>,
}

impl BatchScratch {
    pub(super) fn new(network: &Network) -> Self {
        let layers = network
            .shapes
            .iter()
            .map(|shape| LayerScratch { offsets: vec![0; shape.inputs + 1], entries: Vec::new() })
            .collect();
        Self { layers }
    }

    /// Lists the spikes of a group by input.
    pub(super) fn take_group<E: Executor>(&mut self, slots: &[Slot], executor: &E) {
        executor.for_each(&mut self.layers, |index, layer| layer.list_entries(index, slots));
    }

    /// Adds the group's sums of the weight gradient to `tile.partial`.
    pub(super) fn gather_into(&self, level: Level, slots: &[Slot], shapes: &[LayerShape], tile: &mut Tile) {
        let layer = &self.layers[tile.layer];
        tile.add_samples(slots);
        if tile.partial.is_empty() {
            tile.partial.resize(shapes[tile.layer].inputs * tile.lanes);
        }
        if shapes[tile.layer].is_shared() {
            return tile.add_shared(slots);
        }
        let sources = sources(slots, tile);
        let gather = layer.gather(&sources[..slots.len()]);
        gather_tile(level, &gather, tile.lanes, &mut tile.partial, &mut tile.live);
    }
}

impl Tile {
    /// Adds what a group's samples sum to: Σ p, and how often each unit stayed silent.
    pub(super) fn add_samples(&mut self, slots: &[Slot]) {
        for slot in slots {
            let sample = &slot.layers[self.layer];
            let p = &sample.bias[self.first..self.first + self.lanes];
            self.bias_sum.iter_mut().zip(p).for_each(|(sum, p)| *sum += p);
            if sample.fired.is_empty() {
                let silent = &sample.silent_places[self.first..self.first + self.units];
                self.silent.iter_mut().zip(silent).for_each(|(sum, places)| *sum += places);
                continue;
            }
            let fired = sample.fired[self.first / TILE];
            self.silent.iter_mut().enumerate().for_each(|(lane, count)| *count += (!fired >> lane & 1) as u32);
        }
    }

    /// What the silent-unit update subtracts from the gradients of each lane: `strength / inputs · f_j` (spec 5.6). f is a share of
    /// the samples, in a convolution of samples and places.
    pub(super) fn silent_push(&self, update: &SilentPush, shape: &LayerShape, batch: usize) -> [f32; TILE] {
        let mut push = [0.0; TILE];
        let strength = if shape.is_shared() { update.convolutions } else { update.dense };
        if strength != 0.0 {
            let trials = batch * (shape.units / shape.filters);
            for (push, &count) in push.iter_mut().zip(&self.silent[..self.units]) {
                *push = (strength / shape.inputs as f64 * f64::from(count) / trials as f64) as f32;
            }
        }
        push
    }

    /// Adds a group's gradients of a convolution to `partial`.
    fn add_shared(&mut self, slots: &[Slot]) {
        let start = self.first * (self.partial.len() / self.lanes);
        for slot in slots {
            let sample = &slot.layers[self.layer].shared_weights[start..];
            self.partial.iter_mut().zip(sample).for_each(|(sum, value)| *sum += value);
        }
    }

    /// Forgets the sums of a batch, also of one that failed.
    pub(super) fn clear_sums(&mut self) {
        self.partial.clear();
        self.bias_sum.fill(0.0);
        self.silent.fill(0);
    }
}

impl LayerScratch {
    fn list_entries(&mut self, index: usize, slots: &[Slot]) {
        self.offsets.fill(0);
        for slot in slots {
            for &(unit, _) in &slot.layers[index].inputs {
                self.offsets[unit as usize + 1] += 1;
            }
        }
        for input in 1..self.offsets.len() {
            self.offsets[input] += self.offsets[input - 1];
        }
        self.entries.resize(self.offsets[self.offsets.len() - 1] as usize, 0);
        // Filling moves each start to its end, which is the start of the next input.
        for (sample, slot) in slots.iter().enumerate() {
            for &(unit, row) in &slot.layers[index].inputs {
                let at = &mut self.offsets[unit as usize];
                self.entries[*at as usize] = (sample as u32) << 16 | row;
                *at += 1;
            }
        }
        self.offsets.rotate_right(1);
        self.offsets[0] = 0;
    }

    fn gather<'a>(&'a self, sources: &'a [&'a [f32]]) -> Gather<'a> {
        Gather { offsets: &self.offsets, entries: &self.entries, sources }
    }
}

/// The tile's q rows of each sample.
fn sources<'a>(slots: &'a [Slot], tile: &Tile) -> [&'a [f32]; GROUP] {
    let mut sources: [&[f32]; GROUP] = [&[]; GROUP];
    for (source, slot) in sources.iter_mut().zip(slots) {
        let layer = &slot.layers[tile.layer];
        *source = &layer.q[tile.first * layer.rows..(tile.first + tile.lanes) * layer.rows];
    }
    sources
}

/// What an update applies to every tile.
struct Update<'a> {
    level: Level,
    shapes: &'a [LayerShape],
    scratch: &'a BatchScratch,
    slots: &'a [Slot],
    optimizer: Optimizer,
    silent: SilentPush,
    batch: usize,
    weight_gains: &'a [f32],
    bias_gain: f32,
    clip: f32,
}

impl Update<'_> {
    fn apply(&self, tile: &mut Tile) {
        let layer = &self.scratch.layers[tile.layer];
        let shape = &self.shapes[tile.layer];
        if shape.is_shared() {
            self.scratch.gather_into(self.level, self.slots, self.shapes, tile);
        } else {
            tile.add_samples(self.slots);
        }
        let silent = tile.silent_push(&self.silent, shape, self.batch);
        let gradient =
            RowGradient { gain: self.weight_gains[tile.layer], silent: &silent[..tile.lanes], clip: self.clip };
        let norm = if shape.is_shared() {
            self.apply_shared(tile, &gradient)
        } else {
            self.apply_dense(tile, layer, &gradient)
        };
        let bias_shape = RowGradient { gain: self.bias_gain, silent: &[0.0; TILE][..tile.lanes], clip: self.clip };
        let biases = &mut tile.biases;
        let bias_norm = update_rows(
            self.level,
            tile.lanes,
            &tile.bias_sum,
            &bias_shape,
            &self.optimizer,
            &mut TileParameters { values: &mut biases.values, first: &mut biases.first, second: &mut biases.second },
        );
        tile.squared_norm = norm + bias_norm;
    }

    /// Gathers the last group and updates in the same pass.
    fn apply_dense(&self, tile: &mut Tile, layer: &LayerScratch, gradient: &RowGradient<'_>) -> f32 {
        let sources = sources(self.slots, tile);
        let gather = layer.gather(&sources[..self.slots.len()]);
        let weights = &mut tile.weights;
        update_tile(
            self.level,
            &gather,
            tile.lanes,
            &tile.partial,
            gradient,
            &self.optimizer,
            &mut TileParameters { values: &mut weights.values, first: &mut weights.first, second: &mut weights.second },
            &mut tile.live,
        )
    }

    /// The sums are complete.
    fn apply_shared(&self, tile: &mut Tile, gradient: &RowGradient<'_>) -> f32 {
        let weights = &mut tile.weights;
        update_rows(
            self.level,
            tile.lanes,
            &tile.partial,
            gradient,
            &self.optimizer,
            &mut TileParameters { values: &mut weights.values, first: &mut weights.first, second: &mut weights.second },
        )
    }
}

/// A batch from its first group to its update.
pub(super) struct Learning<'a> {
    pub(super) scratch: &'a mut BatchScratch,
    pub(super) sums: &'a mut MetricSums,
    level: Level,
    optimizer: Optimizer,
    silent: SilentPush,
    clip: f32,
    /// Number of this update, from 1.
    step: u64,
    /// Samples of the batch.
    batch: usize,
    loss: f64,
}

impl Learning<'_> {
    /// Adds a group to the sums, and updates every tile with the last one.
    pub(super) fn take_group<E: Executor>(
        &mut self,
        network: &mut Network,
        slots: &[Slot],
        is_last: bool,
        executor: &E,
    ) -> Result<()> {
        if let Some(slot) = slots.iter().find(|slot| !slot.outcome.is_finite) {
            return Err(not_finite(network, slot, self.step));
        }
        for slot in slots {
            self.loss += slot.outcome.loss.total();
            self.sums.add(&slot.outcome);
        }
        self.scratch.take_group(slots, executor);
        let (level, shapes, scratch) = (self.level, &network.shapes, &*self.scratch);
        if !is_last {
            executor.for_each(&mut network.tiles, |_, tile| scratch.gather_into(level, slots, shapes, tile));
            return Ok(());
        }
        let weight_gains: Vec<f32> = (0..shapes.len()).map(|layer| network.drive_gain(layer)).collect();
        let update = Update {
            level,
            shapes,
            scratch,
            slots,
            optimizer: self.optimizer,
            silent: self.silent,
            batch: self.batch,
            weight_gains: &weight_gains,
            bias_gain: network.gains.bias as f32,
            clip: self.clip,
        };
        executor.for_each(&mut network.tiles, |_, tile| update.apply(tile));
        Ok(())
    }
}

impl Trainer {
    /// Learns one batch of samples and returns its mean loss.
    pub(super) fn learn<E: Executor>(
        &mut self,
        data: &Dataset,
        batch: &[u32],
        rate: f64,
        sums: &mut MetricSums,
        executor: &E,
    ) -> Result<f64> {
        self.learn_groups(batch.len(), rate, sums, |trainer, learning| {
            let Trainer { config, loss, sweeps, engine, network, run, .. } = trainer;
            let job = Self::learning_job(config, loss, sweeps, data, run.epoch);
            engine.run_batch(network, &job, batch, executor, |network, slots, is_last| {
                learning.take_group(network, slots, is_last, executor)
            })
        })
    }

    /// One update from groups that `run` hands over, from its own samples or from elsewhere.
    pub(super) fn learn_groups(
        &mut self,
        batch: usize,
        rate: f64,
        sums: &mut MetricSums,
        run: impl FnOnce(&mut Self, &mut Learning<'_>) -> Result<()>,
    ) -> Result<f64> {
        let step = self.updates + 1;
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut learning = Learning {
            scratch: &mut scratch,
            sums,
            level: self.engine.level,
            optimizer: optim::step(&self.config.optimizer, rate, step),
            silent: self.silent,
            clip: self.config.training.gradient_clip.map_or(f32::INFINITY, |clip| clip as f32),
            step,
            batch,
            loss: 0.0,
        };
        self.network.tiles.iter_mut().for_each(Tile::clear_sums);
        let ran = run(self, &mut learning);
        let loss = learning.loss;
        self.scratch = scratch;
        ran?;
        self.updates = step;
        let squares = self.network.tiles.iter().fold(0.0, |sum, tile| sum + f64::from(tile.squared_norm));
        sums.add_norm(squares.sqrt());
        self.network.refresh();
        self.check_update(step)?;
        Ok(loss / batch as f64)
    }

    /// Whether what every tile left behind is finite.
    pub(super) fn check_update(&self, step: u64) -> Result<()> {
        let Some(tile) = self.network.tiles.iter().find(|tile| !tile.squared_norm.is_finite()) else { return Ok(()) };
        let message = format!("its gradient or its parameters are not finite at step {step}");
        Err(Error::non_finite(format!("layers[{}]", tile.layer), message))
    }
}

/// What learning wants of a sample.
pub(super) const LEARNING: Want = Want { gradients: true, spikes: false, trace: false };

/// Names the topmost layer whose adjoints are not finite.
pub(super) fn not_finite(network: &Network, slot: &Slot, step: u64) -> Error {
    let layer = (0..network.shapes.len()).rev().find(|&layer| slot.layers[layer].bias.iter().any(|p| !p.is_finite()));
    match layer {
        Some(layer) => {
            Error::non_finite(format!("layers[{layer}]"), format!("its gradient is not finite at step {step}"))
        }
        None => Error::non_finite("loss", format!("is not finite at step {step}")),
    }
}
