//! Rules of e-prop (spec 19).

use serde::Serialize;

use super::super::loss::Statistic;
use super::super::{Config, EpropRule, LayerConfig, LayerInput, LossConfig, RuleConfig, SilentRules};
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

/// Updates within a sample need errors that are known at each step, and eligibilities of every parameter.
pub(super) fn updates(config: &Config) -> Result<()> {
    if config.training.update_every.is_none() {
        return Ok(());
    }
    let refuse = |why: &str| Err(Error::config("training.updateEvery", why));
    if config.rule.eprop().is_none() {
        return refuse(&format!("needs the rule eprop, got {}", type_of(&config.rule)));
    }
    match &config.loss {
        LossConfig::Trace(_) => {}
        LossConfig::Membrane(membrane) if membrane.statistic == Statistic::Each => {}
        other => {
            let got = type_of(other);
            return refuse(&format!("needs the loss trace, or membrane with the statistic each, got {got}"));
        }
    }
    if config.regularizers.rate_bounds.is_some() {
        return refuse("is not defined with regularizers.rateBounds, which count the spikes of a whole sample");
    }
    if config.training.silent_unit_update.rules == SilentRules::All {
        return refuse("is not defined with silentUnitUpdate.rules \"all\", which looks at whole samples");
    }
    if config.network.layers.iter().all(has_eligibilities) {
        return Ok(());
    }
    refuse("is for layers with fixed delays by input at most")
}

/// The name that a configuration has for one of several kinds.
fn type_of(part: &impl Serialize) -> String {
    let json = serde_json::to_value(part).unwrap_or_default();
    json["type"].as_str().unwrap_or_default().to_owned()
}

fn has_eligibilities(layer: &LayerConfig) -> bool {
    let mut delays = layer.delays().into_iter().chain(layer.inputs().iter().filter_map(LayerInput::delays));
    delays.all(|delays| !delays.is_by_connection() && !delays.learn)
}
