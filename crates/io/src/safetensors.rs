//! Safetensors files: the length of the header (u64), the header as JSON with type, shape and place of each array, and the arrays.
//!
//! The crate of this name reads the same, and makes the WebAssembly 15 kB larger (gzip).

use spikelet_config::json::{self, FromJson, Value};

/// Bytes of the length.
pub(crate) const LENGTH_BYTES: usize = 8;
/// Bytes of a header at most, as in other readers of the format.
const MAX_HEADER: usize = 100_000_000;
/// What the header calls its texts.
const METADATA: &str = "__metadata__";
/// Bits of a number of each type.
const TYPES: &[(usize, &[&str])] = &[
    (4, &["F4"]),
    (6, &["F6_E2M3", "F6_E3M2"]),
    (8, &["BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"]),
    (16, &["I16", "U16", "F16", "BF16"]),
    (32, &["I32", "U32", "F32"]),
    (64, &["C64", "F64", "I64", "U64"]),
];

/// A file whose arrays fill it, one behind the other.
pub(crate) struct SafeTensors<'a> {
    pub(crate) header_bytes: usize,
    metadata: Value,
    /// In the order of the file.
    pub(crate) arrays: Vec<Array<'a>>,
}

/// An array of a file.
pub(crate) struct Array<'a> {
    pub(crate) name: String,
    pub(crate) dtype: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: &'a [u8],
}

#[derive(FromJson)]
struct Info {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl<'a> SafeTensors<'a> {
    /// Reads the header of a whole file.
    ///
    /// # Errors
    /// In words what is wrong with the file.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let cut = || "the header is cut off".to_owned();
        let (length, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
        let header_bytes = usize::try_from(u64::from_le_bytes(*length)).ok().filter(|&length| length <= MAX_HEADER);
        let (header, data) = header_bytes.and_then(|length| rest.split_at_checked(length)).ok_or_else(cut)?;
        let text = str::from_utf8(header).map_err(|error| format!("the header is no UTF-8: {error}"))?;
        let entries: Value = serde_json::from_str(text).map_err(|error| format!("the header is no JSON: {error}"))?;
        let entries = entries.as_object().ok_or("the header is no object")?;
        let mut metadata = Value::Null;
        let mut infos = Vec::new();
        for (name, entry) in entries {
            if name == METADATA {
                let is_texts = entry.as_object().is_some_and(|texts| texts.values().all(Value::is_string));
                if !entry.is_null() && !is_texts {
                    return Err(format!("{METADATA} must have texts only"));
                }
                metadata = entry.clone();
            } else {
                let info: Info = json::from_value(entry).map_err(|error| format!("{name}: {error}"))?;
                infos.push((name, info));
            }
        }
        infos.sort_by_key(|(_, info)| info.data_offsets);
        let mut rest = data;
        let mut arrays = Vec::new();
        for (name, Info { dtype, shape, data_offsets: (start, end) }) in infos {
            let wrong = || format!("{name} has another type, shape or place than its numbers");
            let types = TYPES.iter().find(|(_, names)| names.contains(&dtype.as_str()));
            let (width, _) = types.ok_or_else(|| format!("{name} is of the unknown type {dtype}"))?;
            let numbers = shape.iter().try_fold(1usize, |numbers, &length| numbers.checked_mul(length));
            let bits = numbers.and_then(|numbers| numbers.checked_mul(*width));
            let bits = bits.filter(|bits| bits % 8 == 0 && start == data.len() - rest.len()).ok_or_else(wrong)?;
            if end.checked_sub(start) != Some(bits / 8) {
                return Err(wrong());
            }
            let (own, others) = rest.split_at_checked(bits / 8).ok_or_else(wrong)?;
            rest = others;
            arrays.push(Array { name: name.clone(), dtype, shape, data: own });
        }
        if !rest.is_empty() {
            return Err("the file is longer than its arrays".to_owned());
        }
        Ok(Self { header_bytes: header.len(), metadata, arrays })
    }

    /// A text of the header.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key)?.as_str()
    }
}

#[cfg(test)]
mod tests;
