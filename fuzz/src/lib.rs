//! What is done with any bytes: each parser either returns a value or refuses, without a panic.
//!
//! `cargo fuzz run NAME` calls these with new bytes; a test of the session crate with the saved ones and changes of them.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use spikelet_config::Config;
use spikelet_infer::{Network, Numbers, Run, Runner, sections};
use spikelet_session::{DatasetArrays, ErrorCode, Result, Session};
use xxhash_rust::xxh3::xxh3_64;

/// A parser by the name of its folder of saved inputs.
pub type Target = (&'static str, fn(&[u8]));

/// Every parser.
pub const TARGETS: [Target; 9] = [
    ("configuration", configuration),
    ("encoding", encoding),
    ("idx", idx),
    ("aer", aer),
    ("npy", npy),
    ("tensors", tensors),
    ("checkpoint", checkpoint),
    ("records", records),
    ("model", model),
];

/// Passes a value on; a refusal has to say what is wrong and must not be a defect.
fn sound<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_ne!(error.code, ErrorCode::Internal, "{error}");
            assert!(!error.message.is_empty(), "{:?} without a message", error.code);
            None
        }
    }
}

/// What is read as a configuration is the same after another pass.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Some(config) = sound(Config::from_json(text)) {
        assert_eq!(Config::from_json(&config.to_json()), Ok(config));
    }
}

/// Encodes a few values.
pub fn encoding(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    sound(spikelet_session::encode(text, &[0.0, 0.25, 0.5, 1.0], 2, 50, Some(&[3, 4])));
    sound(spikelet_session::simulate_events(&[0, 50, 100, 255], 2, 2, text));
}

/// The elements fill the shape.
pub fn idx(bytes: &[u8]) {
    if let Some(array) = sound(spikelet_session::parse_idx(bytes)) {
        assert!(fills(&array.shape, array.data.len()));
    }
}

/// Whether so many elements fill a shape.
fn fills(shape: &[u32], elements: usize) -> bool {
    let room = shape.iter().try_fold(1, |room: usize, &length| room.checked_mul(length as usize));
    if shape.contains(&0) { elements == 0 } else { room == Some(elements) }
}

/// One recording, and two that share the bytes.
pub fn aer(bytes: &[u8]) {
    for options in ["{}", r#"{"steps":65535,"truncateMs":9000,"size":256}"#, r#"{"steps":1,"truncateMs":1,"size":1}"#] {
        sound(spikelet_session::decode_aer(bytes, options, None));
        let ends = [bytes.len() as u32 / 2, bytes.len() as u32];
        sound(spikelet_session::decode_aer(bytes, options, Some(&ends)));
    }
}

/// An array of numbers.
pub fn npy(bytes: &[u8]) {
    sound(spikelet_session::parse_npy(bytes));
}

/// The numbers of every tensor fill its shape.
pub fn tensors(bytes: &[u8]) {
    for tensor in sound(spikelet_session::parse_tensors(bytes)).unwrap_or_default() {
        assert!(fills(&tensor.shape, tensor.data.len()));
    }
}

/// A checkpoint as it is, and with a checksum that holds.
pub fn checkpoint(bytes: &[u8]) {
    restore(bytes);
    if let Some(sealed) = sealed(bytes) {
        restore(&sealed);
    }
}

/// What can be restored can be saved again to the same bytes, and says the same of its run without a network.
fn restore(bytes: &[u8]) {
    let info = sound(spikelet_session::checkpoint_info(bytes));
    if let Some(session) = sound(Session::restore(bytes, None, None)) {
        assert!(info.is_some_and(|info| info.contains(&session.history())));
        let saved = sound(session.checkpoint(None, true)).expect("what was restored can be saved");
        let again = sound(Session::restore(&saved, None, None)).expect("what was saved can be restored");
        assert!(sound(again.checkpoint(None, true)).expect("what was restored can be saved") == saved);
    }
}

