//! Rules of neurons.

use super::super::{
    Config, Dense, GainMode, LayerConfig, NeuronConfig, NeuronType, PerUnit, Reset, ResetPaths, RuleConfig,
};
use crate::error::{Error, Result};
use crate::json::join;

/// The neuron of the network and those of the layers, each with the path of its fields.
fn each_neuron(config: &Config, check: impl Fn(&str, &NeuronConfig) -> Result<()>) -> Result<()> {
    check("network.neuron", &config.network.neuron)?;
    config.network.neurons().try_for_each(|(path, neuron)| check(&path, &neuron))
}

pub(super) fn gains(config: &Config) -> Result<()> {
    each_neuron(config, |path, neuron| {
        if neuron.gain == Some(GainMode::Auto) && neuron.has_any_gain() {
            return Err(Error::config(join(path, "gain"), "\"auto\" and given gains exclude each other"));
        }
        Ok(())
    })
}

pub(super) fn refractory_steps(config: &Config) -> Result<()> {
    each_neuron(config, |path, neuron| {
        if neuron.single_spike && neuron.refractory > 0 {
            return Err(Error::config(join(path, "refractory"), "has no meaning with singleSpike"));
        }
        Ok(())
    })
}

pub(super) fn blocked_units(config: &Config) -> Result<()> {
    let is_blocked = config.network.neurons().any(|(_, neuron)| neuron.refractory_steps() > 0);
    if is_blocked && *config.rule.reset_paths() != ResetPaths::default() {
        let path = if matches!(config.rule, RuleConfig::EventProp(_)) { "rule.type" } else { "rule.resetPath" };
        return Err(Error::config(path, "a reset path is not defined with singleSpike or refractory"));
    }
    Ok(())
}

/// `subtractAfterDecay` takes `threshold / membraneDecay` from the membrane that is carried on, and this would feed the current of adlif.
pub(super) fn soft_resets(config: &Config) -> Result<()> {
    config.network.neurons().try_for_each(|(path, neuron)| {
        if neuron.reset != Reset::SubtractAfterDecay || !neuron.kind.fires() {
            return Ok(());
        }
        let other = match config.rule {
            _ if neuron.kind == NeuronType::Adlif => Some("the neuron adlif"),
            RuleConfig::Eprop(_) => Some("the rule eprop"),
            _ => None,
        };
        let refuse = |message: String| Err(Error::config(join(&path, "reset"), message));
        if let Some(other) = other {
            return refuse(format!("subtractAfterDecay is not defined with {other}"));
        }
        if neuron.membrane_decay.numbers().contains(&0.0) {
            return refuse(
                "subtractAfterDecay needs a membraneDecay above 0: else nothing is left to subtract from".to_owned(),
            );
        }
        Ok(())
    })
}

/// Checks each list of constants against the units of every layer that it is for.
pub(super) fn lists(config: &Config) -> Result<()> {
    let Ok(graph) = config.network.graph() else { return Ok(()) };
    for ((path, neuron), units) in config.network.neurons().zip(graph.filters(&config.network).flatten()) {
        for (name, constant) in neuron.constants() {
            constant.check_length(&join(&path, name), units, "units of the layer")?;
        }
    }
    Ok(())
}

/// Constants of one kind of neuron are refused for the others.
pub(super) fn own_constants(config: &Config) -> Result<()> {
    let refuse = |path: &str, kind: NeuronType, name: &str| match kind.refusal(name) {
        Some(reason) => Err(Error::config(join(path, name), reason)),
        None => Ok(()),
    };
    let network = &config.network;
    for name in network.neuron.given() {
        let mut kinds = network.layers.iter().filter_map(LayerConfig::neuron).filter_map(|own| own.kind);
        // It may be for the layers whose neuron has it.
        if kinds.all(|kind| kind.refusal(name).is_some() || NeuronType::owners(name).is_none()) {
            refuse("network.neuron", network.neuron.kind, name)?;
        }
    }
    for (index, layer) in network.layers.iter().enumerate() {
        let names = layer.neuron().into_iter().flat_map(|own| own.given());
        let kind = network.neuron_of(index).kind;
        names.into_iter().try_for_each(|name| refuse(&format!("network.layers[{index}].neuron"), kind, name))?;
    }
    coupling(config)?;
    adlif_lag(config)
}

