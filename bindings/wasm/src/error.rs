//! Failures as JavaScript errors with the properties `code`, `path` and `message`.

use js_sys::{Error as JsError, Reflect};
use spikelet_session::Error;
use wasm_bindgen::prelude::*;

pub(crate) fn thrown(error: Error) -> JsValue {
    let Error { code, path, message } = error;
    let thrown = JsError::new(&message);
    for (name, value) in [("code", code.as_str()), ("path", &path)] {
        Reflect::set(&thrown, &name.into(), &value.into()).expect("a new error can be given a property");
    }
    thrown.into()
}
