//! Random spike-train matching: random input trains, each with random trains that the outputs should fire (Kim, Kim, Kim, NeurIPS
//! 2020, first experiment; its sizes are not published, those here are ours).

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Result, ranges::within};
use spikelet_data::{EVENT_BYTES, Purpose, SpikeTrains, Stream, Targets, memory, sort_spikes};

use super::generated::{Generated, GeneratedInputs};
use super::sizes::{check_sizes, check_steps};

/// Every unit of the input and of the target output spikes at each step with a fixed probability, independently.
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct SpikeTrainMatching {
    /// Pairs of input and target output.
    pub samples: u32,
    /// Input units.
    pub inputs: u32,
    /// Output units.
    pub outputs: u32,
    /// Steps of the simulation, 1 to 65535.
    pub steps: u32,
    /// Spikes a step of each input unit, 0 to 1.
    pub input_rate: f64,
    /// Target spikes a step of each output unit, 0 to 1.
    pub target_rate: f64,
    /// Seed of the draws.
    pub seed: u32,
}

impl Default for SpikeTrainMatching {
    fn default() -> Self {
        Self { samples: 1, inputs: 100, outputs: 10, steps: 100, input_rate: 0.05, target_rate: 0.05, seed: 0 }
    }
}

impl SpikeTrainMatching {
    pub(super) fn generate(&self) -> Result<Generated> {
        check_steps(self.steps)?;
        within("inputRate", self.input_rate, 0.0, 1.0)?;
        within("targetRate", self.target_rate, 0.0, 1.0)?;
        check_sizes(&[("samples", self.samples), ("inputs", self.inputs), ("steps", self.steps)])?;
        check_sizes(&[("samples", self.samples), ("outputs", self.outputs), ("steps", self.steps)])?;
        let (mut inputs, mut targets) = (SpikeTrains::new(), SpikeTrains::new());
        for sample in 0..self.samples {
            let mut draws = Stream::of_sample(self.seed, Purpose::Generation, sample, 0);
            push(&mut inputs, &random_train(&mut draws, self.inputs, self.steps, self.input_rate)?)?;
            push(&mut targets, &random_train(&mut draws, self.outputs, self.steps, self.target_rate)?)?;
        }
        Ok(Generated { inputs: GeneratedInputs::Trains(inputs), targets: Targets::Trains(targets) })
    }
}

/// Spikes of `units` units over `steps` steps, each with probability `rate` a step and unit.
fn random_train(draws: &mut Stream, units: u32, steps: u32, rate: f64) -> Result<Vec<(u16, u32)>> {
    let mut events = Vec::new();
    let expected = (f64::from(units) * f64::from(steps) * rate).ceil() as u64;
    // Lists double as they grow; sorting needs two more.
    memory::require(expected.saturating_mul(4) * size_of::<u64>() as u64, "steps", || {
        "the spikes of a sample".to_owned()
    })?;
    for unit in 0..units {
        let mut wait = draws.waits(rate);
        let mut next = wait();
        while next <= u64::from(steps) {
            events.push(((next - 1) as u16, unit));
            next = next.saturating_add(wait());
        }
    }
    sort_spikes(&mut events);
    Ok(events)
}

fn push(trains: &mut SpikeTrains, events: &[(u16, u32)]) -> Result<()> {
    if trains.try_push_sample(events) {
        return Ok(());
    }
    let bytes = (trains.times().len() + events.len()) as u64 * EVENT_BYTES;
    Err(memory::missing(bytes, "samples", "their spikes"))
}
