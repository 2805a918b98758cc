//! Wide dense layers, whose weights samples share on their way back.

use spikelet_config::Config;
use spikelet_data::{Dataset, Purpose, SpikeTrains, Stream, Targets};
use spikelet_training::{Level, Sequential, Trainer};

const SAMPLES: usize = 11;
const STEPS: u16 = 9;

/// What leads to a hidden layer with more weights than samples keep apart.
const BELOW: [&str; 4] = [
    r#"{ "type": "conv2d", "channels": 100, "kernel": 3 }, { "type": "maxPool2d", "window": 2, "stride": 1 }, { "type": "flatten" }"#,
    r#"{ "type": "conv2d", "channels": 70, "kernel": 3 }, { "type": "flatten" }"#,
    r#"{ "type": "flatten" }, { "type": "dense", "units": 1950 }"#,
    r#"{ "type": "flatten" }, { "type": "dense", "units": 1950, "recurrent": true }"#,
];

fn config(below: &str, surrogate: &str, delays: &str) -> Config {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": [1, 5, 6], "steps": {STEPS}, "neuron": {{ "currentDecay": 0.5, "membraneDecay": 0.5 }},
              "layers": [{below}, {{ "type": "dense", "units": 140{delays} }}, {{ "type": "dense", "units": 4 }}] }},
            "rule": {{ "type": "antlr", "surrogate": {surrogate} }}, "loss": {{ "type": "count" }}, "training": {{ "seed": 5 }} }}"#
    ))
    .expect("the configuration is valid")
}

fn data() -> Dataset {
    let mut draw = Stream::new(7, Purpose::Shuffle, 0);
    let mut trains = SpikeTrains::new();
    for _ in 0..SAMPLES {
        let all = (0..STEPS).flat_map(|time| (0..30).map(move |unit| (time, unit)));
        trains.push_sample(all.filter(|_| draw.symmetric() < 0.0).collect::<Vec<_>>());
    }
    let labels = (0..SAMPLES as u32).map(|sample| sample % 4).collect();
    Dataset::new(trains, Targets::Labels(labels), 4).expect("the data fit")
}

/// With a trace each sample projects its errors alone, site by site.
#[test]
fn errors_have_the_same_bits_whether_samples_share_the_weights_or_not() {
    let narrow = r#"{ "type": "triangle", "halfWidth": 0.5 }"#;
    for (number, surrogate) in [r#"{ "type": "arctan" }"#, narrow].into_iter().enumerate() {
        for (place, delays) in ["", r#", "delays": { "by": "input", "max": 3 }"#].into_iter().enumerate() {
            // Each with either surrogate, and with delays and without.
            for below in BELOW.into_iter().skip((number + place) % 2).step_by(2) {
                let config = config(below, surrogate, delays);
                let mut trainer = Trainer::new(config, Level::detect()).expect("there is memory");
                for layer in 0..3 {
                    let (weights, biases) = trainer.parameters(layer).expect("it exists");
                    let weights: Vec<f32> = weights.iter().map(|weight| weight * 4.0).collect();
                    trainer.set_parameters(layer, &weights, &biases).expect("they are finite");
                }
                let data = data();
                let mut gradients = |traced| {
                    let found = trainer.gradients(&data, 0..SAMPLES, traced, &Sequential).expect("gradients");
                    let of_layers = found.layers.into_iter().map(|layer| layer.weights);
                    of_layers
                        .map(|weights| weights.into_iter().map(f32::to_bits).collect::<Vec<_>>())
                        .collect::<Vec<_>>()
                };
                let (shared, alone) = (gradients(false), gradients(true));
                assert!(shared.iter().all(|layer| layer.iter().any(|&bits| bits << 1 != 0)), "{below}: no gradient");
                assert!(shared == alone, "{below}, {surrogate}, {delays}");
                assert!(gradients(false) == shared, "{below}, {surrogate}, {delays}: after a trace");
            }
        }
    }
}
