//! A snapshot to bytes. The header is written here, not by the safetensors crate, whose order of metadata is random.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use spikelet_training::{ARITHMETIC, Snapshot, Tensor};

use super::{CHECKSUM_DIGITS, FORMAT, FORMAT_VERSION, LENGTH_BYTES, NO_CHECKSUM, STREAM, checksum, checksum_position};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    format: &'a str,
    format_version: String,
    library_version: &'a str,
    arithmetic: String,
    checksum: &'a str,
    config: String,
    progress: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trained_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
}

#[derive(Serialize)]
struct TensorInfo<'a> {
    dtype: &'a str,
    shape: &'a [usize],
    data_offsets: [usize; 2],
}

struct Header<'a> {
    metadata: Metadata<'a>,
    tensors: &'a [Tensor],
    stream: Option<&'a [u32]>,
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.tensors.len() + 1 + usize::from(self.stream.is_some())))?;
        map.serialize_entry("__metadata__", &self.metadata)?;
        let mut start = 0;
        let tensors = self.tensors.iter().map(|tensor| (tensor.name.as_str(), "F32", &tensor.shape[..]));
        let words = self.stream.map(|words| [words.len()]);
        for (name, dtype, shape) in tensors.chain(words.iter().map(|shape| (STREAM, "U32", &shape[..]))) {
            let end = start + shape.iter().product::<usize>() * size_of::<u32>();
            map.serialize_entry(name, &TensorInfo { dtype, shape, data_offsets: [start, end] })?;
            start = end;
        }
        map.end()
    }
}

/// The bytes of a checkpoint; see [`super::Checkpoint`] for `stream`, `origin` and `trained_on`.
#[must_use]
pub fn write_checkpoint(
    snapshot: &Snapshot,
    stream: Option<&[u32]>,
    origin: Option<&str>,
    trained_on: Option<&str>,
) -> Vec<u8> {
    let metadata = Metadata {
        format: FORMAT,
        format_version: FORMAT_VERSION.to_string(),
        library_version: env!("CARGO_PKG_VERSION"),
        arithmetic: ARITHMETIC.to_string(),
        checksum: NO_CHECKSUM,
        config: snapshot.config.to_json(),
        progress: snapshot.progress.to_string(),
        trained_on,
        origin,
    };
    let header = Header { metadata, tensors: &snapshot.tensors, stream };
    let mut header = serde_json::to_vec(&header).expect("a header has only string keys");
    header.resize(header.len().next_multiple_of(LENGTH_BYTES), b' ');

    let words = stream.unwrap_or_default();
    let data_bytes: usize = snapshot.tensors.iter().map(|tensor| size_of_val(tensor.data.as_slice())).sum();
    let mut file = Vec::with_capacity(LENGTH_BYTES + header.len() + data_bytes + size_of_val(words));
    file.extend((header.len() as u64).to_le_bytes());
    file.extend(&header);
    for tensor in &snapshot.tensors {
        file.extend(tensor.data.iter().flat_map(|value| value.to_le_bytes()));
    }
    file.extend(words.iter().flat_map(|word| word.to_le_bytes()));

    let position = checksum_position(&file, header.len()).expect("the header was written with a checksum");
    let digits = checksum(&file, position);
    file[position..position + CHECKSUM_DIGITS].copy_from_slice(digits.as_bytes());
    file
}
