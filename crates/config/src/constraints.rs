//! Rules between fields. The range of a single field is declared at the field.

mod augmentation;
mod eprop;
mod frozen;
mod layers;
mod learnt;
mod neurons;
mod rule;

use super::loss::{EndSimulation, FirstSpikeGradient, LatencyLoss, MembraneLoss, SpikeTrainLoss, Statistic, TraceLoss};
use super::ranges::{At, Check as _, require};
use super::{BestBy, Config, InitialActivity, LossConfig, PerLayer};
use crate::error::{Error, Result};

/// A rule between several fields.
pub struct Constraint<T> {
    /// What it is about, for tests; no page downloads it.
    #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
    pub name: &'static str,
    rule: fn(&T) -> Result<()>,
}

impl<T> Constraint<T> {
    /// Names a rule.
    pub const fn new(name: &'static str, rule: fn(&T) -> Result<()>) -> Self {
        let _ = name;
        Self {
            #[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
            name,
            rule,
        }
    }

    /// Checks the rule.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of a field that does not fit the others.
    pub fn check(&self, of: &T) -> Result<()> {
        (self.rule)(of)
    }
}

/// The rules of a configuration whose fields are in range, in the order in which they are checked.
pub const CONSTRAINTS: &[Constraint<Config>] = &[
    Constraint::new("layers fit onto each other", |config| layers::fit(&config.network)),
    Constraint::new("the network fits into memory", |config| layers::fit_into_memory(&config.network)),
    Constraint::new("gains are automatic or given", neurons::gains),
    Constraint::new("constants by unit have a number for each", neurons::lists),
    Constraint::new("constants are of their neuron", neurons::own_constants),
    Constraint::new("constants are learnt once, from where learning can start", learnt::constants),
    Constraint::new("a readout is the last layer, and dense", neurons::readout),
    Constraint::new("a readout has a loss of its membranes", neurons::readout_loss),
    Constraint::new("a readout has nothing of spikes", neurons::readout_fields),
    Constraint::new("weights of steps are as many as these", step_weights),
    Constraint::new("the decay rate is that of a weighted mean", decay_rate),
    Constraint::new("spikes that might come first need all steps", relaxed_first_spike),
    Constraint::new("the horizon is of spikes that might come first", horizon),
    Constraint::new("a unit that fires once has no refractory steps", neurons::refractory_steps),
    Constraint::new("a threshold is subtracted from what is left after the decay", neurons::soft_resets),
    Constraint::new("the reset path belongs to a part of the rule", |config| rule::reset_paths(&config.rule)),
    Constraint::new("a table of surrogate derivatives has at least one interval", |config| {
        rule::surrogate_table(&config.rule)
    }),
    Constraint::new("antlr has gated adjoints", |config| rule::antlr_variant(&config.rule)),
    Constraint::new("lists have a number for each spiking layer", numbers_by_layer),
    Constraint::new("bits of weights are whole, a number for each layer", weight_bits),
    Constraint::new("epochs of a weight schedule rise", |config| rule::weight_schedule(&config.rule)),
    Constraint::new("the reset path is ignored where units are blocked", neurons::blocked_units),
    Constraint::new("recurrent layers have no lag", rule::recurrent_paths),
    Constraint::new("a membrane that continues has a slope floor", rule::slope_floor),
    Constraint::new("a lag is of the reset of all states", rule::reset_lag),
    Constraint::new("e-prop has an error at the output that it can broadcast", eprop::loss),
    Constraint::new("e-prop filters by decays that the readout shares", eprop::filter),
    Constraint::new("updates within a sample have errors and eligibilities", eprop::updates),
    Constraint::new("the upper rate is not below the lower", rate_bounds),
    Constraint::new("classes have a weight each", class_weights),
    Constraint::new("the output of the label fires within the simulation", wanted_steps),
    Constraint::new("the best epoch is found by what is measured", best_by),
    Constraint::new("frozen parameters are there", frozen::names),
    Constraint::new("the augmented image is that of the input", augmentation::image),
    Constraint::new("the shift stays within the image", augmentation::shift),
];

pub use frozen::{Frozen, frozen};

impl Config {
    /// Checks the range of every field, then [`CONSTRAINTS`].
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the first field that is out of range or does not fit the others.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn validate(&self) -> Result<()> {
        self.check(&At::path(""))?;
        CONSTRAINTS.iter().try_for_each(|constraint| constraint.check(self))
    }
}

fn numbers_by_layer(config: &Config) -> Result<()> {
    let layers = config.network.spiking_layers();
    if let Some((activation, timing)) = config.rule.part_weights() {
        activation.check_length("rule.activationWeight", layers, "spiking layers")?;
        timing.check_length("rule.timingWeight", layers, "spiking layers")?;
    }
    let weighted = config.network.neurons().count();
    config.training.learning_rate_factor.check_length(
        "training.learningRateFactor",
        weighted,
        "layers with weights",
    )?;
    match &config.training.initial_activity {
        Some(activity) => {
            activity.spikes_per_unit.check_length(InitialActivity::SPIKES_PER_UNIT, layers, "spiking layers")
        }
        None => Ok(()),
    }
}

