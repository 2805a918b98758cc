//! Graphs at the edge: samples without a gradient, further inputs in a run that ends early, and inputs by unit of layers by channel.

use spikelet_config::Config;
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{LayerParameters, Level, Sequential, Trainer};

/// A residual block above which a pool and a flattened image lead to the output.
const RESIDUAL: &str = r#"[{ "name": "a", "type": "conv2d", "channels": 3, "kernel": 3 },
    { "type": "conv2d", "channels": 3, "kernel": 1, "inputs": [{ "type": "oneToOne", "from": "a" }] },
    { "type": "avgPool2d", "window": 2 }, { "type": "flatten" }, { "type": "dense", "units": 2 }]"#;

fn trainer(layers: &str, rest: &str) -> Trainer {
    let config = Config::from_json(&format!(
        r#"{{ "network": {{ "input": [1, 6, 6], "steps": 12, "layers": {layers} }}, {rest} }}"#
    ));
    Trainer::new(config.expect("the configuration is valid"), Level::detect()).expect("there is memory")
}

fn data(samples: u32) -> Dataset {
    let mut inputs = SpikeTrains::new();
    for sample in 0..samples {
        inputs.push_sample((0..12u16).map(|time| (time, (u32::from(time) * 5 + 7 * sample) % 36)));
    }
    Dataset::new(inputs, Targets::Labels((0..samples).map(|sample| sample % 2).collect()), 2).expect("the data fit")
}

/// The softmax of first spikes is exactly 1 for the class that fires: the loss gives no gradient.
#[test]
fn a_sample_without_a_gradient_leaves_none() {
    let data = data(1);
    for rule in ["antlr", "activation", "mixture"] {
        let rest =
            format!(r#""rule": {{ "type": "{rule}" }}, "loss": {{ "type": "latency", "inverseTemperature": 1000 }}"#);
        for trace in [false, true] {
            let mut trainer = trainer(RESIDUAL, &rest);
            let (weights, mut biases) = trainer.parameters(2).expect("it exists");
            biases[0] = 100.0;
            trainer.set_parameters(2, &weights, &biases).expect("they are finite");
            let found = trainer.gradients(&data, 0..1, trace, &Sequential).expect("there are gradients");
            assert!(found.layers.iter().all(|layer| layer.weights.iter().all(|&of| of == 0.0)), "{rule}");
        }
    }
}

#[test]
fn a_resumed_run_ends_with_the_best_epoch_of_further_inputs() {
    let layers = r#"[{ "type": "flatten", "name": "f" }, { "name": "h", "type": "dense", "units": 6 },
        { "type": "dense", "units": 2, "from": "h", "inputs": [{ "type": "dense", "from": "f" }] }]"#;
    let rest = r#""loss": { "type": "latency" }, "training": { "batchSize": 2, "epochs": 9, "seed": 3,
        "earlyStopping": { "patience": 3, "minImprovement": 1000 } }"#;
    let data = data(8);
    let run = |restarts: bool| {
        let mut trainer = trainer(layers, rest);
        trainer.begin(data.len()).expect("there are samples");
        while !trainer.is_finished() {
            trainer.advance(3, &data, Some(&data), &Sequential).expect("training works");
            if restarts {
                trainer = Trainer::restore(trainer.snapshot(), Level::detect()).expect("a snapshot can be restored");
                trainer.begin(data.len()).expect("the run goes on");
            }
        }
        assert_eq!(trainer.best_epoch(), Some(1));
        (0..3).map(|layer| trainer.parameters(layer).expect("it exists")).collect::<Vec<_>>()
    };
    assert_eq!(run(true), run(false));
}

/// Layers by channel with a weight of their own for each unit of a further input.
fn by_unit(own: &str, neuron: &str) -> String {
    format!(
        r#"[{{ "name": "a", "type": "conv2d", "channels": 3, "kernel": 3, "neuron": {{ "threshold": 0.2 }} }},
            {{ {own}, "neuron": {{ {neuron} }}, "inputs": [{{ "type": "oneToOne", "from": "a", "by": "unit" }}] }},
            {{ "type": "flatten" }}, {{ "type": "dense", "units": 2 }}]"#
    )
}

