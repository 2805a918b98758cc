//! A stream answers as a whole sample does, however its steps come, and decides over windows as its steps say.

use std::num::NonZeroU16;

use proptest::prelude::*;
use serde_json::{Value, json};
use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_training::{
    DecidingStream, DecisionWindow, Level, Sequential, StreamDecision, StreamSteps, Trainer, Until,
};

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
        (
            json!([
                { "name": "a", "type": "dense", "units": 70, "inputs": [
                    { "type": "dense", "from": "b", "delays": { "by": "input", "max": 90 } },
                    { "type": "oneToOne", "from": "a" },
                ] },
                { "name": "b", "type": "dense", "units": 70, "delays": { "by": "connection", "max": 40 } },
                { "name": "out", "type": "dense", "units": 5, "from": ["a", "b"], "inputs": [{ "type": "dense", "from": "input" }] },
            ]),
            json!(48),
        ),
        (
            json!([
                { "name": "a", "type": "conv2d", "channels": 2, "kernel": 3, "inputs": [{ "type": "conv2d", "kernel": 1, "from": "b" }] },
                { "name": "b", "type": "conv2d", "channels": 2, "kernel": [1, 2] },
                { "name": "p", "type": "maxPool2d", "window": 2, "from": ["a", "b"] },
                { "name": "f", "type": "flatten" },
                { "type": "dense", "units": 5, "recurrent": true, "inputs": [{ "type": "dense", "from": "f" }] },
            ]),
            json!([1, 6, 8]),
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
        with("reset", json!("subtractAfterDecay")),
        with("reset", json!("none")),
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

/// Runs steps `from` to before `to` of a sample.
fn take(stream: &mut DecidingStream, events: &[Event], from: usize, to: usize) -> StreamSteps {
    let here: Vec<Event> = events.iter().copied().filter(|&(t, _)| (from..to).contains(&usize::from(t))).collect();
    let times = here.iter().map(|&(t, _)| t - from as u16).collect();
    stream.run((times, here.iter().map(|&(_, unit)| unit).collect(), None), to - from).unwrap()
}

fn run(stream: &mut DecidingStream, events: &[Event], from: usize, to: usize) -> Vec<Event> {
    let found = take(stream, events, from, to);
    found.times.iter().map(|&t| t + from as u16).zip(found.units).collect()
}

/// Runs all steps of a sample, in chunks of steps that come again and again; `act` acts before each chunk, on its first step.
fn run_all(
    stream: &mut DecidingStream,
    events: &[Event],
    chunks: &[usize],
    mut act: impl FnMut(&mut DecidingStream, usize),
) -> (Vec<Event>, Vec<f32>, Vec<StreamDecision>) {
    let (mut spikes, mut membranes, mut decisions, mut from) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for &chunk in chunks.iter().cycle() {
        let to = STEPS.min(from + chunk);
        act(stream, from);
        let found = take(stream, events, from, to);
        spikes.extend(found.times.iter().map(|&t| t + from as u16).zip(found.units));
        membranes.extend(found.membranes);
        decisions.extend(found.windows);
        from = to;
        if from == STEPS {
            break;
        }
    }
    (spikes, membranes, decisions)
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
            let mut stream = trainer.stream(None, None).unwrap();
            for _ in 0..2 {
                stream.restart();
                let (found, _, _) = run_all(&mut stream, &events, &chunks, |_, _| ());
                let (times, units) = whole.layers[whole.layers.len() - 1].sample(0);
                let expected: Vec<Event> = times.iter().copied().zip(units.iter().copied()).collect();
                prop_assert_eq!(&found, &expected);
                let StreamDecision { from, to, counts, first, scores } = stream.decision();
                prop_assert_eq!((from, to, scores), (0, STEPS as u64, Vec::new()));
                prop_assert_eq!(counts, whole.scores_by_count.clone());
                let decision = first.map_or((whole.steps[0], -1), |(step, unit)| (step as u32, unit as i32));
                prop_assert_eq!(decision, (whole.decision_step[0], whole.by_first_spike[0]));
            }
        }
    }
}

const STATISTICS: [&str; 6] = ["mean", "max", "last", "softmaxSum", "each", "expMean"];

/// A network whose output is a readout that decides by a statistic.
fn readout((layers, input): &(Value, Value), neuron: &Value, statistic: &str) -> Config {
    let mut layers = layers.clone();
    let last = layers.as_array_mut().unwrap().last_mut().unwrap();
    last["neuron"] = json!({ "type": "leaky", "membraneDecay": 0.97 });
    last["recurrent"] = json!(false);
    let network = json!({ "input": input, "steps": STEPS, "layers": layers, "neuron": neuron });
    let loss = json!({ "type": "membrane", "statistic": statistic });
    let json = json!({ "network": network, "training": { "seed": 3 }, "loss": loss, "rule": { "type": "activation" } });
    Config::from_json(&json.to_string()).unwrap()
}

