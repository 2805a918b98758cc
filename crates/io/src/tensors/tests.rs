//! Files of `test/exchange/make_weights.py`: entry k of every tensor is (k + 1) / 16.

use proptest::prelude::*;
use spikelet_config::ErrorCode;

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../test/fixtures/exchange/", $name)).as_slice()
    };
}

fn filled(name: &str, shape: &[usize]) -> Tensor {
    let data = (1..=shape.iter().product()).map(|k: usize| k as f32 / 16.0).collect();
    Tensor { name: name.into(), shape: shape.to_vec(), data }
}

fn refusal(bytes: &[u8]) -> String {
    let error = parse_tensors(bytes).unwrap_err();
    assert_eq!(error.code, ErrorCode::DataFormat, "{error}");
    assert!(error.message.starts_with("byte "), "{error}");
    error.message
}

#[test]
fn reads_the_authors_state_dictionaries() {
    let expected = [
        filled("layers_module.0.weight", &[3, 4]),
        filled("layers_module.1.weight", &[2, 3]),
        filled("state_v_bs_param.0", &[3]),
        filled("state_v_bs_param.1", &[2]),
    ];
    assert_eq!(parse_tensors(fixture!("authors.pt")).unwrap(), expected);
    assert_eq!(parse_tensors(fixture!("authors_legacy.pt")).unwrap(), expected);
    let convolution = parse_tensors(fixture!("authors_convolution.pt")).unwrap();
    assert_eq!(convolution[0], filled("layers_module.0.weight", &[2, 1, 3, 3]));
}

#[test]
fn reads_types_views_and_nested_dictionaries() {
    let transposed = [1.0, 4.0, 2.0, 5.0, 3.0, 6.0].map(|value| value / 16.0).to_vec();
    let expected = [
        filled("model.double", &[2, 3]),
        filled("model.half", &[3]),
        filled("model.brain", &[3]),
        Tensor { name: "model.transposed".into(), shape: vec![3, 2], data: transposed },
        Tensor { name: "model.part".into(), shape: vec![2, 2], data: vec![3.0 / 16.0, 0.25, 5.0 / 16.0, 0.375] },
        filled("model.scalar", &[]),
        filled("model.empty", &[0, 4]),
        filled("model.parameter", &[2]),
    ];
    for file in [fixture!("mixed.pt"), fixture!("mixed_protocol_4.pt"), fixture!("mixed_legacy.pt")] {
        assert_eq!(parse_tensors(file).unwrap(), expected);
    }
}

