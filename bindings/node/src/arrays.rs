//! Objects of typed arrays, both ways.

use std::ops::Deref;

use napi::bindgen_prelude::{Float32Array, Float64Array, Int32Array, Uint8Array, Uint16Array, Uint32Array};
use napi_derive::napi;
use spikelet_session::{self as wire, Result, copied};

/// The arrays of a data set.
#[napi(object, object_to_js = false)]
pub struct DatasetArrays {
    /// Start of each sample's events and the end of the last.
    pub offsets: Option<Uint32Array>,
    /// Step of each event.
    pub times: Option<Uint16Array>,
    /// Input unit of each event.
    pub units: Option<Uint32Array>,
    /// Grey values, `[sample][unit]`.
    pub pixels: Option<Uint8Array>,
    /// Values in 0..1, `[sample][unit]`, or the value of each event.
    pub values: Option<Float32Array>,
    /// Number of each image in the data set it comes from.
    pub rows: Option<Uint32Array>,
    /// Class of each sample.
    pub labels: Option<Uint32Array>,
    /// Target spike counts, `[sample][output]`.
    pub counts: Option<Float32Array>,
    /// Target membranes of a readout, `[sample][step][output]`.
    pub series: Option<Float32Array>,
    /// Like `offsets`, for target spikes.
    pub target_offsets: Option<Uint32Array>,
    /// Like `times`, for target spikes.
    pub target_times: Option<Uint16Array>,
    /// Output unit of each target spike.
    pub target_units: Option<Uint32Array>,
}

/// A copy of an array that may be missing.
///
/// # Errors
/// `CONFIG_INVALID` where there is no memory for it.
pub(crate) fn copied_if_given<T: Copy, A: Deref<Target = [T]>>(
    array: &Option<A>,
    path: &str,
) -> Result<Option<Vec<T>>> {
    array.as_deref().map(|values| copied(values, path)).transpose()
}

impl DatasetArrays {
    /// # Errors
    /// The errors of [`copied_if_given`].
    pub(crate) fn copied(&self) -> Result<wire::DatasetArrays> {
        Ok(wire::DatasetArrays {
            offsets: copied_if_given(&self.offsets, "offsets")?,
            times: copied_if_given(&self.times, "times")?,
            units: copied_if_given(&self.units, "units")?,
            pixels: copied_if_given(&self.pixels, "pixels")?,
            values: copied_if_given(&self.values, "values")?,
            rows: copied_if_given(&self.rows, "rows")?,
            labels: copied_if_given(&self.labels, "labels")?,
            counts: copied_if_given(&self.counts, "counts")?,
            series: copied_if_given(&self.series, "series")?,
            target_offsets: copied_if_given(&self.target_offsets, "targetOffsets")?,
            target_times: copied_if_given(&self.target_times, "targetTimes")?,
            target_units: copied_if_given(&self.target_units, "targetUnits")?,
        })
    }
}

/// Spikes of many samples in compressed rows.
#[napi(object, object_from_js = false)]
pub struct EventArrays {
    /// Start of each sample's events and the end of the last.
    pub offsets: Uint32Array,
    /// Step of each event.
    pub times: Uint16Array,
    /// Unit of each event.
    pub units: Uint32Array,
    /// Value of each event; without, all are 1.
    pub values: Option<Float32Array>,
}

impl From<wire::Events> for EventArrays {
    fn from(events: wire::Events) -> Self {
        let wire::Events { offsets, times, units, values } = events;
        let values = (!values.is_empty()).then(|| values.into());
        Self { offsets: offsets.into(), times: times.into(), units: units.into(), values }
    }
}

/// Parameters of a layer, or their gradients.
#[napi(object)]
pub struct ParameterArrays {
    /// `[unit][input]`.
    pub weights: Float32Array,
    /// `[unit]`.
    pub biases: Float32Array,
    /// Learnt constants and delays.
    pub learnt: Vec<TensorArrays>,
    /// Further inputs.
    pub inputs: Vec<InputArrays>,
}

