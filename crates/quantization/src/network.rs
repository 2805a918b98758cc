//! Inference with whole numbers.

use std::ops::Range;

use spikelet_config::loss::Decision;
use spikelet_config::{Config, Error, Result, Statistic as MembraneStatistic};
use spikelet_data::{Dataset, SampleEvents, SpikeTrains, memory};
use spikelet_integer::{Event, Layer, Model, Run, Scores, Statistic};

use crate::model::model;

/// A network of whole numbers.
#[derive(Clone, Debug)]
pub struct IntegerNetwork {
    model: Model,
    /// What it decides by; `None` where it decides nothing.
    statistic: Option<Statistic>,
    steps: usize,
    outputs: usize,
}

/// Answers of a network of whole numbers to samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntegerPrediction {
    /// Decision, one per sample, -1 where no output fired; empty where the network decides nothing.
    pub decisions: Vec<i32>,
    /// `[sample][output]`: spikes of an output, or the statistic of a readout's membranes. Exact up to 2⁵³; empty where `decisions` is.
    pub scores: Vec<f64>,
    /// `[sample][step][output]`: membranes of a readout; empty where the output fires.
    pub membranes: Vec<i32>,
    /// Spikes of each spiking layer.
    pub layers: Vec<SpikeTrains>,
    /// How often a current or a membrane was held within its bits.
    pub clamped: u64,
}

impl IntegerNetwork {
    /// A network of a valid configuration with whole numbers, which stand one after the other (see [`crate::Integers`]).
    ///
    /// # Errors
    /// The errors of [`model`], and [`crate::ErrorCode::ConfigInvalid`] for a statistic of the loss without a form in whole numbers.
    pub fn new(config: &Config, numbers: &[f64]) -> Result<Self> {
        let model = model(&config.network, numbers)?;
        let outputs = model.layers[model.output()].units();
        Ok(Self { model, statistic: statistic(config)?, steps: config.network.steps as usize, outputs })
    }

    /// The network.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// What it decides by; `None` where it decides nothing.
    #[must_use]
    pub fn statistic(&self) -> Option<Statistic> {
        self.statistic
    }

    /// Steps of a sample.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Runs the samples `range`, each over all steps.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for a range outside the data, [`crate::ErrorCode::DataFormat`] for events with values,
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the answers.
    pub fn predict(&self, data: &Dataset, range: Range<usize>) -> Result<IntegerPrediction> {
        check_range(data, &range)?;
        let (samples, steps) = (range.len(), self.steps);
        let mut prediction = IntegerPrediction::default();
        let mut spiking = Vec::new();
        for (index, layer) in self.model.layers.iter().enumerate() {
            if let Layer::Neurons(neurons) = layer
                && neurons.firing.is_some()
            {
                spiking.push(index);
                prediction.layers.push(SpikeTrains::new());
            }
        }
        let output = self.model.output();
        let is_readout = spiking.last() != Some(&output);
        let membranes = samples.saturating_mul(steps).saturating_mul(if is_readout { self.outputs } else { 0 });
        memory::require(Run::bytes(&self.model), "integers", || "the spikes that are under way".to_owned())?;
        prediction.membranes = memory::reserved(membranes, "range", "the membranes of these samples")?;
        for sample in range {
            let events = events(data, sample)?;
            let mut scores = Scores::new(self.statistic.unwrap_or(Statistic::Count), self.outputs);
            let mut spikes = vec![Vec::new(); spiking.len()];
            let mut run = Run::new(&self.model);
            self.run_sample(events, &mut run, &mut |t, run| {
                scores.add(run, &self.model);
                for (spikes, &layer) in spikes.iter_mut().zip(&spiking) {
                    for event in run.spikes(layer) {
                        spikes.push((t as u16, event.unit));
                    }
                }
                if is_readout {
                    prediction.membranes.extend_from_slice(run.membranes(output));
                }
            });
            if self.statistic.is_some() {
                prediction.decisions.push(scores.decision().map_or(-1, |output| output as i32));
                for &score in scores.values() {
                    prediction.scores.push(score as f64);
                }
            }
            for (trains, spikes) in prediction.layers.iter_mut().zip(&spikes) {
                if !trains.try_push_sample(spikes) {
                    return Err(memory::missing(spikes.len() as u64, "range", "the spikes of these samples"));
                }
            }
            prediction.clamped += run.clamped();
        }
        Ok(prediction)
    }

    /// Runs a sample from its first step, and hands over each step once it was taken.
    pub fn run_sample(&self, events: SampleEvents<'_>, run: &mut Run, take: &mut dyn FnMut(usize, &Run)) {
        let mut input = Vec::new();
        let mut taken = 0;
        for t in 0..self.steps {
            input.clear();
            while taken < events.times.len() && usize::from(events.times[taken]) == t {
                input.push(Event { unit: events.units[taken], count: 1 });
                taken += 1;
            }
            run.step(&self.model, &input);
            take(t, run);
        }
    }
}

/// The samples `range`, as a network of whole numbers takes them.
///
/// # Errors
/// The errors of [`IntegerNetwork::predict`] that tell of the data.
pub fn spikes(data: &Dataset, range: Range<usize>) -> Result<SpikeTrains> {
    check_range(data, &range)?;
    let mut trains = SpikeTrains::new();
    for sample in range {
        let SampleEvents { times, units, .. } = events(data, sample)?;
        if !trains.try_push_events(times, units) {
            return Err(memory::missing(times.len() as u64, "range", "the spikes of these samples"));
        }
    }
    Ok(trains)
}

fn check_range(data: &Dataset, range: &Range<usize>) -> Result<()> {
    if range.start <= range.end && range.end <= data.len() {
        return Ok(());
    }
    let message = format!("must lie within 0..{}, got {}..{}", data.len(), range.start, range.end);
    Err(Error::shape("range", message))
}

fn events(data: &Dataset, sample: usize) -> Result<SampleEvents<'_>> {
    let events = data.inputs().events(data.place(sample as u32));
    if events.values.is_empty() {
        return Ok(events);
    }
    Err(Error::data("values", "must all be 1: a network of whole numbers takes spikes"))
}

/// What a network trained by a loss is decided by, in whole numbers. The mean of log softmax over steps is largest where the mean is.
fn statistic(config: &Config) -> Result<Option<Statistic>> {
    let Some(membrane) = config.loss.membrane() else {
        return Ok(match config.loss.decision() {
            Decision::FirstSpike => Some(Statistic::FirstSpike),
            Decision::Count => Some(Statistic::Count),
            Decision::Membrane | Decision::None => None,
        });
    };
    match membrane.statistic {
        MembraneStatistic::Mean | MembraneStatistic::Each => Ok(Some(Statistic::Sum)),
        MembraneStatistic::Max => Ok(Some(Statistic::Max)),
        MembraneStatistic::Last => Ok(Some(Statistic::Last)),
        MembraneStatistic::SoftmaxSum | MembraneStatistic::ExpMean => {
            let why = "has no form in whole numbers: decide by \"mean\", \"each\", \"max\" or \"last\"";
            Err(Error::config("loss.statistic", why))
        }
    }
}
