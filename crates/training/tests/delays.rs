//! Delays of what arrives: what they come to where there is another way to say it.

use proptest::prelude::*;
use serde_json::{Value, json};
use spikelet_config::json::parse;
use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Stream, Targets};
use spikelet_training::{Gradients, LayerParameters, LearntValues, Level, Sequential, Trainer};

const STEPS: usize = 60;
const INPUTS: usize = 20;
const SAMPLES: usize = 3;
const RULES: [&str; 4] = ["activation", "timing", "antlr", "mixture"];
const LOSSES: [&str; 3] = ["latency", "latencyToTheEnd", "count"];

/// Three dense layers of more than a tile and less.
fn config(rule: &str, loss: &str, delays: [Value; 3], is_recurrent: bool) -> Config {
    let units = [70, 18, 4];
    let layers: Vec<Value> = std::iter::zip(units, delays)
        .map(|(units, delays)| {
            let mut layer = json!({ "type": "dense", "units": units, "recurrent": is_recurrent && units == 18 });
            if !delays.is_null() {
                layer["delays"] = delays;
            }
            layer
        })
        .collect();
    let neuron = json!({ "currentDecay": 0.8, "membraneDecay": 0.9, "threshold": 0.3 });
    let loss = match loss {
        "latencyToTheEnd" => json!({ "type": "latency", "endSimulation": "off" }),
        loss => json!({ "type": loss }),
    };
    let json = json!({
        "network": { "input": INPUTS, "steps": STEPS, "neuron": neuron, "layers": layers },
        "rule": { "type": rule },
        "loss": loss,
        "training": { "gradientClip": null, "seed": 5, "silentUnitUpdate": { "rules": "off" } },
    });
    Config::from_json(&json.to_string()).expect("the configuration is valid")
}

fn by(by: &str, max: u32) -> Value {
    json!({ "by": by, "max": max, "learn": true })
}

type Events = Vec<Vec<(u16, u32)>>;

/// Input spikes of the first `steps` steps.
fn events(seed: u32, steps: usize) -> Events {
    let mut draw = Stream::new(seed, spikelet_data::Purpose::Shuffle, 0);
    (0..SAMPLES)
        .map(|_| {
            let all = (0..steps as u16).flat_map(|t| (0..INPUTS as u32).map(move |unit| (t, unit)));
            all.filter(|_| draw.uniform() < 0.2).collect()
        })
        .collect()
}

fn data(events: &Events) -> Dataset {
    let mut trains = SpikeTrains::new();
    events.iter().for_each(|sample| trains.push_sample(sample.iter().copied()));
    Dataset::new(trains, Targets::Labels((0..SAMPLES as u32).collect()), 4).expect("the data fit")
}

fn gradients(trainer: &mut Trainer, events: &Events) -> Gradients {
    let found = trainer.gradients(&data(events), 0..SAMPLES, false, &Sequential).expect("gradients");
    assert!(found.prediction.layers.iter().all(|layer| !layer.times().is_empty()), "every layer fires");
    found
}

/// Replaces the delays of a layer.
fn set_delays(trainer: &mut Trainer, layer: usize, values: Vec<f32>) {
    let (weights, biases) = trainer.parameters(layer).expect("the layer exists");
    let delays = LearntValues { name: "delays".into(), shape: Vec::new(), values };
    let given = LayerParameters { weights, biases, learnt: vec![delays], inputs: Vec::new() };
    trainer.replace_parameters(layer, &given).expect("the delays fit");
}

