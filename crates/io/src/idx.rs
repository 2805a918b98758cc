//! IDX, the format of MNIST: two zero bytes, a byte for the type, a byte for the number of dimensions, the dimensions as
//! big-endian u32, then the elements, the last dimension fastest.

use spikelet_config::{Error, Result};
use spikelet_data::memory::copied;

use crate::fault::wrong;

/// The type byte of unsigned bytes, the only type that is read.
const UNSIGNED_BYTE: u8 = 0x08;
const MAGIC_LENGTH: usize = 4;

/// An array of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdxArray {
    /// Length of each dimension, the slowest first.
    pub shape: Vec<u32>,
    /// Elements, row-major.
    pub data: Vec<u8>,
}

/// Reads an IDX file of unsigned bytes.
///
/// # Errors
/// [`spikelet_config::ErrorCode::DataFormat`] with the byte offset for a wrong magic number, another type, and a file that is
/// too short or too long for its dimensions.
pub fn parse_idx(bytes: &[u8]) -> Result<IdxArray> {
    let magic: [u8; MAGIC_LENGTH] = match bytes.first_chunk() {
        Some(magic) => *magic,
        None => return Err(truncated(bytes, MAGIC_LENGTH as u128)),
    };
    for (offset, &byte) in magic.iter().enumerate().take(2) {
        if byte != 0 {
            return Err(wrong(offset, format!("an IDX file starts with two zero bytes, got {byte:#04x}")));
        }
    }
    if magic[2] != UNSIGNED_BYTE {
        return Err(wrong(2, format!("the type must be {UNSIGNED_BYTE:#04x} (unsigned byte), got {:#04x}", magic[2])));
    }
    let dimensions = usize::from(magic[3]);
    if dimensions == 0 {
        return Err(wrong(3, "must have at least 1 dimension, got 0"));
    }
    let start = MAGIC_LENGTH + 4 * dimensions;
    let Some(header) = bytes.get(MAGIC_LENGTH..start) else { return Err(truncated(bytes, start as u128)) };
    let shape: Vec<u32> = header.as_chunks().0.iter().map(|&length| u32::from_be_bytes(length)).collect();
    let size = shape.iter().try_fold(1u128, |size, &length| size.checked_mul(u128::from(length)));
    let end = size.and_then(|size| size.checked_add(start as u128)).unwrap_or(u128::MAX);
    let found = bytes.len() as u128;
    if found < end {
        return Err(truncated(bytes, end));
    }
    if found > end {
        return Err(wrong(end, format!("the array {shape:?} ends here, but {} bytes follow", found - end)));
    }
    Ok(IdxArray { shape, data: copied(&bytes[start..], "bytes")? })
}

fn truncated(bytes: &[u8], needed: u128) -> Error {
    wrong(bytes.len(), format!("the file ends here, but must have {needed} bytes"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use spikelet_config::ErrorCode;

    use super::*;

    fn file(shape: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, UNSIGNED_BYTE, shape.len() as u8];
        shape.iter().for_each(|length| bytes.extend(length.to_be_bytes()));
        bytes.extend(data);
        bytes
    }

    fn message(bytes: &[u8]) -> String {
        let error = parse_idx(bytes).unwrap_err();
        assert_eq!(error.code, ErrorCode::DataFormat, "{error}");
        error.message
    }

    #[test]
    fn errors_name_the_byte() {
        let whole = file(&[2, 3], &[1, 2, 3, 4, 5, 6]);
        assert!(message(&[]).starts_with("byte 0: the file ends here"));
        assert!(message(&whole[..7]).starts_with("byte 7: the file ends here, but must have 12 bytes"));
        assert!(message(&whole[..15]).starts_with("byte 15: the file ends here, but must have 18 bytes"));
        assert!(message(&[whole.clone(), vec![7, 7]].concat()).starts_with("byte 18: the array [2, 3] ends here"));
        assert!(message(&[0x1f, 0x8b, 8, 1]).starts_with("byte 0:"));
        assert!(message(&[0, 0, 0x0d, 1]).starts_with("byte 2:"));
        assert!(message(&[0, 0, 8, 0]).starts_with("byte 3:"));
    }

    #[test]
    fn enormous_dimensions_ask_for_no_memory() {
        assert!(message(&file(&[u32::MAX; 255], &[1])).starts_with("byte 1025: the file ends here"));
        assert!(message(&file(&[u32::MAX; 3], &[1])).starts_with("byte 17: the file ends here"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let _result = parse_idx(&bytes);
        }

        #[test]
        fn never_panics_behind_a_header(shape in prop::collection::vec(any::<u32>(), 1..5), data: Vec<u8>) {
            let _result = parse_idx(&file(&shape, &data));
        }

        #[test]
        fn reads_what_was_written(shape in prop::collection::vec(0u32..6, 1..4), seed: u8) {
            let size = shape.iter().product::<u32>();
            let data: Vec<u8> = (0..size).map(|k| seed.wrapping_mul(31).wrapping_add(k as u8)).collect();
            prop_assert_eq!(parse_idx(&file(&shape, &data)), Ok(IdxArray { shape, data }));
        }
    }
}