/// Parameters of a further input of a layer, or their gradients.
#[napi(object)]
pub struct InputArrays {
    /// `[unit][input]`.
    pub weights: Float32Array,
    /// Delays.
    pub learnt: Vec<TensorArrays>,
}

impl From<wire::InputParameters> for InputArrays {
    fn from(input: wire::InputParameters) -> Self {
        Self { weights: input.weights.into(), learnt: input.learnt.into_iter().map(TensorArrays::from).collect() }
    }
}

impl InputArrays {
    fn copied(&self) -> Result<wire::InputParameters> {
        Ok(wire::InputParameters {
            weights: copied(&self.weights, "weights")?,
            learnt: self.learnt.iter().map(TensorArrays::copied).collect::<Result<_>>()?,
        })
    }
}

impl From<wire::LayerParameters> for ParameterArrays {
    fn from(layer: wire::LayerParameters) -> Self {
        Self {
            weights: layer.weights.into(),
            biases: layer.biases.into(),
            learnt: layer.learnt.into_iter().map(TensorArrays::from).collect(),
            inputs: layer.inputs.into_iter().map(InputArrays::from).collect(),
        }
    }
}

impl ParameterArrays {
    /// # Errors
    /// `CONFIG_INVALID` where there is no memory for it.
    pub(crate) fn copied(&self) -> Result<wire::LayerParameters> {
        Ok(wire::LayerParameters {
            weights: copied(&self.weights, "weights")?,
            biases: copied(&self.biases, "biases")?,
            learnt: self.learnt.iter().map(TensorArrays::copied).collect::<Result<_>>()?,
            inputs: self.inputs.iter().map(InputArrays::copied).collect::<Result<_>>()?,
        })
    }
}

/// Predictions for samples.
#[napi(object, object_from_js = false)]
pub struct PredictionArrays {
    /// Decision by most spikes; -1 where no output fired.
    pub by_count: Int32Array,
    /// Decision by the first spike; -1 where no output fired.
    pub by_first_spike: Int32Array,
    /// Step of the first output spike.
    pub decision_step: Uint32Array,
    /// Simulated steps.
    pub steps: Uint32Array,
    /// `[sample][output]`, whose largest value is the decision by count.
    pub scores_by_count: Uint32Array,
    /// `[sample][output]`, whose largest value is the decision by first spike.
    pub scores_by_first_spike: Uint32Array,
    /// Decision by the membranes of a readout; empty where the output fires or no statistic decides.
    pub by_membrane: Int32Array,
    /// `[sample][output]`, whose largest value is that decision; empty where `by_membrane` is.
    pub scores_by_membrane: Float32Array,
    /// `[sample][output]`: P of the softmax that the loss trains; empty for a loss without one.
    pub probabilities: Float32Array,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Float32Array,
    /// Spikes of each spiking layer.
    pub layers: Vec<EventArrays>,
}

impl From<wire::Prediction> for PredictionArrays {
    fn from(prediction: wire::Prediction) -> Self {
        Self {
            by_count: prediction.by_count.into(),
            by_first_spike: prediction.by_first_spike.into(),
            decision_step: prediction.decision_step.into(),
            steps: prediction.steps.into(),
            scores_by_count: prediction.scores_by_count.into(),
            scores_by_first_spike: prediction.scores_by_first_spike.into(),
            by_membrane: prediction.by_membrane.into(),
            scores_by_membrane: prediction.scores_by_membrane.into(),
            probabilities: prediction.probabilities.into(),
            membranes: prediction.membranes.into(),
            layers: prediction.layers.into_iter().map(EventArrays::from).collect(),
        }
    }
}

/// Answers of a network of whole numbers.
#[napi(object, object_from_js = false)]
pub struct IntegerPredictionArrays {
    /// Decision of each sample, -1 where no output fired; empty where the network decides nothing.
    pub decisions: Int32Array,
    /// `[sample][output]`: spikes, or the statistic of a readout's membranes.
    pub scores: Float64Array,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Int32Array,
    /// How often a current or a membrane was held within its bits.
    pub clamped: f64,
    /// Spikes of each spiking layer.
    pub layers: Vec<EventArrays>,
}

