//! Data sets of which only those samples are there that a run needs next.

use serde_json::{Value, json};
use spikelet_session::{DatasetArrays, Error, ErrorCode, LocalBatch, Peers, Session};

const INPUTS: usize = 12;
const SAMPLES: usize = 43;
const DESCRIPTOR: &str = r#"{"inputs":"images","encoding":{"type":"rate","max":0.5,"seed":3}}"#;

fn session(training: &Value) -> Session {
    let mut settings = json!({ "batchSize": 8, "epochs": 3, "seed": 7, "threads": 1 });
    for (name, value) in training.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let config = json!({
        "network": { "input": INPUTS, "steps": 30,
                     "layers": [{ "type": "dense", "units": 9 }, { "type": "dense", "units": 3 }] },
        "training": settings,
    });
    Session::create(&config.to_string(), None, None).unwrap()
}

fn arrays(rows: &[u32]) -> DatasetArrays {
    let pixels = rows.iter().flat_map(|&row| (0..INPUTS).map(move |k| ((row as usize * INPUTS + k) * 37 % 256) as u8));
    DatasetArrays { pixels: Some(pixels.collect()), rows: Some(rows.to_vec()), ..DatasetArrays::default() }
}

fn with_labels(rows: &[u32]) -> DatasetArrays {
    let labels = (0..SAMPLES as u32).map(|row| row % 3).collect();
    DatasetArrays { labels: Some(labels), ..arrays(rows) }
}

fn windowed(session: &mut Session) -> u32 {
    let descriptor = DESCRIPTOR.replacen('{', &format!(r#"{{"samples":{SAMPLES},"#), 1);
    session.add_dataset(&descriptor, with_labels(&[])).unwrap()
}

fn whole(session: &mut Session) -> u32 {
    let rows: Vec<u32> = (0..SAMPLES as u32).collect();
    session.add_dataset(DESCRIPTOR, with_labels(&rows)).unwrap()
}

fn begin(session: &mut Session, train: u32, validation: Option<u32>) {
    session.begin(&json!({ "train": train, "validation": validation }).to_string()).unwrap();
}

fn rows(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|row| row.as_u64().unwrap() as u32).collect()
}

fn upcoming(session: &mut Session, skip: u32, batches: u32) -> Value {
    serde_json::from_str(&session.upcoming(skip, batches).unwrap()).unwrap()
}

/// Trains to the end, `batches` at a time.
fn train_by_windows(session: &mut Session, train: u32, validation: u32, batches: u32) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let next = upcoming(session, 0, batches);
        let (train_rows, validation_rows) = (rows(&next["train"]), rows(&next["validation"]));
        session.supply(train, &train_rows, arrays(&train_rows)).unwrap();
        let prepared = session.suppliers().prepare(validation, arrays(&validation_rows)).unwrap();
        session.supply_prepared(validation, &validation_rows, prepared).unwrap();
        let count = next["batches"].as_u64().unwrap().max(1) as u32;
        let more: Vec<Value> = serde_json::from_str(&session.advance(count).unwrap()).unwrap();
        if more.is_empty() {
            return events;
        }
        let ends = more.iter().filter(|event| event["type"] == "epochEnd").count();
        assert!(ends == 0 || (ends == 1 && more.last().unwrap()["type"] == "epochEnd"), "{more:?}");
        events.extend(more);
    }
}

fn fails<T: std::fmt::Debug>(result: Result<T, Error>, code: ErrorCode, path: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
}

#[test]
fn windows_of_any_size_give_the_bits_and_events_of_the_whole() {
    for training in [
        json!({}),
        json!({ "sampling": "byClass" }),
        json!({ "earlyStopping": { "patience": 1 } }),
        json!({ "initialActivity": { "spikesPerUnit": 0.5, "samples": 20, "tolerance": 0.2 } }),
    ] {
        let mut memory = session(&training);
        let (train, validation) = (whole(&mut memory), whole(&mut memory));
        begin(&mut memory, train, Some(validation));
        let expected: Vec<Value> = serde_json::from_str(&memory.advance(1000).unwrap()).unwrap();
        for batches in [1, 3, 100] {
            let mut session = session(&training);
            let (train, validation) = (windowed(&mut session), windowed(&mut session));
            begin(&mut session, train, Some(validation));
            assert_eq!(train_by_windows(&mut session, train, validation, batches), expected, "{training}, {batches}");
            assert_eq!(session.checkpoint(None, true).unwrap(), memory.checkpoint(None, true).unwrap());
        }
    }
}

#[test]
fn what_comes_later_is_known_across_the_end_of_an_epoch() {
    let mut memory = session(&json!({}));
    let train = whole(&mut memory);
    begin(&mut memory, train, None);
    let later: Vec<Value> = (0..20).map(|skip| upcoming(&mut memory, skip, 1)).collect();
    for expected in &later {
        let next = upcoming(&mut memory, 0, 1);
        assert_eq!(next, *expected);
        memory.advance(1).unwrap();
    }
    assert_eq!(upcoming(&mut memory, 0, 5)["batches"], 0);
}

/// One of two that learn together; nobody exchanges anything.
#[derive(Debug)]
struct Second;

impl Peers for Second {
    fn local_batch(&self) -> LocalBatch {
        LocalBatch { rank: 1, size: 2 }
    }

    fn exchange(&mut self, _: &[u8]) -> Result<Vec<&[u8]>, Error> {
        Ok(Vec::new())
    }
}

