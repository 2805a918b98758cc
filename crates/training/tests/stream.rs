//! A stream answers as a whole sample does, however its steps come.

use proptest::prelude::*;
use serde_json::{Value, json};
use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{Level, Sequential, SpikeStream, StreamProgress, Trainer, Until};

const STEPS: usize = 1500;

type Event = (u16, u32);

fn config(layers: &Value, input: &Value, neuron: &Value) -> Config {
    let network = json!({ "input": input, "steps": STEPS, "layers": layers, "neuron": neuron });
    let json =
        json!({ "network": network, "training": { "seed": 3 }, "loss": { "type": "latency", "endSimulation": "off" } });
    Config::from_json(&json.to_string()).unwrap()
}

/// Layers with their input.
fn networks() -> Vec<(Value, Value)> {
    vec![
        (json!([{ "type": "dense", "units": 70 }, { "type": "dense", "units": 5 }]), json!(48)),
        (
            json!([{ "type": "dense", "units": 70, "recurrent": true }, { "type": "dense", "units": 5, "recurrent": true }]),
            json!(48),
        ),
        (
            json!([
                { "type": "conv2d", "channels": 3, "kernel": 3 },
                { "type": "maxPool2d", "window": 2 },
                { "type": "flatten" },
                { "type": "dense", "units": 5 },
            ]),
            json!([1, 6, 8]),
        ),
        (
            json!([{ "type": "avgPool2d", "window": 2 }, { "type": "flatten" }, { "type": "dense", "units": 20 }, { "type": "dense", "units": 5 }]),
            json!([1, 6, 8]),
        ),
        (
            json!([
                { "type": "dense", "units": 70, "delays": { "by": "input", "max": 90 } },
                { "type": "dense", "units": 66, "delays": { "by": "connection", "max": 40 } },
                { "type": "dense", "units": 5, "delays": { "by": "connection", "max": 700 } },
            ]),
            json!(48),
        ),
        (
            json!([
                { "type": "dense", "units": 70, "recurrent": true, "delays": { "by": "connection", "max": 30 } },
                { "type": "dense", "units": 5, "recurrent": true, "delays": { "by": "input", "max": 700 } },
            ]),
            json!(48),
        ),
    ]
}

fn neurons() -> Vec<Value> {
    let fast = json!({ "currentDecay": 0.7, "membraneDecay": 0.9, "threshold": 0.3 });
    let with = |name: &str, value: Value| {
        let mut neuron = fast.clone();
        neuron[name] = value;
        neuron
    };
    vec![
        fast.clone(),
        with("reset", json!("subtract")),
        with("refractory", json!(3)),
        with("refractory", json!(100)),
        with("singleSpike", json!(true)),
        with("type", json!("alif")),
    ]
}

fn spikes(events: &[Event]) -> SpikeTrains {
    let mut trains = SpikeTrains::new();
    trains.push_sample(events.iter().copied());
    trains
}

fn run(stream: &mut SpikeStream, events: &[Event], from: usize, to: usize) -> Vec<Event> {
    let here: Vec<Event> = events.iter().copied().filter(|&(t, _)| (from..to).contains(&usize::from(t))).collect();
    let times = here.iter().map(|&(t, _)| t - from as u16).collect();
    let found = stream.run(times, here.iter().map(|&(_, unit)| unit).collect(), to - from).unwrap();
    found.times.iter().map(|&t| t + from as u16).zip(found.units).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn chunks_of_steps_give_the_spikes_of_the_sample(
        network in 0usize..6,
        neuron in 0usize..6,
        events in prop::collection::btree_set((0..STEPS as u16, 0u32..48), 0..6000),
        chunks in prop::collection::vec(1usize..700, 1..10),
    ) {
        let (layers, input) = &networks()[network];
        let config = config(layers, input, &neurons()[neuron]);
        let events: Vec<Event> = events.into_iter().collect();
        for level in Level::available() {
            let mut trainer = Trainer::new(config.clone(), level).unwrap();
            let data = Dataset::new(spikes(&events), Targets::None, 5).unwrap();
            let whole = trainer.predict(&data, 0..1, Until::End, &Sequential).unwrap();
            let mut stream = trainer.stream().unwrap();
            for _ in 0..2 {
                stream.restart();
                let (mut found, mut from) = (Vec::new(), 0);
                for &chunk in chunks.iter().cycle() {
                    let to = STEPS.min(from + chunk);
                    found.extend(run(&mut stream, &events, from, to));
                    from = to;
                    if from == STEPS {
                        break;
                    }
                }
                let (times, units) = whole.layers[whole.layers.len() - 1].sample(0);
                let expected: Vec<Event> = times.iter().copied().zip(units.iter().copied()).collect();
                prop_assert_eq!(&found, &expected);
                let StreamProgress { steps, counts, first } = stream.progress();
                prop_assert_eq!(*steps, STEPS as u64);
                prop_assert_eq!(counts, &whole.scores_by_count);
                let decision = first.map_or((whole.steps[0], 0), |(step, unit)| (step as u32, unit));
                prop_assert_eq!(decision, (whole.decision_step[0], whole.by_first_spike[0]));
            }
        }
    }
}

#[test]
fn step_by_step_is_the_whole() {
    let (layers, input) = &networks()[1];
    let mut trainer = Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap();
    let events: Vec<Event> =
        (0..STEPS as u16).flat_map(|t| (0..3).map(move |k| (t, u32::from(t * 7 + k * 11) % 48))).collect();
    let (mut whole, mut single) = (trainer.stream().unwrap(), trainer.stream().unwrap());
    let expected = run(&mut whole, &events, 0, STEPS);
    assert!(expected.len() > 100, "{} spikes", expected.len());
    let found: Vec<Event> = (0..STEPS).flat_map(|t| run(&mut single, &events, t, t + 1)).collect();
    assert_eq!(found, expected);
    assert_eq!(single.progress(), whole.progress());
}

#[test]
fn a_stream_has_the_parameters_it_began_with() {
    let (layers, input) = &networks()[0];
    let mut trainer = Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap();
    let events: Vec<Event> = (0..500).map(|t| (t, u32::from(t) % 48)).collect();
    let mut before = trainer.stream().unwrap();
    trainer.set_parameters(0, &[0.0; 48 * 70], &[0.0; 70]).unwrap();
    assert!(!run(&mut before, &events, 0, 500).is_empty());
    assert!(run(&mut trainer.stream().unwrap(), &events, 0, 500).is_empty());
}

#[test]
fn errors_name_the_spike_and_run_nothing() {
    let (layers, input) = &networks()[0];
    let mut stream = Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap().stream().unwrap();
    for (times, units, path) in [
        (vec![2], vec![0], "spikes.times[0]"),
        (vec![1], vec![48], "spikes.units[0]"),
        (vec![1], vec![], "spikes.units"),
    ] {
        let error = stream.run(times, units, 2).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ShapeMismatch, path));
    }
    assert_eq!(stream.progress().steps, 0);
}
