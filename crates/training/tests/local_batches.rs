//! Trainers that share every batch give the bits of one alone.

use spikelet_config::json::parse;
use spikelet_config::{Config, ErrorCode};
use spikelet_data::{Dataset, Purpose, SpikeTrains, Stream, Targets};
use spikelet_training::{Level, LocalBatch, Sequential, TrainEvent, Trainer};

const STEPS: usize = 40;
const SAMPLES: usize = 76;

fn config(layers: &str, loss: &str, batch: usize) -> Config {
    Config::from_json(&format!(
        r#"{{ "network": {{ "input": [1, 5, 6], "steps": {STEPS}, "layers": {layers},
                            "neuron": {{ "currentDecay": 0.9, "membraneDecay": 0.9 }} }},
            "rule": {{ "type": "antlr" }}, "loss": {loss},
            "training": {{ "batchSize": {batch}, "epochs": 2, "seed": 3,
                           "silentUnitUpdate": {{ "strength": 0.5, "rules": "all", "convolutions": true }} }} }}"#
    ))
    .expect("the configuration is valid")
}

fn data() -> Dataset {
    let mut draw = Stream::new(11, Purpose::Shuffle, 0);
    let mut trains = SpikeTrains::new();
    for _ in 0..SAMPLES {
        let steps = (0..STEPS as u16).flat_map(|time| (0..30).map(move |unit| (time, unit)));
        trains.push_sample(steps.filter(|_| draw.symmetric() < -0.5).collect::<Vec<_>>());
    }
    let labels = (0..SAMPLES as u32).map(|sample| sample % 4).collect();
    Dataset::new(trains, Targets::Labels(labels), 4).expect("the data fit")
}

fn trainer(config: &Config) -> Trainer {
    let mut trainer = Trainer::new(config.clone(), Level::detect()).expect("the configuration is valid");
    let layers = if config.training.initial_activity.is_none() { trainer.shapes().len() } else { 0 };
    for layer in 0..layers {
        let mut parameters = trainer.layer_parameters(layer).expect("the layer exists");
        parameters.weights.iter_mut().for_each(|weight| *weight *= 4.0);
        trainer.replace_parameters(layer, &parameters).expect("the shape is the same");
    }
    trainer.begin(SAMPLES).expect("there are samples");
    trainer
}

fn bits(trainer: &Trainer) -> Vec<u32> {
    let snapshot = trainer.snapshot();
    snapshot.tensors.iter().flat_map(|tensor| tensor.data.iter().map(|value| value.to_bits())).collect()
}

fn train_alone(config: &Config) -> (Vec<u32>, Vec<TrainEvent>) {
    let (mut alone, data) = (trainer(config), data());
    let events = alone.advance(1000, &data, Some(&data), &Sequential).expect("training works");
    (bits(&alone), events)
}

fn records_of(trainer: &mut Trainer, data: &Dataset, local: LocalBatch) -> Vec<u8> {
    let mut records = vec![1, 2, 3];
    trainer.run_local_batch(data, local, &Sequential, &mut records).expect("the local batch runs");
    records
}

fn train_together(config: &Config, size: usize) -> (Vec<Vec<u32>>, Vec<TrainEvent>) {
    let data = data();
    let mut trainers: Vec<Trainer> = (0..size).map(|_| trainer(config)).collect();
    let mut told = Vec::new();
    while !trainers[0].is_finished() {
        let mut records = Vec::new();
        if trainers[0].is_before_batch() {
            for (rank, trainer) in trainers.iter_mut().enumerate() {
                records.push(records_of(trainer, &data, LocalBatch { rank, size }));
            }
        }
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        for (rank, trainer) in trainers.iter_mut().enumerate() {
            let events = if records.is_empty() {
                trainer.advance(1, &data, Some(&data), &Sequential)
            } else {
                trainer.finish_batch(&data, Some(&data), &records, &Sequential)
            };
            let events = events.expect("training works");
            if rank == 0 {
                told.extend(events);
            }
        }
    }
    (trainers.iter().map(bits).collect(), told)
}