#[test]
fn one_of_several_needs_its_local_batches_and_all_validation_data() {
    let mut alone = session(&json!({}));
    let mut second = session(&json!({}));
    for session in [&mut alone, &mut second] {
        let (train, validation) = (whole(session), whole(session));
        begin(session, train, Some(validation));
    }
    second.join(Box::new(Second)).unwrap();
    let (all, local) = (upcoming(&mut alone, 0, 2), upcoming(&mut second, 0, 2));
    let expected = [&rows(&all["train"])[4..8], &rows(&all["train"])[12..16]].concat();
    assert_eq!(rows(&local["train"]), expected);
    assert_eq!(upcoming(&mut second, 6, 1)["validation"], upcoming(&mut alone, 6, 1)["validation"]);
}

#[test]
fn evaluations_name_their_samples() {
    let mut memory = session(&json!({ "batchSize": 500 }));
    let whole = whole(&mut memory);
    let window = windowed(&mut memory);
    let report = |session: &mut Session| session.advance_evaluation(1000).unwrap();
    memory.begin_evaluation(whole, false).unwrap();
    let expected = report(&mut memory);
    memory.begin_evaluation(window, false).unwrap();
    assert_eq!(memory.upcoming_evaluation(10, None).unwrap(), format!(r#"{{"start":0,"end":{SAMPLES}}}"#));
    assert_eq!(memory.upcoming_evaluation(10, Some(10)).unwrap(), format!(r#"{{"start":{SAMPLES},"end":{SAMPLES}}}"#));
    fails(memory.advance_evaluation(10), ErrorCode::ShapeMismatch, "dataset");
    let rows: Vec<u32> = (0..SAMPLES as u32).collect();
    memory.supply(window, &rows, arrays(&rows)).unwrap();
    assert_eq!(report(&mut memory), expected);
}

#[test]
fn what_was_not_supplied_is_an_error_and_changes_nothing() {
    let mut session = session(&json!({}));
    let (train, other) = (windowed(&mut session), whole(&mut session));
    begin(&mut session, train, None);
    let before = session.checkpoint(None, true).unwrap();
    fails(session.advance(1), ErrorCode::ShapeMismatch, "train");
    fails(session.run_local_batch(0, 2), ErrorCode::ShapeMismatch, "train");
    fails(session.predict(train, 0, 1, false), ErrorCode::ShapeMismatch, "range");
    fails(session.gradients(train, 0, 1, false, None), ErrorCode::ShapeMismatch, "range");
    fails(session.supply(other, &[1], arrays(&[1])), ErrorCode::ShapeMismatch, "dataset");
    fails(session.supply(9, &[1], arrays(&[1])), ErrorCode::ShapeMismatch, "dataset");
    fails(session.suppliers().prepare(9, arrays(&[1])), ErrorCode::ShapeMismatch, "dataset");
    let prepared = session.suppliers().prepare(train, arrays(&[1])).unwrap();
    fails(session.supply_prepared(train, &[1, 2], prepared), ErrorCode::ShapeMismatch, "rows");
    let prepared = session.suppliers().prepare(train, arrays(&[1])).unwrap();
    fails(session.supply_prepared(other, &[1], prepared), ErrorCode::ShapeMismatch, "samples");
    fails(session.supply(train, &[1, 2], arrays(&[1])), ErrorCode::ShapeMismatch, "rows");
    fails(session.supply(train, &[SAMPLES as u32], arrays(&[1])), ErrorCode::ShapeMismatch, "rows");
    assert_eq!(session.checkpoint(None, true).unwrap(), before);
}

#[test]
fn samples_go_where_they_were_prepared_for() {
    let (mut session, mut foreign) = (session(&json!({})), session(&json!({})));
    let (first, second) = (windowed(&mut session), windowed(&mut session));
    let theirs = windowed(&mut foreign);
    assert_eq!(first, theirs, "numbers alone do not tell");
    let prepared = foreign.suppliers().prepare(theirs, arrays(&[1])).unwrap();
    fails(session.supply_prepared(first, &[1], prepared), ErrorCode::ShapeMismatch, "samples");
    let prepared = session.suppliers().prepare(second, arrays(&[1])).unwrap();
    fails(session.supply_prepared(first, &[1], prepared), ErrorCode::ShapeMismatch, "samples");
    let prepared = session.suppliers().prepare(first, arrays(&[1])).unwrap();
    session.supply_prepared(first, &[1], prepared).unwrap();
}

#[test]
fn a_windowed_data_set_needs_labels_for_all_and_one_kind_of_targets() {
    let mut session = session(&json!({}));
    let descriptor = DESCRIPTOR.replacen('{', r#"{"samples":5,"#, 1);
    fails(session.add_dataset(&descriptor, with_labels(&[])), ErrorCode::ShapeMismatch, "labels");
    let without = session.add_dataset(&descriptor, arrays(&[])).unwrap();
    let counts = DatasetArrays { counts: Some(vec![1.0; 3]), ..arrays(&[0]) };
    fails(session.supply(without, &[0], counts), ErrorCode::ShapeMismatch, "rows");
    fails(session.add_dataset(&descriptor, arrays(&[0])), ErrorCode::ShapeMismatch, "samples");
    session.supply(without, &[4, 0], arrays(&[4, 0])).unwrap();
    assert_eq!(session.predict(without, 4, 1, false).unwrap().by_count.len(), 1);
}
