//! Options of the rules: what is refused, and what a schedule of the weights does.

use serde_json::{Value, json};
use spikelet_config::json::from_value;
use spikelet_config::{Config, Interpolation, RuleConfig, WeightPoint, WeightSchedule};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{Level, Sequential, Trainer, Until};

fn config(rule: &Value) -> Result<Config, (String, String)> {
    changed(&json!({ "rule": rule }))
}

/// A configuration with some fields of `network.neuron`, `rule` and `loss` replaced.
fn changed(changes: &Value) -> Result<Config, (String, String)> {
    let mut json = json!({
        "network": {
            "input": 4, "steps": 20, "neuron": { "currentDecay": 0.8, "membraneDecay": 0.9 },
            "layers": [{ "type": "dense", "units": 6 }, { "type": "dense", "units": 2 }],
        },
        "loss": { "type": "count", "positive": 3 },
        "optimizer": { "type": "adam", "learningRate": 0.02 },
        "training": { "batchSize": 4, "epochs": 3 },
    });
    for (name, value) in changes.as_object().expect("changes are an object") {
        if name == "neuron" {
            json["network"]["neuron"] = value.clone();
        } else {
            json[name] = value.clone();
        }
    }
    Config::from_json(&json.to_string()).map_err(|error| (error.path.clone(), error.to_string()))
}

#[test]
fn what_is_refused_has_a_path() {
    let rnn = |path: Value| json!({ "type": "antlr", "variant": "rnn", "resetPath": path });
    let points = |epochs: [u32; 2]| json!(epochs.map(|epoch| json!({ "epoch": epoch, "factor": 1 })));
    for (path, rule) in [
        ("rule.resetPath.activation", json!({ "type": "antlr", "resetPath": { "activation": "full" } })),
        ("rule.resetPath.activation", json!({ "type": "timing", "resetPath": { "activation": "full" } })),
        ("rule.resetPath.timing", json!({ "type": "activation", "resetPath": { "timing": { "lag": 2 } } })),
        ("rule.resetPath.activation.window", rnn(json!({ "activation": { "window": -1 } }))),
        ("rule.resetPath.timing.lag", rnn(json!({ "timing": { "lag": 0 } }))),
        ("rule.resetPath.timing", rnn(json!({ "timing": "none" }))),
        ("rule.surrogate.halfWidth", json!({ "type": "antlr", "surrogate": { "type": "triangle", "halfWidth": 0 } })),
        ("rule.surrogate.sharpness", json!({ "type": "antlr", "surrogate": { "type": "rectangle", "sharpness": 1 } })),
        ("rule.surrogate.scale", json!({ "type": "activation", "surrogate": { "type": "arctan", "scale": 0 } })),
        (
            "rule.surrogate.values",
            json!({ "type": "antlr", "surrogate": { "type": "table", "step": 1, "values": [1] } }),
        ),
        ("rule.surrogate.values", json!({ "type": "antlr", "surrogate": { "type": "table", "step": 1 } })),
        (
            "rule.surrogate.values[1]",
            json!({ "type": "mixture", "surrogate": { "type": "table", "step": 1, "values": [1, "0"] } }),
        ),
        (
            "rule.surrogate.step",
            json!({ "type": "activation", "surrogate": { "type": "table", "step": 0, "values": [1, 0] } }),
        ),
        ("rule.surrogate.type", json!({ "type": "activation", "surrogate": { "type": "sigmoid" } })),
        ("rule.activationWeight", json!({ "type": "antlr", "activationWeight": [1] })),
        ("rule.activationWeight", json!({ "type": "antlr", "activationWeight": "much" })),
        ("rule.timingWeight[1]", json!({ "type": "mixture", "timingWeight": [1, 1e39] })),
        (
            "rule.weightSchedule.timing[1].epoch",
            json!({ "type": "antlr", "weightSchedule": { "timing": points([2, 2]) } }),
        ),
        (
            "rule.weightSchedule.activation[0].factor",
            json!({ "type": "antlr", "weightSchedule": { "activation": [{ "epoch": 0, "factor": 1e39 }] } }),
        ),
    ] {
        let (found, message) = config(&rule).expect_err("the rule is refused");
        assert!(found.starts_with(path), "{rule}: {message}");
    }
}

