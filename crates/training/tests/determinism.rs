//! Same configuration, seed and data give the same bits: at every SIMD level, with any number of workers, for any split of
//! `advance`, and across a checkpoint.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use spikelet_config::Config;
use spikelet_config::json::parse;
use spikelet_data::{Dataset, SpikeTrains, Stream, Targets};
use spikelet_training::{Executor, Level, Sequential, TrainEvent, Trainer};

/// Plain threads that take the next item, so that who runs what changes from run to run.
struct Threads(usize);

impl Executor for Threads {
    fn threads(&self) -> usize {
        self.0
    }

    fn for_each_with<T: Send, S>(
        &self,
        items: &mut [T],
        enter: impl Fn() -> S + Sync,
        task: impl Fn(&mut S, usize, &mut T) + Sync,
    ) {
        if cfg!(target_family = "wasm") {
            // No threads: the workers take turns.
            let mut scratch: Vec<S> = (0..self.0).map(|_| enter()).collect();
            items.iter_mut().enumerate().for_each(|(index, item)| task(&mut scratch[index % self.0], index, item));
            return;
        }
        let items: Vec<Mutex<&mut T>> = items.iter_mut().map(Mutex::new).collect();
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..self.0 {
                scope.spawn(|| {
                    let mut scratch = enter();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(index) else { break };
                        task(&mut scratch, index, &mut item.lock().expect("no task panics"));
                    }
                });
            }
        });
    }
}

const STEPS: usize = 40;
const INPUTS: usize = 30;
const OUTPUTS: usize = 4;

const DENSE: &str =
    r#"[{ "type": "dense", "units": 70 }, { "type": "dense", "units": 20 }, { "type": "dense", "units": 4 }]"#;
/// Recurrent layers of one tile and of two, hidden and at the output, above an image too.
const RECURRENT: &str = r#"[{ "type": "avgPool2d", "window": 2 }, { "type": "flatten" },
    { "type": "dense", "units": 70, "recurrent": true }, { "type": "dense", "units": 20 },
    { "type": "dense", "units": 4, "recurrent": true }]"#;
/// Delays of every kind.
const DELAYED: &str = r#"[{ "type": "dense", "units": 70, "delays": { "by": "connection", "max": 7, "learn": true } },
    { "type": "dense", "units": 20, "recurrent": true, "delays": { "by": "input", "max": 5, "learn": true } },
    { "type": "dense", "units": 20, "recurrent": true, "delays": { "by": "connection", "max": 4 } },
    { "type": "dense", "units": 4, "delays": { "by": "input", "max": 3, "learn": true } }]"#;
/// Strips that end inside and outside a row, both pools, a second convolution with two blocks of channels.
const CONVOLUTIONS: &str = r#"[{ "type": "conv2d", "channels": 20, "kernel": 3 }, { "type": "maxPool2d", "window": 2 },
    { "type": "conv2d", "channels": 66, "kernel": 3 }, { "type": "avgPool2d", "window": 2 }, { "type": "flatten" },
    { "type": "dense", "units": 4 }]"#;

/// A wide layer above windows that overlap: samples share loads of its weights.
const WIDE: &str = r#"[{ "type": "conv2d", "channels": 100, "kernel": 3 }, { "type": "maxPool2d", "window": 2, "stride": 1 },
    { "type": "flatten" }, { "type": "dense", "units": 140 }, { "type": "dense", "units": 4 }]"#;

/// Feedback, sums, one-to-one connections, pools with several sources and readers.
const GRAPH: &str = r#"[{ "name": "a", "type": "conv2d", "channels": 20, "kernel": 3,
      "inputs": [{ "type": "oneToOne", "from": "a", "by": "channel" }] },
    { "name": "b", "type": "conv2d", "channels": 20, "kernel": [1, 2], "inputs": [{ "type": "conv2d", "kernel": 3, "from": "input" }] },
    { "name": "p", "type": "maxPool2d", "window": 2, "from": ["a", "b"] },
    { "name": "f", "type": "flatten" },
    { "name": "c", "type": "dense", "units": 20, "recurrent": true, "inputs": [{ "type": "dense", "from": "out" }] },
    { "name": "out", "type": "dense", "units": 4, "from": "c", "inputs": [{ "type": "dense", "from": "f", "learn": false }] }]"#;

