use proptest::prelude::*;
use safetensors::SafeTensors;
use spikelet_config::{Config, ErrorCode};
use spikelet_training::{ARITHMETIC, Level, Snapshot, Tensor, Trainer};

use super::*;

fn config() -> Config {
    let json = r#"{"network":{"input":3,"steps":20,"layers":[{"type":"dense","units":5},{"type":"dense","units":2}]}}"#;
    Config::from_json(json).unwrap()
}

fn snapshot() -> Snapshot {
    Trainer::new(config(), Level::detect()).unwrap().snapshot()
}

fn refusal(bytes: &[u8]) -> String {
    let error = read_checkpoint(bytes).unwrap_err();
    assert_eq!(error.code, ErrorCode::CheckpointInvalid, "{error}");
    assert_eq!(read_checkpoint_header(bytes).unwrap_err(), error);
    error.message
}

#[test]
fn reads_what_was_written() {
    let snapshot = snapshot();
    let given = [
        (None, None),
        (Some(""), None),
        (Some(r#"{"run":"a \"checksum\":\" b"}"#), Some(r#"{"classes":["ä \"checksum\":\""]}"#)),
    ];
    for (origin, trained_on) in given {
        let bytes = write_checkpoint(&snapshot, None, origin, trained_on);
        let trained_on_read = trained_on.map(str::to_owned);
        let (origin_read, version) = (origin.map(str::to_owned), env!("CARGO_PKG_VERSION").to_owned());
        let arithmetic = Some(ARITHMETIC);
        let expected = Checkpoint {
            snapshot: snapshot.clone(),
            stream: None,
            origin: origin_read.clone(),
            trained_on: trained_on_read.clone(),
            version: version.clone(),
            arithmetic,
        };
        assert_eq!(read_checkpoint(&bytes).unwrap(), expected);
        let without_arrays = Snapshot { tensors: vec![], ..snapshot.clone() };
        let expected = Checkpoint {
            snapshot: without_arrays,
            stream: None,
            origin: origin_read,
            trained_on: trained_on_read,
            version,
            arithmetic,
        };
        assert_eq!(read_checkpoint_header(&bytes).unwrap(), expected);
        assert_eq!(
            write_checkpoint(&snapshot, None, origin, trained_on),
            bytes,
            "the same checkpoint gives the same bytes"
        );
    }
}

#[test]
fn other_programs_can_read_the_arrays() {
    let bytes = write_checkpoint(&snapshot(), None, Some("a run"), None);
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.tensor("layers.0.weights").unwrap().shape(), [5, 3]);
    let header: serde_json::Value =
        serde_json::from_slice(&bytes[8..8 + u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize]).unwrap();
    let metadata = &header["__metadata__"];
    assert_eq!(metadata["libraryVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(Config::from_json(metadata["config"].as_str().unwrap()).unwrap(), config());
}

#[test]
fn the_words_of_a_stream_come_back() {
    let words = [0, u32::MAX, 0x7fc0_0001];
    let bytes = write_checkpoint(&snapshot(), Some(&words), None, None);
    let read = read_checkpoint(&bytes).unwrap();
    assert_eq!((read.stream.as_deref(), &read.snapshot), (Some(&words[..]), &snapshot()));
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = write_checkpoint(&snapshot(), None, Some("a run"), None);
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.clone();
            altered[position] ^= 1 << bit;
            refusal(&altered);
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let bytes = write_checkpoint(&snapshot(), None, Some("a run"), None);
    for length in 0..bytes.len() {
        refusal(&bytes[..length]);
    }
    refusal(&[bytes, vec![0]].concat());
}

#[test]
fn foreign_files_are_told_apart() {
    let none: [(&str, safetensors::tensor::TensorView<'_>); 0] = [];
    let foreign = safetensors::serialize(none, None).unwrap();
    assert!(refusal(&foreign).contains("not a checkpoint of this library"));
    assert!(refusal(b"PK\x03\x04 some archive").contains("not a whole safetensors file"));

    let bytes = write_checkpoint(&Snapshot { tensors: vec![], ..snapshot() }, None, None, None);
    let (length, header) = bytes.split_at(LENGTH_BYTES);
    let header = str::from_utf8(header).unwrap().replace(r#""formatVersion":"2""#, r#""formatVersion":"1""#);
    assert!(refusal(&[length, header.as_bytes()].concat()).contains("wrote it: its format is 1, and 2 is read here"));
}

#[test]
fn arrays_that_do_not_fit_the_configuration_are_refused_before_a_network_is_made() {
    let small = snapshot();
    let huge = r#"{"network":{"input":20000,"steps":20,"layers":[{"type":"dense","units":10000},{"type":"dense","units":2}]}}"#;
    for config in [huge, &huge.replace("20000", "4")] {
        let snapshot = Snapshot { config: Config::from_json(config).unwrap(), ..small.clone() };
        let read = read_checkpoint(&write_checkpoint(&snapshot, None, None, None)).unwrap().snapshot;
        let error = Trainer::restore(read, Level::detect()).unwrap_err();
        assert_eq!(error.code, ErrorCode::CheckpointInvalid);
        assert!(error.message.starts_with("layers.0.weights must have the shape [10000, "), "{error}");
    }
}

proptest! {
    #[test]
    fn never_panics(bytes: Vec<u8>) {
        let _result = read_checkpoint(&bytes);
    }

    #[test]
    fn never_panics_behind_a_length(header in "\\{.{0,60}\\}", data: Vec<u8>) {
        let bytes = [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &data].concat();
        let _result = read_checkpoint(&bytes);
    }

    #[test]
    fn keeps_every_bit(bits in prop::collection::vec(any::<u32>(), 0..40), loss: f64) {
        prop_assume!(loss.is_finite());
        let data: Vec<f32> = bits.iter().map(|&bits| f32::from_bits(bits)).collect();
        let tensors = vec![Tensor { name: "a \"checksum\":\" b".into(), shape: vec![data.len()], data }];
        let snapshot = Snapshot { config: config(), progress: serde_json::json!({ "loss": loss }), tensors };
        let found = read_checkpoint(&write_checkpoint(&snapshot, None, None, None)).unwrap().snapshot;
        let found_bits: Vec<u32> = found.tensors[0].data.iter().map(|value| value.to_bits()).collect();
        prop_assert_eq!(found_bits, bits);
        prop_assert_eq!(found.progress, snapshot.progress);
    }
}

/// A checkpoint that an early build of version 0.1.0 wrote.
#[test]
fn a_file_of_another_format_is_refused_by_what_wrote_it_and_what_to_do() {
    let message = refusal(include_bytes!("../../../../test/fixtures/format-1.safetensors"));
    assert!(
        message.contains(
            "an earlier build of version 0.1.0 wrote it: its format is 1, and 2 is read here. Restore it there"
        ),
        "{message}"
    );
}
