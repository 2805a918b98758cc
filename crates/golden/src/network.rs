//! Input, layers and neurons.

use serde_json::{Map, Value, json};

use crate::switches::Switches;
use crate::{Untranslated, malformed};

pub(crate) fn network(switches: &Switches) -> Result<Value, Untranslated> {
    if !switches.layers.is_empty() {
        return graph(switches);
    }
    let Some((Value::String(input_word), layers_given)) = switches.network.split_first() else {
        return malformed("has no input");
    };
    let mut neurons = switches.neurons.iter();
    let mut delays = switches.delays.iter();
    let mut layers = Vec::new();
    for given in layers_given {
        let mut layer = given.as_str().map_or_else(|| Ok(given.clone()), layer)?;
        if ["dense", "conv2d", "conv1d"].iter().any(|kind| layer["type"] == *kind) {
            if let Some(own) = neurons.next() {
                layer["neuron"] = own_neuron(own)?;
            }
            if let Some(own) = delays.next().filter(|own| !own.is_null()) {
                layer["delays"] = json!({ "by": own["by"], "max": own["most"], "learn": own["learn"] });
            }
        }
        layers.push(layer);
    }
    Ok(json!({
        "input": input(input_word)?,
        "steps": switches.steps,
        "neuron": neuron(switches),
        "layers": layers,
    }))
}

/// A network of format 3.
fn graph(switches: &Switches) -> Result<Value, Untranslated> {
    let input = match switches.input[..] {
        [units] => json!(units),
        _ => json!(switches.input),
    };
    let layers = switches.layers.iter().map(|layer| {
        let mut layer = with_delays(layer);
        if let Some(Value::Object(neuron)) = layer.get("neuron") {
            layer["neuron"] = own_neuron(&neuron.clone())?;
        }
        if let Some(Value::Array(inputs)) = layer.get_mut("inputs") {
            for input in inputs.iter_mut() {
                if let Value::Object(fields) = input {
                    *input = Value::Object(with_delays(fields));
                }
            }
        }
        Ok(Value::Object(layer))
    });
    Ok(json!({
        "input": input,
        "steps": switches.steps,
        "neuron": neuron(switches),
        "layers": layers.collect::<Result<Vec<_>, _>>()?,
    }))
}

/// The fields of a layer or an input, with delays as a configuration has them.
fn with_delays(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    if let Some(Value::Object(delays)) = fields.get_mut("delays")
        && let Some(max) = delays.remove("most")
    {
        delays.insert("max".to_owned(), max);
    }
    fields
}

fn input(word: &str) -> Result<Value, Untranslated> {
    match word.split('x').map(str::parse).collect::<Result<Vec<u32>, _>>().as_deref() {
        Ok([units]) => Ok(json!(units)),
        Ok(sizes) => Ok(json!(sizes)),
        Err(_) => malformed(format!("no input {word}")),
    }
}

/// A layer of the words `fc10`, `rfc10`, `conv8c5`, `apool2`, `mpool2` and `flatten`.
fn layer(word: &str) -> Result<Value, Untranslated> {
    let number = |digits: &str| digits.parse::<u32>().or_else(|_| malformed(format!("no layer {word}")));
    if word == "flatten" {
        Ok(json!({ "type": "flatten" }))
    } else if let Some(units) = word.strip_prefix("rfc") {
        Ok(json!({ "type": "dense", "units": number(units)?, "recurrent": true }))
    } else if let Some(units) = word.strip_prefix("fc") {
        Ok(json!({ "type": "dense", "units": number(units)? }))
    } else if let Some((channels, kernel)) = word.strip_prefix("conv").and_then(|sizes| sizes.split_once('c')) {
        Ok(json!({ "type": "conv2d", "channels": number(channels)?, "kernel": number(kernel)? }))
    } else if let Some(window) = word.strip_prefix("apool") {
        Ok(json!({ "type": "avgPool2d", "window": number(window)? }))
    } else if let Some(window) = word.strip_prefix("mpool") {
        Ok(json!({ "type": "maxPool2d", "window": number(window)? }))
    } else {
        malformed(format!("no layer {word}"))
    }
}

/// The neuron of all layers.
fn neuron(switches: &Switches) -> Value {
    let mut json = json!({
        "currentDecay": switches.alpha_i,
        "membraneDecay": switches.alpha_v,
        "refractory": switches.refractory,
        "singleSpike": switches.single_spike,
    });
    if switches.beta_auto {
        json["gain"] = "auto".into();
    } else {
        json["gain"] = "manual".into();
        json["currentGain"] = switches.beta_i.into();
        json["membraneGain"] = switches.beta_v.into();
        json["biasGain"] = switches.beta_bias.into();
    }
    json
}

/// The neuron of one layer: fields have the names that they have in a configuration.
fn own_neuron(own: &Map<String, Value>) -> Result<Value, Untranslated> {
    let mut fields = Map::new();
    for (name, value) in own {
        match (name.as_str(), value.as_str()) {
            (
                "type"
                | "learn"
                | "currentDecay"
                | "membraneDecay"
                | "threshold"
                | "gain"
                | "currentGain"
                | "membraneGain"
                | "biasGain"
                | "refractory"
                | "singleSpike"
                | "reset"
                | "adaptationDecay"
                | "adaptationStrength"
                | "subthresholdCoupling"
                | "spikeCoupling"
                | "scheme",
                _,
            ) => {
                fields.insert(name.clone(), value.clone());
            }
            _ => return malformed(format!("no neuron with {name} {value}")),
        }
    }
    Ok(Value::Object(fields))
}
