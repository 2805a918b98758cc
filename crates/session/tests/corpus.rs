//! The saved inputs of the fuzz targets, thousands of changes of them, and what fuzzing found: no parser panics, and none asks for more
//! memory than its input justifies.

#[path = "../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a crate of its own for cargo-fuzz")]
mod targets;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use peak_alloc::PeakAlloc;
use spikelet_infer::{MAX_STATES, Network, Numbers};
use targets::{TARGETS, before_batch};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Memory that any input may take: the structures of a small network, messages, tables of the readers.
const ANY_INPUT_BYTES: usize = 4 << 20;
/// Memory for each byte of an input: a network has weights in whole vectors, moments, sums, copies for its neighbours.
const BYTES_PER_BYTE: usize = 100;
/// Changes of each saved input, unless the environment variable `SPIKELET_CHANGES` says how many.
const CHANGES: u32 = 1000;

/// One target at a time, so that the memory is its own.
static ALONE: Mutex<()> = Mutex::new(());

/// Inputs that were made by hand, under names that say what they are.
fn saved(target: &str) -> Vec<(String, Vec<u8>)> {
    archived("corpus", target)
}

/// Inputs that longer fuzzing kept, since each reaches code or counts that the others do not.
fn found(target: &str) -> Vec<(String, Vec<u8>)> {
    archived("found", target)
}

/// Names and bytes of the archive of a target, in the order that they were packed in.
fn archived(folder: &str, target: &str) -> Vec<(String, Vec<u8>)> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../fuzz/{folder}/{target}.tar.gz"));
    let file = fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let entries = archive.entries().expect("an archive");
    entries
        .map(|entry| {
            let mut entry = entry.expect("a complete archive");
            let mut input = Vec::new();
            entry.read_to_end(&mut input).expect("a complete archive");
            (format!("{target}.tar.gz: {}", entry.path().expect("a name").display()), input)
        })
        .collect()
}

/// Numerical Recipes' generator: the same changes everywhere.
struct Draw(u32);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % bound.max(1)
    }
}

/// A few changes of the kinds that break parsers: bits, lengths, digits, missing, repeated and foreign parts.
fn changed(input: &[u8], other: &[u8], draw: &mut Draw) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=draw.below(3) {
        let at = draw.below(bytes.len());
        let end = at + draw.below(bytes.len() - at);
        match draw.below(8) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << draw.below(8),
            1 if !bytes.is_empty() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'9', b'"', b'}'][draw.below(8)],
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..end)),
            4 => bytes.splice(at..at, input[..draw.below(input.len().min(64))].to_vec()).for_each(drop),
            5 => bytes.splice(at..end, other[..draw.below(other.len().min(256))].to_vec()).for_each(drop),
            6 => {
                let number: u64 = [0, 1, 0x7fff_ffff, 0xffff_ffff, u64::MAX, i64::MAX as u64][draw.below(6)];
                let width = [2, 4, 8][draw.below(3)];
                let encoded =
                    if draw.below(2) == 0 { number.to_le_bytes() } else { number.rotate_left(8 * width).to_be_bytes() };
                for (to, from) in bytes[at..].iter_mut().zip(encoded.iter().take(width as usize)) {
                    *to = *from;
                }
            }
            _ => {
                if let Some(digit) = (at..bytes.len()).find(|&at| bytes[at].is_ascii_digit()) {
                    let number: &[u8] =
                        [&b"0"[..], b"4294967295", b"1e308", b"-1", b"99999999999999999999"][draw.below(5)];
                    drop(bytes.splice(digit..=digit, number.iter().copied()));
                }
            }
        }
    }
    bytes
}

fn check(name: &str, run: fn(&[u8]), input: &[u8], origin: &str) {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.current_usage();
    run(input);
    let used = ALLOCATOR.peak_usage().saturating_sub(before);
    let max = ANY_INPUT_BYTES + BYTES_PER_BYTE * input.len();
    assert!(used <= max, "{name}: {} bytes ask for {used} ({origin})", input.len());
}

fn changes() -> u32 {
    std::env::var("SPIKELET_CHANGES").map_or(CHANGES, |text| text.parse().expect("a number of changes"))
}

fn replay(target: &str) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let &(name, run) = TARGETS.iter().find(|(name, _)| *name == target).expect("the target is in the list");
    let inputs = saved(name);
    assert!(inputs.len() >= 3, "{name} has {} saved inputs", inputs.len());
    let mut draw = Draw(inputs.len() as u32);
    for (origin, input) in &inputs {
        check(name, run, input, origin);
        for _ in 0..changes() {
            let other = &inputs[draw.below(inputs.len())].1;
            let input = changed(input, other, &mut draw);
            check(name, run, &input, origin);
        }
    }
    let found = found(name);
    assert!(!found.is_empty(), "fuzzing of {name} found nothing");
    found.iter().for_each(|(origin, input)| check(name, run, input, origin));
}

macro_rules! replays {
    ($($target:ident),*) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target));
        })*

        #[test]
        fn every_target_is_replayed() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($target)),*]);
        }
    };
}

replays!(configuration, encoding, idx, aer, npy, tensors, checkpoint, records, model);

#[test]
fn saved_checkpoints_are_of_the_format_that_is_read() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, bytes) in saved("checkpoint") {
        let fault = spikelet_session::Session::restore(&bytes, None, None).err();
        assert!(fault.is_none(), "{name}: {fault:?}");
    }
}

#[test]
fn saved_models_are_read_and_changed_ones_refused() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let inputs = saved("model");
    let mut draw = Draw(inputs.len() as u32);
    for (name, file) in &inputs {
        let sections = spikelet_infer::sections(file).unwrap_or_else(|| panic!("{name} is refused"));
        let parsed = |section, numbers| Network::parse(section, numbers, MAX_STATES).inputs();
        let floats = sections.network.map(|section| parsed(section, Numbers::Floats));
        let integers = sections.integers.map(|section| parsed(section, Numbers::Whole));
        assert!(floats.or(integers).is_some(), "{name} has no network");
        for length in 0..file.len() {
            assert!(spikelet_infer::sections(&file[..length]).is_none(), "{name} of {length} bytes");
        }
        for _ in 0..changes() {
            let other = &inputs[draw.below(inputs.len())].1;
            let input = changed(file, other, &mut draw);
            let is_saved = inputs.iter().any(|(_, saved)| *saved == input);
            assert!(is_saved || spikelet_infer::sections(&input).is_none(), "{name} as {input:?}");
        }
    }
}

#[test]
fn the_saved_records_are_learnt() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let records = saved("records");
    let (_, whole) = records.iter().find(|(name, _)| name.ends_with(" whole")).expect("the records are saved");
    let told = before_batch().finish_batch(&[whole]).expect("they fit the batch");
    assert!(told.contains("\"step\""), "{told}");
}
