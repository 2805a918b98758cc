//! Looking into the network: predictions and gradients without learning, and learning from given gradients.

use std::ops::Range;

use spikelet_kernels::{RowGradient, TILE, TileParameters, update_rows};

use super::Trainer;
use super::update::not_finite;
use crate::Dataset;
use crate::engine::{GROUP, Job, LayerTrace, Prediction, Until, Want};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::memory;
use crate::metrics::Metrics;
use crate::network::{Network, Tile, check, unpack};
use crate::optim;

/// Bytes that the trace of a call may take: a trace is for looking at a few samples.
const MAX_TRACE_BYTES: u64 = 1 << 33;

/// Gradients of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParameterGradients {
    /// `[unit][input]`; in a convolution `[channel][channel below][y][x]`.
    pub weights: Vec<f32>,
    /// `[unit]`, or `[channel]`.
    pub biases: Vec<f32>,
}

/// Loss and gradients of a batch.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// Metrics of the batch.
    pub metrics: Metrics,
    /// Gradients of each spiking layer, after the silent-unit update and clipping.
    pub layers: Vec<ParameterGradients>,
    /// What the network did.
    pub prediction: Prediction,
    /// States and adjoints of each spiking layer, if wanted; the adjoints of a mixture are left at zero.
    pub trace: Option<Vec<LayerTrace>>,
}

impl Trainer {
    /// Runs samples `range` as far as `until` says and returns their decisions and spikes.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a range outside the data, [`crate::ErrorCode::ConfigInvalid`] where there is no memory for
    /// the spikes.
    pub fn predict<E: Executor>(
        &mut self,
        data: &Dataset,
        range: Range<usize>,
        until: Until,
        executor: &E,
    ) -> Result<Prediction> {
        let indices = indices(data, &range)?;
        let mut prediction = Prediction::new(self.network.shapes.len());
        let want = Want { gradients: false, spikes: true, trace: false };
        let job = Job { until, ..Self::job(&self.config, None, &self.sweeps, data, want) };
        for batch in indices.chunks(self.config.training.batch_size as usize) {
            self.engine.run_batch(&mut self.network, &job, batch, executor, |_, slots, _| {
                slots.iter().try_for_each(|slot| prediction.push(slot))
            })?;
        }
        Ok(prediction)
    }

    /// Loss and gradients of samples `range` as one batch; nothing is learned.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for an empty range, one outside the data, or targets that the loss cannot use;
    /// [`crate::ErrorCode::NonFinite`], [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the trace.
    pub fn gradients<E: Executor>(
        &mut self,
        data: &Dataset,
        range: Range<usize>,
        trace: bool,
        executor: &E,
    ) -> Result<Gradients> {
        self.check_targets(data)?;
        let batch = indices(data, &range)?;
        if batch.is_empty() {
            return Err(Error::shape("range", "must have at least 1 sample"));
        }
        let layers = self.network.shapes.len();
        let mut prediction = Prediction::new(layers);
        let mut traces = if trace { Some(self.empty_traces(batch.len())?) } else { None };
        let mut sums = self.empty_sums();
        let want = Want { gradients: true, spikes: true, trace };
        let job = Self::job(&self.config, Some(&self.loss), &self.sweeps, data, want);
        let (level, scratch, step) = (self.engine.level, &mut self.scratch, self.updates + 1);
        self.network.tiles.iter_mut().for_each(Tile::clear_sums);
        self.engine.run_batch(&mut self.network, &job, &batch, executor, |network, slots, _| {
            for slot in slots.iter_mut() {
                if !slot.outcome.is_finite {
                    return Err(not_finite(network, slot, step));
                }
                sums.add(&slot.outcome);
                prediction.push(slot)?;
                if let (Some(traces), Some(sample)) = (&mut traces, slot.trace.take()) {
                    traces.iter_mut().zip(sample).for_each(|(all, one)| all.append(one));
                }
            }
            scratch.take_group(slots, executor);
            let (shapes, slots, scratch) = (&network.shapes, &*slots, &*scratch);
            executor.for_each(&mut network.tiles, |_, tile| scratch.gather_into(level, slots, shapes, tile));
            Ok(())
        })?;
        let layers = (0..layers).map(|layer| self.take_gradients(layer, batch.len())).collect();
        Ok(Gradients { metrics: sums.report(&self.network.shapes), layers, prediction, trace: traces })
    }

