//! Ranges of the configuration.

use super::layers::layers;
use super::ranges::{at_least, at_most, below, finite, not_negative, positive, require, within};
use super::validate_rule::rule;
use super::{
    Config, GainMode, LossConfig, NetworkConfig, NeuronConfig, OptimizerConfig, Regularizers, Reset, ResetPath,
    ResetPaths, ScheduleConfig, Threads,
};
use crate::error::{Error, Result};

/// Threads beyond this are a mistake.
const MAX_THREADS: u32 = 1024;

impl Config {
    /// Checks every range.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the first field out of range.
    pub fn validate(&self) -> Result<()> {
        network(&self.network)?;
        rule(&self.rule, self.network.spiking_layers())?;
        let mut neurons = self.network.neurons();
        if neurons.any(|(_, neuron)| neuron.refractory_steps() > 0) && *self.rule.reset_paths() != ResetPaths::default()
        {
            return Err(Error::config("rule.resetPath", "is not defined with singleSpike or refractory"));
        }
        if self.network.is_recurrent() {
            no_lag(self.rule.reset_paths(), "with recurrent layers")?;
        }
        if self.network.neurons().any(|(_, neuron)| neuron.reset != Reset::All) {
            no_lag(self.rule.reset_paths(), "with the resets membrane and subtract")?;
        }
        loss(&self.loss)?;
        regularizers(&self.regularizers)?;
        optimizer(&self.optimizer)?;
        if let ScheduleConfig::Step(step) = &self.schedule {
            at_least("schedule.every", step.every, 1)?;
            positive("schedule.factor", step.factor)?;
        }
        let training = &self.training;
        at_least("training.batchSize", training.batch_size, 1)?;
        if let Some(clip) = training.gradient_clip {
            positive("training.gradientClip", clip)?;
        }
        not_negative("training.silentUnitUpdate.strength", training.silent_unit_update.strength)?;
        if let Some(activity) = &training.initial_activity {
            activity.validate(self.network.spiking_layers())?;
        }
        training.augmentation.validate(self.network.input)?;
        training.threads.validate("training.threads")
    }
}

/// A lag looks further back in the backward pass than a recurrent layer remembers, and is defined for the reset of all states alone.
fn no_lag(paths: &ResetPaths, wherever: &str) -> Result<()> {
    for (name, path) in [("activation", paths.activation), ("timing", paths.timing)] {
        if matches!(path, ResetPath::Lag(_)) {
            return Err(Error::config(format!("rule.resetPath.{name}"), format!("lag is not defined {wherever}")));
        }
    }
    Ok(())
}

impl Threads {
    /// Checks the number, which stands at `path`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for none and for more than a machine has.
    pub fn validate(self, path: &str) -> Result<()> {
        let Self::Fixed(count) = self else { return Ok(()) };
        at_least(path, count, 1)?;
        at_most(path, u64::from(count), u64::from(MAX_THREADS))
    }
}

fn network(network: &NetworkConfig) -> Result<()> {
    if network.input.units() == 0 {
        return Err(Error::config("network.input", "must have at least 1 unit, got 0"));
    }
    at_least("network.steps", network.steps, 1)?;
    at_most("network.steps", u64::from(network.steps), u64::from(u16::MAX))?;
    neuron("network.neuron", &network.neuron)?;
    if network.layers.is_empty() {
        return Err(Error::config("network.layers", "must have at least 1 layer, got 0"));
    }
    layers(network)?;
    network.neurons().try_for_each(|(path, of_layer)| neuron(&path, &of_layer))
}

/// Checks a neuron whose fields stand at `path`.
fn neuron(path: &str, neuron: &NeuronConfig) -> Result<()> {
    let at = |name: &str| format!("{path}.{name}");
    within(&at("currentDecay"), neuron.current_decay, 0.0, 1.0)?;
    within(&at("membraneDecay"), neuron.membrane_decay, 0.0, 1.0)?;
    positive(&at("threshold"), neuron.threshold)?;
    if neuron.gain == Some(GainMode::Auto) && neuron.has_any_gain() {
        return Err(Error::config(at("gain"), "\"auto\" and given gains exclude each other"));
    }
    for (name, gain) in [("currentGain", neuron.current_gain), ("membraneGain", neuron.membrane_gain)] {
        if let Some(gain) = gain {
            positive(&at(name), gain)?;
        }
    }
    at_most(&at("refractory"), u64::from(neuron.refractory), u64::from(u16::MAX))?;
    if neuron.single_spike && neuron.refractory > 0 {
        return Err(Error::config(at("refractory"), "has no meaning with singleSpike"));
    }
    if let Some(gain) = neuron.bias_gain {
        not_negative(&at("biasGain"), gain)?;
    }
    Ok(())
}

fn loss(loss: &LossConfig) -> Result<()> {
    match loss {
        LossConfig::Count(_) => Ok(()),
        LossConfig::SpikeTrain(train) => {
            positive("loss.kernelDecay", train.kernel_decay)?;
            below("loss.kernelDecay", train.kernel_decay, 1.0)
        }
        LossConfig::Latency(latency) => {
            positive("loss.inverseTemperature", latency.inverse_temperature)?;
            not_negative("loss.silentTargetPenalty", latency.silent_target_penalty)?;
            if let Some(count) = &latency.target_count {
                not_negative("loss.targetCount.weight", count.weight)?;
                not_negative("loss.targetCount.goal", count.goal)?;
                not_negative("loss.targetCount.positive", count.positive)?;
                not_negative("loss.targetCount.negative", count.negative)?;
            }
            Ok(())
        }
    }
}

fn regularizers(regularizers: &Regularizers) -> Result<()> {
    not_negative("regularizers.spikePenalty", regularizers.spike_penalty)?;
    let Some(bounds) = &regularizers.rate_bounds else { return Ok(()) };
    not_negative("regularizers.rateBounds.lower", bounds.lower)?;
    if let Some(upper) = bounds.upper {
        finite("regularizers.rateBounds.upper", upper)?;
        let rule = format!("must be at least lower ({})", bounds.lower);
        require(upper >= bounds.lower, "regularizers.rateBounds.upper", &rule, upper)?;
    }
    not_negative("regularizers.rateBounds.strength", bounds.strength)
}

fn optimizer(optimizer: &OptimizerConfig) -> Result<()> {
    positive("optimizer.learningRate", optimizer.learning_rate())?;
    match optimizer {
        OptimizerConfig::Adam(adam) => {
            not_negative("optimizer.beta1", adam.beta1)?;
            below("optimizer.beta1", adam.beta1, 1.0)?;
            not_negative("optimizer.beta2", adam.beta2)?;
            below("optimizer.beta2", adam.beta2, 1.0)?;
            positive("optimizer.epsilon", adam.epsilon)?;
            not_negative("optimizer.weightDecay", adam.weight_decay)
        }
        OptimizerConfig::Sgd(sgd) => {
            not_negative("optimizer.momentum", sgd.momentum)?;
            below("optimizer.momentum", sgd.momentum, 1.0)?;
            not_negative("optimizer.weightDecay", sgd.weight_decay)
        }
    }
}
