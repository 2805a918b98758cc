//! Training with rounded weights: passes run the network of the rounded weights, the optimiser moves the others.

use serde_json::{Value, json};
use spikelet_config::{Config, Error, ErrorCode};
use spikelet_data::{Dataset, Purpose, SpikeTrains, Stream, Targets};
use spikelet_quantization::{Conversion, FloatInput, IntegerInput, Integers};
use spikelet_training::{LayerParameters, Level, Sequential, Trainer, Until};

const STEPS: u16 = 24;
const OUTPUTS: usize = 3;
/// Sizes of the weights of units, in turn.
const SIZES: [f32; 7] = [4.0, 2.0, 1.0, 0.5, 0.25, 0.125, 0.0625];
const CONVERSION: Conversion = Conversion { state_bits: 32, weight_bits: None, percentile: 100.0 };

/// An input with layers: units of very different sizes of weights, pools before recurrent layers and further inputs, gains by unit.
fn networks() -> Vec<(Value, Value)> {
    let image = json!([1, 6, 6]);
    vec![
        (json!(36), json!([{ "type": "dense", "units": 70 }, { "type": "dense", "units": 3 }])),
        (
            json!(36),
            json!([
                { "type": "dense", "units": 20, "delays": { "by": "connection", "max": 3, "learn": true } },
                { "type": "dense", "units": 3, "recurrent": true, "delays": { "by": "input", "max": 2 } },
            ]),
        ),
        (
            image.clone(),
            json!([
                { "type": "avgPool2d", "window": 3 },
                { "type": "flatten" },
                { "type": "dense", "units": 5, "recurrent": true, "neuron": { "currentGain": [1, 0.3, 7, 2, 0.1] } },
                { "type": "dense", "units": 3 },
            ]),
        ),
        (
            image.clone(),
            json!([
                { "type": "conv2d", "channels": 20, "kernel": 3 },
                { "type": "avgPool2d", "window": 2 },
                { "type": "flatten" },
                { "type": "dense", "units": 3, "neuron": { "type": "leaky" } },
            ]),
        ),
        (
            image,
            json!([
                { "name": "a", "type": "conv2d", "channels": 4, "kernel": 3, "padding": "same",
                  "inputs": [{ "type": "oneToOne", "from": "a", "by": "channel" }] },
                { "name": "p", "type": "avgPool2d", "window": 3 },
                { "name": "f", "type": "flatten" },
                { "name": "all", "type": "flatten", "from": "input" },
                { "name": "b", "type": "dense", "units": 6, "recurrent": true, "from": "f",
                  "inputs": [{ "type": "dense", "from": "out" }, { "type": "dense", "from": "all", "learn": false }] },
                { "name": "out", "type": "dense", "units": 3, "from": "b", "inputs": [{ "type": "dense", "from": "f" }] },
            ]),
        ),
        (
            json!([1, 6, 6]),
            json!([
                { "name": "a", "type": "conv2d", "channels": 4, "kernel": 3 },
                { "type": "conv2d", "channels": 4, "kernel": 3, "padding": "same", "neuron": { "currentGain": [1, 0.3, 7, 2] },
                  "inputs": [{ "type": "oneToOne", "from": "a", "by": "unit" }] },
                { "type": "flatten" },
                { "type": "dense", "units": 3 },
            ]),
        ),
    ]
}

fn config((input, layers): &(Value, Value), bits: &Value) -> Config {
    let last = layers.as_array().and_then(|layers| layers.last()).expect("there are layers");
    let has_readout = last["neuron"]["type"] == "leaky";
    let json = json!({
        "network": { "input": input, "steps": STEPS, "neuron": { "currentDecay": 0.8, "membraneDecay": 0.9 }, "layers": layers },
        "rule": { "type": "antlr" },
        "loss": if has_readout { json!({ "type": "membrane" }) } else { json!({ "type": "latency" }) },
        "training": { "batchSize": 4, "epochs": 2, "weightBits": bits },
    });
    Config::from_json(&json.to_string()).expect("a configuration")
}

