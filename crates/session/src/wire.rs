//! Values that cross a binding as typed arrays: 32-bit integers and single-precision floats.

use spikelet_config::{Error, Result};
use spikelet_data::{SpikeTrains, Targets, memory::require};
use spikelet_encode::{Generated, GeneratedInputs};
use spikelet_training::{DecidingStream, LayerParameters, LayerTrace, StreamSteps, Tensor};

/// The arrays of a data set; the descriptor says which ones are read.
#[derive(Clone, Debug, Default)]
pub struct DatasetArrays {
    /// Start of each sample's events, or of its signal in times, and the end of the last, `[samples + 1]`.
    pub offsets: Option<Vec<u32>>,
    /// Step of each event.
    pub times: Option<Vec<u16>>,
    /// Input unit of each event.
    pub units: Option<Vec<u32>>,
    /// Grey values, `[sample][unit]`; the value is `pixel / 255`.
    pub pixels: Option<Vec<u8>>,
    /// Values in 0..1, `[sample][unit]`; or signals, `[time][channel]` of one sample after the other; or the value of each event.
    pub values: Option<Vec<f32>>,
    /// Number of each image in the data set it comes from, which random encodings are seeded with.
    pub rows: Option<Vec<u32>>,
    /// Class of each sample.
    pub labels: Option<Vec<u32>>,
    /// Target spike counts, `[sample][output]`.
    pub counts: Option<Vec<f32>>,
    /// Target membranes of a readout, `[sample][step][output]`.
    pub series: Option<Vec<f32>>,
    /// Like `offsets`, for the target spikes of the outputs.
    pub target_offsets: Option<Vec<u32>>,
    /// Like `times`, for the target spikes of the outputs.
    pub target_times: Option<Vec<u16>>,
    /// Output unit of each target spike.
    pub target_units: Option<Vec<u32>>,
}

/// Spikes of many samples in compressed rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Events {
    /// Start of each sample's events and the end of the last, `[samples + 1]`.
    pub offsets: Vec<u32>,
    /// Step of each event.
    pub times: Vec<u16>,
    /// Unit of each event.
    pub units: Vec<u32>,
    /// Value of each event; empty where all are 1.
    pub values: Vec<f32>,
}

impl Events {
    /// Spikes of each layer.
    // Not compiled into each caller, for size.
    #[inline(never)]
    fn of_layers(layers: Vec<SpikeTrains>) -> Result<Vec<Self>> {
        layers.into_iter().map(Self::from_trains).collect()
    }

    pub(crate) fn from_trains(trains: SpikeTrains) -> Result<Self> {
        let (starts, times, units, values) = trains.into_parts();
        if u32::try_from(times.len()).is_err() {
            return Err(Error::shape("events", format!("must be at most {}, got {}", u32::MAX, times.len())));
        }
        require(starts.len() as u64 * size_of::<u32>() as u64, "events", || "their offsets".to_owned())?;
        Ok(Self { offsets: starts.into_iter().map(|start| start as u32).collect(), times, units, values })
    }
}

/// A data set that was drawn: either values or spikes, and the targets that it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeneratedArrays {
    /// Values in 0..1, `[sample][unit]`.
    pub values: Option<Vec<f32>>,
    /// Input spikes.
    pub events: Option<Events>,
    /// Class of each sample.
    pub labels: Option<Vec<u32>>,
    /// Target spikes of the outputs.
    pub targets: Option<Events>,
}

impl GeneratedArrays {
    pub(crate) fn from_core(generated: Generated) -> Result<Self> {
        let mut arrays = Self::default();
        match generated.inputs {
            GeneratedInputs::Values(values) => arrays.values = Some(values),
            GeneratedInputs::Trains(trains) => arrays.events = Some(Events::from_trains(trains)?),
        }
        match generated.targets {
            Targets::Labels(labels) => arrays.labels = Some(labels),
            Targets::Trains(trains) => arrays.targets = Some(Events::from_trains(trains)?),
            Targets::Counts(_) | Targets::Series { .. } | Targets::None => {}
        }
        Ok(arrays)
    }
}

/// A named array of single floats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TensorArrays {
    /// Name of the tensor in the file.
    pub name: String,
    /// Length of each dimension, the slowest first.
    pub shape: Vec<u32>,
    /// Elements, row-major.
    pub data: Vec<f32>,
}

impl TensorArrays {
    pub(crate) fn from_core(tensor: Tensor) -> Result<Self> {
        let Tensor { name, shape, data } = tensor;
        let lengths: Option<Vec<u32>> = shape.iter().map(|&length| u32::try_from(length).ok()).collect();
        let shape = lengths.ok_or_else(|| Error::data(&name, format!("a shape of {shape:?} is too large")))?;
        Ok(Self { name, shape, data })
    }
}