#[test]
fn settings_of_the_loss_out_of_place_are_refused_with_a_path() {
    let relaxed = |changes: Value| {
        let mut loss = json!({ "type": "latency", "spikeGradient": "relaxed" });
        loss.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        changed(&json!({ "loss": loss }))
    };
    assert!(relaxed(json!({ "endSimulation": "off", "horizon": 0 })).is_ok());
    for (path, changes) in [
        ("loss.endSimulation", json!({})),
        ("loss.endSimulation", json!({ "endSimulation": "batch" })),
        ("loss.horizon", json!({ "endSimulation": "off", "horizon": -1 })),
        ("loss.horizon", json!({ "spikeGradient": "none", "horizon": 3 })),
        ("loss.spikeGradient", json!({ "spikeGradient": "some" })),
    ] {
        let (found, message) = relaxed(changes).expect_err("the loss is refused");
        assert_eq!(found, path, "{message}");
    }
    let readout = json!({
        "input": 4, "steps": 20, "layers": [{ "type": "dense", "units": 2, "neuron": { "type": "leaky" } }],
    });
    for (path, loss) in [
        ("loss.statistic", json!({ "type": "membrane", "statistic": "every" })),
        ("loss.decayRate", json!({ "type": "membrane", "decayRate": 1 })),
        ("loss.decayRate", json!({ "type": "membrane", "statistic": "each", "decayRate": 1 })),
        ("loss.decayRate", json!({ "type": "membrane", "statistic": "expMean", "decayRate": 0 })),
    ] {
        let (found, message) = changed(&json!({ "network": readout, "loss": loss })).expect_err("the loss is refused");
        assert_eq!(found, path, "{loss}: {message}");
    }
}

#[test]
fn blocks_and_activity_out_of_range_are_refused_with_a_path() {
    let bounds = |bounds: Value| json!({ "regularizers": { "rateBounds": bounds } });
    for (path, changes) in [
        ("network.neuron.refractory", json!({ "neuron": { "refractory": 70000 } })),
        ("network.neuron.refractory", json!({ "neuron": { "refractory": 2, "singleSpike": true } })),
        (
            "rule.resetPath",
            json!({ "neuron": { "singleSpike": true }, "rule": { "type": "timing", "resetPath": { "timing": "full" } } }),
        ),
        (
            "rule.resetPath.timing",
            json!({ "neuron": { "reset": "membrane" }, "rule": { "type": "timing", "resetPath": { "timing": { "lag": 2 } } } }),
        ),
        ("network.neuron.reset", json!({ "neuron": { "reset": "hard" } })),
        ("regularizers.spikePenalty", json!({ "regularizers": { "spikePenalty": -1 } })),
        ("regularizers.rateBounds.lower", bounds(json!({ "lower": -1 }))),
        ("regularizers.rateBounds.upper", bounds(json!({ "lower": 2, "upper": 1 }))),
        ("regularizers.rateBounds.strength", bounds(json!({ "strength": 1e39 }))),
        ("regularizers.rateBounds.by", bounds(json!({ "by": "channel" }))),
        ("regularizers.rateBounds.max", bounds(json!({ "max": 1 }))),
    ] {
        let (found, message) = changed(&changes).expect_err("the configuration is refused");
        assert!(found.starts_with(path), "{changes}: {message}");
    }
}

/// Spikes per hidden unit after some epochs from the same weights.
fn hidden_spikes(changes: &Value) -> f64 {
    let (data, mut config) = (data(), changed(changes).expect("the configuration is valid"));
    config.training.epochs = 40;
    let mut trainer = Trainer::new(config, Level::detect()).expect("a trainer");
    raise(&mut trainer);
    trainer.begin(data.len()).expect("there are samples");
    let before = trainer.gradients(&data, 0..8, false, &Sequential).expect("gradients").metrics.spikes.per_unit[0];
    assert!(before > 1.0, "hidden units must fire, {before}");
    while !trainer.is_finished() {
        trainer.advance(100, &data, None, &Sequential).expect("training works");
    }
    trainer.gradients(&data, 0..8, false, &Sequential).expect("gradients").metrics.spikes.per_unit[0]
}