#[test]
fn any_number_of_trainers_gives_the_same_bits() {
    let dense = r#"[{ "type": "flatten" }, { "type": "dense", "units": 70 }, { "type": "dense", "units": 4 }]"#;
    let convolution = r#"[{ "type": "conv2d", "channels": 20, "kernel": 3 }, { "type": "flatten" },
        { "type": "dense", "units": 4 }]"#;
    let recurrent = r#"[{ "type": "flatten" }, { "type": "dense", "units": 70, "recurrent": true },
        { "type": "dense", "units": 4 }]"#;
    let delayed = r#"[{ "type": "flatten" },
        { "type": "dense", "units": 70, "delays": { "by": "connection", "max": 5, "learn": true } },
        { "type": "dense", "units": 4, "delays": { "by": "input", "max": 5, "learn": true } }]"#;
    let graph = r#"[{ "name": "a", "type": "conv2d", "channels": 20, "kernel": 3,
          "inputs": [{ "type": "conv2d", "kernel": 1, "from": "b" }] },
        { "name": "b", "type": "conv2d", "channels": 20, "kernel": 3, "inputs": [{ "type": "oneToOne", "from": "a" }] },
        { "type": "maxPool2d", "window": 2, "from": ["a", "b"] }, { "type": "flatten" },
        { "type": "dense", "units": 4, "recurrent": true, "delays": { "by": "connection", "max": 5, "learn": true } }]"#;
    let mut configs = vec![config(dense, r#"{ "type": "latency" }"#, 5)];
    configs[0].training.initial_activity =
        Some(parse(r#"{ "spikesPerUnit": [0.3, 0.8] }"#).expect("the initial activity is valid"));
    for (layers, loss, batch) in [
        (dense, r#"{ "type": "latency" }"#, 5),
        (dense, r#"{ "type": "latency", "endSimulation": "batch" }"#, 70),
        (dense, r#"{ "type": "count", "positive": 3 }"#, 2),
        (convolution, r#"{ "type": "latency" }"#, 40),
        (recurrent, r#"{ "type": "latency" }"#, 40),
        (delayed, r#"{ "type": "latency" }"#, 40),
        (graph, r#"{ "type": "latency" }"#, 40),
    ] {
        configs.push(config(layers, loss, batch));
    }
    for index in [3, 4, 5] {
        let mut learnt = configs[index].clone();
        learnt.network.neuron.learn =
            parse(r#"["currentDecay", "membraneDecay", "threshold"]"#).expect("they can be learnt");
        configs.push(learnt);
    }
    for index in [1, 2] {
        let mut changed = configs[index].clone();
        changed.training.augmentation =
            parse(r#"{ "shift": 1, "timeJitter": 1, "eventDropout": 0.1, "inputDropout": 0.1 }"#)
                .expect("the augmentation is valid");
        configs.push(changed);
    }
    for config in configs {
        let (expected, events) = train_alone(&config);
        let fired = events.iter().any(|event| match event {
            TrainEvent::EpochEnd(record) => record.train.spikes.per_unit.iter().all(|&spikes| spikes > 0.05),
            _ => false,
        });
        assert!(fired, "every layer must fire");
        for size in [1, 2, 3] {
            let (found, told) = train_together(&config, size);
            assert!(found.iter().all(|bits| *bits == expected), "{size} trainers differ for {config:?}");
            assert_eq!(told.len(), events.len());
            assert_eq!(format!("{told:?}"), format!("{events:?}"), "{size} trainers tell something else");
        }
    }
}

#[test]
fn records_of_something_else_are_refused() {
    let dense = r#"[{ "type": "flatten" }, { "type": "dense", "units": 70 }, { "type": "dense", "units": 4 }]"#;
    let small = r#"[{ "type": "flatten" }, { "type": "dense", "units": 7 }, { "type": "dense", "units": 4 }]"#;
    let loss = r#"{ "type": "latency" }"#;
    let data = data();
    let local = LocalBatch { rank: 0, size: 1 };
    let mut one = trainer(&config(dense, loss, 8));
    let records = records_of(&mut one, &data, local);
    let before = bits(&one);
    let mut other = trainer(&config(small, loss, 8));
    let foreign = records_of(&mut other, &data, local);
    let (whole, half): (&[u8], &[u8]) = (&records, &records[..records.len() / 2]);
    let cut = [&[0; 8][..], &[8, 0, 0, 0, 0xff, 0xff]].concat();
    let cases: [&[&[u8]]; 6] = [&[], &[whole, whole], &[&foreign], &[half], &[b"abc"], &[&cut]];
    for wrong in cases {
        let error = one.finish_batch(&data, None, wrong, &Sequential).expect_err("the records are wrong");
        assert_eq!(error.code, ErrorCode::DataFormat, "{error}");
        assert!(bits(&one) == before, "a refused batch must change nothing");
    }
    one.finish_batch(&data, None, &[&records], &Sequential).expect("the right records still work");
    let error = one
        .run_local_batch(&data, LocalBatch { rank: 2, size: 2 }, &Sequential, &mut Vec::new())
        .expect_err("there is no third trainer");
    assert_eq!(error.code, ErrorCode::ConfigInvalid);
}

#[test]
fn records_with_a_wrong_word_are_refused_or_learnt_from() {
    let layers = r#"[{ "type": "flatten" }, { "type": "dense", "units": 3, "recurrent": true }, { "type": "dense", "units": 4 }]"#;
    let (config, data) = (config(layers, r#"{ "type": "latency" }"#, 2), data());
    let mut one = trainer(&config);
    let records = records_of(&mut one, &data, LocalBatch { rank: 0, size: 1 });
    let before = bits(&one);
    let mut refused = 0;
    for place in 0..records.len() / 4 {
        for word in [0, 1, 0x7f_ffff, u32::MAX] {
            let mut wrong = records.clone();
            wrong[4 * place..4 * place + 4].copy_from_slice(&u32::to_le_bytes(word));
            match one.finish_batch(&data, None, &[&wrong], &Sequential) {
                Err(error) if error.code == ErrorCode::DataFormat => {
                    refused += 1;
                    assert!(bits(&one) == before, "word {place} as {word:x}: a refused batch must change nothing");
                }
                // A number of a gradient is as good as another, but for one that is not finite.
                outcome => {
                    let code = outcome.err().map(|error| error.code);
                    assert!(matches!(code, None | Some(ErrorCode::NonFinite)), "word {place} as {word:x}: {code:?}");
                    one = trainer(&config);
                    records_of(&mut one, &data, LocalBatch { rank: 0, size: 1 });
                }
            }
        }
    }
    assert!(refused > records.len() / 40, "{refused} of {} words", records.len());
}

#[test]
fn after_refused_records_of_other_learnt_constants_training_goes_on() {
    let dense = |decay: &str| {
        let neuron = format!(r#"{{ "membraneDecay": {decay}, "learn": ["membraneDecay"] }}"#);
        let hidden = format!(r#"{{ "type": "dense", "units": 2, "neuron": {neuron} }}"#);
        format!(r#"[{{ "type": "flatten" }}, {hidden}, {{ "type": "dense", "units": 4 }}]"#)
    };
    let data = data();
    let loss = r#"{ "type": "latency" }"#;
    let mut one = trainer(&config(&dense("0.9"), loss, 8));
    let mut other = trainer(&config(&dense("[0.9, 0.8]"), loss, 8));
    let foreign = records_of(&mut other, &data, LocalBatch { rank: 0, size: 1 });
    one.finish_batch(&data, None, &[&foreign], &Sequential).expect_err("the constants are others");
    one.advance(1, &data, None, &Sequential).expect("training goes on");
}

#[test]
fn records_of_another_batch_are_refused() {
    let dense = r#"[{ "type": "flatten" }, { "type": "dense", "units": 7 }, { "type": "dense", "units": 4 }]"#;
    let data = data();
    let mut one = trainer(&config(dense, r#"{ "type": "latency" }"#, 8));
    let first = records_of(&mut one, &data, LocalBatch { rank: 0, size: 1 });
    one.finish_batch(&data, None, &[&first], &Sequential).expect("the records are of this batch");
    let before = bits(&one);
    let error = one.finish_batch(&data, None, &[&first], &Sequential).expect_err("the batch is learnt");
    assert_eq!((error.code, error.path.as_str()), (ErrorCode::DataFormat, "records"));
    assert_eq!(error.message, "are of another batch");
    assert!(bits(&one) == before, "a refused batch must change nothing");
}

#[test]
fn records_are_refused_where_no_batch_comes_next() {
    let dense = r#"[{ "type": "flatten" }, { "type": "dense", "units": 7 }, { "type": "dense", "units": 4 }]"#;
    let data = data();
    let mut config = config(dense, r#"{ "type": "latency" }"#, 8);
    config.training.epochs = 1;
    let mut one = trainer(&config);
    let mut last = Vec::new();
    while one.is_before_batch() {
        last = records_of(&mut one, &data, LocalBatch { rank: 0, size: 1 });
        one.finish_batch(&data, Some(&data), &[&last], &Sequential).expect("the records are of this batch");
    }
    let refused = |one: &mut Trainer| {
        let before = bits(one);
        let error = one.finish_batch(&data, Some(&data), &[&last], &Sequential).expect_err("no batch comes next");
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::ConfigInvalid, "no batch comes next"));
        assert!(bits(one) == before, "a refused batch must change nothing");
    };
    assert!(!one.is_finished(), "a validation pass is under way");
    refused(&mut one);
    while !one.is_finished() {
        one.advance(1, &data, Some(&data), &Sequential).expect("training works");
    }
    refused(&mut one);
}
