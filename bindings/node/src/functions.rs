//! Functions that need no session.

use napi::bindgen_prelude::{AsyncTask, Uint32Array};
use napi_derive::napi;

use crate::arrays::{EventArrays, GeneratedArrays, IdxArray, NpyArray, TensorArrays};
use crate::job::Job;

/// Reads an IDX file of unsigned bytes.
#[napi(ts_return_type = "Promise<IdxArray>")]
pub fn parse_idx(bytes: &[u8]) -> AsyncTask<Job<spikelet_session::IdxArray, IdxArray>> {
    let bytes = bytes.to_vec();
    Job::start(move || spikelet_session::parse_idx(&bytes), IdxArray::from)
}

/// Encodes values in 0..1, `[sample][unit]`, as spikes; `rows` are the samples' numbers in their data set.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn encode(
    encoding: String,
    values: &[f32],
    units: u32,
    steps: u32,
    rows: Option<Uint32Array>,
) -> AsyncTask<Job<spikelet_session::Events, EventArrays>> {
    let values = values.to_vec();
    let rows = rows.as_deref().map(<[_]>::to_vec);
    Job::start(move || spikelet_session::encode(&encoding, &values, units, steps, rows.as_deref()), EventArrays::from)
}

/// Encodes signals, `[time][channel]` each, as spikes; `offsets` are the times at which the samples begin, and the end of the
/// last.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn encode_series(
    encoding: String,
    values: &[f32],
    offsets: &[u32],
    channels: u32,
    steps: u32,
) -> AsyncTask<Job<spikelet_session::Events, EventArrays>> {
    let (values, offsets) = (values.to_vec(), offsets.to_vec());
    Job::start(
        move || spikelet_session::encode_series(&encoding, &values, &offsets, channels, steps),
        EventArrays::from,
    )
}

/// Units that signals of so many channels become.
#[napi(ts_return_type = "Promise<number>")]
pub fn series_units(encoding: String, channels: u32) -> AsyncTask<Job<u32, u32>> {
    Job::start(move || spikelet_session::series_units(&encoding, channels), |units| units)
}

/// Reads one recording of an event camera as one sample, or many that end at the bytes `ends`.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn decode_aer(
    bytes: &[u8],
    options: String,
    ends: Option<Uint32Array>,
) -> AsyncTask<Job<spikelet_session::Events, EventArrays>> {
    let bytes = bytes.to_vec();
    let ends = ends.as_deref().map(<[_]>::to_vec);
    Job::start(move || spikelet_session::decode_aer(&bytes, &options, ends.as_deref()), EventArrays::from)
}

/// Reads an NPY file of plain numbers.
#[napi(ts_return_type = "Promise<NpyArray>")]
pub fn parse_npy(bytes: &[u8]) -> AsyncTask<Job<spikelet_session::NpyArray, NpyArray>> {
    let bytes = bytes.to_vec();
    Job::start(move || spikelet_session::parse_npy(&bytes), NpyArray::from)
}

/// Reads the floating-point arrays of a safetensors file or of one that `torch.save` wrote.
#[napi(ts_return_type = "Promise<TensorArrays[]>")]
pub fn parse_tensors(bytes: &[u8]) -> AsyncTask<Job<Vec<spikelet_session::TensorArrays>, Vec<TensorArrays>>> {
    let bytes = bytes.to_vec();
    Job::start(
        move || spikelet_session::parse_tensors(&bytes),
        |tensors| tensors.into_iter().map(TensorArrays::from).collect(),
    )
}

/// Generates a data set.
#[napi(ts_return_type = "Promise<GeneratedArrays>")]
pub fn generate(options: String) -> AsyncTask<Job<spikelet_session::GeneratedArrays, GeneratedArrays>> {
    Job::start(move || spikelet_session::generate(&options), GeneratedArrays::from)
}

/// Events of a simulated event camera that looks at images.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn simulate_events(
    pixels: &[u8],
    height: u32,
    width: u32,
    options: String,
) -> AsyncTask<Job<spikelet_session::Events, EventArrays>> {
    let pixels = pixels.to_vec();
    Job::start(move || spikelet_session::simulate_events(&pixels, height, width, &options), EventArrays::from)
}

/// Names of the SIMD levels of this machine, the best first.
#[napi]
pub fn simd_levels() -> Vec<&'static str> {
    spikelet_session::simd_levels()
}

/// Version of the library.
#[napi]
pub fn version() -> &'static str {
    spikelet_session::version()
}
