//! A run may start with the network firing as much as requested.

use spikelet_config::Config;
use spikelet_config::json::parse;
use spikelet_data::{Dataset, Purpose, SpikeTrains, Stream, Targets};
use spikelet_training::{Level, Sequential, TrainEvent, Trainer, Until};

const STEPS: usize = 50;
const SAMPLES: usize = 60;

fn config(layers: &str, training: &str) -> Config {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": [1, 6, 6], "steps": {STEPS}, "layers": {layers},
                            "neuron": {{ "currentDecay": 0.9, "membraneDecay": 0.9 }} }},
            "training": {{ "batchSize": 10, "epochs": 1, "seed": 3, {training} }} }}"#
    ))
    .expect("the configuration is valid")
}

const DENSE: &str = r#"[{ "type": "flatten" }, { "type": "dense", "units": 70 }, { "type": "dense", "units": 30 },
    { "type": "dense", "units": 4 }]"#;
const CONVOLUTION: &str = r#"[{ "type": "conv2d", "channels": 10, "kernel": 3 }, { "type": "avgPool2d", "window": 2 },
    { "type": "flatten" }, { "type": "dense", "units": 4 }]"#;

fn data() -> Dataset {
    let mut draw = Stream::new(11, Purpose::Shuffle, 0);
    let mut trains = SpikeTrains::new();
    for _ in 0..SAMPLES {
        let steps = (0..STEPS as u16).flat_map(|time| (0..36).map(move |unit| (time, unit)));
        trains.push_sample(steps.filter(|_| draw.symmetric() < -0.8).collect::<Vec<_>>());
    }
    Dataset::new(trains, Targets::Labels(vec![1; SAMPLES]), 4).expect("the data fit")
}

/// Initialises, without learning.
fn initialized(config: Config) -> (Trainer, Vec<TrainEvent>) {
    let mut trainer = Trainer::new(config, Level::detect()).expect("the configuration is valid");
    trainer.set_epochs(0);
    trainer.begin(SAMPLES).expect("there are samples");
    let events = trainer.advance(1000, &data(), None, &Sequential).expect("the activity can be reached");
    (trainer, events)
}