/// The statistic of membranes `[step][5]`, by its formula.
fn scores_by_hand(statistic: &str, membranes: &[f32]) -> Vec<f64> {
    let column = |unit: usize| membranes.chunks_exact(5).map(move |row| f64::from(row[unit]));
    let of = |unit: usize| match statistic {
        "mean" => column(unit).sum::<f64>() / (membranes.len() / 5) as f64,
        "max" => column(unit).fold(f64::NEG_INFINITY, f64::max),
        "last" => column(unit).next_back().unwrap(),
        "expMean" => {
            let weights = (0..membranes.len() / 5).map(|t| libm::exp(-1.0 / STEPS as f64 * t as f64));
            column(unit).zip(weights.clone()).fold(0.0, |sum, (y, weight)| sum + weight * y) / weights.sum::<f64>()
        }
        "each" => {
            let log_share = |row: &[f32]| {
                let max = row.iter().fold(f32::NEG_INFINITY, |max, &y| max.max(y));
                let total: f64 = row.iter().map(|&y| libm::exp(f64::from(y) - f64::from(max))).sum();
                f64::from(row[unit]) - (f64::from(max) + libm::log(total))
            };
            membranes.chunks_exact(5).map(log_share).sum::<f64>() / (membranes.len() / 5) as f64
        }
        _ => {
            let share = |row: &[f32]| {
                let max = row.iter().fold(f32::NEG_INFINITY, |max, &y| max.max(y));
                let parts: Vec<f64> = row.iter().map(|&y| libm::exp(f64::from(y) - f64::from(max))).collect();
                parts[unit] / parts.iter().sum::<f64>()
            };
            membranes.chunks_exact(5).map(share).sum()
        }
    };
    (0..5).map(of).collect()
}