fn assert_close(found: &Gradients, expected: &Gradients) {
    assert_eq!(found.prediction, expected.prediction);
    for (found, expected) in found.layers.iter().zip(&expected.layers) {
        for (found, expected) in [(&found.weights, &expected.weights), (&found.biases, &expected.biases)] {
            let scale = expected.iter().fold(0.0f32, |max, value| max.max(value.abs()));
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() <= 1e-5 * scale, "{found} for {expected}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Not in one bit. The output's connections have none, since errors of such an output are not carried along as recurrences.
    #[test]
    fn delays_of_no_step_are_none(rule in 0..4usize, loss in 0..3usize, seed in any::<u32>(), at in 0..2usize) {
        let kinds = ["input", "connection"];
        let delays = [by(kinds[at], 0), by(kinds[1 - at], 0), by("input", 0)];
        let events = events(seed, STEPS);
        for level in Level::available() {
            let mut with = Trainer::new(config(RULES[rule], LOSSES[loss], delays.clone(), false), level).unwrap();
            let without = config(RULES[rule], LOSSES[loss], [Value::Null, Value::Null, Value::Null], false);
            let mut without = Trainer::new(without, level).unwrap();
            let (found, expected) = (gradients(&mut with, &events), gradients(&mut without, &events));
            prop_assert_eq!(&found.prediction, &expected.prediction);
            for (found, expected) in found.layers.iter().zip(&expected.layers) {
                prop_assert_eq!((&found.weights, &found.biases), (&expected.weights, &expected.biases));
            }
            prop_assert_eq!(&found.metrics, &expected.metrics);
        }
    }

    /// Connections that share the delay of their input are its delay.
    #[test]
    fn equal_delays_of_connections_are_those_of_their_input(
        rule in 0..4usize,
        loss in 0..3usize,
        seed in any::<u32>(),
        is_recurrent in any::<bool>(),
        max in prop_oneof![3 => 0..20u32, 1 => Just(100u32)],
    ) {
        let delays = |kind| [by(kind, max), by(kind, max / 2), by(kind, 3)];
        let of = |kind| Trainer::new(config(RULES[rule], LOSSES[loss], delays(kind), is_recurrent), Level::detect());
        let (mut by_input, mut by_connection) = (of("input").unwrap(), of("connection").unwrap());
        let mut draw = Stream::new(seed, spikelet_data::Purpose::Delays, 9);
        for (layer, max) in [max, max / 2, 3].into_iter().enumerate() {
            let shape = by_input.shapes()[layer];
            let own: Vec<f32> = (0..shape.inputs).map(|_| draw.uniform() * max as f32).collect();
            set_delays(&mut by_input, layer, own.clone());
            set_delays(&mut by_connection, layer, own.repeat(shape.units));
        }
        let events = events(seed, STEPS);
        let synaptic = by_connection.gradients(&data(&events), 0..SAMPLES, false, &Sequential).unwrap();
        let axonal = by_input.gradients(&data(&events), 0..SAMPLES, false, &Sequential).unwrap();
        prop_assert_eq!(&synaptic.prediction, &axonal.prediction);
        if axonal.layers.iter().all(|layer| layer.weights.iter().any(|&weight| weight != 0.0)) {
            assert_close(&synaptic, &axonal);
            for (synaptic, axonal) in synaptic.layers.iter().zip(&axonal.layers) {
                let axonal = &axonal.learnt[0].values;
                let mut sums = vec![0.0; axonal.len()];
                for of_unit in synaptic.learnt[0].values.chunks(axonal.len()) {
                    sums.iter_mut().zip(of_unit).for_each(|(sum, value)| *sum += value);
                }
                let scale = synaptic.learnt[0].values.iter().fold(0.0f32, |max, value| max.max(value.abs()));
                assert!(sums.iter().zip(axonal).all(|(sum, value)| (sum - value).abs() <= 1e-4 * scale));
            }
        }
    }

    /// A delay of all inputs is an input that comes later.
    #[test]
    fn a_delay_shifts_the_input(rule in 0..4usize, seed in any::<u32>(), delay in 0..12u16, at in 0..2usize) {
        let kind = ["input", "connection"][at];
        let none = || [Value::Null, Value::Null];
        let [second, third] = none();
        let with = config(RULES[rule], "count", [by(kind, 12), second, third], true);
        let [second, third] = none();
        let without = config(RULES[rule], "count", [Value::Null, second, third], true);
        let mut with = Trainer::new(with, Level::detect()).unwrap();
        let mut without = Trainer::new(without, Level::detect()).unwrap();
        let count = if at == 0 { INPUTS } else { INPUTS * 70 };
        set_delays(&mut with, 0, vec![f32::from(delay) + 0.4; count]);
        let early = events(seed, STEPS - 20);
        let late = early.iter().map(|sample| sample.iter().map(|&(t, unit)| (t + delay, unit)).collect()).collect();
        assert_close(&gradients(&mut with, &early), &gradients(&mut without, &late));
    }
}

#[test]
fn learnt_delays_stay_in_range_and_fixed_ones_as_they_are() {
    let fixed = json!({ "by": "connection", "max": 6 });
    let mut config = config("antlr", "count", [by("input", 4), fixed, by("connection", 2)], false);
    config.optimizer = parse(r#"{ "type": "adam", "learningRate": 0.5 }"#).expect("it is valid");
    config.training.epochs = 8;
    let mut trainer = Trainer::new(config, Level::detect()).unwrap();
    let of = |trainer: &Trainer, layer| trainer.learnt(layer).unwrap().remove(0);
    let before: Vec<LearntValues> = (0..3).map(|layer| of(&trainer, layer)).collect();
    assert_eq!(before[0].shape, [INPUTS]);
    assert_eq!(before[1].shape, [18, 70]);
    let data = data(&events(1, STEPS));
    trainer.begin(data.len()).unwrap();
    while !trainer.is_finished() {
        trainer.advance(1, &data, None, &Sequential).unwrap();
    }
    for (layer, (before, max)) in std::iter::zip(&before, [4.0, 6.0, 2.0]).enumerate() {
        let after = of(&trainer, layer);
        assert!(after.values.iter().all(|value| (0.0..=max).contains(value)), "{after:?}");
        assert_eq!(after == *before, layer == 1, "layer {layer}");
        let at_edges = after.values.iter().filter(|&&value| value == 0.0 || value == max).count();
        assert!(layer == 1 || at_edges > 0, "some come to an edge");
    }
    let gradients = trainer.gradients(&data, 0..SAMPLES, false, &Sequential).unwrap();
    let names = |layer: usize| gradients.layers[layer].learnt.iter().map(|array| &array.name[..]).collect::<Vec<_>>();
    assert_eq!([names(0), names(1)], [vec!["delays"], vec![]]);
    trainer.apply_gradients(&gradients.layers).unwrap();
}

#[test]
fn a_delay_out_of_range_is_refused_at_its_place() {
    let mut trainer =
        Trainer::new(config("antlr", "count", [by("input", 4), Value::Null, Value::Null], false), Level::detect())
            .unwrap();
    let (weights, biases) = trainer.parameters(0).unwrap();
    let mut values = vec![1.0; INPUTS];
    values[3] = 4.5;
    let learnt = vec![LearntValues { name: "delays".into(), shape: Vec::new(), values }];
    let error =
        trainer.replace_parameters(0, &LayerParameters { weights, biases, learnt, inputs: Vec::new() }).unwrap_err();
    assert_eq!(error.path, "learnt.delays[3]");
    assert!(error.message.contains("between 0 and delays.max"), "{}", error.message);
}

#[test]
fn a_checkpoint_with_a_delay_out_of_range_is_refused() {
    let delays = [by("input", 4), by("connection", 3), Value::Null];
    let mut trainer = Trainer::new(config("antlr", "count", delays, false), Level::detect()).unwrap();
    set_delays(&mut trainer, 0, vec![4.0; INPUTS]);
    let snapshot = trainer.snapshot();
    let restored = Trainer::restore(snapshot.clone(), Level::detect()).unwrap();
    assert_eq!(restored.snapshot(), snapshot);
    for wrong in [-0.5, 4.5] {
        let mut snapshot = snapshot.clone();
        let array = snapshot.tensors.iter_mut().find(|tensor| tensor.name == "layers.0.delays").unwrap();
        array.data[3] = wrong;
        let error = Trainer::restore(snapshot, Level::detect()).unwrap_err();
        assert_eq!(error.code, ErrorCode::CheckpointInvalid);
        assert!(error.message.contains("layers.0.delays"), "{}", error.message);
    }
}

#[test]
fn initial_delays_follow_from_the_seed_and_leave_the_weights() {
    let with = |delays: [Value; 3]| Trainer::new(config("antlr", "count", delays, false), Level::detect()).unwrap();
    let none = with([Value::Null, Value::Null, Value::Null]);
    let delayed = || with([by("input", 9), by("connection", 30), Value::Null]);
    for layer in 0..3 {
        assert_eq!(none.parameters(layer).unwrap(), delayed().parameters(layer).unwrap());
    }
    assert_eq!(delayed().snapshot(), delayed().snapshot());
}

#[test]
fn delays_of_other_layers_are_refused_with_their_reason() {
    let layers = [
        json!({ "type": "conv2d", "channels": 2, "kernel": 3, "delays": { "max": 3 } }),
        json!({ "type": "avgPool2d", "window": 2, "delays": null }),
        json!({ "type": "flatten", "delays": { "by": "connection", "max": 3 } }),
    ];
    for layer in layers {
        let layers = json!([{ "type": "flatten" }, layer, { "type": "dense", "units": 2 }]);
        let json = json!({ "network": { "input": [1, 4, 4], "layers": layers } });
        let error = Config::from_json(&json.to_string()).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "network.layers[1].delays"));
        assert_eq!(error.message, "are defined only for dense layers and their recurrent connections");
    }
}