/// What the network did with samples; one entry a sample.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// Decision by most spikes; -1 where no output fired.
    pub by_count: Vec<i32>,
    /// Decision by the first spike; -1 where no output fired.
    pub by_first_spike: Vec<i32>,
    /// Step of the first output spike; the number of simulated steps where there is none.
    pub decision_step: Vec<u32>,
    /// Simulated steps.
    pub steps: Vec<u32>,
    /// `[sample][output]`, whose largest value is the decision by count.
    pub scores_by_count: Vec<u32>,
    /// `[sample][output]`, whose largest value is the decision by first spike.
    pub scores_by_first_spike: Vec<u32>,
    /// Decision by the membranes of a readout; empty where the output fires or no statistic decides.
    pub by_membrane: Vec<i32>,
    /// `[sample][output]`, whose largest value is that decision; empty where `by_membrane` is.
    pub scores_by_membrane: Vec<f32>,
    /// `[sample][output]`: P of the softmax that the loss trains; empty for a loss without one.
    pub probabilities: Vec<f32>,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Vec<f32>,
    /// Spikes of each spiking layer.
    pub layers: Vec<Events>,
}

impl Prediction {
    pub(crate) fn from_core(prediction: spikelet_training::Prediction) -> Result<Self> {
        Ok(Self {
            layers: Events::of_layers(prediction.layers)?,
            by_count: prediction.by_count,
            by_first_spike: prediction.by_first_spike,
            decision_step: prediction.decision_step,
            steps: prediction.steps,
            scores_by_count: prediction.scores_by_count,
            scores_by_first_spike: prediction.scores_by_first_spike,
            by_membrane: prediction.by_membrane,
            scores_by_membrane: prediction.scores_by_membrane,
            probabilities: prediction.probabilities,
            membranes: prediction.membranes,
        })
    }
}

/// Answers of a network of whole numbers to samples. Numbers beyond 32 bits are exact up to 2⁵³.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegerPrediction {
    /// Decision, one a sample, -1 where no output fired; empty where the network decides nothing.
    pub decisions: Vec<i32>,
    /// `[sample][output]`: spikes, or the statistic of a readout's membranes; empty where `decisions` is.
    pub scores: Vec<f64>,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Vec<i32>,
    /// How often a current or a membrane was held within its bits.
    pub clamped: f64,
    /// Spikes of each spiking layer.
    pub layers: Vec<Events>,
}

impl IntegerPrediction {
    pub(crate) fn from_core(prediction: spikelet_quantization::IntegerPrediction) -> Result<Self> {
        Ok(Self {
            decisions: prediction.decisions,
            scores: prediction.scores,
            membranes: prediction.membranes,
            clamped: prediction.clamped as f64,
            layers: Events::of_layers(prediction.layers)?,
        })
    }
}

/// Results of a stream for the steps of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamAnswer {
    /// Step of each output spike, counted from the first step of the call.
    pub times: Vec<u16>,
    /// Output of each spike.
    pub units: Vec<u32>,
    /// Membranes of a readout, `[step][output]`; empty where the outputs fire.
    pub membranes: Vec<f32>,
    /// Steps since the stream began, before these; exact up to 2⁵³.
    pub start: f64,
    /// Decision over all steps since the start, or since decisions were restarted.
    pub overall: StreamDecision,
    /// Decisions over windows that ended in these steps.
    pub windows: Vec<StreamDecision>,
    /// The action at the last of these steps, of a stream that learns by rewards.
    pub action: Option<u32>,
}

/// Decisions over some steps of a stream, which are counted from its start; exact up to 2⁵³.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamDecision {
    /// First of the steps.
    pub from: f64,
    /// Step after the last.
    pub to: f64,
    /// Spikes of each output.
    pub counts: Vec<u32>,
    /// Output with most spikes; `None` where none fired.
    pub by_count: Option<u32>,
    /// Step of the first output spike.
    pub first_step: Option<f64>,
    /// Output of the first spike.
    pub first_unit: Option<u32>,
    /// Output with the largest statistic of its membranes.
    pub by_membrane: Option<u32>,
    /// Statistic of the membranes, `[output]`; empty where there is none.
    pub scores: Vec<f32>,
}

impl StreamAnswer {
    /// The answer after these `steps` steps.
    pub(crate) fn new(found: StreamSteps, steps: usize, stream: &DecidingStream) -> Self {
        Self {
            times: found.times,
            units: found.units,
            membranes: found.membranes,
            start: (stream.steps() - steps as u64) as f64,
            overall: StreamDecision::from_core(stream.decision()),
            windows: found.windows.into_iter().map(StreamDecision::from_core).collect(),
            action: found.action,
        }
    }
}

impl StreamDecision {
    fn from_core(decision: spikelet_training::StreamDecision) -> Self {
        Self {
            from: decision.from as f64,
            to: decision.to as f64,
            by_count: decision.by_count(),
            by_membrane: decision.by_membrane(),
            first_step: decision.first.map(|(step, _)| step as f64),
            first_unit: decision.first.map(|(_, unit)| unit),
            scores: decision.scores.iter().map(|&score| score as f32).collect(),
            counts: decision.counts,
        }
    }
}

/// Loss and gradients of a batch.
#[derive(Clone, Debug)]
pub struct Gradients {
    /// JSON of the metrics.
    pub metrics: String,
    /// Gradients of each spiking layer, after the silent-unit update and clipping.
    pub layers: Vec<LayerParameters>,
    /// Decisions and spikes.
    pub prediction: Prediction,
    /// States and adjoints of each spiking layer, if requested.
    pub trace: Option<Vec<LayerTrace>>,
}