/// The file with the checksum that its other bytes have.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEY: &[u8] = b"\"checksum\":\"";
    const DIGITS: usize = 16;
    let start = bytes.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let mut sealed = bytes.to_vec();
    sealed.get_mut(start..start + DIGITS)?.fill(b'0');
    let digits = format!("{:016x}", xxh3_64(&sealed));
    sealed[start..start + DIGITS].copy_from_slice(digits.as_bytes());
    Some(sealed)
}

/// The network of the saved records.
pub const RECORDS_CONFIG: &str = r#"{
    "network": { "input": 6, "steps": 12, "neuron": { "currentDecay": 0.9, "membraneDecay": 0.9, "currentGain": 3 },
                 "layers": [{ "type": "dense", "units": 5 }, { "type": "dense", "units": 3 }] },
    "training": { "batchSize": 4, "threads": 1, "silentUnitUpdate": { "strength": 0.1 } } }"#;

/// A session that is about to learn its first batch.
pub fn before_batch() -> Session {
    let mut session = Session::create(RECORDS_CONFIG, None, None).expect("the configuration is valid");
    let pixels = (0..4 * 6).map(|k| (k * 37 % 256) as u8).collect();
    let arrays = DatasetArrays { pixels: Some(pixels), labels: Some(vec![0, 1, 2, 0]), ..DatasetArrays::default() };
    let descriptor = r#"{"inputs":"images","encoding":{"type":"latency","first":0,"last":6}}"#;
    let train = session.add_dataset(descriptor, arrays).expect("the data fit");
    session.begin(&format!("{{\"train\":{train}}}")).expect("the run begins");
    session
}

/// What other sessions hand over in training that is shared.
pub fn records(bytes: &[u8]) {
    sound(before_batch().finish_batch(&[bytes]));
    let (one, other) = bytes.split_at(bytes.len() / 2);
    sound(before_batch().finish_batch(&[one, other]));
}

/// States that a network may have: as many as the saved ones have, so that what a changed one asks for shows.
const STATES: usize = 1 << 13;

/// A model file as it is, and with a length and a checksum that hold.
pub fn model(bytes: &[u8]) {
    run_model(bytes);
    let mut sealed = bytes.to_vec();
    if let Some((header, contents)) = sealed.split_first_chunk_mut::<16>() {
        header[8..12].copy_from_slice(&(16 + contents.len() as u32).to_le_bytes());
        header[12..].copy_from_slice(&crc32(contents).to_le_bytes());
        run_model(&sealed);
    }
}

/// What `read` gives; nothing where it refuses.
fn unless_refused<T>(read: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<&str>() != Some(&"refused") {
                others(info);
            }
        }));
    });
    match panic::catch_unwind(AssertUnwindSafe(read)) {
        Ok(found) => Some(found),
        Err(payload) if payload.downcast_ref::<&str>() == Some(&"refused") => None,
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// What is read runs.
fn run_model(bytes: &[u8]) {
    let sections = sections(bytes).unwrap_or_default();
    for (section, numbers) in [(sections.network, Numbers::Floats), (sections.integers, Numbers::Whole)] {
        let read = |section| unless_refused(|| Network::parse(section, numbers, STATES));
        if let Some(network) = section.and_then(read) {
            run_network(&network, numbers);
        }
    }
}

/// Steps that a model runs one by one, events of the input at each, and steps of a whole sample.
const STEPS: usize = 4;
const EVENTS: usize = 3;
const SAMPLE: usize = 40;

fn run_network(network: &Network, numbers: Numbers) {
    let mut runner = Runner::new(network);
    let events = EVENTS.min(network.inputs());
    for step in 0..STEPS {
        let (units, values) = runner.engine.input(events);
        units.iter_mut().zip(0..).for_each(|(to, unit)| *to = unit);
        values.fill(0.5 * step as f32);
        runner.engine.step(step > 0 && numbers == Numbers::Floats);
    }
    runner.engine.restart();
    let sample = runner.events(events);
    sample[events..2 * events].iter_mut().zip(0..).for_each(|(to, unit)| *to = unit);
    runner.run(Run { has_values: false, steps: SAMPLE, awaited: usize::MAX, is_whole: true });
}

/// CRC-32 as in ZIP and PNG files.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
