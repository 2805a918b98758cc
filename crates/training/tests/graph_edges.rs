//! Graphs at the edge: samples without a gradient, further inputs in a run that ends early.

use spikelet_config::Config;
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{Level, Sequential, Trainer};

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
