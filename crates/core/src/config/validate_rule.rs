//! Ranges of the learning rule.

use super::ranges::{at_least, finite, not_negative, positive, require};
use super::{ActivationVariant, PerLayer, ResetPath, ResetPaths, RuleConfig, Surrogate, WeightPoint, WeightSchedule};
use crate::error::{Error, Result};

/// Checks a rule for a network of so many spiking layers.
pub(super) fn rule(rule: &RuleConfig, layers: usize) -> Result<()> {
    let weights = |activation: &PerLayer, timing: &PerLayer, schedule: Option<&WeightSchedule>| {
        activation.validate("rule.activationWeight", layers, finite)?;
        timing.validate("rule.timingWeight", layers, finite)?;
        schedule.map_or(Ok(()), weight_schedule)
    };
    match rule {
        RuleConfig::Activation(activation) => {
            surrogate(&activation.surrogate)?;
            reset_paths(&activation.reset_path, Some(activation.variant), false)
        }
        RuleConfig::Timing(timing) => reset_paths(&timing.reset_path, None, true),
        RuleConfig::Antlr(antlr) => {
            if antlr.variant == ActivationVariant::Slayer {
                return Err(Error::config(
                    "rule.variant",
                    "slayer is not defined inside antlr (its adjoints are ungated, the timing part needs gated ones)",
                ));
            }
            weights(&antlr.activation_weight, &antlr.timing_weight, antlr.weight_schedule.as_ref())?;
            surrogate(&antlr.surrogate)?;
            reset_paths(&antlr.reset_path, Some(antlr.variant), true)
        }
        RuleConfig::Mixture(mixture) => {
            weights(&mixture.activation_weight, &mixture.timing_weight, mixture.weight_schedule.as_ref())?;
            surrogate(&mixture.surrogate)?;
            reset_paths(&mixture.reset_path, Some(mixture.variant), true)
        }
    }
}

fn weight_schedule(schedule: &WeightSchedule) -> Result<()> {
    for (part, points) in [("activation", &schedule.activation), ("timing", &schedule.timing)] {
        let mut before: Option<&WeightPoint> = None;
        for (index, point) in points.iter().enumerate() {
            let path = format!("rule.weightSchedule.{part}[{index}]");
            if let Some(before) = before {
                let rule = format!("must be above the epoch before it ({})", before.epoch);
                require(point.epoch > before.epoch, &format!("{path}.epoch"), &rule, point.epoch)?;
            }
            finite(&format!("{path}.factor"), point.factor)?;
            before = Some(point);
        }
    }
    Ok(())
}

/// `variant`: that of the activation part, if there is one.
fn reset_paths(paths: &ResetPaths, variant: Option<ActivationVariant>, has_timing: bool) -> Result<()> {
    let absent = |part: &str, path: ResetPath| {
        if path == ResetPath::Ignore {
            return Ok(());
        }
        Err(Error::config(format!("rule.resetPath.{part}"), format!("must be \"ignore\": the rule has no {part} part")))
    };
    match variant {
        None => absent("activation", paths.activation)?,
        Some(ActivationVariant::Rnn) => reset_path("activation", paths.activation)?,
        Some(_) if paths.activation != ResetPath::Ignore => {
            return Err(Error::config("rule.resetPath.activation", "needs the variant \"rnn\""));
        }
        Some(_) => {}
    }
    if has_timing { reset_path("timing", paths.timing) } else { absent("timing", paths.timing) }
}

fn reset_path(part: &str, path: ResetPath) -> Result<()> {
    match path {
        ResetPath::Ignore | ResetPath::Full => Ok(()),
        ResetPath::Window(width) => not_negative(&format!("rule.resetPath.{part}.window"), width),
        ResetPath::Lag(lag) => {
            let path = format!("rule.resetPath.{part}.lag");
            at_least(&path, lag, 1)?;
            require(lag <= u32::from(u16::MAX), &path, "must be at most 65535", lag)
        }
    }
}

fn surrogate(surrogate: &Surrogate) -> Result<()> {
    positive("rule.surrogate.scale", surrogate.scale())?;
    match surrogate {
        Surrogate::Exponential(shape) => not_negative("rule.surrogate.sharpness", shape.sharpness),
        Surrogate::FastSigmoid(shape) => not_negative("rule.surrogate.sharpness", shape.sharpness),
        Surrogate::Arctan(shape) => not_negative("rule.surrogate.sharpness", shape.sharpness),
        Surrogate::Triangle(shape) => positive("rule.surrogate.halfWidth", shape.half_width),
        Surrogate::Rectangle(shape) => positive("rule.surrogate.halfWidth", shape.half_width),
    }
}
