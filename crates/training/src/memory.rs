//! Memory that a training will take, checked before it begins.

use spikelet_config::{Config, RecurrentPath, Result, RuleConfig};
use spikelet_data::memory;
use spikelet_kernels::padded;
use spikelet_network::outline::{delays, shapes};
use spikelet_network::plan::{is_wide, together};
use spikelet_network::shape::LayerShape;

const FLOAT: u64 = size_of::<f32>() as u64;
/// Arrays of a worker that have a number for each unit and step: membrane, q and r.
const WORKER_ARRAYS: u64 = 3;

/// Further ones where connections have delays: what arrives at each step, and q unit by unit.
const DELAYED_ARRAYS: u64 = 2;
/// Bytes of the whole steps of a delay.
const STEPS: u64 = size_of::<u16>() as u64;

/// What a call does with a network; later kinds take the memory of earlier ones too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Simulates.
    Predict,
    /// Computes gradients.
    Gradients,
    /// Updates parameters.
    Learn,
}

/// Bytes of a network in training, estimated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NetworkBytes {
    /// Weights with their moments and sums.
    parameters: u64,
    /// States of the samples that each worker has at a time.
    worker: u64,
    /// What the samples in flight leave behind for the weight gradients, at most.
    samples: u64,
}

impl NetworkBytes {
    /// The bytes of a valid configuration with up to `in_flight` samples at a time.
    pub(crate) fn of(config: &Config, in_flight: usize) -> Self {
        Self::with_steps(config, config.network.steps as usize, in_flight)
    }

    /// [`Self::of`] where each array has `steps` steps.
    pub(crate) fn with_steps(config: &Config, steps: usize, in_flight: usize) -> Self {
        let steps = steps as u64;
        let training = &config.training;
        let more = [
            config.optimizer.has_second_moment(),
            training.averaging.is_some(),
            training.early_stopping.is_some(),
            training.weight_bits.is_some(),
        ];
        let copies = 3 + more.into_iter().map(u64::from).sum::<u64>();
        let samples = u64::from(config.training.batch_size).min(in_flight as u64);
        let mut bytes = Self { parameters: 0, worker: 0, samples: 0 };
        let shapes = shapes(&config.network);
        for (shape, delays) in shapes.iter().zip(delays(&config.network)) {
            let states = steps * padded(shape.units) as u64 * FLOAT;
            let weights = shape.inputs as u64 * padded(shape.filters) as u64;
            bytes.parameters += weights * FLOAT * copies;
            bytes.worker += states * WORKER_ARRAYS;
            bytes.samples += if shape.is_shared() { 0 } else { states * samples };
            if let Some(delays) = delays.filter(|delays| delays.is_by_connection()) {
                let (learnt, learnt_copies) = if delays.learn { (1, copies) } else { (0, 1) };
                bytes.parameters += weights * (FLOAT * learnt_copies + STEPS);
                bytes.worker += states * DELAYED_ARRAYS;
                bytes.samples += states * samples * learnt;
            }
        }
        let has_products = !matches!(config.rule, RuleConfig::Timing(_) | RuleConfig::EventProp(_));
        let within = config.rule.recurrent_path() == RecurrentPath::Full && config.network.is_recurrent();
        let is_wide = |shape: &LayerShape| is_wide(shape, config.network.steps as usize);
        let between = config.rule.eprop().is_none() && shapes.iter().skip(1).any(is_wide);
        if has_products && (within || between) {
            bytes.worker = bytes.worker.saturating_mul(samples.min(together(&shapes) as u64));
        }
        bytes
    }

    /// Fails if there is no memory for what work of a kind adds to a network that is there.
    pub(crate) fn require_for(self, work: Work, workers: usize) -> Result<()> {
        let workers = workers as u64;
        let bytes = match work {
            // One array of the three, as wide as states.
            Work::Predict => (self.worker / WORKER_ARRAYS).saturating_mul(workers),
            Work::Gradients | Work::Learn => self.parameters + self.samples + self.worker.saturating_mul(workers),
        };
        memory::require(bytes, "network", || format!("work with {workers} threads"))
    }

