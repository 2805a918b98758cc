//! A panic is a defect of this library; it becomes a value like every other failure.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use spikelet_config::{Error, ErrorCode, Result};

/// Calls `work`; the caller must not use again what a panic may have left half-done.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(internal(&*panic)))
}

fn internal(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let what = text.unwrap_or("no message");
    Error::new(ErrorCode::Internal, "", format!("a defect of this library, please report it: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_value() {
        let error = guard::<()>(|| panic!("index {} is wrong", 3)).unwrap_err();
        assert_eq!(error.code, ErrorCode::Internal);
        assert!(error.message.ends_with("index 3 is wrong"), "{error}");
        assert_eq!(guard(|| Ok(1)), Ok(1));
    }
}
