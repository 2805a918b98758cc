//! Checks that a call can get its memory before its work begins: an allocation that fails in the middle ends the process.

use std::hint::black_box;

use spikelet_config::{Error, Result};

/// Fewer bytes are not checked, but in WebAssembly: there an allocation that fails ends every network of the module.
const SMALL: u64 = if cfg!(target_family = "wasm") { 0 } else { 1 << 20 };
/// Bytes that must be left beside those that are checked, for what is too small to be checked.
const HEADROOM: u64 = if cfg!(target_family = "wasm") { 1 << 24 } else { 0 };

/// Fails if the allocator does not have that many bytes in one piece; `what` is the subject of the sentence.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] at `path` with the number of bytes.
pub fn require(bytes: u64, path: &str, what: impl FnOnce() -> String) -> Result<()> {
    if bytes < SMALL || is_available(bytes) { Ok(()) } else { Err(missing(bytes, path, &what())) }
}

/// The error of [`require`].
pub fn missing(bytes: u64, path: &str, what: &str) -> Error {
    Error::config(path, format!("{what} would take {bytes} bytes, more memory than is available"))
}

/// A copy of `values`.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] at `path` where there is no memory for it.
pub fn copied<T: Copy>(values: &[T], path: &str) -> Result<Vec<T>> {
    let mut copy = reserved(values.len(), path, "a copy of it")?;
    copy.extend_from_slice(values);
    Ok(copy)
}

/// An empty list with room for `length` values, exactly those; `what` is the subject of the sentence.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] at `path` where there is no memory for it.
pub fn reserved<T>(length: usize, path: &str, what: &str) -> Result<Vec<T>> {
    let mut list = Vec::new();
    let bytes = length as u64 * size_of::<T>() as u64;
    list.try_reserve_exact(length).map_err(|_| missing(bytes, path, what))?;
    Ok(list)
}

fn is_available(bytes: u64) -> bool {
    let Ok(length) = usize::try_from(bytes.saturating_add(HEADROOM)) else { return false };
    let mut room = Vec::<u8>::new();
    // Without the black box the compiler takes allocation and release away.
    black_box(&mut room).try_reserve_exact(length).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    #[test]
    fn what_no_machine_has_is_refused_with_its_bytes() {
        assert!(require(SMALL.saturating_sub(1), "range", || unreachable!()).is_ok());
        assert!(require(SMALL, "range", || unreachable!()).is_ok());
        for bytes in [1 << 60, u64::MAX] {
            let error = require(bytes, "range", || "traces".to_owned()).unwrap_err();
            assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "range"));
            assert_eq!(error.message, format!("traces would take {bytes} bytes, more memory than is available"));
        }
    }
}
