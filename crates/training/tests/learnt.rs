//! Decays, thresholds and strengths of adaptation that are learnt (spec 12).

use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{LayerParameters, LearntValues, Level, Sequential, Trainer};

const SAMPLES: usize = 6;

fn config(neuron: &str, last: &str) -> Result<Config, spikelet_config::Error> {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": 5, "steps": 30, "neuron": {neuron},
               "layers": [{{ "type": "dense", "units": 7 }}, {{ "type": "dense", "units": 3, "neuron": {last} }}] }},
             "rule": {{ "type": "antlr" }}, "loss": {{ "type": "latency" }},
             "training": {{ "batchSize": 2, "epochs": 4, "seed": 5 }} }}"#
    ))
}

fn data() -> Dataset {
    let mut trains = SpikeTrains::new();
    for sample in 0..SAMPLES {
        let spikes = (0..25u16).map(|time| (time, (u32::from(time) * 3 + sample as u32 * 2) % 5));
        trains.push_sample(spikes.collect::<Vec<_>>());
    }
    Dataset::new(trains, Targets::Labels((0..SAMPLES as u32).map(|sample| sample % 3).collect()), 3).expect("they fit")
}

fn trainer(config: &Config) -> Trainer {
    let mut trainer = Trainer::new(config.clone(), Level::detect()).expect("the configuration is valid");
    for layer in 0..2 {
        let (mut weights, biases) = trainer.parameters(layer).expect("it exists");
        weights.iter_mut().for_each(|weight| *weight = weight.abs() * 5.0);
        trainer.set_parameters(layer, &weights, &biases).expect("the shape is the same");
    }
    trainer.begin(SAMPLES).expect("there are samples");
    trainer
}

fn values(trainer: &Trainer, layer: usize, name: &str) -> Vec<f32> {
    let learnt = trainer.learnt(layer).expect("it exists");
    learnt.into_iter().find(|array| array.name == name).expect("it is learnt").values
}

const ALL: &str = r#"{ "type": "alif", "membraneDecay": [0.9, 0.8, 0.9, 0.8, 0.9, 0.8, 0.9], "currentDecay": 0.8,
    "learn": ["membraneDecay", "currentDecay", "threshold", "adaptationStrength"] }"#;
const PLAIN: &str = r#"{ "type": "lif", "membraneDecay": 0.9, "learn": [] }"#;

#[test]
fn what_is_learnt_moves_and_the_rest_stays() {
    let config = config(ALL, PLAIN).unwrap();
    let (data, mut trainer) = (data(), trainer(&config));
    assert_eq!(values(&trainer, 0, "membraneDecay").len(), 7);
    assert_eq!(values(&trainer, 0, "currentDecay"), [0.8]);
    assert!(trainer.learnt(1).unwrap().is_empty());
    let found = trainer.gradients(&data, 0..SAMPLES, false, &Sequential).unwrap();
    assert!(found.metrics.spikes.total.iter().all(|&spikes| spikes > 0), "every layer must fire");
    trainer.advance(100, &data, None, &Sequential).expect("training works");
    let decays = values(&trainer, 0, "membraneDecay");
    assert!(
        decays.iter().zip([0.9, 0.8].into_iter().cycle()).all(|(&now, start)| now != start && now > 0.0 && now < 1.0)
    );
    assert_ne!(values(&trainer, 0, "threshold"), [1.0]);
    assert_ne!(values(&trainer, 0, "adaptationStrength"), [0.1]);
}

#[test]
fn a_factor_scales_their_rate_alone() {
    let slow = config(&ALL.replace("\"learn\"", "\"learningRateFactor\": 1e-3, \"learn\""), PLAIN).unwrap();
    let [mut fast, mut slow] = [config(ALL, PLAIN).unwrap(), slow].map(|config| trainer(&config));
    let data = data();
    for trainer in [&mut fast, &mut slow] {
        trainer.advance(1, &data, None, &Sequential).expect("training works");
    }
    assert_eq!(fast.parameters(0), slow.parameters(0));
    let moved = |trainer: &Trainer| (values(trainer, 0, "threshold")[0] - 1.0).abs();
    assert!(moved(&slow) < moved(&fast) / 100.0);
}

#[test]
fn thresholds_and_strengths_are_held() {
    let mut config = config(&ALL.replace("\"alif\"", "\"alif\", \"threshold\": 0.02"), PLAIN).unwrap();
    config.network.neuron.learning_rate_factor = 1e4;
    let (data, mut trainer) = (data(), trainer(&config));
    trainer.advance(100, &data, None, &Sequential).expect("training works");
    assert!(values(&trainer, 0, "threshold")[0] >= 0.01);
    assert!(values(&trainer, 0, "adaptationStrength")[0] >= 0.0);
}

