//! Failures as JavaScript errors: `code` is ours, `message` is path and message with a unit separator between them.

use napi::{Env, JsError};
use spikelet_session::Error;

const PATH_END: char = '\u{1f}';

/// What a synchronous function throws.
pub(crate) type Thrown = napi::Error<&'static str>;

pub(crate) fn thrown(error: Error) -> Thrown {
    let Error { code, path, message } = error;
    napi::Error::new(code.as_str(), format!("{path}{PATH_END}{message}"))
}

/// What a promise is rejected with; only on the JavaScript thread.
pub(crate) fn rejection(env: Env, error: Error) -> napi::Error {
    JsError::from(thrown(error)).into_unknown(env).into()
}