impl From<wire::IntegerPrediction> for IntegerPredictionArrays {
    fn from(prediction: wire::IntegerPrediction) -> Self {
        Self {
            decisions: prediction.decisions.into(),
            scores: prediction.scores.into(),
            membranes: prediction.membranes.into(),
            clamped: prediction.clamped,
            layers: prediction.layers.into_iter().map(EventArrays::from).collect(),
        }
    }
}

/// States and adjoints of a layer, each `[sample][step][unit]`.
#[napi(object, object_from_js = false)]
pub struct TraceArrays {
    /// Units of the layer.
    pub units: u32,
    /// Configured steps.
    pub steps: u32,
    /// V.
    pub membrane: Float32Array,
    /// I.
    pub current: Float32Array,
    /// V'.
    pub slope: Float32Array,
    /// G.
    pub direct: Float32Array,
    /// p.
    pub p: Float32Array,
    /// q.
    pub q: Float32Array,
    /// dL/dS.
    pub spike_gradient: Float32Array,
    /// dL/dT.
    pub timing_gradient: Float32Array,
    /// Activation part of the direct dL/dV; empty for a mixture.
    pub activation_part: Float32Array,
    /// Timing part of the direct dL/dV; empty for a mixture.
    pub timing_part: Float32Array,
}

impl From<wire::LayerTrace> for TraceArrays {
    fn from(trace: wire::LayerTrace) -> Self {
        Self {
            units: trace.units as u32,
            steps: trace.steps as u32,
            membrane: trace.membrane.into(),
            current: trace.current.into(),
            slope: trace.slope.into(),
            direct: trace.direct.into(),
            p: trace.p.into(),
            q: trace.q.into(),
            spike_gradient: trace.spike_gradient.into(),
            timing_gradient: trace.timing_gradient.into(),
            activation_part: trace.activation_part.into(),
            timing_part: trace.timing_part.into(),
        }
    }
}

/// Loss and gradients of a batch.
#[napi(object, object_from_js = false)]
pub struct GradientArrays {
    /// JSON of the metrics.
    pub metrics: String,
    /// Gradients of each spiking layer.
    pub layers: Vec<ParameterArrays>,
    /// Decisions and spikes.
    pub prediction: PredictionArrays,
    /// States and adjoints of each spiking layer, if requested.
    pub trace: Option<Vec<TraceArrays>>,
}

impl From<wire::Gradients> for GradientArrays {
    fn from(gradients: wire::Gradients) -> Self {
        Self {
            metrics: gradients.metrics,
            layers: gradients.layers.into_iter().map(ParameterArrays::from).collect(),
            prediction: gradients.prediction.into(),
            trace: gradients.trace.map(|layers| layers.into_iter().map(TraceArrays::from).collect()),
        }
    }
}

/// Results of a stream for the steps of a call.
#[napi(object, object_from_js = false)]
pub struct StreamArrays {
    /// Step of each output spike, counted from the first step of the call.
    pub times: Uint16Array,
    /// Output of each spike.
    pub units: Uint32Array,
    /// Membranes of a readout, `[step][output]`.
    pub membranes: Option<Float32Array>,
    /// Steps since the stream began, before these.
    pub start: f64,
    /// Decision over all steps since the start, or since decisions were restarted.
    pub overall: DecisionArrays,
    /// Decisions over windows that ended in these steps.
    pub windows: Vec<DecisionArrays>,
    /// The action at the last of these steps.
    pub action: Option<u32>,
}

impl From<wire::StreamAnswer> for StreamArrays {
    fn from(answer: wire::StreamAnswer) -> Self {
        let wire::StreamAnswer { times, units, membranes, start, overall, windows, action } = answer;
        Self {
            times: times.into(),
            units: units.into(),
            membranes: (!membranes.is_empty()).then(|| membranes.into()),
            start,
            overall: overall.into(),
            windows: windows.into_iter().map(DecisionArrays::from).collect(),
            action,
        }
    }
}