/// Decisions by hand over windows of the steps of a stream, whose decisions were restarted before the steps `restarts`.
fn decisions_by_hand(
    spikes: &[Event],
    membranes: &[f32],
    statistic: Option<&str>,
    (window, hop): (u16, u16),
    restarts: &[usize],
) -> Vec<StreamDecision> {
    let ends: Vec<usize> = restarts.iter().skip(1).copied().chain([STEPS]).collect();
    let parts = restarts.iter().zip(ends);
    let spans = parts.flat_map(|(&start, end)| {
        (start..=end).step_by(usize::from(hop)).skip(1).map(move |to| (start.max(to.saturating_sub(window.into())), to))
    });
    spans
        .map(|(from, to)| {
            let here: Vec<Event> = spikes.iter().copied().filter(|&(t, _)| (from..to).contains(&t.into())).collect();
            StreamDecision {
                from: from as u64,
                to: to as u64,
                counts: (0..5).map(|unit| here.iter().filter(|spike| spike.1 == unit).count() as u32).collect(),
                first: here.first().map(|&(t, unit)| (t.into(), unit)),
                scores: statistic.map_or(Vec::new(), |kind| scores_by_hand(kind, &membranes[from * 5..to * 5])),
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_readout_has_the_membranes_of_the_sample_and_decides_by_them(
        network in 0usize..6,
        neuron in 0usize..6,
        statistic in 0usize..STATISTICS.len(),
        events in prop::collection::btree_set((0..STEPS as u16, 0u32..48), 2000..6000),
        chunks in prop::collection::vec(1usize..700, 1..10),
    ) {
        let config = readout(&networks()[network], &neurons()[neuron], STATISTICS[statistic]);
        let events: Vec<Event> = events.into_iter().collect();
        let mut trainer = Trainer::new(config, Level::detect()).unwrap();
        let data = Dataset::new(spikes(&events), Targets::None, 5).unwrap();
        let whole = trainer.predict(&data, 0..1, Until::End, &Sequential).unwrap();
        let mut stream = trainer.stream(None, None).unwrap();
        for _ in 0..2 {
            stream.restart();
            let (found, membranes, _) = run_all(&mut stream, &events, &chunks, |_, _| ());
            prop_assert_eq!(found, vec![]);
            prop_assert!(membranes.iter().any(|&y| y != 0.0));
            prop_assert_eq!(&membranes, &whole.membranes);
            let decision = stream.decision();
            prop_assert_eq!(decision.by_membrane(), Some(whole.by_membrane[0] as u32));
            let scores: Vec<f32> = decision.scores.iter().map(|&score| score as f32).collect();
            prop_assert_eq!(scores, whole.scores_by_membrane.clone());
        }
    }

    #[test]
    fn windows_decide_as_their_steps_say(
        network in 0usize..6,
        statistic in prop::option::of(0usize..STATISTICS.len()),
        events in prop::collection::btree_set((0..STEPS as u16, 0u32..48), 2000..6000),
        chunks in prop::collection::vec(1usize..700, 1..10),
        window in 1u16..400,
        hop in 1u16..500,
        restart in prop::option::of(0usize..5),
    ) {
        let (layers, input) = &networks()[network];
        let statistic = statistic.map(|number| STATISTICS[number]);
        let config = match statistic {
            None => config(layers, input, &neurons()[0]),
            Some(kind) => readout(&networks()[network], &neurons()[0], kind),
        };
        let events: Vec<Event> = events.into_iter().collect();
        let mut trainer = Trainer::new(config, Level::detect()).unwrap();
        let size = |steps: u16| NonZeroU16::new(steps).unwrap();
        let mut stream = trainer.stream(Some(DecisionWindow { window: size(window), hop: size(hop) }), None).unwrap();
        let (mut restarts, mut number) = (vec![0], 0);
        let (spikes, membranes, decisions) = run_all(&mut stream, &events, &chunks, |stream, from| {
            if Some(number) == restart && from > 0 {
                stream.restart_decision();
                restarts.push(from);
            }
            number += 1;
        });
        let expected = decisions_by_hand(&spikes, &membranes, statistic, (window, hop), &restarts);
        prop_assert_eq!(decisions, expected);
        let begin = *restarts.last().unwrap();
        let overall = decisions_by_hand(&spikes, &membranes, statistic, (STEPS as u16, (STEPS - begin) as u16), &restarts);
        prop_assert_eq!(Some(&stream.decision()), overall.last());
        let mut plain = trainer.stream(None, None).unwrap();
        prop_assert_eq!(run_all(&mut plain, &events, &[STEPS], |_, _| ()), (spikes, membranes, vec![]));
    }
}

#[test]
fn a_window_needs_something_to_decide_by() {
    let mut config = readout(&networks()[0], &neurons()[0], "mean");
    config.loss = Config::from_json(r#"{"network":{"input":1,"steps":1,"layers":[{"type":"dense","units":1,"neuron":{"type":"leaky"}}]},"rule":{"type":"activation"},"loss":{"type":"trace"}}"#).unwrap().loss;
    let mut trainer = Trainer::new(config, Level::detect()).unwrap();
    let one = NonZeroU16::MIN;
    let error = trainer.stream(Some(DecisionWindow { window: one, hop: one }), None).unwrap_err();
    assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "window"));
    let mut stream = trainer.stream(None, None).unwrap();
    assert_eq!(stream.run((vec![0], vec![1], None), 3).unwrap().membranes.len(), 3 * 5);
    assert_eq!((stream.decision().by_membrane(), stream.decision().scores), (None, vec![]));
}

#[test]
fn step_by_step_is_the_whole() {
    let (layers, input) = &networks()[1];
    let mut trainer = Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap();
    let events: Vec<Event> =
        (0..STEPS as u16).flat_map(|t| (0..3).map(move |k| (t, u32::from(t * 7 + k * 11) % 48))).collect();
    let (mut whole, mut single) = (trainer.stream(None, None).unwrap(), trainer.stream(None, None).unwrap());
    let expected = run(&mut whole, &events, 0, STEPS);
    assert!(expected.len() > 100, "{} spikes", expected.len());
    let found: Vec<Event> = (0..STEPS).flat_map(|t| run(&mut single, &events, t, t + 1)).collect();
    assert_eq!(found, expected);
    assert_eq!(single.decision(), whole.decision());
}

#[test]
fn a_stream_has_the_parameters_it_began_with() {
    let (layers, input) = &networks()[0];
    let mut trainer = Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap();
    let events: Vec<Event> = (0..500).map(|t| (t, u32::from(t) % 48)).collect();
    let mut before = trainer.stream(None, None).unwrap();
    trainer.set_parameters(0, &[0.0; 48 * 70], &[0.0; 70]).unwrap();
    assert!(!run(&mut before, &events, 0, 500).is_empty());
    assert!(run(&mut trainer.stream(None, None).unwrap(), &events, 0, 500).is_empty());
}

#[test]
fn errors_name_the_spike_and_run_nothing() {
    let (layers, input) = &networks()[0];
    let mut stream =
        Trainer::new(config(layers, input, &neurons()[0]), Level::detect()).unwrap().stream(None, None).unwrap();
    for (times, units, path) in [
        (vec![2], vec![0], "spikes.times[0]"),
        (vec![1], vec![48], "spikes.units[0]"),
        (vec![1], vec![], "spikes.units"),
    ] {
        let error = stream.run((times, units, None), 2).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ShapeMismatch, path));
    }
    assert_eq!(stream.steps(), 0);
}
