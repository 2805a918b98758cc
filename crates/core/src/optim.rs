//! Optimisers and the schedule of the learning rate (spec 7); their loops are in the kernels.

mod moments;

use spikelet_kernels::{AdamStep, Optimizer, SgdStep};

use crate::config::{OptimizerConfig, ScheduleConfig};

pub(crate) use moments::{Moments, Order, TileMoments};

/// The learning rate of an epoch, counted from 0.
pub(crate) fn learning_rate(optimizer: &OptimizerConfig, schedule: &ScheduleConfig, epoch: u32) -> f64 {
    let rate = optimizer.learning_rate();
    match schedule {
        ScheduleConfig::Constant(_) => rate,
        ScheduleConfig::Step(step) => rate * libm::pow(step.factor, f64::from(epoch / step.every)),
    }
}

/// The `update`-th step, counted from 1.
pub(crate) fn step(optimizer: &OptimizerConfig, rate: f64, update: u64) -> Optimizer {
    match optimizer {
        OptimizerConfig::Adam(adam) => Optimizer::Adam(AdamStep {
            beta1: adam.beta1 as f32,
            first_share: (1.0 - adam.beta1) as f32,
            beta2: adam.beta2 as f32,
            second_share: (1.0 - adam.beta2) as f32,
            rate: (rate / (1.0 - libm::pow(adam.beta1, update as f64))) as f32,
            second_scale: (1.0 / (1.0 - libm::pow(adam.beta2, update as f64))) as f32,
            epsilon: adam.epsilon as f32,
            weight_decay: adam.weight_decay as f32,
        }),
        OptimizerConfig::Sgd(sgd) => Optimizer::Sgd(SgdStep {
            rate: rate as f32,
            momentum: sgd.momentum as f32,
            weight_decay: sgd.weight_decay as f32,
        }),
    }
}