/// Decisions over some steps of a stream.
#[napi(object, object_from_js = false)]
pub struct DecisionArrays {
    /// First of the steps.
    pub from: f64,
    /// Step after the last.
    pub to: f64,
    /// Spikes of each output.
    pub counts: Uint32Array,
    /// Output with most spikes; missing where none fired.
    pub by_count: Option<u32>,
    /// Step of the first output spike.
    pub first_step: Option<f64>,
    /// Output of the first spike.
    pub first_unit: Option<u32>,
    /// Output with the largest statistic of its membranes.
    pub by_membrane: Option<u32>,
    /// Statistic of the membranes, `[output]`.
    pub scores: Option<Float32Array>,
}

impl From<wire::StreamDecision> for DecisionArrays {
    fn from(decision: wire::StreamDecision) -> Self {
        let wire::StreamDecision { from, to, counts, by_count, first_step, first_unit, by_membrane, scores } = decision;
        Self {
            from,
            to,
            counts: counts.into(),
            by_count,
            first_step,
            first_unit,
            by_membrane,
            scores: (!scores.is_empty()).then(|| scores.into()),
        }
    }
}

/// An array of bytes with its shape.
#[napi(object, object_from_js = false)]
pub struct IdxArray {
    /// Length of each dimension, the slowest first.
    pub shape: Uint32Array,
    /// Elements, row-major.
    pub data: Uint8Array,
}

impl From<wire::IdxArray> for IdxArray {
    fn from(array: wire::IdxArray) -> Self {
        Self { shape: array.shape.into(), data: array.data.into() }
    }
}

/// An array of numbers with its shape.
#[napi(object, object_from_js = false)]
pub struct NpyArray {
    /// Type of the elements as NumPy names it.
    pub dtype: &'static str,
    /// Length of each dimension, the slowest first.
    pub shape: Uint32Array,
    /// Elements, little-endian, row-major.
    pub data: Uint8Array,
}

impl From<wire::NpyArray> for NpyArray {
    fn from(array: wire::NpyArray) -> Self {
        Self { dtype: array.dtype, shape: array.shape.into(), data: array.data.into() }
    }
}

/// A named array of single floats.
#[napi(object)]
pub struct TensorArrays {
    /// Name of the tensor in the file.
    pub name: String,
    /// Length of each dimension, the slowest first.
    pub shape: Uint32Array,
    /// Elements, row-major.
    pub data: Float32Array,
}

impl From<wire::LearntValues> for TensorArrays {
    fn from(array: wire::LearntValues) -> Self {
        let shape: Vec<u32> = array.shape.iter().map(|&length| length as u32).collect();
        Self { name: array.name, shape: shape.into(), data: array.values.into() }
    }
}

impl TensorArrays {
    fn copied(&self) -> Result<wire::LearntValues> {
        let shape = self.shape.iter().map(|&length| length as usize).collect();
        Ok(wire::LearntValues { name: self.name.clone(), shape, values: copied(&self.data, &self.name)? })
    }
}

impl From<wire::TensorArrays> for TensorArrays {
    fn from(tensor: wire::TensorArrays) -> Self {
        Self { name: tensor.name, shape: tensor.shape.into(), data: tensor.data.into() }
    }
}

/// A generated data set.
#[napi(object, object_from_js = false)]
pub struct GeneratedArrays {
    /// Values in 0..1, `[sample][unit]`.
    pub values: Option<Float32Array>,
    /// Input spikes.
    pub events: Option<EventArrays>,
    /// Class of each sample.
    pub labels: Option<Uint32Array>,
    /// Target spikes of the outputs.
    pub targets: Option<EventArrays>,
}

impl From<wire::GeneratedArrays> for GeneratedArrays {
    fn from(arrays: wire::GeneratedArrays) -> Self {
        Self {
            values: arrays.values.map(Into::into),
            events: arrays.events.map(Into::into),
            labels: arrays.labels.map(Into::into),
            targets: arrays.targets.map(Into::into),
        }
    }
}
