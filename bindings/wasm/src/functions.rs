//! Functions that need no session. Those that pages rarely call are in `bindings/extras`.

use js_sys::Object;
use wasm_bindgen::prelude::*;

use crate::arrays::{event_arrays, generated_arrays, idx_array};
use crate::error::thrown;

type Outcome<T> = Result<T, JsValue>;

/// Reads an IDX file of unsigned bytes.
#[wasm_bindgen(js_name = parseIdx, unchecked_return_type = "IdxArray")]
pub fn parse_idx(bytes: &[u8]) -> Outcome<Object> {
    spikelet_session::parse_idx(bytes).map(idx_array).map_err(thrown)
}

/// Encodes values in 0..1, `[sample][unit]`, as spikes; `rows` are the samples' numbers in their data set.
#[wasm_bindgen(unchecked_return_type = "EventArrays")]
pub fn encode(encoding: &str, values: &[f32], units: u32, steps: u32, rows: Option<Vec<u32>>) -> Outcome<Object> {
    spikelet_session::encode(encoding, values, units, steps, rows.as_deref()).map(event_arrays).map_err(thrown)
}

/// Encodes signals, `[time][channel]` each, as spikes; `offsets` are the times at which the samples begin, and the end of the
/// last.
#[wasm_bindgen(js_name = encodeSeries, unchecked_return_type = "EventArrays")]
pub fn encode_series(encoding: &str, values: &[f32], offsets: &[u32], channels: u32, steps: u32) -> Outcome<Object> {
    spikelet_session::encode_series(encoding, values, offsets, channels, steps).map(event_arrays).map_err(thrown)
}

/// Units that signals of so many channels become.
#[wasm_bindgen(js_name = seriesUnits)]
pub fn series_units(encoding: &str, channels: u32) -> Outcome<u32> {
    spikelet_session::series_units(encoding, channels).map_err(thrown)
}

/// JSON of what a checkpoint says of its run.
#[wasm_bindgen(js_name = checkpointInfo)]
pub fn checkpoint_info(bytes: &[u8]) -> Outcome<String> {
    spikelet_session::checkpoint_info(bytes).map_err(thrown)
}

/// Generates a data set.
#[wasm_bindgen(unchecked_return_type = "GeneratedArrays")]
pub fn generate(options: &str) -> Outcome<Object> {
    spikelet_session::generate(options).map(generated_arrays).map_err(thrown)
}

/// Names of the SIMD levels of this module, the best first.
#[wasm_bindgen(js_name = simdLevels)]
#[must_use]
pub fn simd_levels() -> Vec<String> {
    spikelet_session::simd_levels().into_iter().map(str::to_owned).collect()
}

/// Version of the library.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    spikelet_session::version().to_owned()
}
