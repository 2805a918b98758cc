//! Failures as JavaScript errors: `code` is ours, `message` is path and message with a unit separator between them.

use js_sys::{Error as JsError, Reflect};
use spikelet_session::{Error, ErrorCode};
use wasm_bindgen::prelude::*;

const PATH_END: char = '\u{1f}';

pub(crate) fn thrown(error: Error) -> JsValue {
    let Error { code, path, message } = error;
    let thrown = JsError::new(&format!("{path}{PATH_END}{message}"));
    Reflect::set(&thrown, &"code".into(), &code.as_str().into()).expect("a new error can be given a property");
    thrown.into()
}

/// Panics throw like other failures. The frames below are left as they are: the instance must not be used again.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        let message = format!("a defect of this library, please report it: {info}");
        wasm_bindgen::throw_val(thrown(Error::new(ErrorCode::Internal, "", message)));
    }));
}
