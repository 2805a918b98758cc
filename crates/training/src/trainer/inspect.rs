//! Looking into the network: predictions and gradients, without learning.

use std::ops::Range;

use spikelet_config::{EndSimulation, Error, Result};
use spikelet_data::{Dataset, memory};
use spikelet_network::gradient::{InputParameters, LayerParameters};

use super::Trainer;
use super::learn::not_finite;
use crate::executor::Executor;
use crate::loss::OutsideGradient;
use crate::metrics::Metrics;
use crate::pass::{GROUP, Job, Until, Want};
use crate::sample::Prediction;
use crate::trace::LayerTrace;
use crate::update::BatchSums;

/// Bytes that the trace of a call may take: a trace is for a few samples.
const MAX_TRACE_BYTES: u64 = 1 << 33;

/// Loss and gradients of a batch.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// Metrics of the batch.
    pub metrics: Metrics,
    /// Gradients of each spiking layer, after the silent-unit update and clipping.
    pub layers: Vec<LayerParameters>,
    /// Decisions and spikes.
    pub prediction: Prediction,
    /// States and adjoints of each spiking layer, if requested; the adjoints of a mixture are left at zero.
    pub trace: Option<Vec<LayerTrace>>,
}

impl Trainer {
    /// Runs the samples `range` until `until` and returns their decisions and spikes.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a range outside the data, [`crate::ErrorCode::ConfigInvalid`] where there is no
    /// memory for the spikes, and for an early decision of a readout.
    pub fn predict<E: Executor>(
        &mut self,
        data: &Dataset,
        range: Range<usize>,
        until: Until,
        executor: &E,
    ) -> Result<Prediction> {
        self.check_until(until)?;
        let indices = indices(data, &range)?;
        let ends = (until, self.config.loss.end_simulation());
        self.predicting(|trainer| trainer.predict_with(data, &indices, ends, executor))
    }

    fn predict_with<E: Executor>(
        &mut self,
        data: &Dataset,
        indices: &[u32],
        (until, end_simulation): (Until, EndSimulation),
        executor: &E,
    ) -> Result<Prediction> {
        let outputs = self.network.outputs();
        let mut prediction = Prediction::new(self.network.spiking());
        prediction.reserve(indices.len(), outputs)?;
        let want = Want { gradients: false, spikes: true, trace: false };
        let job = Job { until, end_simulation, ..Self::job(&self.config, None, &self.passes, data, want) };
        for batch in indices.chunks(self.config.training.batch_size as usize) {
            self.engine.run_batch(&mut self.network, &job, batch, executor, |_, results, _| {
                results.iter().try_for_each(|result| prediction.push(result, outputs, &self.loss))
            })?;
        }
        Ok(prediction)
    }

    /// Decisions and spikes of samples `range`, each over all steps, by the parameters that learn: what a gradient from outside is
    /// worked out from.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a range outside the data, [`crate::ErrorCode::ConfigInvalid`] where there is no
    /// memory for the spikes.
    pub fn outputs<E: Executor>(&mut self, data: &Dataset, range: Range<usize>, executor: &E) -> Result<Prediction> {
        let indices = indices(data, &range)?;
        self.predict_with(data, &indices, (Until::End, EndSimulation::Off), executor)
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
        self.gradients_by(data, range, trace, None, executor)
    }

