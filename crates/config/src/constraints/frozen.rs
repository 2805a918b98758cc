//! Names of parameters that training leaves unchanged.

use crate::Config;
use crate::error::{Error, Result};

/// Which parameters of a spiking layer are frozen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frozen {
    /// Whether the weights stay.
    pub weights: bool,
    /// Whether the biases stay.
    pub biases: bool,
    /// What it learns beside these.
    pub learnt: bool,
}

/// What is frozen of each layer with neurons of a valid configuration.
pub fn frozen(config: &Config) -> Vec<Frozen> {
    let count = config.network.neurons().count();
    let mut layers = vec![Frozen::default(); count];
    for (layer, part) in config.training.frozen.iter().filter_map(|name| read(name, count)) {
        layers[layer].weights |= part.weights;
        layers[layer].biases |= part.biases;
        layers[layer].learnt |= part.learnt;
    }
    layers
}

pub(super) fn names(config: &Config) -> Result<()> {
    let layers = config.network.neurons().count();
    for (index, name) in config.training.frozen.iter().enumerate() {
        if read(name, layers).is_none() {
            let rule = "must be layers.N, layers.N.weights or layers.N.biases with a layer N";
            let message = format!("{rule} below {layers}, got \"{name}\"");
            return Err(Error::config(format!("training.frozen[{index}]"), message));
        }
    }
    Ok(())
}

fn read(name: &str, layers: usize) -> Option<(usize, Frozen)> {
    let rest = name.strip_prefix("layers.")?;
    let (number, part) = rest.split_once('.').unwrap_or((rest, ""));
    let part = match part {
        "" if !rest.contains('.') => Frozen { weights: true, biases: true, learnt: true },
        "weights" => Frozen { weights: true, ..Frozen::default() },
        "biases" => Frozen { biases: true, ..Frozen::default() },
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit()) && (number == "0" || !number.starts_with('0'));
    let layer = number.parse().ok().filter(|&layer| is_number && layer < layers)?;
    Some((layer, part))
}