#[test]
fn values_are_replaced_or_refused() {
    let mut trainer = trainer(&config(ALL, PLAIN).unwrap());
    let (weights, biases) = trainer.parameters(0).unwrap();
    let mut give = |name: &str, values: Vec<f32>| {
        let learnt = vec![LearntValues { name: name.to_owned(), shape: vec![values.len()], values }];
        trainer.replace_parameters(
            0,
            &LayerParameters { weights: weights.clone(), biases: biases.clone(), learnt, inputs: Vec::new() },
        )
    };
    give("currentDecay", vec![0.5]).unwrap();
    for (name, values, code, path) in [
        ("currentDecay", vec![1.0], ErrorCode::ConfigInvalid, "learnt.currentDecay[0]"),
        ("currentDecay", vec![f32::NAN], ErrorCode::NonFinite, "learnt.currentDecay[0]"),
        ("membraneDecay", vec![0.5], ErrorCode::ShapeMismatch, "learnt.membraneDecay"),
        ("adaptationDecay", vec![0.5], ErrorCode::ShapeMismatch, "learnt.adaptationDecay"),
    ] {
        let error = give(name, values).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (code, path));
    }
    assert_eq!(values(&trainer, 0, "currentDecay"), [0.5]);
}

const CURRENT: &str = r#"{ "type": "adlif", "membraneDecay": 0.9, "adaptationDecay": 0.8, "spikeCoupling": 2,
    "subthresholdCoupling": -0.995, "learn": ["subthresholdCoupling", "adaptationDecay"] }"#;

#[test]
fn a_coupling_is_refused_where_the_membrane_would_not_come_to_rest() {
    let mut trainer = trainer(&config(CURRENT, PLAIN).unwrap());
    let (weights, biases) = trainer.parameters(0).unwrap();
    let mut give = |values: &[(&str, f32)]| {
        let array =
            |&(name, value): &(&str, f32)| LearntValues { name: name.to_owned(), shape: vec![1], values: vec![value] };
        let learnt = values.iter().map(array).collect();
        trainer.replace_parameters(
            0,
            &LayerParameters { weights: weights.clone(), biases: biases.clone(), learnt, inputs: Vec::new() },
        )
    };
    // (1 + 0.9)(1 + 0.8) / (0.1 · 0.2) = 171; with a decay of 0.5 it is 57.
    for refused in [&[("subthresholdCoupling", 171.5)][..], &[("subthresholdCoupling", 60.0), ("adaptationDecay", 0.5)]]
    {
        let error = give(refused).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "learnt.subthresholdCoupling[0]"));
    }
    give(&[("subthresholdCoupling", 170.0)]).unwrap();
    assert_eq!(values(&trainer, 0, "adaptationDecay"), [0.8]);
    assert_eq!(values(&trainer, 0, "subthresholdCoupling"), [170.0]);
}

#[test]
fn a_snapshot_before_the_first_update_comes_back() {
    let trainer = trainer(&config(CURRENT, PLAIN).unwrap());
    let back = Trainer::restore(trainer.snapshot(), Level::detect()).unwrap();
    assert_eq!(values(&back, 0, "subthresholdCoupling"), [-0.995]);
}

#[test]
fn what_cannot_be_learnt_is_refused_with_its_path() {
    for (neuron, last, path) in [
        (r#"{ "learn": ["threshold", "threshold"] }"#, "{}", "network.neuron.learn[1]"),
        (r#"{ "learn": ["adaptationStrength"] }"#, "{}", "network.neuron.learn[0]"),
        (r#"{ "membraneDecay": 1, "learn": ["membraneDecay"] }"#, "{}", "network.neuron.membraneDecay"),
        (
            "{}",
            r#"{ "currentDecay": [0.5, 0, 0.5], "learn": ["currentDecay"] }"#,
            "network.layers[1].neuron.currentDecay[1]",
        ),
        ("{}", r#"{ "threshold": 0.001, "learn": ["threshold"] }"#, "network.layers[1].neuron.threshold"),
        ("{}", r#"{ "type": "leaky", "learn": ["threshold"] }"#, "network.layers[1].neuron.learn[0]"),
    ] {
        let error = config(neuron, last).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, path), "{}", error.message);
    }
}