/// Counted over all steps, as the latency loss may end a sample earlier.
fn spikes_per_unit(trainer: &Trainer) -> Vec<f64> {
    let mut config = trainer.config().clone();
    config.loss = parse(r#"{ "type": "latency", "endSimulation": "off" }"#).expect("the loss is valid");
    let mut whole = Trainer::new(config, Level::detect()).expect("the configuration is valid");
    for layer in 0..trainer.shapes().len() {
        let (weights, biases) = trainer.parameters(layer).expect("the layer exists");
        whole.set_parameters(layer, &weights, &biases).expect("the shape is the same");
    }
    let mut evaluation = whole.evaluation(Until::End);
    whole.evaluate(&mut evaluation, &data(), SAMPLES, &Sequential).expect("the data fit");
    evaluation.report().spikes.per_unit
}

#[test]
fn each_layer_reaches_its_target() {
    for (layers, spikes, expected) in [
        (DENSE, "[0.3, 1, 0.4]", vec![0.3, 1.0, 0.4]),
        (DENSE, "2", vec![2.0; 3]),
        (CONVOLUTION, "[0.2, 1]", vec![0.2, 1.0]),
    ] {
        let (trainer, events) = initialized(config(
            layers,
            &format!(r#""initialActivity": {{ "spikesPerUnit": {spikes}, "tolerance": 0.02 }}"#),
        ));
        for (found, expected) in spikes_per_unit(&trainer).into_iter().zip(&expected) {
            assert!((found - expected).abs() <= 0.02 * expected, "{found} spikes, expected {expected}");
        }
        let settled =
            events.iter().filter(|event| matches!(event, TrainEvent::Initialization { is_settled: true, .. }));
        assert_eq!(settled.count(), expected.len());
        assert!(matches!(events.last(), Some(TrainEvent::Finished { .. })));
    }
}

#[test]
fn only_the_scale_of_the_weights_changes() {
    let drawn = Trainer::new(config(DENSE, r#""threads": 1"#), Level::detect()).expect("the configuration is valid");
    let (trainer, events) = initialized(config(DENSE, r#""initialActivity": { "spikesPerUnit": 0.7 }"#));
    for event in events {
        let TrainEvent::Initialization { layer, factor, is_settled: true, .. } = event else { continue };
        let (drawn, _) = drawn.parameters(layer as usize).expect("the layer exists");
        let (found, _) = trainer.parameters(layer as usize).expect("the layer exists");
        let scaled: Vec<f32> = drawn.iter().map(|weight| (f64::from(*weight) * factor) as f32).collect();
        assert!(found == scaled, "layer {layer} is not the drawn one times {factor}");
    }
}

#[test]
fn weights_that_were_set_stay() {
    let mut trainer = Trainer::new(config(DENSE, r#""initialActivity": { "spikesPerUnit": 1 }"#), Level::detect())
        .expect("the configuration is valid");
    let (weights, biases) = trainer.parameters(0).expect("the layer exists");
    trainer.set_parameters(0, &weights, &biases).expect("the shape is the same");
    trainer.set_epochs(0);
    trainer.begin(SAMPLES).expect("there are samples");
    let events = trainer.advance(1000, &data(), None, &Sequential).expect("nothing is left to do");
    assert_eq!(events, [TrainEvent::Finished { epochs: 0, restored_epoch: None }]);
}

/// What was settled for each layer: factor, spikes, whether they are as requested.
fn settled(events: &[TrainEvent]) -> Vec<(f64, f64, bool)> {
    let of = |event: &TrainEvent| match *event {
        TrainEvent::Initialization { factor, spikes_per_unit, is_settled: true, is_reached, .. } => {
            Some((factor, spikes_per_unit, is_reached))
        }
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn an_activity_out_of_reach_comes_as_close_as_it_can() {
    let (trainer, events) = initialized(config(DENSE, r#""initialActivity": { "spikesPerUnit": [1, 60, 1] }"#));
    let [first, second, third] = settled(&events)[..] else { panic!("each layer settles: {events:?}") };
    assert!(first.2 && !second.2 && third.2, "{events:?}");
    assert!(second.1 > 3.0 && second.1 < 60.0 && second.0 > 1.0, "{second:?}");
    // What was tried and came closer would have been taken, unless only by a hair.
    let distance = |spikes: f64| libm::log(60.0 / spikes).abs();
    for event in &events {
        let TrainEvent::Initialization { layer: 1, spikes_per_unit, .. } = event else { continue };
        assert!(distance(*spikes_per_unit) + 0.01 >= distance(second.1), "{event:?}");
    }
    for (found, (_, told, _)) in spikes_per_unit(&trainer).into_iter().zip([first, second, third]) {
        assert!((found - told).abs() < 1e-9, "{found} spikes, told {told}");
    }
}

#[test]
fn an_activity_below_one_spike_is_never_silence() {
    let (trainer, events) = initialized(config(DENSE, r#""initialActivity": { "spikesPerUnit": 0.0001 }"#));
    assert!(settled(&events).iter().any(|(_, _, is_reached)| !is_reached), "{events:?}");
    assert!(spikes_per_unit(&trainer).iter().all(|&spikes| spikes > 0.0));
}

#[test]
fn weights_stay_where_nothing_makes_a_layer_fire() {
    let config = config(DENSE, r#""initialActivity": { "spikesPerUnit": 1 }"#);
    let mut trainer = Trainer::new(config, Level::detect()).expect("the configuration is valid");
    let drawn: Vec<_> = (0..3).map(|layer| trainer.parameters(layer).expect("the layer exists").0).collect();
    let mut trains = SpikeTrains::new();
    trains.push_sample(Vec::<(u16, u32)>::new());
    let silence = Dataset::new(trains, Targets::Labels(vec![1]), 4).expect("the data fit");
    trainer.set_epochs(0);
    trainer.begin(1).expect("there is a sample");
    let events = trainer.advance(1000, &silence, None, &Sequential).expect("silence is no error");
    assert_eq!(settled(&events), [(1.0, 0.0, false); 3]);
    for (layer, weights) in drawn.iter().enumerate() {
        assert!(trainer.parameters(layer).expect("the layer exists").0 == *weights);
    }
}

#[test]
fn wrong_settings_are_refused() {
    for (settings, path) in [
        (r#"{ "spikesPerUnit": 0 }"#, "spikesPerUnit"),
        (r#"{ "spikesPerUnit": [1, 1] }"#, "spikesPerUnit"),
        (r#"{ "spikesPerUnit": [1, -1, 1] }"#, "spikesPerUnit[1]"),
        (r#"{ "spikesPerUnit": 1, "samples": 0 }"#, "samples"),
        (r#"{ "spikesPerUnit": 1, "tolerance": 2 }"#, "tolerance"),
    ] {
        let mut config = config(DENSE, r#""threads": 1"#);
        config.training.initial_activity = Some(parse(settings).expect("the shape is right"));
        let error = config.validate().expect_err("the value is out of range");
        assert_eq!(error.path, format!("training.initialActivity.{path}"));
    }
}
