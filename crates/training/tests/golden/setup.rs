//! A trainer and a data set from a golden file.

use std::collections::{BTreeMap, BTreeSet};

use spikelet_config::Config;
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{InputParameters, LayerParameters, LearntValues, Level, Trainer};

use crate::compare::Faults;
use crate::format::{Draw, Event, Target};

pub(crate) fn singles(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

pub(crate) fn trains(events: &[Event], samples: u32, steps: usize, units: usize) -> SpikeTrains {
    weighted_trains(events, None, samples, steps, units)
}

/// Trains whose events have values, if these are given.
fn weighted_trains(
    events: &[Event],
    values: Option<Vec<f32>>,
    samples: u32,
    steps: usize,
    units: usize,
) -> SpikeTrains {
    let offsets: Vec<u32> =
        (0..=samples).map(|sample| events.partition_point(|event| event[0] < sample) as u32).collect();
    let times = events.iter().map(|event| u16::try_from(event[1]).expect("steps fit u16")).collect();
    let units_of_events = events.iter().map(|event| event[2]).collect();
    SpikeTrains::from_parts(&offsets, (times, units_of_events, values), steps, units, "events")
        .expect("the file's events are valid")
}

/// Compares every array that the file names.
pub(crate) fn check_learnt(
    faults: &mut Faults,
    what: &str,
    found: &[LearntValues],
    expected: &BTreeMap<String, Vec<f64>>,
) {
    let names: BTreeSet<&str> = found.iter().map(|array| array.name.as_str()).collect();
    faults.exact(&format!("{what} names"), &names, &expected.keys().map(String::as_str).collect());
    for array in found {
        if let Some(expected) = expected.get(&array.name) {
            faults.array(&format!("{what} {}", array.name), &array.values, expected);
        }
    }
}

/// The reverse of [`trains`].
pub(crate) fn events(trains: &SpikeTrains) -> Vec<Event> {
    (0..trains.len())
        .flat_map(|sample| {
            let (times, units) = trains.sample(sample);
            times.iter().zip(units).map(move |(&time, &unit)| [sample as u32, u32::from(time), unit])
        })
        .collect()
}

impl Draw {
    /// The configuration; the error says why there is none.
    pub(crate) fn configuration(&self) -> Result<Config, String> {
        let json = spikelet_golden::configuration(&self.config.0, self.batch.into(), self.optimiser.as_ref())
            .map_err(|reason| reason.to_string())?;
        Config::from_json(&json.to_string()).map_err(|error| error.to_string())
    }

    /// A trainer with the file's parameters.
    pub(crate) fn trainer(&self, config: Config, level: Level) -> Trainer {
        let mut trainer = Trainer::new(config, level).expect("the configuration is valid");
        let array = |name: &str, values: &[f64]| match values {
            [] => Vec::new(),
            _ => vec![LearntValues { name: name.into(), shape: Vec::new(), values: singles(values) }],
        };
        let delays = |values: &[f64]| array("delays", values);
        for (layer, parameters) in self.params.iter().enumerate() {
            let biases = singles(&parameters.biases);
            let mut given = match parameters.inputs.split_first() {
                None => LayerParameters {
                    weights: singles(&parameters.weights),
                    biases,
                    learnt: delays(&parameters.delays),
                    inputs: Vec::new(),
                },
                Some((own, further)) => LayerParameters {
                    weights: singles(&own.weights),
                    biases,
                    learnt: delays(&own.delays),
                    inputs: further
                        .iter()
                        .map(|input| InputParameters {
                            weights: singles(&input.weights),
                            learnt: delays(&input.delays),
                        })
                        .collect(),
                },
            };
            given.learnt.extend(array("feedback", &parameters.feedback));
            trainer.replace_parameters(layer, &given).expect("the file's parameters fit");
        }
        trainer
    }

    /// The batch.
    pub(crate) fn dataset(&self, trainer: &Trainer) -> Dataset {
        let steps = self.config.steps();
        let inputs = trainer.config().network.input.units();
        let outputs = trainer.shapes().last().expect("there is a layer").units;
        let targets = match &self.target {
            Target::None => Targets::None,
            Target::Train { events } => Targets::Trains(trains(events, self.batch, steps, outputs)),
            Target::Count { counts } => Targets::Counts(counts.concat()),
            Target::Latency { labels } | Target::Membrane { labels } => Targets::Labels(labels.clone()),
            Target::Trace { values } => Targets::Series { steps, values: values.clone() },
        };
        let values = self.input_values.clone();
        let events = weighted_trains(&self.input_events, values, self.batch, steps, inputs);
        Dataset::new(events, targets, outputs).expect("the batch is valid")
    }

    /// Place of a layer of the file among the spiking layers.
    pub(crate) fn spiking(&self, layer: usize) -> usize {
        self.params.iter().position(|parameters| parameters.layer == layer).expect("the layer spikes")
    }
}

/// Decisions of a file; where no output fires there is none (spec 25.1), in whose place older files have 0.
pub(crate) fn decided(decisions: &[u32], is_silent: impl Fn(usize) -> bool) -> Vec<i32> {
    let decisions = decisions.iter().enumerate();
    decisions.map(|(sample, &output)| if is_silent(sample) { -1 } else { output as i32 }).collect()
}
