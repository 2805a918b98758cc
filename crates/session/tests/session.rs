//! The façade as a binding uses it.

use serde_json::{Value, json};
use spikelet_session::{DatasetArrays, Error, ErrorCode, Session};

const INPUTS: usize = 12;
const SAMPLES: usize = 40;

fn config(threads: u32) -> String {
    json!({
        "network": { "input": INPUTS, "steps": 30,
                     "layers": [{ "type": "dense", "units": 9 }, { "type": "dense", "units": 3 }] },
        "training": { "batchSize": 8, "epochs": 3, "seed": 7, "threads": threads },
    })
    .to_string()
}

fn images() -> (&'static str, DatasetArrays) {
    let pixels = (0..SAMPLES * INPUTS).map(|k| (k * 37 % 256) as u8).collect();
    let labels = (0..SAMPLES).map(|k| (k % 3) as u32).collect();
    let arrays = DatasetArrays { pixels: Some(pixels), labels: Some(labels), ..DatasetArrays::default() };
    (r#"{"inputs":"images","encoding":{"type":"latency"}}"#, arrays)
}

fn started(threads: u32) -> (Session, u32) {
    let mut session = Session::create(&config(threads), None, None).unwrap();
    let (descriptor, arrays) = images();
    let data = session.add_dataset(descriptor, arrays).unwrap();
    session.begin(&json!({ "train": data, "validation": data }).to_string()).unwrap();
    (session, data)
}

fn events(session: &mut Session, batches: u32) -> Vec<Value> {
    serde_json::from_str(&session.advance(batches).unwrap()).unwrap()
}

fn all_events(session: &mut Session, batches: u32) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let more = events(session, batches);
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

fn fails<T: std::fmt::Debug>(result: Result<T, Error>, code: ErrorCode, path: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
}

#[test]
fn a_run_reports_steps_validation_epochs_and_its_end() {
    let (mut session, _) = started(1);
    let all = all_events(&mut session, 4);
    let count = |kind: &str| all.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((count("step"), count("validation"), count("epochEnd"), count("finished")), (15, 3, 3, 1));
    let end = all.iter().rfind(|event| event["type"] == "epochEnd").unwrap();
    assert_eq!(end["validation"]["samples"], SAMPLES);
    let info: Value = serde_json::from_str(&session.info()).unwrap();
    assert_eq!((&info["finished"], &info["epoch"], &info["step"]), (&json!(true), &json!(3), &json!(15)));
    for (layer, (inputs, units)) in [(INPUTS, 9), (9, 3)].into_iter().enumerate() {
        let info = &info["layers"][layer];
        assert_eq!([&info["inputs"], &info["units"], &info["filters"]], [&json!(inputs), &json!(units), &json!(units)]);
        assert_eq!(info["plan"].as_array().map(Vec::len), Some(1), "one pass of the rule: {info}");
    }
}

#[test]
fn neither_threads_nor_budget_nor_a_checkpoint_change_a_bit() {
    let (mut whole, _) = started(1);
    let expected = all_events(&mut whole, 1000);
    let (mut threaded, _) = started(3);
    assert_eq!(all_events(&mut threaded, 1), expected);
    assert_eq!(threaded.parameters(0).unwrap(), whole.parameters(0).unwrap());

    let (mut stopped, _) = started(2);
    let mut found = events(&mut stopped, 7);
    let mut resumed = Session::restore(&stopped.checkpoint(None, true).unwrap(), None, Some("4")).unwrap();
    let info: Value = serde_json::from_str(&resumed.info()).unwrap();
    assert_eq!(info["threads"], 4);
    assert_eq!(resumed.history(), stopped.history());
    let (descriptor, arrays) = images();
    let data = resumed.add_dataset(descriptor, arrays).unwrap();
    resumed.begin(&json!({ "train": data, "validation": data }).to_string()).unwrap();
    found.extend(all_events(&mut resumed, 2));
    assert_eq!(found, expected);
    for layer in 0..2 {
        assert_eq!(resumed.parameters(layer).unwrap(), whole.parameters(layer).unwrap());
    }
    assert_eq!(resumed.history(), whole.history());
    let history: Vec<Value> = serde_json::from_str(&whole.history()).unwrap();
    let epochs: Vec<&Value> = expected.iter().filter(|event| event["type"] == "epochEnd").collect();
    assert_eq!(history.len(), 3);
    assert!(history.iter().zip(epochs).all(|(record, event)| record["validation"] == event["validation"]));
}

/// More samples than are in flight at a time, in batches of which each has more than that too.
fn crowd(threads: u32, end_simulation: &str) -> (Session, u32) {
    const CROWD: usize = 600;
    let config = json!({
        "network": { "input": INPUTS, "steps": 20,
                     "layers": [{ "type": "dense", "units": 9 }, { "type": "dense", "units": 3 }] },
        "loss": { "type": "latency", "endSimulation": end_simulation },
        "training": { "batchSize": 300, "epochs": 1, "seed": 7, "threads": threads },
    });
    let mut session = Session::create(&config.to_string(), None, None).unwrap();
    let data = add_crowd(&mut session, CROWD);
    session.begin(&json!({ "train": data, "validation": data }).to_string()).unwrap();
    (session, data)
}

fn add_crowd(session: &mut Session, samples: usize) -> u32 {
    let pixels = (0..samples * INPUTS).map(|k| (k * 37 % 256) as u8).collect();
    let labels = (0..samples).map(|k| (k % 3) as u32).collect();
    let arrays = DatasetArrays { pixels: Some(pixels), labels: Some(labels), ..DatasetArrays::default() };
    session.add_dataset(r#"{"inputs":"images","encoding":{"type":"latency"}}"#, arrays).unwrap()
}

#[test]
fn any_number_of_threads_trains_resumes_and_evaluates_with_the_same_bits() {
    let samples = 600;
    for end_simulation in ["sample", "batch"] {
        let results = |session: &mut Session, data: u32| {
            session.begin_evaluation(data, false).unwrap();
            let report = session.advance_evaluation(u32::MAX).unwrap();
            let gradients = session.gradients(data, 0, 300, false, None).unwrap().layers;
            let decisions = session.predict(data, 0, samples, false).unwrap().by_count;
            (report, gradients, decisions, session.parameters(0).unwrap(), session.parameters(1).unwrap())
        };
        let (mut alone, data) = crowd(1, end_simulation);
        let expected_events = all_events(&mut alone, 1);
        let expected = results(&mut alone, data);
        for threads in [33, 48, 64, 128, 257] {
            let (mut session, data) = crowd(threads, end_simulation);
            let mut found = events(&mut session, 1);
            let checkpoint = session.checkpoint(None, true).unwrap();
            let mut resumed = Session::restore(&checkpoint, None, Some(&(threads + 1).to_string())).unwrap();
            let again = add_crowd(&mut resumed, samples as usize);
            resumed.begin(&json!({ "train": again, "validation": again }).to_string()).unwrap();
            found.extend(all_events(&mut resumed, 1));
            assert_eq!(found, expected_events, "{threads} threads");
            assert_eq!(results(&mut resumed, again), expected, "{threads} threads");
            all_events(&mut session, 1);
            assert_eq!(results(&mut session, data), expected, "{threads} threads");
        }
    }
}

#[test]
fn threads_that_are_asked_for_leave_no_trace_in_a_checkpoint() {
    let bytes = Session::create(&config(1), None, None).unwrap().checkpoint(None, true).unwrap();
    let threaded = Session::create(&config(1), None, Some("3")).unwrap();
    let restored = Session::restore(&bytes, None, Some("2")).unwrap();
    for (session, threads) in [(threaded, 3), (restored, 2)] {
        let info: Value = serde_json::from_str(&session.info()).unwrap();
        assert_eq!(info["threads"], threads);
        assert_eq!(session.config(), Session::create(&config(1), None, None).unwrap().config());
        assert!(session.checkpoint(None, true).unwrap() == bytes, "{threads} threads changed the checkpoint");
    }
    fails(Session::create(&config(1), None, Some("0")), ErrorCode::ConfigInvalid, "threads");
}

#[test]
fn a_checkpoint_starts_no_more_threads_than_there_are_cores() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let bytes = Session::create(&config(1024), None, Some("1")).unwrap().checkpoint(None, true).unwrap();
    let threads = |asked: Option<&str>| {
        let session = Session::restore(&bytes, None, asked).unwrap();
        assert!(session.config().contains("\"threads\":1024"));
        serde_json::from_str::<Value>(&session.info()).unwrap()["threads"].as_u64().unwrap()
    };
    assert_eq!(threads(None), cores as u64);
    assert_eq!(threads(Some("3")), 3);
}

#[test]
fn a_checkpoint_tells_where_it_comes_from() {
    let session = Session::create(&config(1), None, None).unwrap();
    for origin in [None, Some(r#"{"run":"a \"checksum\":\" b"}"#)] {
        let restored = Session::restore(&session.checkpoint(origin, true).unwrap(), None, None).unwrap();
        let info: Value = serde_json::from_str(&restored.info()).unwrap();
        assert_eq!(info["origin"].as_str(), origin);
    }
}

#[test]
fn a_finished_run_goes_on_with_more_epochs() {
    let (mut session, data) = started(1);
    all_events(&mut session, 10);
    session.begin(&json!({ "train": data, "epochs": 4 }).to_string()).unwrap();
    let all = all_events(&mut session, 10);
    assert_eq!(all.iter().filter(|event| event["type"] == "step").count(), 5);
    assert_eq!(all.last().unwrap(), &json!({ "type": "finished", "epochs": 4 }));
    let config: Value = serde_json::from_str(&session.config()).unwrap();
    assert_eq!(config["training"]["epochs"], 4);
}

#[test]
fn evaluation_prediction_and_gradients_see_the_same_spikes() {
    let (mut session, data) = started(2);
    session.begin_evaluation(data, false).unwrap();
    let mut state = Value::Null;
    while state["done"] != true {
        state = serde_json::from_str(&session.advance_evaluation(16).unwrap()).unwrap();
    }
    assert_eq!(state["samples"], SAMPLES);
    let prediction = session.predict(data, 0, SAMPLES as u32, false).unwrap();
    let totals: Vec<usize> = prediction.layers.iter().map(|layer| layer.times.len()).collect();
    assert_eq!(state["report"]["spikes"]["total"], json!(totals));
    assert_eq!(prediction.layers[1].offsets.len(), SAMPLES + 1);

    let gradients = session.gradients(data, 8, 8, true, None).unwrap();
    assert_eq!(gradients.prediction.by_count, prediction.by_count[8..16]);
    assert_eq!(gradients.layers[0].weights.len(), INPUTS * 9);
    let trace = gradients.trace.unwrap();
    assert_eq!((trace[1].units, trace[1].steps, trace[1].p.len()), (3, 30, 8 * 30 * 3));

    let before = session.parameters(1).unwrap();
    session.apply_gradients(&gradients.layers).unwrap();
    assert_ne!(session.parameters(1).unwrap(), before);
    session.set_parameters(1, &before).unwrap();
    assert_eq!(session.parameters(1).unwrap(), before);
}

#[test]
fn every_kind_of_target_is_taken() {
    let mut session = Session::create(&config(1), None, None).unwrap();
    let inputs = || DatasetArrays {
        offsets: Some(vec![0, 2, 2]),
        times: Some(vec![3, 1]),
        units: Some(vec![11, 0]),
        ..DatasetArrays::default()
    };
    let mut add = |arrays| session.add_dataset(r#"{"inputs":"events"}"#, arrays);
    assert_eq!(add(inputs()), Ok(0));
    assert_eq!(add(DatasetArrays { labels: Some(vec![0, 2]), ..inputs() }), Ok(1));
    assert_eq!(add(DatasetArrays { counts: Some(vec![1.0; 6]), ..inputs() }), Ok(2));
    let trains = DatasetArrays {
        target_offsets: Some(vec![0, 0, 1]),
        target_times: Some(vec![29]),
        target_units: Some(vec![2]),
        ..inputs()
    };
    assert_eq!(add(trains.clone()), Ok(3));
    fails(add(DatasetArrays { labels: Some(vec![0, 2]), ..trains }), ErrorCode::ShapeMismatch, "labels");
}

#[test]
fn errors_have_a_code_and_a_path() {
    use ErrorCode::{CheckpointInvalid, ConfigInvalid, DataFormat, ShapeMismatch, SimdUnsupported};
    let zero = config(1).replace("\"units\":9", "\"units\":0");
    fails(Session::create(&zero, None, None), ConfigInvalid, "network.layers[0].units");
    fails(Session::create(&config(1), Some("mmx"), None), SimdUnsupported, "simd");
    fails(Session::restore(b"not a checkpoint", None, None), CheckpointInvalid, "");
    let whole = Session::create(&config(1), None, None).unwrap().checkpoint(None, true).unwrap();
    for threads in ["0", "\"some\"", "1025", "two"] {
        fails(Session::restore(&whole, None, Some(threads)), ConfigInvalid, "threads");
    }

    let (mut session, data) = started(1);
    let (descriptor, arrays) = images();
    let wrong = descriptor.replace("latency\"", "latency\",\"frist\":1");
    fails(session.add_dataset(&wrong, arrays.clone()), ConfigInvalid, "encoding.frist");
    fails(session.add_dataset(r#"{"inputs":"images"}"#, arrays.clone()), ConfigInvalid, "encoding");
    fails(session.add_dataset(r#"{"inputs":"events"}"#, arrays.clone()), ShapeMismatch, "events");
    let short = DatasetArrays { pixels: Some(vec![0; 13]), ..arrays.clone() };
    fails(session.add_dataset(descriptor, short), ShapeMismatch, "pixels");
    let bad = DatasetArrays { labels: Some(vec![3; SAMPLES]), ..arrays };
    fails(session.add_dataset(descriptor, bad), DataFormat, "labels[0]");

    let other = descriptor.replace("\"inputs\"", "\"shape\":[2,3],\"inputs\"");
    fails(session.add_dataset(&other, images().1), ShapeMismatch, "shape");
    let unit = r#"{"inputs":"events","shape":[11]}"#;
    fails(session.add_dataset(unit, DatasetArrays::default()), ShapeMismatch, "shape");
    let huge = r#"{"inputs":"events","shape":[4294967295,4294967295,4294967295]}"#;
    fails(session.add_dataset(huge, DatasetArrays::default()), ShapeMismatch, "shape");

    fails(session.begin(r#"{"train":0,"epoch":1}"#), ConfigInvalid, "epoch");
    fails(session.begin(r#"{"train":9}"#), ShapeMismatch, "train");
    fails(session.predict(data, 30, 11, false), ShapeMismatch, "range");
    fails(session.predict(data, u32::MAX, u32::MAX, false), ShapeMismatch, "range");
    fails(session.parameters(2), ShapeMismatch, "layer");
    fails(session.advance_evaluation(1), ConfigInvalid, "");
    session.remove_dataset(data).unwrap();
    fails(session.remove_dataset(data), ShapeMismatch, "dataset");
    fails(session.advance(1), ShapeMismatch, "train");
}

#[test]
fn a_checkpoint_of_an_early_build_in_the_same_format_is_restored() {
    let bytes = include_bytes!("../../../test/fixtures/format-2-early.safetensors");
    let session = Session::restore(bytes, None, None).unwrap();
    let epochs: Value = serde_json::from_str(&session.history()).unwrap();
    assert_eq!(epochs.as_array().unwrap().len(), 2);
}

/// The data of [`images`] with names of the classes.
fn named(session: &mut Session, classes: &[&str]) -> Result<u32, Error> {
    let (descriptor, arrays) = images();
    let mut descriptor: Value = serde_json::from_str(descriptor).unwrap();
    descriptor["classes"] = json!(classes);
    descriptor["ranges"] = json!([[-1.5, 2.0], [0.0, 1e-3]]);
    session.add_dataset(&descriptor.to_string(), arrays)
}

fn trained_on(session: &Session) -> Value {
    serde_json::from_str::<Value>(&session.info()).unwrap()["trainedOn"].clone()
}

#[test]
fn a_checkpoint_tells_encoding_and_classes_of_the_training_data() {
    let mut session = Session::create(&config(1), None, None).unwrap();
    assert_eq!(trained_on(&session), Value::Null);
    let data = named(&mut session, &["a", "b", "c"]).unwrap();
    session.begin(&json!({ "train": data }).to_string()).unwrap();
    let bytes = session.checkpoint(None, true).unwrap();
    let mut restored = Session::restore(&bytes, None, None).unwrap();
    let found = trained_on(&restored);
    assert_eq!((&found["inputs"], &found["classes"]), (&json!("images"), &json!(["a", "b", "c"])));
    assert_eq!((&found["encoding"]["type"], &found["ranges"]), (&json!("latency"), &json!([[-1.5, 2.0], [0.0, 1e-3]])));
    let info: Value = serde_json::from_str(&spikelet_session::checkpoint_info(&bytes).unwrap()).unwrap();
    assert_eq!(info["trainedOn"], found);

    // Data without names keep those that the network has.
    let (descriptor, arrays) = images();
    let unnamed = restored.add_dataset(descriptor, arrays).unwrap();
    restored.begin(&json!({ "train": unnamed }).to_string()).unwrap();
    assert_eq!(trained_on(&restored)["classes"], json!(["a", "b", "c"]));
}

#[test]
fn data_of_other_classes_than_those_learnt_are_refused() {
    let mut session = Session::create(&config(1), None, None).unwrap();
    fails(named(&mut session, &["a", "b"]), ErrorCode::ShapeMismatch, "classes");
    let data = named(&mut session, &["a", "b", "c"]).unwrap();
    let other = named(&mut session, &["b", "a", "c"]).unwrap();
    let both = json!({ "train": data, "validation": other }).to_string();
    fails(session.begin(&both), ErrorCode::DataFormat, "validation.classes");
    assert_eq!(trained_on(&session), Value::Null, "a run that has not begun leaves nothing");
    session.begin(&json!({ "train": data }).to_string()).unwrap();
    fails(session.begin(&json!({ "train": other }).to_string()), ErrorCode::DataFormat, "train.classes");
    fails(session.begin_evaluation(other, false), ErrorCode::DataFormat, "classes");
    fails(session.gradients(other, 0, 2, false, None), ErrorCode::DataFormat, "classes");
    session.predict(other, 0, 2, false).unwrap();
}
