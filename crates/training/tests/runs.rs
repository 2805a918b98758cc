//! Runs that go on: with more epochs, and with other data.

use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{Level, Sequential, Trainer};

const SAMPLES: u32 = 12;

fn trainer(epochs: u32, training: &str) -> Trainer {
    let config = Config::from_json(&format!(
        r#"{{ "network": {{ "input": 5, "steps": 30, "layers": [{{ "type": "dense", "units": 7 }}, {{ "type": "dense", "units": 3 }}] }},
             "loss": {{ "type": "latency" }}, "schedule": {{ "type": "constant" }},
             "training": {{ "batchSize": 4, "epochs": {epochs}, "seed": 5, {training} }} }}"#
    ));
    let mut trainer = Trainer::new(config.expect("it is valid"), Level::detect()).expect("there is memory");
    for layer in 0..2 {
        let (mut weights, biases) = trainer.parameters(layer).expect("it exists");
        weights.iter_mut().for_each(|weight| *weight = weight.abs() * 5.0);
        trainer.set_parameters(layer, &weights, &biases).expect("the shape is the same");
    }
    trainer.begin(SAMPLES as usize).expect("there are samples");
    trainer
}

fn data(label_of: impl Fn(u32) -> u32) -> Dataset {
    samples(SAMPLES, label_of)
}

fn samples(count: u32, label_of: impl Fn(u32) -> u32) -> Dataset {
    let mut trains = SpikeTrains::new();
    for sample in 0..count {
        trains.push_sample((0..25u16).map(|time| (time, (u32::from(time) * 3 + sample * 2) % 5)));
    }
    Dataset::new(trains, Targets::Labels((0..count).map(label_of).collect()), 3).expect("they fit")
}

#[test]
fn more_epochs_have_an_average_of_their_own() {
    let averaging = r#""averaging": { "type": "swa", "epochs": 2 }"#;
    let data = data(|sample| sample % 3);
    let [mut at_once, mut in_two] = [9, 6].map(|epochs| trainer(epochs, averaging));
    at_once.advance(1000, &data, None, &Sequential).expect("training works");
    in_two.advance(1000, &data, None, &Sequential).expect("training works");
    assert!(in_two.is_finished());
    in_two.set_epochs(9);
    in_two.advance(3, &data, None, &Sequential).expect("training works");
    assert_eq!(in_two.snapshot().tensors.iter().filter(|tensor| tensor.name.ends_with(".average")).count(), 0);
    in_two.advance(1000, &data, None, &Sequential).expect("training works");
    assert_eq!(in_two.parameters(0), at_once.parameters(0));
}

#[test]
fn other_data_of_the_same_size_are_learnt_in_their_own_order() {
    let by_class = r#""sampling": "byClass""#;
    let data = [data(|sample| sample % 3), data(|sample| sample / 4)];
    let [mut changed, mut fresh] = [trainer(1, by_class), trainer(1, by_class)];
    changed.upcoming(0, 100, &data[0], None, None);
    changed.begin(SAMPLES as usize).expect("there are as many");
    for trainer in [&mut changed, &mut fresh] {
        trainer.advance(1000, &data[1], None, &Sequential).expect("training works");
    }
    assert!(fresh.history()[0].train.spikes.total.iter().all(|&spikes| spikes > 0), "every layer fires");
    assert_eq!(changed.parameters(0), fresh.parameters(0));
}

#[test]
fn a_validation_pass_goes_on_with_as_many_samples() {
    let train = data(|sample| sample % 3);
    let [validation, fewer] = [1000, 999].map(|count| samples(count, |sample| sample % 3));
    let mut whole = trainer(1, r#""threads": 1"#);
    whole.advance(1000, &train, Some(&validation), &Sequential).expect("training works");
    let mut cut = trainer(1, r#""threads": 1"#);
    cut.advance(4, &train, Some(&validation), &Sequential).expect("training works");
    let snapshot = cut.snapshot();
    let mut restored = Trainer::restore(snapshot, Level::detect()).expect("it is whole");
    restored.begin(SAMPLES as usize).expect("there are as many");
    for trainer in [&mut cut, &mut restored] {
        let error = trainer.advance(1, &train, Some(&fewer), &Sequential).expect_err("one is missing");
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ShapeMismatch, "validation"));
        assert_eq!(error.message, "must have 1000 samples to go on with the pass under way, got 999");
        trainer.advance(1000, &train, Some(&validation), &Sequential).expect("training works");
        assert_eq!(trainer.history()[0].validation, whole.history()[0].validation);
    }
}
