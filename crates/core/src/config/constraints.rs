//! What must hold between fields. The range of a single field stands at the field.

mod augmentation;
mod layers;
mod rule;

use super::ranges::{At, Check as _};
use super::{Config, GainMode, InitialActivity, NeuronConfig, ResetPaths};
use crate::error::{Error, Result};
use crate::json::join;

/// A rule that more than one field takes part in.
pub struct Constraint<T> {
    /// What it is about.
    pub name: &'static str,
    rule: fn(&T) -> Result<()>,
}

impl<T> Constraint<T> {
    pub(crate) const fn new(name: &'static str, rule: fn(&T) -> Result<()>) -> Self {
        Self { name, rule }
    }

    /// Checks the rule.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of a field that does not fit the others.
    pub fn check(&self, of: &T) -> Result<()> {
        (self.rule)(of)
    }
}

/// The rules of a configuration whose fields are in range, in the order in which they are looked at.
pub const CONSTRAINTS: &[Constraint<Config>] = &[
    Constraint::new("layers fit onto each other", |config| layers::fit(&config.network)),
    Constraint::new("the network fits into memory", |config| layers::fit_into_memory(&config.network)),
    Constraint::new("gains are automatic or given", gains),
    Constraint::new("a unit that fires once has no refractory steps", refractory_steps),
    Constraint::new("the reset path belongs to a part of the rule", |config| rule::reset_paths(&config.rule)),
    Constraint::new("antlr has gated adjoints", |config| rule::antlr_variant(&config.rule)),
    Constraint::new("lists have a number for each spiking layer", numbers_by_layer),
    Constraint::new("epochs of a weight schedule rise", |config| rule::weight_schedule(&config.rule)),
    Constraint::new("the reset path is ignored where units are blocked", blocked_units),
    Constraint::new("recurrent layers have no lag", rule::recurrent_paths),
    Constraint::new("a lag is of the reset of all states", rule::reset_lag),
    Constraint::new("the upper rate is not below the lower", rate_bounds),
    Constraint::new("the augmented image is that of the input", augmentation::image),
    Constraint::new("the shift stays within the image", augmentation::shift),
];

impl Config {
    /// Checks the range of every field, then [`CONSTRAINTS`].
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the first field that is out of range or does not fit the others.
    pub fn validate(&self) -> Result<()> {
        self.check(&At::path(""))?;
        CONSTRAINTS.iter().try_for_each(|constraint| constraint.check(self))
    }
}

/// The neuron of the network and those of the layers, each with where its fields stand.
fn each_neuron(config: &Config, check: impl Fn(&str, &NeuronConfig) -> Result<()>) -> Result<()> {
    check("network.neuron", &config.network.neuron)?;
    config.network.neurons().try_for_each(|(path, neuron)| check(&path, &neuron))
}

fn gains(config: &Config) -> Result<()> {
    each_neuron(config, |path, neuron| {
        if neuron.gain == Some(GainMode::Auto) && neuron.has_any_gain() {
            return Err(Error::config(join(path, "gain"), "\"auto\" and given gains exclude each other"));
        }
        Ok(())
    })
}

fn refractory_steps(config: &Config) -> Result<()> {
    each_neuron(config, |path, neuron| {
        if neuron.single_spike && neuron.refractory > 0 {
            return Err(Error::config(join(path, "refractory"), "has no meaning with singleSpike"));
        }
        Ok(())
    })
}

fn numbers_by_layer(config: &Config) -> Result<()> {
    let layers = config.network.spiking_layers();
    if let Some((activation, timing)) = config.rule.part_weights() {
        activation.check_length("rule.activationWeight", layers)?;
        timing.check_length("rule.timingWeight", layers)?;
    }
    config.training.learning_rate_factor.check_length("training.learningRateFactor", layers)?;
    match &config.training.initial_activity {
        Some(activity) => activity.spikes_per_unit.check_length(InitialActivity::SPIKES_PER_UNIT, layers),
        None => Ok(()),
    }
}

fn blocked_units(config: &Config) -> Result<()> {
    let is_blocked = config.network.neurons().any(|(_, neuron)| neuron.refractory_steps() > 0);
    if is_blocked && *config.rule.reset_paths() != ResetPaths::default() {
        return Err(Error::config("rule.resetPath", "is not defined with singleSpike or refractory"));
    }
    Ok(())
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
