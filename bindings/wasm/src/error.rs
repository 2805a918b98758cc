//! Failures as JavaScript errors with the properties `code`, `path` and `message`.

use js_sys::{Error as JsError, Reflect};
use spikelet_session::{Error, ErrorCode};
use wasm_bindgen::prelude::*;

pub(crate) fn thrown(error: Error) -> JsValue {
    let Error { code, path, message } = error;
    let thrown = JsError::new(&message);
    for (name, value) in [("code", code.as_str()), ("path", &path)] {
        Reflect::set(&thrown, &name.into(), &value.into()).expect("a new error can be given a property");
    }
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