/// A network whose weights differ in size from unit to unit.
fn trainer(network: &(Value, Value), bits: &Value) -> Trainer {
    let mut trainer = Trainer::new(config(network, &Value::Null), Level::detect()).expect("a network");
    let mut draw = Stream::new(7, Purpose::Weights, 0);
    let mut drawn = parameters(&trainer);
    for layer in &mut drawn {
        let units = layer.biases.len();
        let inputs = layer.inputs.iter_mut().map(|input| &mut input.weights);
        for weights in std::iter::once(&mut layer.weights).chain(inputs) {
            let width = weights.len() / units;
            for (unit, row) in weights.chunks_exact_mut(width).enumerate() {
                row.iter_mut().for_each(|weight| *weight = draw.symmetric() * SIZES[unit % SIZES.len()]);
            }
        }
    }
    if !bits.is_null() {
        trainer = Trainer::new(config(network, bits), Level::detect()).expect("a network");
    }
    replace(&mut trainer, &drawn);
    trainer
}

fn parameters(trainer: &Trainer) -> Vec<LayerParameters> {
    (0..trainer.shapes().len()).map(|layer| trainer.layer_parameters(layer).expect("a layer")).collect()
}

fn replace(trainer: &mut Trainer, parameters: &[LayerParameters]) {
    for (layer, given) in parameters.iter().enumerate() {
        trainer.replace_parameters(layer, given).expect("parameters");
    }
}

fn data() -> Dataset {
    let mut draw = Stream::new(3, Purpose::Shuffle, 0);
    let mut trains = SpikeTrains::new();
    for _ in 0..12 {
        let places: Vec<_> = (0..STEPS).flat_map(|t| (0..36u32).map(move |unit| (t, unit))).collect();
        trains.push_sample(places.into_iter().filter(|_| draw.symmetric() < -0.6));
    }
    Dataset::new(trains, Targets::Labels((0..12).map(|sample| sample % OUTPUTS as u32).collect()), OUTPUTS)
        .expect("data")
}

fn quantized(trainer: &mut Trainer, conversion: Conversion) -> Integers {
    let numbers = trainer.quantize(&data(), 0..12, conversion).expect("whole numbers");
    Integers::from_numbers(&numbers).expect("whole numbers")
}

fn weights_of(integers: &Integers) -> Vec<&IntegerInput> {
    integers.layers.iter().flat_map(|layer| &layer.inputs).collect()
}

fn run(trainer: &mut Trainer) {
    let data = data();
    trainer.begin(data.len()).expect("there are samples");
    while !trainer.is_finished() {
        trainer.advance(1, &data, None, &Sequential).expect("it learns");
    }
}

/// Everything that a network does without learning.
fn answers(trainer: &mut Trainer) -> (Vec<LayerParameters>, f64, spikelet_training::Prediction) {
    let gradients = trainer.gradients(&data(), 0..12, false, &Sequential).expect("gradients");
    let prediction = trainer.predict(&data(), 0..12, Until::End, &Sequential).expect("a prediction");
    (gradients.layers, gradients.metrics.loss, prediction)
}

#[test]
fn answers_and_gradients_are_those_of_the_network_with_rounded_weights() {
    for network in &networks() {
        for bits in [2, 4, 8] {
            let mut rounded = trainer(network, &json!(bits));
            let mut plain = Trainer::new(config(network, &Value::Null), Level::detect()).expect("a network");
            replace(&mut plain, &parameters(&trainer(network, &Value::Null)));
            assert_ne!(parameters(&plain), parameters(&rounded), "{bits} bits round");
            replace(&mut plain, &parameters(&rounded));
            let expected = answers(&mut plain);
            assert!(
                expected.0.iter().any(|layer| layer.weights.iter().any(|&g| g != 0.0)),
                "some weight has a gradient"
            );
            assert!(answers(&mut rounded) == expected, "{bits} bits, {network:?}");
        }
    }
}

#[test]
fn weights_are_those_of_the_conversion_to_whole_numbers() {
    for network in &networks() {
        for bits in [2, 3, 4, 8] {
            let (mut plain, mut rounded) = (trainer(network, &Value::Null), trainer(network, &json!(bits)));
            let converted = quantized(&mut plain, Conversion { weight_bits: Some(bits), ..CONVERSION });
            let floats = rounded.float_network().expect("it has a form in whole numbers");
            for (layer, integers) in floats.layers.iter().zip(&converted.layers) {
                for (FloatInput { weights, factor, .. }, input) in layer.inputs.iter().zip(&integers.inputs) {
                    for (place, (weight, level)) in weights.iter().zip(&input.weights).enumerate() {
                        let unit = place * layer.biases.len() / weights.len();
                        let expected = level * (integers.scale[unit] / (layer.gains.current.at(unit) * factor));
                        assert_eq!(*weight as f32, expected as f32, "{bits} bits, {network:?}");
                    }
                }
            }
            // Converted again, or with the bits of the training, they keep their levels.
            assert_eq!(
                weights_of(&quantized(&mut rounded, CONVERSION)),
                weights_of(&converted),
                "{bits} bits, {network:?}"
            );
        }
    }
}

