//! The oracle's switches as a configuration.

use serde_json::{Value, json};
use spikelet_core::Config;

use crate::format::{Optimiser, Switches};

/// The configuration; the error says what has no counterpart.
pub(crate) fn config(switches: &Switches, batch: u32, optimizer: &Value) -> Result<Config, String> {
    constants(switches)?;
    let json = json!({
        "network": {
            "input": input(&switches.network[0])?,
            "steps": switches.steps,
            "neuron": neuron(switches),
            "layers": layers(switches)?,
        },
        "rule": rule(switches)?,
        "loss": activity(loss(switches)?, switches),
        "optimizer": optimizer,
        "schedule": { "type": "constant" },
        "training": {
            "batchSize": batch,
            "gradientClip": switches.grad_clip,
            "silentUnitUpdate": {
                "strength": switches.timing_penalty,
                "rules": switches.penalty_scope,
                "convolutions": switches.penalty_conv,
            },
        },
    });
    Config::from_json(&json.to_string()).map_err(|error| error.to_string())
}

/// The optimiser of a trajectory.
pub(crate) fn optimizer(optimiser: &Optimiser) -> Value {
    let mut json = json!({ "type": optimiser.name, "learningRate": optimiser.lr });
    let options = if optimiser.name == "adam" {
        vec![("beta1", optimiser.beta1), ("beta2", optimiser.beta2), ("epsilon", optimiser.eps)]
    } else {
        vec![("momentum", optimiser.momentum)]
    };
    for (name, value) in options.into_iter().chain([("weightDecay", optimiser.weight_decay)]) {
        if let Some(value) = value {
            json[name] = value.into();
        }
    }
    json
}

/// Settings that the core has as constants.
fn constants(switches: &Switches) -> Result<(), String> {
    let same = switches.v_prime_min == 0.01
        && switches.alpha_extend == 200
        && switches.kernel_cap == 1000
        && switches.kernel_cut == 1e-6
        && switches.apool_mask == "binary"
        && switches.conv_grad_beta_i;
    if !same {
        return Err(
            "v_prime_min, alpha_extend, kernel_cap, kernel_cut, apool_mask and conv_grad_beta_i are fixed".to_owned()
        );
    }
    Ok(())
}

fn input(word: &str) -> Result<Value, String> {
    let sizes =
        word.split('x').map(str::parse).collect::<Result<Vec<u32>, _>>().map_err(|_| format!("input {word}"))?;
    Ok(if let [units] = sizes[..] { json!(units) } else { json!(sizes) })
}

/// The layers, each spiking one with the neuron of its own that format 2 may give it.
fn layers(switches: &Switches) -> Result<Vec<Value>, String> {
    let mut neurons = switches.neurons.iter();
    let mut layers = switches.network[1..].iter().map(|word| layer(word)).collect::<Result<Vec<_>, _>>()?;
    for layer in layers.iter_mut().filter(|layer| layer["type"] == "dense" || layer["type"] == "conv2d") {
        if let Some(neuron) = neurons.next() {
            layer["neuron"] = neuron.clone();
        }
    }
    Ok(layers)
}

fn layer(word: &str) -> Result<Value, String> {
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| format!("no layer {word}"));
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
        Err(format!("no layer {word}"))
    }
}

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

fn rule(switches: &Switches) -> Result<Value, String> {
    let variant = switches.act_style.to_lowercase();
    let surrogate = surrogate(switches)?;
    // The oracle reads `reset_act` in the RNN style only.
    let activation =
        if switches.act_style == "RNN" { reset_path(&switches.reset_act, switches)? } else { json!("ignore") };
    let timing = reset_path(&switches.reset_tim, switches)?;
    let paths = json!({ "activation": activation, "timing": timing });
    let weighted = |name: &str| {
        json!({
            "type": name,
            "activationWeight": switches.lambda_act,
            "timingWeight": switches.lambda_tim,
            "variant": variant,
            "surrogate": surrogate,
            "resetPath": paths,
        })
    };
    match switches.rule.as_str() {
        "activation" => Ok(json!({
            "type": "activation", "variant": variant, "surrogate": surrogate, "resetPath": { "activation": activation },
        })),
        "timing" => Ok(json!({ "type": "timing", "resetPath": { "timing": timing } })),
        "antlr" => Ok(weighted("antlr")),
        "trivial" => Ok(weighted("mixture")),
        other => Err(format!("no rule {other}")),
    }
}

fn surrogate(switches: &Switches) -> Result<Value, String> {
    let (scale, shape) = (switches.surr_alpha, switches.surr_beta);
    match switches.surrogate.as_deref() {
        None | Some("exponential") => Ok(json!({ "type": "exponential", "scale": scale, "sharpness": shape })),
        Some("fast_sigmoid") => Ok(json!({ "type": "fastSigmoid", "scale": scale, "sharpness": shape })),
        Some("arctan") => Ok(json!({ "type": "arctan", "scale": scale, "sharpness": shape })),
        Some("triangle") => Ok(json!({ "type": "triangle", "scale": scale, "halfWidth": shape })),
        Some("rectangle") => Ok(json!({ "type": "rectangle", "scale": scale, "halfWidth": shape })),
        Some(other) => Err(format!("no surrogate {other}")),
    }
}

fn reset_path(word: &str, switches: &Switches) -> Result<Value, String> {
    match word {
        "none" => Ok(json!("ignore")),
        "full" => Ok(json!("full")),
        "window" => Ok(json!({ "window": switches.reset_window })),
        "lag" => Ok(json!({ "lag": switches.reset_lag })),
        other => Err(format!("no reset path {other}")),
    }
}

/// Adds the terms for the activity of hidden layers.
fn activity(mut loss: Value, switches: &Switches) -> Value {
    loss["spikePenalty"] = switches.spike_penalty.into();
    if switches.rate_strength != 0.0 {
        loss["rateBounds"] = json!({
            "lower": switches.rate_lower, "upper": switches.rate_upper, "strength": switches.rate_strength,
        });
    }
    loss
}

fn loss(switches: &Switches) -> Result<Value, String> {
    if switches.early_stop && switches.target_type != "latency" {
        return Err(format!("no early end with the {} loss", switches.target_type));
    }
    match switches.target_type.as_str() {
        "count" => Ok(json!({ "type": "count" })),
        "train" => Ok(json!({ "type": "spikeTrain", "kernelDecay": switches.alpha_exp })),
        "latency" => {
            let mut json = json!({
                "type": "latency",
                "inverseTemperature": switches.softmax_beta,
                "silentTargetPenalty": switches.lambda_nospike,
                "endSimulation": if switches.early_stop { "batch" } else { "off" },
            });
            if switches.count_weight != 0.0 {
                json["targetCount"] = json!({
                    "weight": switches.count_weight,
                    "scope": switches.count_scope,
                    "goal": switches.count_goal,
                    "positive": switches.max_target_spikes,
                    "negative": switches.min_target_spikes,
                });
            }
            Ok(json)
        }
        other => Err(format!("no loss {other}")),
    }
}