    /// Gradients as those of [`Trainer::gradients`], by a gradient from outside where there is one. Then each sample runs all steps, targets are not asked
    /// for, and the loss is that of the regularisers.
    ///
    /// # Errors
    /// The errors of [`Trainer::gradients`], and [`crate::ErrorCode::ShapeMismatch`] with the path `spikes` or `times` for an array of
    /// another length.
    pub fn gradients_by<E: Executor>(
        &mut self,
        data: &Dataset,
        range: Range<usize>,
        trace: bool,
        outside: Option<&OutsideGradient>,
        executor: &E,
    ) -> Result<Gradients> {
        match outside {
            Some(outside) => outside.check(range.len(), self.network.steps * self.network.outputs())?,
            None => self.check_targets(data)?,
        }
        let batch = indices(data, &range)?;
        if batch.is_empty() {
            return Err(Error::shape("range", "must have at least 1 sample"));
        }
        let layers = self.network.neurons();
        let outputs = self.network.outputs();
        let mut prediction = Prediction::new(self.network.spiking());
        prediction.reserve(batch.len(), outputs)?;
        let mut traces = if trace { Some(self.empty_traces(batch.len())?) } else { None };
        let mut sums = self.empty_sums();
        let want = Want { gradients: true, spikes: true, trace };
        let mut batch_sums = self.take_sums();
        let mut job = Self::job(&self.config, Some(&self.loss), &self.passes, data, want);
        if let Some(outside) = outside {
            job.outside = Some((outside, range.start as u32));
            job.end_simulation = EndSimulation::Off;
        }
        let (level, step) = (self.engine.level, self.updates + 1);
        let ran = self.engine.run_batch(&mut self.network, &job, &batch, executor, |network, results, _| {
            for result in results.iter_mut() {
                if !result.outcome.is_finite {
                    return Err(not_finite(network, result, step));
                }
                sums.add(&result.outcome);
                prediction.push(result, outputs, &self.loss)?;
                if let (Some(traces), Some(sample)) = (&mut traces, result.trace.take()) {
                    traces.iter_mut().zip(sample).for_each(|(all, one)| all.append(one));
                }
            }
            batch_sums.gather(level, network, results, executor);
            Ok(())
        });
        let gradients = ran.and_then(|()| {
            batch_sums.finish(&self.finish(batch.len()), &self.network, executor);
            if let Some(layer) = batch_sums.undefined_layer(&self.network) {
                return Err(Error::non_finite(format!("layers[{layer}]"), "its gradient is not finite"));
            }
            let layers = (0..layers).map(|layer| self.layer_gradients(layer, &batch_sums)).collect::<Result<_>>()?;
            Ok(Gradients {
                metrics: sums.report(self.network.shapes_with_neurons(), self.config.loss.decision()),
                layers,
                prediction,
                trace: traces,
            })
        });
        self.sums = Some(batch_sums);
        gradients
    }

    /// Traces of all layers with room for `samples`, where there is also room for those of the samples in flight.
    fn empty_traces(&self, samples: usize) -> Result<Vec<LayerTrace>> {
        let (shapes, steps) = (self.network.shapes_with_neurons(), &self.network.steps);
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

    /// Gradients of a layer and its further inputs that stand in the place of the sums of a batch.
    fn layer_gradients(&self, layer: usize, sums: &BatchSums) -> Result<LayerParameters> {
        let mut gradients = self.read_gradients(layer, sums)?;
        for connection in self.network.connections(layer).into_iter().skip(1) {
            let LayerParameters { weights, learnt, .. } = self.read_gradients(connection, sums)?;
            gradients.inputs.push(InputParameters { weights, learnt });
        }
        Ok(gradients)
    }

    /// Gradients of one connection.
    fn read_gradients(&self, layer: usize, sums: &BatchSums) -> Result<LayerParameters> {
        let (network, shape) = (&self.network, &self.network.shapes[layer]);
        let learnt =
            network.layers[layer].learnt.iter().zip(&sums.learnt[layer]).filter(|(shape, _)| !shape.is_fixed());
        let mut weights = memory::reserved(shape.weights(), "network", "the gradients of a layer")?;
        weights.resize(shape.weights(), 0.0);
        let mut out = LayerParameters {
            weights,
            biases: Vec::with_capacity(shape.filters),
            learnt: learnt.map(|(shape, sums)| shape.with(sums.values[..shape.length()].to_vec())).collect(),
            inputs: Vec::new(),
        };
        for (tile, sums) in network.layer(layer).iter().zip(&sums.tiles[network.tiles_of(layer)]) {
            tile.unpack(&sums.weights, shape.inputs, &mut out.weights);
            out.biases.extend(&sums.bias[..tile.units]);
        }
        out.biases.truncate(network.biases(layer));
        Ok(out)
    }
}

pub(super) fn indices(data: &Dataset, range: &Range<usize>) -> Result<Vec<u32>> {
    if range.start > range.end || range.end > data.len() {
        return Err(Error::shape(
            "range",
            format!("must lie within 0..{}, got {}..{}", data.len(), range.start, range.end),
        ));
    }
    let mut indices = memory::reserved(range.len(), "range", "the list of its samples")?;
    indices.extend(range.start as u32..range.end as u32);
    data.require("range", &indices)?;
    Ok(indices)
}
