//! Functions that need no session.

use spikelet_config::{Result, json};
use spikelet_data::memory::require;
use spikelet_encode::{Encoding, Generator, SaccadeCamera, Series};
use spikelet_io::{AerOptions, Checkpoint, IdxArray, NpyArray};
use spikelet_training::{Level, SnapshotInfo};

use crate::guard::guard;
use crate::status::to_json;
use crate::trained_on::TrainedOn;
use crate::wire::{Events, GeneratedArrays, TensorArrays};

/// Reads an IDX file of unsigned bytes.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset.
pub fn parse_idx(bytes: &[u8]) -> Result<IdxArray> {
    guard(|| spikelet_io::parse_idx(bytes))
}

/// Encodes `values`, `[sample][unit]` in 0..1, as spikes of a simulation of `steps` steps; `rows` are the samples' numbers in
/// their data set, their positions by default.
///
/// # Errors
/// `CONFIG_INVALID` for a wrong encoding, `DATA_FORMAT` for values outside 0..1, `SHAPE_MISMATCH` when `values` is not a whole
/// number of samples.
pub fn encode(encoding: &str, values: &[f32], units: u32, steps: u32, rows: Option<&[u32]>) -> Result<Events> {
    guard(|| {
        let trains = Encoding::from_json(encoding)?.encode(values, units as usize, steps as usize, rows)?;
        Events::from_trains(trains)
    })
}

/// Encodes signals, `[time][channel]` each, as spikes of a simulation of `steps` steps; `offsets` are the times at which the
/// samples begin, and the end of the last.
///
/// # Errors
/// `CONFIG_INVALID` for a wrong encoding, `DATA_FORMAT` for one that is not for signals and values that are not finite,
/// `SHAPE_MISMATCH` for arrays that do not fit.
pub fn encode_series(encoding: &str, values: &[f32], offsets: &[u32], channels: u32, steps: u32) -> Result<Events> {
    guard(|| {
        let encoding = Encoding::from_json(encoding)?;
        let series = Series::new(values, offsets, channels as usize)?;
        Events::from_trains(encoding.encode_series(&series, steps as usize)?)
    })
}

/// Units that signals of so many channels become.
///
/// # Errors
/// The errors of [`encode_series`].
pub fn series_units(encoding: &str, channels: u32) -> Result<u32> {
    guard(|| Ok(Encoding::from_json(encoding)?.series_units(channels as usize)? as u32))
}

/// Reads one recording of an event camera as one sample, or, with `ends`, one sample for each recording that stands in `bytes` up
/// to that byte; options `{"steps","truncateMs","size"}`.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset, `CONFIG_INVALID` for wrong options.
pub fn decode_aer(bytes: &[u8], options: &str, ends: Option<&[u32]>) -> Result<Events> {
    guard(|| {
        let options: AerOptions = json::parse(options)?;
        Events::from_trains(match ends {
            None => spikelet_io::decode_aer(bytes, options)?,
            Some(ends) => spikelet_io::decode_recordings(bytes, ends, options)?,
        })
    })
}

/// Reads an NPY file of plain numbers.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset.
pub fn parse_npy(bytes: &[u8]) -> Result<NpyArray> {
    guard(|| spikelet_io::parse_npy(bytes))
}

/// Reads the floating-point arrays of a safetensors file or of one that `torch.save` wrote.
///
/// # Errors
/// `DATA_FORMAT` with the byte offset.
pub fn parse_tensors(bytes: &[u8]) -> Result<Vec<TensorArrays>> {
    guard(|| {
        // Archives store their arrays as they are; half floats become as large again.
        require(2 * bytes.len() as u64, "bytes", || "the arrays of the file".to_owned())?;
        spikelet_io::parse_tensors(bytes)?.into_iter().map(TensorArrays::from_core).collect()
    })
}

/// JSON of what a checkpoint says of its run, without building its network:
/// `{"config","epoch","step","finished","bestEpoch","history","origin","trainedOn","version","arithmetic"}`; `version` and `arithmetic` are those
/// of the library that wrote it, and older checkpoints have no `arithmetic`.
///
/// # Errors
/// `CHECKPOINT_INVALID` for bytes that are not a whole, unchanged checkpoint.
pub fn checkpoint_info(bytes: &[u8]) -> Result<String> {
    guard(|| {
        let Checkpoint { snapshot, origin, trained_on, version, arithmetic, .. } =
            spikelet_io::read_checkpoint_header(bytes)?;
        let SnapshotInfo { config, epoch, step, finished, best_epoch, history } = snapshot.info()?;
        let best_epoch = best_epoch.map_or_else(|| "null".to_owned(), |epoch| epoch.to_string());
        let arithmetic = arithmetic.map_or_else(String::new, |number| format!(r#","arithmetic":{number}"#));
        let trained_on = to_json(&trained_on.as_deref().map(TrainedOn::from_json).transpose()?);
        let (history, origin, version) = (to_json(&&history[..]), to_json(&origin.as_deref()), to_json(&version));
        Ok(format!(
            r#"{{"config":{},"epoch":{epoch},"step":{step},"finished":{finished},"bestEpoch":{best_epoch},"history":{history},"origin":{origin},"trainedOn":{trained_on},"version":{version}{arithmetic}}}"#,
            config.to_json()
        ))
    })
}

/// Generates a data set; options `{"type":"yinYang","samples":7000}` and the like.
///
/// # Errors
/// `CONFIG_INVALID` with the path of the option.
pub fn generate(options: &str) -> Result<GeneratedArrays> {
    guard(|| GeneratedArrays::from_core(Generator::generate(options)?))
}

/// Events of a simulated event camera that looks at images of grey values, `[sample][y][x]`; options
/// `{"steps","size","threshold","dark"}`.
///
/// # Errors
/// `CONFIG_INVALID` with the path of the option, `SHAPE_MISMATCH` for images that do not fit.
pub fn simulate_events(pixels: &[u8], height: u32, width: u32, options: &str) -> Result<Events> {
    guard(|| {
        let camera = SaccadeCamera::from_json(options)?;
        Events::from_trains(camera.record(pixels, height as usize, width as usize)?)
    })
}

/// Names of the SIMD levels of this machine, the best first.
#[must_use]
pub fn simd_levels() -> Vec<&'static str> {
    Level::available().into_iter().map(Level::name).collect()
}