#[test]
fn terms_for_the_activity_move_it() {
    let with = |regularizers: Value| {
        let loss = json!({ "type": "count", "positive": 3 });
        hidden_spikes(&json!({ "loss": loss, "rule": { "type": "antlr" }, "regularizers": regularizers }))
    };
    let free = with(json!({}));
    let penalised = with(json!({ "spikePenalty": 1 }));
    assert!(penalised < 0.7 * free, "{penalised} spikes per unit with a penalty, {free} without");
    let bounded = with(json!({ "rateBounds": { "upper": 1, "strength": 10 } }));
    assert!(bounded < 1.3 && bounded > 0.3, "{bounded} spikes per unit with an upper bound of 1, {free} without");
    let raised = with(json!({ "rateBounds": { "lower": 2.0 * free, "strength": 10 } }));
    assert!(raised > 1.5 * free, "{raised} spikes per unit with a lower bound of {}, {free} without", 2.0 * free);
}

#[test]
fn blocked_units_keep_their_distance() {
    let spikes = |neuron: Value| {
        let config = changed(&json!({ "neuron": neuron })).expect("the configuration is valid");
        let mut trainer = Trainer::new(config, Level::detect()).expect("a trainer");
        raise(&mut trainer);
        trainer.predict(&data(), 0..8, Until::End, &Sequential).expect("a prediction").layers
    };
    let decays = json!({ "currentDecay": 0.8, "membraneDecay": 0.9 });
    let with = |name: &str, value: Value| {
        let mut neuron = decays.clone();
        neuron[name] = value;
        neuron
    };
    for (neuron, distance) in
        [(decays.clone(), 1), (with("refractory", json!(3)), 4), (with("singleSpike", json!(true)), 1000)]
    {
        let mut closest = u16::MAX;
        for layer in spikes(neuron) {
            for sample in 0..8 {
                let (times, units) = layer.sample(sample);
                let mut last = [None; 6];
                for (&time, &unit) in times.iter().zip(units) {
                    if let Some(last) = last[unit as usize].replace(time) {
                        closest = closest.min(time - last);
                    }
                }
                assert!(!times.is_empty(), "every layer fires");
            }
        }
        assert!(closest >= distance, "spikes {closest} steps apart, at least {distance} are expected");
        assert!(distance != 1 || closest < 4, "without a block, units fire in quick succession");
    }
}

#[test]
fn options_survive_their_json() {
    for rule in [
        json!({ "type": "antlr", "variant": "rnn", "resetPath": { "activation": { "window": 0.25 }, "timing": { "lag": 3 } },
                "activationWeight": [0.5, 1.0], "weightSchedule": { "interpolation": "linear", "timing": [{ "epoch": 1, "factor": 0.0 }] } }),
        json!({ "type": "activation", "surrogate": { "type": "fastSigmoid", "sharpness": 10.0 } }),
    ] {
        let config = config(&rule).expect("the rule is valid");
        assert_eq!(Config::from_json(&config.to_json()).expect("its JSON is valid"), config);
    }
}

