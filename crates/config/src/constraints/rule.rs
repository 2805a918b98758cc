//! Rules of the learning rule.

use super::super::ranges::require;
use super::super::{ActivationVariant, Config, Reset, ResetPath, RuleConfig, Surrogate, TableSurrogate, WeightPoint};
use crate::error::{Error, Result};

pub(super) fn antlr_variant(rule: &RuleConfig) -> Result<()> {
    match rule {
        RuleConfig::Antlr(antlr) if antlr.variant == ActivationVariant::Slayer => Err(Error::config(
            "rule.variant",
            "slayer is not defined inside antlr (its adjoints are ungated, the timing part needs gated ones)",
        )),
        _ => Ok(()),
    }
}

pub(super) fn surrogate_table(rule: &RuleConfig) -> Result<()> {
    let Some(Surrogate::Table(TableSurrogate { values, .. })) = rule.surrogate() else { return Ok(()) };
    let most = TableSurrogate::MAX_VALUES;
    let message = format!("must be a list of 2 to {most} numbers");
    require((2..=most).contains(&values.len()), "rule.surrogate.values", &message, values.len())
}

pub(super) fn weight_schedule(rule: &RuleConfig) -> Result<()> {
    let Some(schedule) = rule.weight_schedule() else { return Ok(()) };
    for (part, points) in [("activation", &schedule.activation), ("timing", &schedule.timing)] {
        let mut before: Option<&WeightPoint> = None;
        for (index, point) in points.iter().enumerate() {
            if let Some(before) = before {
                let path = format!("rule.weightSchedule.{part}[{index}].epoch");
                let rule = format!("must be above the epoch before it ({})", before.epoch);
                require(point.epoch > before.epoch, &path, &rule, point.epoch)?;
            }
            before = Some(point);
        }
    }
    Ok(())
}

/// A reset path needs its part of the rule; that of the activation part also needs the variant that follows resets.
pub(super) fn reset_paths(rule: &RuleConfig) -> Result<()> {
    let (variant, has_timing) = match rule {
        RuleConfig::Activation(activation) => (Some(activation.variant), false),
        RuleConfig::Eprop(_) => (None, false),
        RuleConfig::Timing(_) | RuleConfig::EventProp(_) => (None, true),
        RuleConfig::Antlr(antlr) => (Some(antlr.variant), true),
        RuleConfig::Mixture(mixture) => (Some(mixture.variant), true),
    };
    let paths = rule.reset_paths();
    let absent = |part: &str, path: ResetPath| {
        if path == ResetPath::Ignore {
            return Ok(());
        }
        Err(Error::config(format!("rule.resetPath.{part}"), format!("must be \"ignore\": the rule has no {part} part")))
    };
    match variant {
        None => absent("activation", paths.activation)?,
        Some(ActivationVariant::Rnn) => {}
        Some(_) if paths.activation != ResetPath::Ignore => {
            return Err(Error::config("rule.resetPath.activation", "needs the variant \"rnn\""));
        }
        Some(_) => {}
    }
    if has_timing { Ok(()) } else { absent("timing", paths.timing) }
}

/// A lag looks further back in the backward pass than a recurrent layer remembers.
pub(super) fn recurrent_paths(config: &Config) -> Result<()> {
    let is_chain = config.network.graph().is_ok_and(|graph| graph.is_chain());
    match config.network.is_recurrent() {
        true => no_lag(config, "with recurrent layers"),
        false if !is_chain => no_lag(config, "in networks beyond a chain of layers"),
        false => Ok(()),
    }
}

/// Resets of the layers that fire: a readout has none, whatever it inherits.
fn resets(config: &Config) -> impl Iterator<Item = Reset> {
    let firing = config.network.neurons().filter(|(_, neuron)| neuron.kind.fires());
    firing.map(|(_, neuron)| neuron.reset)
}

/// A membrane that is still above the threshold after its reset fires again while it falls (spec 14).
pub(super) fn slope_floor(config: &Config) -> Result<()> {
    if config.rule.slope_floor() > 0.0 {
        return Ok(());
    }
    match resets(config).find(|reset| reset.keeps_membrane()) {
        Some(reset) => {
            let rule = format!("must be above 0 with the reset {}: a membrane may fall at a spike", reset.name());
            Err(Error::config("rule.slopeFloor", rule))
        }
        None => Ok(()),
    }
}

/// The specification defines it for no other (10.2).
pub(super) fn reset_lag(config: &Config) -> Result<()> {
    let is_defined = resets(config).all(|reset| reset == Reset::All);
    if is_defined { Ok(()) } else { no_lag(config, "with other resets than all") }
}

pub(super) fn no_lag(config: &Config, wherever: &str) -> Result<()> {
    let paths = config.rule.reset_paths();
    for (name, path) in [("activation", paths.activation), ("timing", paths.timing)] {
        if matches!(path, ResetPath::Lag(_)) {
            return Err(Error::config(format!("rule.resetPath.{name}"), format!("lag is not defined {wherever}")));
        }
    }
    Ok(())
}
