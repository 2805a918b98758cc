//! How values in 0..1 become input spikes (spec 3.1, 3.2). Pure functions of their arguments.

mod counts;
mod latency;
mod shift_back;
mod stretch;

use serde::{Deserialize, Serialize};

pub use latency::LatencyEncoding;
pub use shift_back::ShiftBackEncoding;
pub use stretch::StretchEncoding;

use crate::config::tagged::deserialize_tagged;
use crate::error::{Error, Result};
use crate::json;
use crate::spikes::SpikeTrains;

/// How values in 0..1 become spikes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Encoding {
    /// One spike a unit, the earlier the larger the value (spec 3.1).
    Latency(LatencyEncoding),
    /// More spikes for larger values, spread evenly over all steps (spec 3.2).
    Stretch(StretchEncoding),
    /// More spikes for larger values, at one pace and gathered at the end (spec 3.2).
    ShiftBack(ShiftBackEncoding),
}

deserialize_tagged!(Encoding { "latency" => Latency, "stretch" => Stretch, "shiftBack" => ShiftBack });

/// Which way a fraction of a spike is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Rounding {
    /// A spike comes at the start of its interval.
    #[default]
    Up,
    /// A spike comes once its interval is complete.
    Down,
}

impl Encoding {
    /// Parses and validates an encoding, for example `{"type":"latency","last":24}`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field.
    pub fn from_json(text: &str) -> Result<Self> {
        let encoding: Self = json::parse(text)?;
        encoding.validate("")?;
        Ok(encoding)
    }

    /// Checks every range; `path` is where the encoding stands, empty for the top.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the first field out of range.
    pub fn validate(&self, path: &str) -> Result<()> {
        match self {
            Self::Latency(latency) => latency.validate(path),
            Self::Stretch(stretch) => counts::validate(path, stretch.most, stretch.least),
            Self::ShiftBack(shift) => counts::validate(path, shift.most, shift.least),
        }
    }

    /// Encodes `values`, `[sample][unit]` in 0..1, for a simulation of `steps` steps.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when `values` is not a whole number of samples or `steps` is not 1 to 65535,
    /// [`crate::ErrorCode::DataFormat`] for NaN and values outside 0..1, with the path `values[i]`.
    pub fn encode(&self, values: &[f32], units: usize, steps: usize) -> Result<SpikeTrains> {
        check_shape("values", values.len(), units, steps)?;
        if let Some(index) = values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            return Err(Error::data(format!("values[{index}]"), format!("must be in 0..1, got {}", values[index])));
        }
        let mut trains = SpikeTrains::new();
        let mut events = Vec::new();
        for sample in values.chunks_exact(units) {
            self.push(sample, steps, &mut events, &mut trains);
        }
        Ok(trains)
    }

    /// Encodes grey values, `[sample][unit]`; the value is `pixel / 255` in single precision.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] like [`Encoding::encode`].
    pub fn encode_pixels(&self, pixels: &[u8], units: usize, steps: usize) -> Result<SpikeTrains> {
        check_shape("pixels", pixels.len(), units, steps)?;
        let mut trains = SpikeTrains::new();
        let mut events = Vec::new();
        let mut values = vec![0.0; units];
        for sample in pixels.chunks_exact(units) {
            for (value, &pixel) in values.iter_mut().zip(sample) {
                *value = f32::from(pixel) / 255.0;
            }
            self.push(&values, steps, &mut events, &mut trains);
        }
        Ok(trains)
    }

    fn push(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>, trains: &mut SpikeTrains) {
        events.clear();
        match self {
            Self::Latency(latency) => latency.events(sample, steps, events),
            Self::Stretch(stretch) => stretch.events(sample, steps, events),
            Self::ShiftBack(shift) => shift.events(sample, steps, events),
        }
        trains.push_sample(events.iter().copied());
    }
}

fn check_shape(path: &str, length: usize, units: usize, steps: usize) -> Result<()> {
    if units == 0 || !length.is_multiple_of(units) {
        return Err(Error::shape(path, format!("must be whole samples of {units} units, got {length} values")));
    }
    if steps == 0 || steps > usize::from(u16::MAX) {
        return Err(Error::shape("steps", format!("must be 1 to {}, got {steps}", u16::MAX)));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