#[test]
fn reads_safetensors() {
    let expected = [
        filled("0.weight", &[3, 4]),
        filled("2.bias", &[2]),
        filled("2.weight", &[2, 3]),
        filled("0.bias", &[3]),
        filled("10.weight", &[2, 2]),
    ];
    let mut found = parse_tensors(fixture!("mixed.safetensors")).unwrap();
    for tensor in &expected {
        let place = found.iter().position(|other| other == tensor);
        found.swap_remove(place.unwrap_or_else(|| panic!("{} is missing or wrong", tensor.name)));
    }
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn modules_are_refused_and_not_made() {
    let message = refusal(fixture!("module.pt"));
    assert!(message.contains("torch.nn.modules.linear.Linear") && message.contains("state_dict()"), "{message}");
}

/// A legacy file around the pickle of its tensors.
fn legacy(pickle: &[u8], keys: &[u8], numbers: &[u8]) -> Vec<u8> {
    let start = fixture!("authors_legacy.pt");
    let header = start.windows(8).position(|window| window == b"\x80\x02ccolle").unwrap();
    [&start[..header], pickle, keys, numbers].concat()
}

const NO_KEYS: &[u8] = b"\x80\x02].";

#[test]
fn nothing_else_is_called() {
    let system = legacy(b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.", NO_KEYS, b"");
    assert!(refusal(&system).contains("it calls os.system"));
    let eval = legacy(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x01x\x85R.", NO_KEYS, b"");
    assert!(refusal(&eval).contains("it calls builtins.eval"));
    let global = legacy(b"\x80\x02c__main__\nNet\n)\x81.", NO_KEYS, b"");
    assert!(refusal(&global).contains("it calls __main__.Net"));
    let instance = legacy(b"\x80\x02(i__main__\nNet\n.", NO_KEYS, b"");
    assert!(refusal(&instance).contains("instruction 0x69"));
}

#[test]
fn wrong_stacks_are_refused() {
    for pickle in [
        b".".as_slice(),
        b"R.",
        b"0.",
        b")).R.",
        b"(t",
        b"t.",
        b"(\x85.",
        b"h\x00.",
        b"q\x00.",
        b"a.",
        b"NNa.",
        b"}Ns.",
        b"}(Nu.",
        b"NQ.",
        b")Q.",
        b"X\xff\xff\xff\xff.",
        b"X\x01\x00\x00\x00\xff.",
        b"\x8a\x09123456789.",
        b"cos\n",
    ] {
        let message = refusal(&legacy(pickle, NO_KEYS, b""));
        assert!(
            message.starts_with("byte 13") || message.starts_with("byte 14") || message.starts_with("byte 15"),
            "{message}"
        );
    }
}

/// A tensor that claims this offset, shape and strides of four numbers.
fn claim(offset: &[u8], shape: &[u8], strides: &[u8]) -> Vec<u8> {
    let pickle = [
        b"\x80\x02}\x8c\x01wctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nFloatStorage\n\x8c\x01k\x8c\x03cpuK\x04NtQ",
        offset,
        shape,
        strides,
        b"\x89Nt",
        b"Rs.",
    ]
    .concat();
    legacy(
        &pickle,
        b"\x80\x02]\x8c\x01ka.",
        &[4, 0, 0, 0, 0, 0, 0, 0].iter().chain(&[0; 16]).copied().collect::<Vec<u8>>(),
    )
}

#[test]
fn tensors_stay_within_their_numbers() {
    let found = parse_tensors(&claim(b"K\x01", b"K\x03\x85", b"K\x01\x85")).unwrap();
    assert_eq!((found[0].name.as_str(), &found[0].data[..]), ("w", &[0.0; 3][..]));
    let huge = b"J\xff\xff\xff\x7f";
    let message = refusal(&claim(b"K\x02", b"K\x03\x85", b"K\x01\x85"));
    assert!(message.contains("needs more than the 4 numbers there are"), "{message}");
    refusal(&claim(b"K\x00", b"K\x05\x85", b"K\x00\x85"));
    refusal(&claim(b"J\xff\xff\xff\xff", b"K\x01\x85", b"K\x01\x85"));
    refusal(&claim(b"K\x00", b"K\x01\x85", b"K\x01K\x01\x86"));
    refusal(&claim(
        b"K\x00",
        &[b"(".as_slice(), &huge.repeat(9), b"t"].concat(),
        &[b"(".as_slice(), &b"K\x00".repeat(9), b"t"].concat(),
    ));
    refusal(&claim(b"K\x00", b"K\x02\x85", &[huge.as_slice(), b"\x85"].concat()));
    refusal(&claim(b"K\x00", b"N\x85", b"K\x01\x85"));
    refusal(&claim(
        b"K\x00",
        &[b"(".as_slice(), &b"K\x01".repeat(33), b"t"].concat(),
        &[b"(".as_slice(), &b"K\x01".repeat(33), b"t"].concat(),
    ));
}

#[test]
fn a_small_file_stays_small() {
    // The same four numbers under thousands of names.
    let mut pickle = claim(b"K\x00", b"K\x04\x85", b"K\x01\x85");
    let end = pickle.windows(3).position(|window| window == b"Rs.").unwrap();
    let again = b"K\x00h\x01s".repeat(40_000);
    pickle.splice(end..end + 3, [b"Rq\x01s".as_slice(), &again, b"."].concat());
    assert!(refusal(&pickle).contains("larger than the file by far"));
    // A long name that is met again and again.
    let long =
        [b"\x80\x02}X\x00\x10\x00\x00".as_slice(), &[b'n'; 4096], b"q\x01}s", &b"h\x01}s".repeat(1000), b"."].concat();
    assert!(refusal(&legacy(&long, NO_KEYS, b"")).contains("larger than the file by far"));
}

#[test]
fn dictionaries_that_hold_themselves_end() {
    let own = legacy(b"\x80\x02}q\x00\x8c\x01ah\x00s.", NO_KEYS, b"");
    assert_eq!(parse_tensors(&own).unwrap(), []);
}

#[test]
fn every_truncation_of_an_archive_is_refused() {
    let bytes = fixture!("authors.pt");
    for length in 0..bytes.len() {
        refusal(&bytes[..length]);
    }
    let legacy = fixture!("authors_legacy.pt");
    for length in 0..legacy.len() {
        refusal(&legacy[..length]);
    }
}

#[test]
fn flipped_bits_never_panic_and_never_grow() {
    for file in [
        fixture!("mixed.pt"),
        fixture!("mixed_protocol_4.pt"),
        fixture!("mixed_legacy.pt"),
        fixture!("mixed.safetensors"),
        fixture!("module.pt"),
    ] {
        for position in 0..file.len() {
            for mask in [1 << (position % 8), 0x80, 0xff] {
                let mut altered = file.to_vec();
                altered[position] ^= mask;
                if let Ok(tensors) = parse_tensors(&altered) {
                    let numbers: usize = tensors.iter().map(|tensor| tensor.data.len()).sum();
                    assert!(numbers <= 4 * file.len());
                }
            }
        }
    }
}

#[test]
fn compressed_and_foreign_archives_are_refused() {
    let mut bytes = fixture!("authors.pt").to_vec();
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[directory + 10] = 8;
    assert!(refusal(&bytes).contains("compressed"));
    let foreign: Vec<u8> = fixture!("authors.pt").to_vec();
    let text = foreign.windows(8).rposition(|window| window == b"data.pkl").unwrap();
    let mut renamed = foreign;
    renamed[text] = b'x';
    assert!(refusal(&renamed).contains("without data.pkl"));
    assert!(refusal(b"nothing of the kind").contains("neither"));
}

proptest! {
    #[test]
    fn any_pickle_is_read_or_refused(pickle: Vec<u8>, numbers: Vec<u8>) {
        let _result = parse_tensors(&legacy(&pickle, b"\x80\x02]\x8c\x01ka.", &numbers));
    }

    #[test]
    fn any_archive_is_read_or_refused(rest: Vec<u8>) {
        let _result = parse_tensors(&[b"PK\x03\x04", &rest[..]].concat());
    }
}
