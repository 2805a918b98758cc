//! Functions that need no session.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint32Array};
use napi_derive::napi;
use spikelet_session::copied;

use crate::arrays::{EventArrays, GeneratedArrays, IdxArray, NpyArray, TensorArrays, copied_if_given};
use crate::job;

/// Reads an IDX file of unsigned bytes.
#[napi(ts_return_type = "Promise<IdxArray>")]
pub fn parse_idx<'env>(env: &'env Env, bytes: &[u8]) -> napi::Result<Object<'env>> {
    job::start(env, copied(bytes, "bytes"), |bytes| spikelet_session::parse_idx(&bytes), IdxArray::from)
}

/// Encodes values in 0..1, `[sample][unit]`, as spikes; `rows` are the samples' numbers in their data set.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn encode<'env>(
    env: &'env Env,
    encoding: String,
    values: &[f32],
    units: u32,
    steps: u32,
    rows: Option<Uint32Array>,
) -> napi::Result<Object<'env>> {
    let arrays = copied(values, "values").and_then(|values| Ok((values, copied_if_given(&rows, "rows")?)));
    let given = arrays.map(|(values, rows)| (encoding, values, units, steps, rows));
    let work = |(encoding, values, units, steps, rows): (String, Vec<f32>, u32, u32, Option<Vec<u32>>)| {
        spikelet_session::encode(&encoding, &values, units, steps, rows.as_deref())
    };
    job::start(env, given, work, EventArrays::from)
}

/// Encodes signals, `[time][channel]` each, as spikes; `offsets` are the times at which the samples begin, and the end of the
/// last.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn encode_series<'env>(
    env: &'env Env,
    encoding: String,
    values: &[f32],
    offsets: &[u32],
    channels: u32,
    steps: u32,
) -> napi::Result<Object<'env>> {
    let arrays = copied(values, "values").and_then(|values| Ok((values, copied(offsets, "offsets")?)));
    let given = arrays.map(|(values, offsets)| (encoding, values, offsets, channels, steps));
    let work = |(encoding, values, offsets, channels, steps): (String, Vec<f32>, Vec<u32>, u32, u32)| {
        spikelet_session::encode_series(&encoding, &values, &offsets, channels, steps)
    };
    job::start(env, given, work, EventArrays::from)
}

/// Units that signals of so many channels become.
#[napi(ts_return_type = "Promise<number>")]
pub fn series_units(env: &Env, encoding: String, channels: u32) -> napi::Result<Object<'_>> {
    let work = |(encoding, channels): (String, u32)| spikelet_session::series_units(&encoding, channels);
    job::start(env, Ok((encoding, channels)), work, |units| units)
}

/// Reads one recording of an event camera as one sample, or many that end at the bytes `ends`.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn decode_aer<'env>(
    env: &'env Env,
    bytes: &[u8],
    options: String,
    ends: Option<Uint32Array>,
) -> napi::Result<Object<'env>> {
    let arrays = copied(bytes, "bytes").and_then(|bytes| Ok((bytes, copied_if_given(&ends, "ends")?)));
    let given = arrays.map(|(bytes, ends)| (bytes, options, ends));
    let work = |(bytes, options, ends): (Vec<u8>, String, Option<Vec<u32>>)| {
        spikelet_session::decode_aer(&bytes, &options, ends.as_deref())
    };
    job::start(env, given, work, EventArrays::from)
}

/// Reads an NPY file of plain numbers.
#[napi(ts_return_type = "Promise<NpyArray>")]
pub fn parse_npy<'env>(env: &'env Env, bytes: &[u8]) -> napi::Result<Object<'env>> {
    job::start(env, copied(bytes, "bytes"), |bytes| spikelet_session::parse_npy(&bytes), NpyArray::from)
}

/// Reads the floating-point arrays of a safetensors file or of one that `torch.save` wrote.
#[napi(ts_return_type = "Promise<TensorArrays[]>")]
pub fn parse_tensors<'env>(env: &'env Env, bytes: &[u8]) -> napi::Result<Object<'env>> {
    job::start(
        env,
        copied(bytes, "bytes"),
        |bytes| spikelet_session::parse_tensors(&bytes),
        |tensors| tensors.into_iter().map(TensorArrays::from).collect::<Vec<_>>(),
    )
}

/// JSON of what a checkpoint says of its run.
#[napi(ts_return_type = "Promise<string>")]
pub fn checkpoint_info<'env>(env: &'env Env, bytes: &[u8]) -> napi::Result<Object<'env>> {
    job::start(env, copied(bytes, "bytes"), |bytes| spikelet_session::checkpoint_info(&bytes), |info| info)
}

/// Generates a data set.
#[napi(ts_return_type = "Promise<GeneratedArrays>")]
pub fn generate(env: &Env, options: String) -> napi::Result<Object<'_>> {
    job::start(env, Ok(options), |options: String| spikelet_session::generate(&options), GeneratedArrays::from)
}

/// Events of a simulated event camera that looks at images.
#[napi(ts_return_type = "Promise<EventArrays>")]
pub fn simulate_events<'env>(
    env: &'env Env,
    pixels: &[u8],
    height: u32,
    width: u32,
    options: String,
) -> napi::Result<Object<'env>> {
    let given = copied(pixels, "pixels").map(|pixels| (pixels, height, width, options));
    let work = |(pixels, height, width, options): (Vec<u8>, u32, u32, String)| {
        spikelet_session::simulate_events(&pixels, height, width, &options)
    };
    job::start(env, given, work, EventArrays::from)
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