#[test]
fn a_schedule_holds_or_draws_lines() {
    let points = vec![WeightPoint { epoch: 2, factor: 1.0 }, WeightPoint { epoch: 6, factor: 0.0 }];
    let factors = |interpolation| -> Vec<f64> {
        let schedule = WeightSchedule { interpolation, activation: points.clone(), timing: Vec::new() };
        assert!((0..9).all(|epoch| schedule.factors(epoch).1 == 1.0));
        (0..9).map(|epoch| schedule.factors(epoch).0).collect()
    };
    assert_eq!(factors(Interpolation::Hold), [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(factors(Interpolation::Linear), [1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0]);
}

/// Makes every layer fire.
fn raise(trainer: &mut Trainer) {
    for layer in 0..2 {
        let (mut weights, biases) = trainer.parameters(layer).expect("the layer is there");
        weights.iter_mut().for_each(|weight| *weight = *weight * 4.0 + 0.3);
        trainer.set_parameters(layer, &weights, &biases).expect("the shape is the same");
    }
}

fn data() -> Dataset {
    let mut inputs = SpikeTrains::new();
    for sample in 0..8u32 {
        inputs.push_sample((0..20).map(|event| ((event / 2) as u16, sample % 2 + 2 * (event % 2))));
    }
    Dataset::new(inputs, Targets::Labels((0..8).map(|sample| sample % 2).collect()), 2).expect("the data fit")
}

#[test]
fn a_schedule_sets_the_weights_of_each_epoch_also_after_a_restart() {
    let rule = json!({
        "type": "antlr", "weightSchedule": { "timing": [{ "epoch": 0, "factor": 1 }, { "epoch": 1, "factor": 0 }] },
    });
    let (data, level) = (data(), Level::detect());
    let mut trainer = Trainer::new(config(&rule).expect("the rule is valid"), level).expect("a trainer");
    let gradients = |trainer: &mut Trainer, rule: Option<Value>| {
        let mut snapshot = trainer.snapshot();
        if let Some(rule) = rule {
            snapshot.config.rule = from_value::<RuleConfig>(&rule).expect("the rule is valid");
        }
        let mut other = Trainer::restore(snapshot, level).expect("a snapshot can be restored");
        other.gradients(&data, 0..8, false, &Sequential).expect("gradients").layers
    };
    raise(&mut trainer);
    trainer.begin(data.len()).expect("there are samples");
    for (epoch, same, other) in [(0, "antlr", "activation"), (1, "activation", "antlr")] {
        assert_eq!(trainer.epoch(), epoch);
        let found = trainer.gradients(&data, 0..8, false, &Sequential).expect("gradients").layers;
        assert!(found.iter().all(|layer| layer.weights.iter().any(|&slope| slope != 0.0)));
        assert_eq!(gradients(&mut trainer, None), found, "after a restart");
        assert_eq!(gradients(&mut trainer, Some(json!({ "type": same }))), found);
        assert_ne!(gradients(&mut trainer, Some(json!({ "type": other }))), found);
        while trainer.epoch() == epoch {
            trainer.advance(1, &data, None, &Sequential).expect("training works");
        }
    }
}

#[test]
fn a_layers_neuron_takes_the_place_of_the_networks_field_by_field() {
    let of_layer = |neuron: Value| {
        json!({ "network": {
            "input": 4, "steps": 20, "neuron": { "currentDecay": 0.8, "membraneDecay": 0.9, "currentGain": 2 },
            "layers": [{ "type": "dense", "units": 6, "neuron": neuron }, { "type": "dense", "units": 2 }],
        } })
    };
    for (field, neuron) in [
        ("threshold", json!({ "threshold": 0 })),
        ("currentDecay", json!({ "currentDecay": 1.5 })),
        ("gain", json!({ "gain": "auto", "currentGain": 1 })),
        ("refractory", json!({ "refractory": 2, "singleSpike": true })),
        ("unknown", json!({ "unknown": 1 })),
    ] {
        let (path, message) = changed(&of_layer(neuron)).unwrap_err();
        assert_eq!(path, format!("network.layers[0].neuron.{field}"), "{message}");
    }
    let mut blocked = of_layer(json!({ "refractory": 2 }));
    blocked["rule"] = json!({ "type": "timing", "resetPath": { "timing": "full" } });
    assert_eq!(changed(&blocked).unwrap_err().0, "rule.resetPath");

    let config = changed(&of_layer(json!({ "membraneDecay": 0.5, "membraneGain": 3 }))).unwrap();
    let own = config.network.neuron_of(0);
    assert_eq!((own.current_decay.at(0), own.membrane_decay.at(0)), (0.8, 0.5));
    let given = [&own.current_gain, &own.membrane_gain].map(|gain| gain.as_ref().map(|gain| gain.at(0)));
    assert_eq!((given, own.has_auto_gain()), ([Some(2.0), Some(3.0)], false));
    assert_eq!(config.network.neuron_of(1), config.network.neuron);
    let auto = changed(&of_layer(json!({ "gain": "auto" }))).unwrap();
    assert!(auto.network.neuron_of(0).has_auto_gain());
    let gains = Trainer::new(auto, Level::detect()).unwrap().layer_gains();
    assert_eq!((gains[0].current.at(0), gains[1].current.at(0)), (1.0, 2.0));
}