    /// Traces of all layers with room for `samples`, where there is also room for those of the samples in flight.
    fn empty_traces(&self, samples: usize) -> Result<Vec<LayerTrace>> {
        let Network { shapes, steps, .. } = &self.network;
        let at_a_time = samples + samples.min(GROUP);
        let bytes = shapes
            .iter()
            .fold(0u64, |sum, shape| sum.saturating_add(LayerTrace::bytes(shape.units, *steps, at_a_time)));
        let what = || format!("the trace of {samples} samples");
        if bytes > MAX_TRACE_BYTES {
            let message =
                format!("{} would take {bytes} bytes, more than {MAX_TRACE_BYTES}: ask for fewer samples", what());
            return Err(Error::config("range", message));
        }
        memory::require(bytes, "range", what)?;
        shapes.iter().map(|shape| LayerTrace::with_room(shape.units, *steps, samples)).collect()
    }

    /// Finishes the sums of a layer and leaves none behind.
    fn take_gradients(&mut self, layer: usize, batch: usize) -> ParameterGradients {
        let shape = self.network.shapes[layer];
        let clip = self.config.training.gradient_clip.map_or(f32::INFINITY, |clip| clip as f32);
        let weight_gain = self.network.drive_gain(layer);
        let bias_gain = self.network.gains.bias as f32;
        let mut out =
            ParameterGradients { weights: vec![0.0; shape.weights()], biases: Vec::with_capacity(shape.filters) };
        let range = self.network.starts[layer]..self.network.starts[layer + 1];
        for tile in &mut self.network.tiles[range] {
            let push = tile.silent_push(&self.silent, &shape, batch);
            let mut sums = std::mem::take(&mut tile.partial);
            for row in sums.chunks_exact_mut(tile.lanes) {
                for (sum, push) in row.iter_mut().zip(push) {
                    *sum = (*sum * weight_gain - push).min(clip).max(-clip);
                }
            }
            unpack(&sums, tile, shape.inputs, &mut out.weights);
            let biases = tile.bias_sum[..tile.units].iter();
            out.biases.extend(biases.map(|sum| (sum * bias_gain).min(clip).max(-clip)));
        }
        out
    }

    /// One step of the optimiser with gradients from elsewhere, taken as they are, at the learning rate of the current epoch.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for wrong lengths, [`crate::ErrorCode::NonFinite`] for values that are not finite, also
    /// for what they make of the parameters.
    pub fn apply_gradients(&mut self, gradients: &[ParameterGradients]) -> Result<()> {
        let layers = self.network.shapes.len();
        if gradients.len() != layers {
            return Err(Error::shape("layers", format!("must have {layers} entries, got {}", gradients.len())));
        }
        for (layer, (shape, given)) in self.network.shapes.iter().zip(gradients).enumerate() {
            check(&format!("layers[{layer}].weights"), &given.weights, shape.weights())?;
            check(&format!("layers[{layer}].biases"), &given.biases, shape.filters)?;
        }
        self.run.initialization = None;
        self.updates += 1;
        let optimizer = optim::step(&self.config.optimizer, self.learning_rate(), self.updates);
        let level = self.engine.level;
        let shape = RowGradient { gain: 1.0, silent: &[0.0; TILE], clip: f32::INFINITY };
        for tile in &mut self.network.tiles {
            let given = &gradients[tile.layer];
            let inputs = self.network.shapes[tile.layer].inputs;
            let mut rows = vec![0.0; (inputs + 1) * tile.lanes];
            for unit in 0..tile.units {
                for input in 0..inputs {
                    rows[input * tile.lanes + unit] = given.weights[(tile.first + unit) * inputs + input];
                }
                rows[inputs * tile.lanes + unit] = given.biases[tile.first + unit];
            }
            let (weights, biases) = rows.split_at(inputs * tile.lanes);
            tile.squared_norm = 0.0;
            for (parameters, sums) in [(&mut tile.weights, weights), (&mut tile.biases, biases)] {
                let mut parameters = TileParameters {
                    values: &mut parameters.values,
                    first: &mut parameters.first,
                    second: &mut parameters.second,
                };
                tile.squared_norm += update_rows(level, tile.lanes, sums, &shape, &optimizer, &mut parameters);
            }
        }
        self.network.restore_live_rows();
        self.network.refresh();
        self.check_update(self.updates)
    }
}

fn indices(data: &Dataset, range: &Range<usize>) -> Result<Vec<u32>> {
    if range.start > range.end || range.end > data.len() {
        return Err(Error::shape(
            "range",
            format!("must lie within 0..{}, got {}..{}", data.len(), range.start, range.end),
        ));
    }
    Ok((range.start as u32..range.end as u32).collect())
}
