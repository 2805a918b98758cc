//! The crate `safetensors` accepts the same files, and finds the same in them.

use proptest::prelude::*;
use safetensors::SafeTensors as Reference;

use super::*;

fn file(header: &str, data: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![7; data]].concat()
}

fn compare(bytes: &[u8]) {
    let (found, expected) = (SafeTensors::read(bytes), Reference::deserialize(bytes));
    let (Ok(found), Ok(expected)) = (&found, &expected) else {
        assert_eq!(found.is_ok(), expected.is_ok(), "{:?} {:?}", found.err(), expected.err());
        return;
    };
    let (header_bytes, header) = Reference::read_metadata(bytes).unwrap();
    assert_eq!(found.header_bytes, header_bytes);
    let text = header.metadata().as_ref().and_then(|metadata| metadata.get("format"));
    assert_eq!(found.text("format"), text.map(String::as_str));
    assert_eq!(found.arrays.len(), expected.len());
    for Array { name, dtype, shape, data } in &found.arrays {
        let view = expected.tensor(name).unwrap();
        assert_eq!(
            (dtype.as_str(), &shape[..], data),
            (&*view.dtype().to_string(), view.shape(), &view.data()),
            "{name}"
        );
    }
}

/// Type, shape and how much longer the array is said to be, mostly not at all.
fn array() -> impl Strategy<Value = (&'static str, Vec<usize>, usize)> {
    let types: Vec<_> = TYPES.iter().flat_map(|(_, names)| names.iter().copied()).chain(["F128", "f32"]).collect();
    let lengths = prop_oneof![8 => 0usize..5, 1 => Just(usize::MAX / 8)];
    (prop::sample::select(types), prop::collection::vec(lengths, 0..3), prop_oneof![9 => Just(0usize), 1 => 0usize..3])
}

proptest! {
    #[test]
    fn reads_as_the_crate_does(
        arrays in prop::collection::vec(array(), 0..4),
        metadata in prop_oneof![Just(""), Just(r#""__metadata__":null,"#), Just(r#""__metadata__":{"format":"pt"},"#), Just(r#""__metadata__":{"format":1},"#)],
        backwards: bool,
        gap in prop_oneof![5 => Just(0usize), 1 => Just(1usize)],
        more in prop_oneof![5 => Just(0usize), 1 => Just(1usize)],
    ) {
        let mut end = gap;
        let mut entries = Vec::new();
        for (index, (dtype, shape, longer)) in arrays.iter().enumerate() {
            let width = TYPES.iter().find(|(_, names)| names.contains(dtype)).map_or(8, |(width, _)| *width);
            let start = end;
            let numbers: usize = shape.iter().fold(1usize, |numbers, &length| numbers.saturating_mul(length)).min(1000);
            end += (numbers * width).div_ceil(8) + longer;
            entries.push(format!(r#""{index}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#));
        }
        if backwards {
            entries.reverse();
        }
        compare(&file(&format!("{{{metadata}{}}}", entries.join(",")).replace(",}", "}"), end + more));
    }

    #[test]
    fn refuses_what_the_crate_refuses(header in "\\{.{0,40}\\}", data in 0usize..9, cut in 0usize..9) {
        let whole = file(&header, data);
        compare(&whole);
        compare(&whole[..whole.len().saturating_sub(cut)]);
    }
}

#[test]
fn damaged_headers_are_refused_as_the_crate_does() {
    let header = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}"#;
    let whole = file(header, 11);
    compare(&whole);
    for position in 0..whole.len() {
        for mask in [1, 2, 4, 8, 16, 32, 64] {
            let mut altered = whole.clone();
            altered[position] ^= mask;
            compare(&altered);
        }
    }
    compare(&(MAX_HEADER as u64 + 1).to_le_bytes());
    compare(&u64::MAX.to_le_bytes());
}
