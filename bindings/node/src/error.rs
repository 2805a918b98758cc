//! Failures as JavaScript errors with the properties `code`, `path` and `message`.

use napi::bindgen_prelude::JsObjectValue;
use napi::{Env, JsError, JsValue, Result};
use spikelet_session::Error;

/// What a function throws or a promise is rejected with; only on the JavaScript thread.
pub(crate) fn thrown(env: Env, error: Error) -> napi::Error {
    with_path(env, error).unwrap_or_else(|failure| failure)
}

fn with_path(env: Env, error: Error) -> Result<napi::Error> {
    let Error { code, path, message } = error;
    let mut object = JsError::from(napi::Error::new(code.as_str(), message)).into_unknown(env).coerce_to_object()?;
    object.set_named_property("path", path)?;
    Ok(object.to_unknown().into())
}
