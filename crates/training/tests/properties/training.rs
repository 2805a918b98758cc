//! A few updates, and what must hold after them.

use spikelet_config::{Config, ErrorCode, InputShape, LossConfig};
use spikelet_data::{Dataset, Purpose, SpikeTrains, Stream, Targets};
use spikelet_training::{Level, Sequential, TrainEvent, Trainer};

/// How much the inputs fire.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Activity {
    /// Never.
    Silent,
    /// A unit in ten steps.
    Sparse,
    /// Every unit at every step.
    Everything,
}

/// Largest magnitudes of weights, from none over denormal to the largest there are.
pub(crate) const WEIGHT_SCALES: [f32; 9] = [0.0, 1e-45, 1e-40, 1e-20, 1.0, 1e6, 1e20, 1e38, f32::MAX];

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// With finite numbers.
    Trained {
        /// Mean spikes of a sample.
        spikes: f64,
    },
    /// With `NON_FINITE`.
    NonFinite,
}

const SAMPLES: usize = 6;
/// Settings that ask for other spikes or targets than these data have.
const OF_DATA: [&str; 2] = ["training.initialActivity.spikesPerUnit", "training.sampling"];
const UPDATES: usize = 3;

/// Makes a few updates with weights of the given size, and checks that all is finite and can be saved, or that the failure says where.
///
/// # Panics
/// When anything else happens.
pub(crate) fn train(config: &Config, activity: Activity, weight_scale: Option<f32>) -> Outcome {
    let data = data(config, activity);
    let mut trainer = Trainer::new(config.clone(), Level::detect()).expect("the configuration is valid");
    if let Some(scale) = weight_scale {
        rescale(&mut trainer, scale);
    }
    trainer.begin(data.len()).expect("there are samples");
    let mut spikes = 0.0;
    for _ in 0..UPDATES {
        let events = match trainer.advance(1, &data, Some(&data), &Sequential) {
            Ok(events) => events,
            Err(error) => {
                let has_code = error.code == ErrorCode::NonFinite;
                assert!(has_code || OF_DATA.contains(&&*error.path), "{error:?}");
                assert!(!error.path.is_empty() && (!has_code || error.message.contains("step")), "{error:?}");
                return Outcome::NonFinite;
            }
        };
        for event in events {
            if let TrainEvent::Step { loss, running, .. } = event {
                assert!(loss.is_finite() && running.loss.is_finite(), "the loss is {loss}");
                spikes = running.spikes_per_sample;
            }
        }
        let snapshot = trainer.snapshot();
        for tensor in &snapshot.tensors {
            assert!(tensor.data.iter().all(|value| value.is_finite()), "{} is not finite", tensor.name);
        }
        let restored = Trainer::restore(snapshot.clone(), Level::detect()).expect("a snapshot can be restored");
        assert_eq!(restored.snapshot(), snapshot);
    }
    Outcome::Trained { spikes }
}

fn rescale(trainer: &mut Trainer, scale: f32) {
    for layer in 0..trainer.shapes().len() {
        let (mut weights, biases) = trainer.parameters(layer).expect("the layer exists");
        let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        weights.iter_mut().for_each(|weight| *weight = *weight / largest * scale);
        trainer.set_parameters(layer, &weights, &biases).expect("finite numbers are taken");
    }
}

fn data(config: &Config, activity: Activity) -> Dataset {
    let steps = config.network.steps as usize;
    let units = config.network.input.units();
    let outputs = match config.network.layers.last() {
        Some(spikelet_config::LayerConfig::Dense(dense)) => dense.units as usize,
        _ => unreachable!("the last layer is dense"),
    };
    assert!(!matches!(config.network.input, InputShape::Units(n) if n as usize != units));
    let mut draw = Stream::new(5, Purpose::Shuffle, 0);
    let mut spikes = |units: usize, activity: Activity| {
        let mut trains = SpikeTrains::new();
        for _ in 0..SAMPLES {
            let mut events = Vec::new();
            for time in 0..steps as u16 {
                for unit in 0..units as u32 {
                    let fires = match activity {
                        Activity::Silent => false,
                        Activity::Sparse => draw.symmetric() > 0.8,
                        Activity::Everything => true,
                    };
                    if fires {
                        events.push((time, unit));
                    }
                }
            }
            trains.push_sample(events);
        }
        trains
    };
    let inputs = spikes(units, activity);
    let targets = if matches!(config.loss, LossConfig::SpikeTrain(_)) {
        Targets::Trains(spikes(outputs, Activity::Sparse))
    } else {
        Targets::Labels((0..SAMPLES as u32).map(|sample| sample % outputs as u32).collect())
    };
    Dataset::new(inputs, targets, outputs).expect("the data fit")
}
