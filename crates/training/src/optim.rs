//! Optimisers and the schedule of the learning rate (spec 7); their loops are in the kernels.

mod average;
mod moments;
mod schedule;

use spikelet_config::{Adam, AdamW, Config, OptimizerConfig};
use spikelet_kernels::{AdamStep, Optimizer, SgdStep};
use spikelet_network::network::Network;

pub(crate) use average::Average;
pub(crate) use moments::{LearntMoments, Moments, Order, TileMoments};
pub(crate) use schedule::Position;

/// The learning rate of an update.
pub(crate) fn learning_rate(config: &Config, at: Position) -> f64 {
    config.optimizer.learning_rate() * schedule::factor(&config.schedule, at)
}

/// A step of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Step of weights and biases.
    pub(crate) weights: Optimizer,
    /// Step of learnt constants and delays: without weight decay (spec 12).
    pub(crate) learnt: Optimizer,
}

/// The `update`-th step of each spiking layer, counted from 1; `cleared`: the updates before its moments were last set to 0, for
/// layers where that is not 0.
pub(crate) fn steps(config: &Config, network: &Network, rate: f64, update: u64, cleared: &[u64]) -> Vec<Step> {
    let factor = &config.training.learning_rate_factor;
    let layers = network.layers.iter().enumerate().map(|(index, layer)| {
        let rate = rate * factor.at(network.layer_of(index));
        let own_rate = rate * layer.neuron.learning_rate_factor;
        // The bias correction of Adam (spec 7) is that of the moments.
        let update = update - cleared.get(index).copied().unwrap_or(0);
        Step {
            weights: step(&config.optimizer, rate, update),
            learnt: without_decay(step(&config.optimizer, own_rate, update)),
        }
    });
    layers.collect()
}

fn without_decay(optimizer: Optimizer) -> Optimizer {
    match optimizer {
        Optimizer::Adam(step) => Optimizer::Adam(AdamStep { weight_decay: 0.0, keep: 1.0, ..step }),
        Optimizer::Sgd(step) => Optimizer::Sgd(SgdStep { weight_decay: 0.0, ..step }),
    }
}

fn step(optimizer: &OptimizerConfig, rate: f64, update: u64) -> Optimizer {
    let adam = |beta1: f64, beta2: f64, epsilon: f64| AdamStep {
        beta1: beta1 as f32,
        first_share: (1.0 - beta1) as f32,
        beta2: beta2 as f32,
        second_share: (1.0 - beta2) as f32,
        rate: (rate / (1.0 - libm::pow(beta1, update as f64))) as f32,
        second_scale: (1.0 / (1.0 - libm::pow(beta2, update as f64))) as f32,
        epsilon: epsilon as f32,
        weight_decay: 0.0,
        keep: 1.0,
    };
    match optimizer {
        OptimizerConfig::Adam(Adam { beta1, beta2, epsilon, weight_decay, .. }) => {
            let weight_decay = *weight_decay as f32;
            Optimizer::Adam(AdamStep { weight_decay, ..adam(*beta1, *beta2, *epsilon) })
        }
        OptimizerConfig::AdamW(AdamW { beta1, beta2, epsilon, weight_decay, .. }) => {
            let keep = (1.0 - rate * weight_decay) as f32;
            Optimizer::Adam(AdamStep { keep, ..adam(*beta1, *beta2, *epsilon) })
        }
        OptimizerConfig::Sgd(sgd) => Optimizer::Sgd(SgdStep {
            rate: rate as f32,
            momentum: sgd.momentum as f32,
            weight_decay: sgd.weight_decay as f32,
        }),
    }
}
