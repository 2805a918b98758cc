//! Threads that share the memory of the module.

use wasm_bindgen::prelude::*;

use crate::error::thrown;

/// Lets sessions run on the calling thread and `count - 1` others, each of which has to call `lendThread`.
#[wasm_bindgen(js_name = shareThreads)]
pub fn share_threads(count: u32) -> Result<(), JsValue> {
    spikelet_session::share_threads(count).map_err(thrown)
}

/// Works for the sessions and does not return.
#[wasm_bindgen(js_name = lendThread)]
pub fn lend_thread() -> Result<(), JsValue> {
    spikelet_session::lend_thread().map_err(thrown)
}