const LEARNT: &str = r#"{ "type": "alif", "currentDecay": 0.9, "membraneDecay": 0.9, "reset": "subtract",
    "learn": ["currentDecay", "membraneDecay", "threshold", "adaptationStrength"], "learningRateFactor": 3 }"#;

fn config(input: &str, layers: &str, rule: &str, loss: &str) -> Config {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": {input}, "steps": {STEPS}, "neuron": {{ "currentDecay": 0.9, "membraneDecay": 0.9 }},
              "layers": {layers} }},
            "rule": {rule}, "loss": {loss},
            "training": {{ "batchSize": 5, "epochs": 2, "seed": 3,
                           "silentUnitUpdate": {{ "strength": 0.5, "rules": "all", "convolutions": true }} }} }}"#
    ))
    .expect("the configuration is valid")
}

/// Networks under rules and losses.
fn cases() -> impl Iterator<Item = Config> {
    let dense = CASES.iter().map(|(rule, loss)| config("30", DENSE, rule, loss));
    let convolutions =
        [CASES[0], CASES[3], CASES[4]].into_iter().map(|(rule, loss)| config("[1, 5, 6]", CONVOLUTIONS, rule, loss));
    let mut once = config("30", DENSE, CASES[0].0, CASES[0].1);
    once.network.neuron.single_spike = true;
    let mut refractory = config("[1, 5, 6]", CONVOLUTIONS, CASES[5].0, CASES[5].1);
    refractory.network.neuron.refractory = 3;
    let mut active = config("30", DENSE, CASES[0].0, CASES[0].1);
    active.training.initial_activity =
        parse(r#"{ "spikesPerUnit": [0.3, 0.2, 0.5], "samples": 10 }"#).expect("the initial activity is valid");
    let mut changed = config("[1, 5, 6]", CONVOLUTIONS, CASES[0].0, CASES[0].1);
    changed.training.augmentation =
        parse(r#"{ "shift": 1, "timeJitter": 1.5, "eventDropout": 0.1, "inputDropout": 0.1 }"#)
            .expect("the augmentation is valid");
    let mut scheduled = config("[1, 5, 6]", CONVOLUTIONS, CASES[0].0, CASES[0].1);
    scheduled.optimizer = parse(r#"{ "type": "adamW", "weightDecay": 0.1 }"#).expect("it is valid");
    scheduled.schedule = parse(r#"{ "type": "cosine", "warmupEpochs": 0.5 }"#).expect("it is valid");
    scheduled.training.gradient_norm_clip = Some(0.01);
    scheduled.training.averaging = parse(r#"{ "type": "ema", "decay": 0.9 }"#).expect("it is valid");
    scheduled.training.frozen = vec!["layers.0.biases".to_owned(), "layers.1.biases".to_owned()];
    let averaging = scheduled.training.averaging.clone();
    let learnt = [DENSE, RECURRENT, CONVOLUTIONS].into_iter().enumerate().map(move |(index, layers)| {
        let (rule, loss) = CASES[[0, 4, 3][index]];
        let mut config = config(if layers == DENSE { "30" } else { "[1, 5, 6]" }, layers, rule, loss);
        config.network.neuron = parse(LEARNT).expect("the neuron is valid");
        config.training.gradient_norm_clip = (index == 0).then_some(0.1);
        config.training.averaging = averaging.clone().filter(|_| index == 0);
        config
    });
    let recurrent = [CASES[0], CASES[1], CASES[3], CASES[4], CASES[6]]
        .into_iter()
        .map(|(rule, loss)| config("[1, 5, 6]", RECURRENT, rule, loss));
    let wide = [CASES[4], CASES[7]].into_iter().map(|(rule, loss)| config("[1, 5, 6]", WIDE, rule, loss));
    let graphs =
        [CASES[0], CASES[1], CASES[3], CASES[4]].into_iter().map(|(rule, loss)| config("[1, 5, 6]", GRAPH, rule, loss));
    let rounded = [DENSE, RECURRENT, GRAPH].into_iter().enumerate().map(|(index, layers)| {
        let (rule, loss) = CASES[[0, 3, 4][index]];
        let mut config = config(if layers == DENSE { "30" } else { "[1, 5, 6]" }, layers, rule, loss);
        config.training.weight_bits = parse(["[8, 4, 2]", "4", "3"][index]).expect("the bits are valid");
        config
    });
    let delayed = [CASES[0], CASES[3], CASES[4]].into_iter().map(|(rule, loss)| config("30", DELAYED, rule, loss));
    dense
        .chain(delayed)
        .chain(graphs)
        .chain(convolutions)
        .chain(recurrent)
        .chain(wide)
        .chain([once, refractory, active, changed, scheduled])
        .chain(rounded)
        .chain(learnt)
}

/// Events drawn from a stream of the library, so that they are the same everywhere.
fn data(samples: usize, targets: &str) -> Dataset {
    let mut draw = Stream::new(11, spikelet_data::Purpose::Shuffle, 0);
    let mut spikes = |units: usize, share: f32| {
        let mut trains = SpikeTrains::new();
        for _ in 0..samples {
            let mut events = Vec::new();
            for time in 0..STEPS as u16 {
                events.extend(
                    (0..units as u32).filter(|_| draw.symmetric() < 2.0 * share - 1.0).map(|unit| (time, unit)),
                );
            }
            trains.push_sample(events);
        }
        trains
    };
    let inputs = spikes(INPUTS, 0.25);
    let targets = match targets {
        "trains" => Targets::Trains(spikes(OUTPUTS, 0.1)),
        _ => Targets::Labels((0..samples as u32).map(|sample| sample % OUTPUTS as u32).collect()),
    };
    Dataset::new(inputs, targets, OUTPUTS).expect("the data fit")
}

fn bits(trainer: &Trainer) -> Vec<u32> {
    let snapshot = trainer.snapshot();
    snapshot.tensors.iter().flat_map(|tensor| tensor.data.iter().map(|value| value.to_bits())).collect()
}

/// Makes every layer fire.
fn raise_weights(trainer: &mut Trainer) {
    for layer in 0..trainer.shapes().len() {
        let mut parameters = trainer.layer_parameters(layer).expect("the layer exists");
        parameters.weights.iter_mut().for_each(|weight| *weight *= 4.0);
        trainer.replace_parameters(layer, &parameters).expect("the shape is the same");
    }
}

fn run<E: Executor>(config: &Config, level: Level, budget: usize, restarts: bool, executor: &E) -> Vec<u32> {
    let targets = if matches!(config.loss, spikelet_config::LossConfig::SpikeTrain(_)) { "trains" } else { "labels" };
    let (train, validation) = (data(48, targets), data(70, targets));
    let mut trainer = Trainer::new(config.clone(), level).expect("the configuration is valid");
    if config.training.initial_activity.is_none() {
        raise_weights(&mut trainer);
    }
    let start: Vec<_> = (0..trainer.shapes().len()).map(|layer| trainer.parameters(layer)).collect();
    trainer.begin(train.len()).expect("there are samples");
    let mut has_fired = false;
    while !trainer.is_finished() {
        let events = trainer.advance(budget, &train, Some(&validation), executor).expect("training works");
        for event in &events {
            if let TrainEvent::EpochEnd(record) = event {
                has_fired |= record.train.spikes.per_unit.iter().all(|&spikes| spikes > 0.05);
            }
        }
        if restarts {
            trainer = Trainer::restore(trainer.snapshot(), level).expect("a snapshot can be restored");
            trainer.begin(train.len()).expect("the run goes on");
        }
    }
    assert!(has_fired, "every layer must fire");
    for (layer, start) in start.into_iter().enumerate() {
        let ((before, _), (after, _)) = (start.expect("it exists"), trainer.parameters(layer).expect("it exists"));
        assert!(before != after, "layer {layer} must learn");
    }
    bits(&trainer)
}

const CASES: [(&str, &str); 10] = [
    (r#"{ "type": "antlr" }"#, r#"{ "type": "latency" }"#),
    (r#"{ "type": "antlr", "timingWeight": 0.3 }"#, r#"{ "type": "latency", "endSimulation": "batch" }"#),
    (r#"{ "type": "activation", "variant": "slayer" }"#, r#"{ "type": "count", "positive": 3 }"#),
    (r#"{ "type": "timing" }"#, r#"{ "type": "spikeTrain" }"#),
    (r#"{ "type": "mixture", "activationWeight": 0.7 }"#, r#"{ "type": "latency", "endSimulation": "off" }"#),
    (r#"{ "type": "antlr" }"#, r#"{ "type": "spikeTrain" }"#),
    (
        r#"{ "type": "antlr", "variant": "rnn", "resetPath": { "activation": { "window": 0.5 }, "timing": "full" },
             "surrogate": { "type": "triangle" }, "activationWeight": [1, 0.5, 2],
             "weightSchedule": { "interpolation": "linear", "timing": [{ "epoch": 0, "factor": 1 }, { "epoch": 2, "factor": 0 }] } }"#,
        r#"{ "type": "latency" }, "regularizers": { "spikePenalty": 0.01, "rateBounds": { "lower": 0.1, "upper": 0.5 } }"#,
    ),
    (
        r#"{ "type": "antlr", "surrogate": { "type": "table", "step": 0.25, "values": [1, 0.6, 0.2, 0.1] } }"#,
        r#"{ "type": "latency" }, "regularizers": { "rateBounds": { "by": "unit", "lower": 1, "upper": 2 } }"#,
    ),
    (
        r#"{ "type": "mixture", "variant": "rnn", "resetPath": { "activation": "full", "timing": { "lag": 4 } },
             "surrogate": { "type": "arctan" } }"#,
        r#"{ "type": "spikeTrain" }"#,
    ),
    (
        r#"{ "type": "activation", "variant": "rnn", "resetPath": { "activation": { "lag": 3 } },
             "surrogate": { "type": "fastSigmoid" } }"#,
        r#"{ "type": "latency", "endSimulation": "batch" }"#,
    ),
];

/// What may not matter for the bits, one entry after the other for the cases.
const WORKERS: [usize; 4] = [3, 8, 1, 2];
const SPLITS: [(usize, bool); 5] = [(7, false), (1, true), (1000, false), (5, true), (1, false)];

#[test]
fn another_level_other_workers_and_another_split_give_the_same_bits() {
    let levels = Level::available();
    for (index, config) in cases().enumerate() {
        let expected = run(&config, levels[0], 1000, false, &Sequential);
        let level = levels[levels.len() - 1 - index % levels.len().saturating_sub(1).max(1)];
        let (workers, (budget, restarts)) = (WORKERS[index % WORKERS.len()], SPLITS[index % SPLITS.len()]);
        let found = run(&config, level, budget, restarts, &Threads(workers));
        assert!(
            found == expected,
            "{level}, {workers} workers, advance({budget}), restarts {restarts} differ for {config:?}"
        );
    }
}

#[test]
#[ignore = "takes minutes: each of them alone, for every case"]
fn every_level_gives_the_same_bits() {
    for config in cases() {
        let levels = Level::available();
        let expected = run(&config, levels[0], 1000, false, &Sequential);
        for &level in &levels[1..] {
            assert!(run(&config, level, 1000, false, &Sequential) == expected, "{level} differs for {config:?}");
        }
    }
}

#[test]
#[ignore = "takes minutes: each of them alone, for every case"]
fn any_number_of_workers_gives_the_same_bits() {
    for config in cases() {
        let expected = run(&config, Level::detect(), 1000, false, &Sequential);
        for workers in WORKERS {
            let found = run(&config, Level::detect(), 1000, false, &Threads(workers));
            assert!(found == expected, "{workers} workers differ for {config:?}");
        }
    }
}

#[test]
#[ignore = "takes minutes: each of them alone, for every case"]
fn any_split_of_a_run_gives_the_same_bits() {
    for config in cases() {
        let expected = run(&config, Level::detect(), 1000, false, &Sequential);
        for (budget, restarts) in SPLITS {
            let found = run(&config, Level::detect(), budget, restarts, &Sequential);
            assert!(found == expected, "advance({budget}), restarts {restarts} differs for {config:?}");
        }
    }
}
