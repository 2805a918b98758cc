//! Rules of e-prop (spec 19).

use super::super::loss::Statistic;
use super::super::{Config, EpropRule, LossConfig, RuleConfig};
use crate::error::{Error, Result};
use crate::json::join;

/// The errors that are broadcast are those of a loss that needs no path through first spikes.
pub(super) fn loss(config: &Config) -> Result<()> {
    if config.rule.eprop().is_none() {
        return Ok(());
    }
    match &config.loss {
        LossConfig::Count(_) | LossConfig::SpikeTrain(_) | LossConfig::Trace(_) => Ok(()),
        LossConfig::Membrane(membrane)
            if matches!(membrane.statistic, Statistic::Mean | Statistic::Last | Statistic::Each) =>
        {
            Ok(())
        }
        LossConfig::Membrane(_) => {
            Err(Error::config("loss.statistic", "must be \"mean\", \"last\" or \"each\" with eprop"))
        }
        _ => Err(Error::config("loss.type", "must be \"count\", \"spikeTrain\", \"membrane\" or \"trace\" with eprop")),
    }
}

/// The filter moves from the units of a readout to those below it only where all of these remember alike.
pub(super) fn filter(config: &Config) -> Result<()> {
    let RuleConfig::Eprop(EpropRule { eligibility_filter: true, .. }) = config.rule else { return Ok(()) };
    let Some((path, readout)) = config.network.neurons().find(|(_, neuron)| !neuron.kind.fires()) else {
        return Ok(());
    };
    let shared = ["currentDecay", "membraneDecay", "membraneGain"];
    match readout.constants().find(|(name, constant)| shared.contains(name) && constant.is_list()) {
        Some((name, _)) => {
            let message = "must be one number for all units of a readout with eprop and its eligibilityFilter";
            Err(Error::config(join(&path, name), message))
        }
        None => Ok(()),
    }
}
