//! Rules of constants that are learnt.

use super::super::{Config, LearntConstant, NeuronConfig, NeuronType};
use crate::error::{Error, Result};
use crate::json::join;

pub(super) fn constants(config: &Config) -> Result<()> {
    let network = &config.network;
    let kinds: Vec<NeuronType> = network.neurons().map(|(_, neuron)| neuron.kind).collect();
    names("network.neuron", &network.neuron.learn, &kinds)?;
    for (index, layer) in network.layers.iter().enumerate() {
        let Some(own) = layer.neuron().and_then(|own| own.learn.as_ref()) else { continue };
        names(&format!("network.layers[{index}].neuron"), own, &[network.neuron_of(index).kind])?;
    }
    network.neurons().try_for_each(|(path, neuron)| starts(&path, &neuron))
}

/// Each constant once, and only those of these kinds of neurons.
fn names(path: &str, learn: &[LearntConstant], kinds: &[NeuronType]) -> Result<()> {
    for (index, constant) in learn.iter().enumerate() {
        let at = format!("{}[{index}]", join(path, "learn"));
        let name = constant.name();
        if learn[..index].contains(constant) {
            return Err(Error::config(at, format!("{name} is there twice")));
        }
        if !kinds.iter().any(|&kind| constant.is_of(kind)) {
            let reason = kinds.first().and_then(|kind| kind.refusal(name)).unwrap_or_else(|| match constant {
                LearntConstant::AdaptationDecay => "is learnt by the neuron adlif alone".to_owned(),
                _ => "has no meaning: leaky never fires".to_owned(),
            });
            return Err(Error::config(at, format!("{name} {reason}")));
        }
    }
    Ok(())
}

/// Values from which a constant can be learnt.
fn starts(path: &str, neuron: &NeuronConfig) -> Result<()> {
    for constant in neuron.learnt() {
        let given = neuron.constant(constant);
        for (index, &number) in given.numbers().iter().enumerate() {
            let Some(why) = constant.refusal(number as f32) else { continue };
            let field = join(path, constant.name());
            let at = if given.is_list() { format!("{field}[{index}]") } else { field };
            return Err(Error::config(at, format!("{why}, got {number}")));
        }
    }
    Ok(())
}