#[test]
fn rounded_weights_stay_as_they_are() {
    for network in &networks() {
        for bits in [2, 4, 8] {
            let rounded = parameters(&trainer(network, &json!(bits)));
            let mut again = trainer(network, &json!(bits));
            replace(&mut again, &rounded);
            assert_eq!(parameters(&again), rounded, "{bits} bits, {network:?}");
        }
    }
}

#[test]
fn layers_have_bits_of_their_own() {
    let network = &networks()[0];
    let distinct = |bits: Value| {
        let [hidden, output] =
            <[LayerParameters; 2]>::try_from(parameters(&trainer(network, &bits))).expect("two layers");
        [hidden.weights[..36].to_vec(), output.weights[..70].to_vec()].map(|mut row| {
            row.sort_by(f32::total_cmp);
            row.dedup();
            row.len()
        })
    };
    assert_eq!(distinct(json!([2, 2])), [3, 3]);
    let [hidden, output] = distinct(json!([8, 2]));
    assert!(hidden > 15 && output == 3, "{hidden} and {output} levels");
}

#[test]
fn the_optimiser_moves_weights_that_are_not_rounded() {
    let network = &networks()[0];
    let mut trainer = trainer(network, &json!(4));
    run(&mut trainer);
    let snapshot = trainer.snapshot();
    let kept = &snapshot.tensors.iter().find(|tensor| tensor.name == "layers.0.weights").expect("it has weights").data;
    let used = &parameters(&trainer)[0].weights;
    let distinct = |weights: &[f32]| {
        let mut row = weights[..36].to_vec();
        row.sort_by(f32::total_cmp);
        row.dedup();
        row.len()
    };
    assert!(distinct(kept) > 30 && distinct(used) <= 15, "{} and {}", distinct(kept), distinct(used));
    let restored = Trainer::restore(snapshot, Level::detect()).expect("a trainer");
    assert_eq!(parameters(&restored), parameters(&trainer));
}

#[test]
fn averages_are_rounded_where_the_network_predicts() {
    let mut with_average = config(&networks()[0], &json!(4));
    with_average.training.averaging =
        spikelet_config::json::parse(r#"{ "type": "ema", "decay": 0.9 }"#).expect("an average");
    let mut averaged = Trainer::new(with_average, Level::detect()).expect("a network");
    run(&mut averaged);
    let expected = averaged.predict(&data(), 0..12, Until::End, &Sequential).expect("a prediction");
    let mut plain = Trainer::new(config(&networks()[0], &Value::Null), Level::detect()).expect("a network");
    replace(&mut plain, &parameters(&averaged));
    assert!(plain.predict(&data(), 0..12, Until::End, &Sequential).expect("a prediction") == expected);
    let mut rounded = Trainer::new(config(&networks()[0], &json!(4)), Level::detect()).expect("a network");
    replace(&mut rounded, &parameters(&averaged));
    assert_eq!(parameters(&rounded), parameters(&averaged));
}

#[test]
fn other_bits_are_refused_by_their_path() {
    let refusal = |bits: Value| {
        let (input, layers) = &networks()[0];
        let json = json!({ "network": { "input": input, "layers": layers }, "training": { "weightBits": bits } });
        let Error { code, path, .. } = Config::from_json(&json.to_string()).expect_err("is refused");
        assert_eq!(code, ErrorCode::ConfigInvalid);
        path
    };
    for bits in [json!(1), json!(9), json!(4.5), json!([8]), json!([8, 4, 4])] {
        assert_eq!(refusal(bits), "training.weightBits");
    }
    assert_eq!(refusal(json!([8, 1])), "training.weightBits[1]");
    assert_eq!(refusal(json!([8, 4.5])), "training.weightBits[1]");
}