/// A membrane that does not return to rest between spikes is refused.
fn coupling(config: &Config) -> Result<()> {
    each_neuron(config, |path, neuron| {
        if neuron.kind != NeuronType::Adlif {
            return Ok(());
        }
        let NeuronConfig { subthreshold_coupling: coupling, membrane_decay, adaptation_decay, .. } = neuron;
        let lengths = [coupling, membrane_decay, adaptation_decay].map(|of| of.numbers().len());
        // Lists of other lengths than the layer has units are refused by themselves.
        let at = |of: &PerUnit, unit: usize| of.numbers().get(unit).or(of.numbers().first()).copied().unwrap_or(0.0);
        for unit in 0..lengths.into_iter().max().unwrap_or(0) {
            let max = neuron.scheme.max_coupling(at(membrane_decay, unit), at(adaptation_decay, unit));
            let given = at(coupling, unit);
            if given >= max {
                let field = join(path, "subthresholdCoupling");
                let place = if coupling.is_list() { format!("{field}[{unit}]") } else { field };
                return Err(Error::config(place, format!("must be below {max:.4} for these decays, got {given}")));
            }
        }
        Ok(())
    })
}

/// A lag of the reset path leaves out what an adaptation current brings back.
fn adlif_lag(config: &Config) -> Result<()> {
    let has_current = config.network.neurons().any(|(_, neuron)| neuron.kind == NeuronType::Adlif);
    if has_current { super::rule::no_lag(config, "with the neuron adlif") } else { Ok(()) }
}

pub(super) fn readout(config: &Config) -> Result<()> {
    let network = &config.network;
    for (index, layer) in network.layers.iter().enumerate().filter(|(_, layer)| layer.has_units()) {
        if network.neuron_of(index).kind.fires() {
            continue;
        }
        let path = match layer.neuron() {
            Some(own) if own.kind.is_some() => format!("network.layers[{index}].neuron.type"),
            _ => "network.neuron.type".to_owned(),
        };
        if index + 1 < network.layers.len() {
            return Err(Error::config(path, "leaky is the last layer's neuron: its units never fire"));
        }
        let is_source = network.graph().is_ok_and(|graph| graph.is_source(index));
        if is_source {
            return Err(Error::config(path, "leaky is the source of no layer: its units never fire"));
        }
        if !matches!(layer, LayerConfig::Dense(Dense { recurrent: false, .. })) {
            return Err(Error::config(path, "leaky needs a dense layer that is not recurrent"));
        }
    }
    Ok(())
}

pub(super) fn readout_loss(config: &Config) -> Result<()> {
    match (config.network.has_readout(), config.loss.is_of_readout()) {
        (true, false) => {
            Err(Error::config("loss.type", "must be membrane or trace: the last layer is leaky and never fires"))
        }
        (false, true) => Err(Error::config("loss.type", "needs a last layer with the neuron leaky")),
        _ => Ok(()),
    }
}

pub(super) fn readout_fields(config: &Config) -> Result<()> {
    let last = config.network.layers.len() - 1;
    if !config.network.has_readout() {
        return Ok(());
    }
    let Some(own) = config.network.layers[last].neuron() else { return Ok(()) };
    let given = [
        ("threshold", own.threshold.is_some()),
        ("reset", own.reset.is_some()),
        ("refractory", own.refractory.is_some()),
        ("singleSpike", own.single_spike.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) => {
            Err(Error::config(format!("network.layers[{last}].neuron.{name}"), "has no meaning: leaky never fires"))
        }
        None => Ok(()),
    }
}