    /// Fails if there is no memory for a network with that many workers.
    pub(crate) fn require(self, workers: usize) -> Result<()> {
        let bytes = self.parameters + self.samples + self.worker.saturating_mul(workers as u64);
        memory::require(bytes, "network", || format!("it with {workers} threads"))
    }
}

#[cfg(test)]
mod tests {
    use spikelet_network::plan::SHARES_ERRORS;

    use super::*;

    #[test]
    fn a_network_takes_its_parameters_and_the_states_of_every_worker() {
        let text = r#"{"network":{"input":784,"steps":300,"layers":[{"type":"dense","units":800},{"type":"dense","units":10}]},
            "training":{"batchSize":16}}"#;
        let NetworkBytes { parameters, worker, samples } = NetworkBytes::of(&Config::from_json(text).unwrap(), 32);
        assert_eq!(parameters, (784 * 800 + 800 * 16) * 4 * 4);
        assert_eq!(worker, 300 * 816 * 4 * 3);
        assert_eq!(samples, 16 * 300 * 816 * 4);
        let longer = NetworkBytes::with_steps(&Config::from_json(text).unwrap(), 700, 1);
        assert_eq!((longer.worker, longer.samples), (700 * 816 * 4 * 3, 700 * 816 * 4));
    }

    #[test]
    fn samples_that_go_back_together_each_take_states() {
        let of = |units: u32, recurrent: bool| {
            let text = format!(
                r#"{{"network":{{"input":9,"steps":300,"layers":[{{"type":"dense","units":{units},"recurrent":{recurrent}}}]}}}}"#
            );
            NetworkBytes::of(&Config::from_json(&text).unwrap(), 32).worker
        };
        assert_eq!([of(512, true), of(528, true)], [8 * of(512, false), 16 * of(528, false)]);
    }

    #[test]
    fn samples_that_share_a_wide_layer_each_take_states() {
        let of = |inputs: u32, steps: u32, rule: &str| {
            let text = format!(
                r#"{{"network":{{"input":9,"steps":{steps},"layers":[{{"type":"dense","units":{inputs}}},{{"type":"dense","units":512}},
                {{"type":"dense","units":9}}]}},"rule":{{"type":"{rule}"}}}}"#
            );
            NetworkBytes::of(&Config::from_json(&text).unwrap(), 32).worker
        };
        let states = |inputs: u64, steps: u64| (inputs + 512 + 16) * steps * 4 * 3;
        assert_eq!(of(512, 64, "activation"), states(512, 64));
        let together = if SHARES_ERRORS { 8 } else { 1 };
        assert_eq!(of(528, 64, "activation"), together * states(528, 64));
        assert_eq!(of(528, 65, "activation"), states(528, 65));
        assert_eq!(of(528, 64, "timing"), states(528, 64));
    }

    #[test]
    fn delays_of_connections_take_as_much_as_weights_and_sums_by_step() {
        let of = |delays: &str| {
            let text = format!(
                r#"{{"network":{{"input":784,"steps":300,"layers":[{{"type":"dense","units":16{delays}}}]}},"training":{{"batchSize":16}}}}"#
            );
            let NetworkBytes { parameters, worker, samples } = NetworkBytes::of(&Config::from_json(&text).unwrap(), 32);
            [parameters, worker, samples]
        };
        let (weights, states) = (784 * 16, 300 * 16 * 4);
        let [parameters, worker, samples] = of("");
        let fixed = of(r#","delays":{"by":"connection","max":9}"#);
        assert_eq!(fixed, [parameters + weights * 6, worker + states * 2, samples]);
        let learnt = of(r#","delays":{"by":"connection","max":9,"learn":true}"#);
        assert_eq!(learnt, [parameters + weights * 18, worker + states * 2, samples + states * 16]);
        assert_eq!(of(r#","delays":{"by":"input","max":9,"learn":true}"#), [parameters, worker, samples]);
    }
}