fn weight_bits(config: &Config) -> Result<()> {
    const PATH: &str = "training.weightBits";
    let Some(bits) = &config.training.weight_bits else { return Ok(()) };
    bits.check_length(PATH, config.network.neurons().count(), "layers with weights")?;
    let numbers = bits.numbers();
    let Some(wrong) = numbers.iter().position(|bits| bits.fract() != 0.0) else { return Ok(()) };
    let path = if matches!(bits, PerLayer::ByLayer(_)) { format!("{PATH}[{wrong}]") } else { PATH.to_owned() };
    Err(Error::config(path, format!("must be whole, got {}", numbers[wrong])))
}

fn class_weights(config: &Config) -> Result<()> {
    let Some(weights) = config.loss.class_weights() else { return Ok(()) };
    let outputs = layers::outputs(&config.network);
    if weights.len() == outputs {
        return Ok(());
    }
    let message = format!("must have one number for each of the {outputs} outputs, got {}", weights.len());
    Err(Error::config("loss.classWeights", message))
}

fn decay_rate(config: &Config) -> Result<()> {
    match config.loss.membrane() {
        Some(MembraneLoss { decay_rate: Some(_), statistic, .. }) if *statistic != Statistic::ExpMean => {
            Err(Error::config("loss.decayRate", "is of the statistic \"expMean\" alone"))
        }
        _ => Ok(()),
    }
}

fn relaxed_first_spike(config: &Config) -> Result<()> {
    match &config.loss {
        LossConfig::Latency(latency)
            if latency.spike_gradient == FirstSpikeGradient::Relaxed
                && latency.end_simulation != EndSimulation::Off =>
        {
            Err(Error::config("loss.endSimulation", "must be \"off\" with the spikeGradient \"relaxed\""))
        }
        _ => Ok(()),
    }
}

fn horizon(config: &Config) -> Result<()> {
    match &config.loss {
        LossConfig::Latency(LatencyLoss { horizon: Some(_), spike_gradient: FirstSpikeGradient::None, .. }) => {
            Err(Error::config("loss.horizon", "is of the spikeGradient \"relaxed\" alone"))
        }
        _ => Ok(()),
    }
}

fn wanted_steps(config: &Config) -> Result<()> {
    let LossConfig::SpikeTrain(SpikeTrainLoss { positive, .. }) = &config.loss else { return Ok(()) };
    let steps = config.network.steps;
    let last = positive.iter().copied().max().unwrap_or(0);
    require(last < steps, "loss.positive", &format!("must be below the {steps} steps"), last)?;
    let mut is_named = vec![false; steps as usize];
    let twice = positive.iter().find(|&&step| std::mem::replace(&mut is_named[step as usize], true));
    require(twice.is_none(), "loss.positive", "must name each step once", twice.copied().unwrap_or_default())
}

fn best_by(config: &Config) -> Result<()> {
    let (measured, names): (&[BestBy], _) = match &config.loss {
        LossConfig::Membrane(_) => (
            &[BestBy::Decision, BestBy::Membrane, BestBy::Loss],
            "\"decision\", \"membrane\" or \"loss\" with the loss of a readout",
        ),
        LossConfig::Trace(_) => {
            (&[BestBy::MeanSquaredError, BestBy::Loss], "\"meanSquaredError\" or \"loss\" with the loss of a readout")
        }
        _ => (
            &[BestBy::Decision, BestBy::FirstSpike, BestBy::Count, BestBy::Loss],
            "\"decision\", \"firstSpike\", \"count\" or \"loss\" with a loss of spikes",
        ),
    };
    match config.training.best_by {
        Some(by) if !measured.contains(&by) => Err(Error::config("training.bestBy", format!("must be {names}"))),
        _ => Ok(()),
    }
}

fn rate_bounds(config: &Config) -> Result<()> {
    let Some(bounds) = &config.regularizers.rate_bounds else { return Ok(()) };
    match bounds.upper {
        Some(upper) if upper < bounds.lower => {
            let message = format!("must be at least lower ({}), got {upper}", bounds.lower);
            Err(Error::config("regularizers.rateBounds.upper", message))
        }
        _ => Ok(()),
    }
}

fn step_weights(config: &Config) -> Result<()> {
    let LossConfig::Trace(TraceLoss { step_weights: Some(weights) }) = &config.loss else { return Ok(()) };
    let steps = config.network.steps as usize;
    let rule = format!("must have one number for each of the {steps} steps");
    require(weights.len() == steps, "loss.stepWeights", &rule, weights.len())
}