const OWN: [&str; 2] =
    [r#""type": "conv2d", "channels": 3, "kernel": 1"#, r#""type": "oneToOne", "from": "a", "by": "channel""#];

/// Gradients of a network that fires, whose weights do not depend on its neurons.
fn gradients(layers: &str, rest: &str) -> Vec<LayerParameters> {
    let data = data(6);
    let mut trainer = trainer(layers, rest);
    let found = trainer.gradients(&data, 0..6, true, &Sequential).expect("there are gradients");
    assert!(found.metrics.spikes.total[1] > 0, "{layers}");
    found.layers
}

/// Constants that are one number are computed on another path than those by channel.
#[test]
fn constants_by_channel_are_those_of_all_units_beside_an_input_by_unit() {
    let constants = [
        ("currentDecay", "0.7"),
        ("membraneDecay", "0.8"),
        ("threshold", "0.3"),
        ("currentGain", "1.5"),
        ("membraneGain", "0.5"),
        ("biasGain", "2"),
    ];
    for own in OWN {
        for (name, value) in constants {
            for rule in ["antlr", "activation", "timing", "eprop"] {
                let loss =
                    if rule == "eprop" { r#"{ "type": "count", "positive": 3 }"# } else { r#"{ "type": "latency" }"# };
                let rest = format!(r#""rule": {{ "type": "{rule}" }}, "loss": {loss}"#);
                let neuron = |value: &str| format!(r#""{name}": {value}"#);
                let one = gradients(&by_unit(own, &neuron(value)), &rest);
                let each = gradients(&by_unit(own, &neuron(&format!("[{value}, {value}, {value}]"))), &rest);
                for (one, each) in one.iter().zip(&each) {
                    let inputs =
                        |of: &LayerParameters| of.inputs.iter().flat_map(|input| input.weights.clone()).collect();
                    let all = |of: &LayerParameters| [of.weights.clone(), of.biases.clone(), inputs(of)].concat();
                    for (one, each) in all(one).into_iter().zip(all(each)) {
                        assert!((one - each).abs() <= 1e-5 * one.abs().max(1e-2), "{own} {name} {rule}: {one} {each}");
                    }
                }
            }
        }
    }
}

#[test]
fn neurons_with_constants_by_channel_learn_beside_an_input_by_unit() {
    let neurons = [
        r#""type": "alif""#,
        r#""type": "adlif""#,
        r#""learn": ["membraneDecay"]"#,
        r#""type": "alif", "learn": ["threshold", "adaptationStrength"]"#,
        r#""threshold": [0.2, 0.3, 0.4]"#,
    ];
    let trainings = [
        r#""rule": { "type": "antlr" }, "loss": { "type": "latency" }, "training": { "epochs": 2, "batchSize": 3 }"#,
        r#""rule": { "type": "activation" }, "loss": { "type": "count", "positive": 3 },
            "training": { "epochs": 2, "batchSize": 3, "weightBits": 4 }"#,
        r#""rule": { "type": "eprop" }, "loss": { "type": "membrane", "statistic": "each" },
            "training": { "epochs": 2, "batchSize": 3, "updateEvery": 5 }"#,
    ];
    let data = data(6);
    for own in OWN {
        for neuron in neurons {
            for rest in trainings {
                let layers = by_unit(own, neuron);
                let readout = layers.replace(r#""units": 2"#, r#""units": 2, "neuron": { "type": "leaky" }"#);
                let mut trainer = trainer(if rest.contains("membrane") { &readout } else { &layers }, rest);
                let before = trainer.layer_parameters(1).expect("a layer").inputs[0].weights.clone();
                trainer.begin(data.len()).expect("there are samples");
                while !trainer.is_finished() {
                    trainer.advance(1, &data, None, &Sequential).expect("training works");
                }
                assert_ne!(trainer.layer_parameters(1).expect("a layer").inputs[0].weights, before, "{neuron} {rest}");
            }
        }
    }
}
