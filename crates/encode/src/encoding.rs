//! How values in 0..1 (spec 3.1, 3.2) and signals (spec 3.6, 3.7) become input spikes. Pure functions of their arguments.

mod burst;
mod channel_encoding;
mod constraints;
mod counts;
mod current;
mod delta;
mod direct;
mod fourier;
mod latency;
mod levels;
mod log_mel;
mod rate;
mod regular;
mod rounding;
mod saccades;
mod series;
mod shift_back;
mod stretch;

use serde::Serialize;
use spikelet_config::{Error, Result, json, read_tagged};
use spikelet_data::{EVENT_BYTES, SpikeTrains, memory};
use spikelet_fields::fields;

use burst::BurstEncoding;
use current::CurrentEncoding;
use delta::DeltaEncoding;
use direct::DirectEncoding;
use levels::LevelsEncoding;
use log_mel::LogMelEncoding;
use regular::RegularEncoding;
use shift_back::ShiftBackEncoding;
use stretch::StretchEncoding;

pub use constraints::ENCODING_CONSTRAINTS;
pub use latency::LatencyEncoding;
pub use rate::RateEncoding;
pub use saccades::SaccadeCamera;
pub use series::{Series, SeriesEncoder};

/// How values in 0..1, or signals, become spikes.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Encoding {
    /// One spike per unit, earlier for a larger value (spec 3.1).
    Latency(LatencyEncoding),
    /// More spikes for larger values, at random steps.
    Rate(RateEncoding),
    /// Spikes at equal intervals, shorter for larger values.
    Regular(RegularEncoding),
    /// A burst of spikes, longer and faster for a larger value (spec 3.2).
    Burst(BurstEncoding),
    /// The samples as they are: spikes, or the grey values of images as the values of events at every step (spec 1.6).
    Direct(DirectEncoding),
    /// More spikes for larger values, spread evenly over all steps (spec 3.2).
    Stretch(StretchEncoding),
    /// More spikes for larger values, at one pace and gathered at the end (spec 3.2).
    ShiftBack(ShiftBackEncoding),
    /// For signals: a spike each time a channel has moved by a threshold (spec 3.6).
    Delta(DeltaEncoding),
    /// For signals: a spike each time a channel crosses a level (spec 3.6).
    Levels(LevelsEncoding),
    /// For signals: the values drive a fixed layer of neurons (spec 3.6).
    Current(CurrentEncoding),
    /// For sounds: log-mel features, which are then encoded (spec 3.7).
    LogMel(LogMelEncoding),
}

read_tagged!(Encoding {
    "latency" => Latency,
    "rate" => Rate,
    "regular" => Regular,
    "burst" => Burst,
    "direct" => Direct,
    "stretch" => Stretch,
    "shiftBack" => ShiftBack,
    "delta" => Delta,
    "levels" => Levels,
    "current" => Current,
    "logMel" => LogMel,
});

impl Encoding {
    /// Parses and validates an encoding, for example `{"type":"latency","last":24}`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn from_json(text: &str) -> Result<Self> {
        let encoding: Self = json::parse(text)?;
        encoding.validate("")?;
        Ok(encoding)
    }

    /// What the value 0 gives and what the value 1 gives, where both are numbers of spikes or both are their probabilities.
    fn amounts(&self) -> Option<(f64, f64)> {
        match self {
            Self::Rate(rate) => Some((rate.min, rate.max)),
            Self::Stretch(stretch) => Some((stretch.min, stretch.max)),
            Self::ShiftBack(shift) => Some((shift.min, shift.max)),
            _ => None,
        }
    }

    /// Steps between the spikes of the value 1 and of the value 0, where they are given.
    fn intervals(&self) -> Option<(f64, f64)> {
        match self {
            Self::Regular(regular) => Some((regular.min_interval, regular.max_interval)),
            Self::Burst(burst) => Some((burst.min_interval, burst.max_interval)),
            _ => None,
        }
    }

    /// Encodes `values`, `[sample][unit]` in 0..1, for a simulation of `steps` steps. `rows` are the samples' numbers in the data
    /// set that they come from, their positions by default: what is drawn for a sample depends on its number, so that it gets the
    /// same spikes in every part of the data set.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when `values` is not a whole number of samples, `rows` is not one for each, or `steps`
    /// is not 1 to 65535, [`crate::ErrorCode::DataFormat`] for NaN and values outside 0..1, with the path `values[i]`,
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the spikes.
    pub fn encode(&self, values: &[f32], units: usize, steps: usize, rows: Option<&[u32]>) -> Result<SpikeTrains> {
        self.check_values("values", values.len(), units, steps, rows)?;
        if let Some(index) = values.iter().position(|value| !(0.0..=1.0).contains(value)) {
            return Err(Error::data(format!("values[{index}]"), format!("must be in 0..1, got {}", values[index])));
        }
        let mut trains = self.room_for(values.iter().copied(), steps)?;
        let mut events = Vec::new();
        for (position, sample) in values.chunks_exact(units).enumerate() {
            self.push(row_of(rows, position), sample, steps, &mut events, &mut trains)?;
        }
        Ok(trains.without_ones())
    }

    /// Encodes grey values, `[sample][unit]`; the value is `pixel / 255` in single precision. `rows` as for [`Encoding::encode`].
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] and [`crate::ErrorCode::ConfigInvalid`] like [`Encoding::encode`].
    pub fn encode_pixels(
        &self,
        pixels: &[u8],
        units: usize,
        steps: usize,
        rows: Option<&[u32]>,
    ) -> Result<SpikeTrains> {
        self.check_values("pixels", pixels.len(), units, steps, rows)?;
        let mut trains = self.room_for(pixels.iter().map(|&pixel| f32::from(pixel) / 255.0), steps)?;
        let mut events = Vec::new();
        let mut values = vec![0.0; units];
        for (position, sample) in pixels.chunks_exact(units).enumerate() {
            for (value, &pixel) in values.iter_mut().zip(sample) {
                *value = f32::from(pixel) / 255.0;
            }
            self.push(row_of(rows, position), &values, steps, &mut events, &mut trains)?;
        }
        Ok(trains.without_ones())
    }

    /// No samples yet, with room for the spikes that these values become: their number, of random ones its expectation.
    fn room_for(&self, values: impl Iterator<Item = f32>, steps: usize) -> Result<SpikeTrains> {
        let expected = self.expected_of(values, steps);
        let mut trains = SpikeTrains::new();
        if trains.try_reserve(expected) { Ok(trains) } else { Err(missing(expected)) }
    }

    /// Spikes that values become within `steps` steps.
    fn expected_of(&self, values: impl Iterator<Item = f32>, steps: usize) -> usize {
        // A count needs no sum in double precision.
        if let Self::Latency(latency) = self {
            return values.filter(|&x| latency.fires(x)).count();
        }
        values.map(|x| self.expected(x, steps)).sum::<f64>().ceil() as usize
    }

    /// Spikes that a value becomes within `steps` steps.
    fn expected(&self, x: f32, steps: usize) -> f64 {
        match self {
            Self::Latency(latency) => f64::from(u8::from(latency.fires(x))),
            Self::Rate(rate) => rate.expected(x, steps),
            Self::Regular(regular) => regular.expected(x, steps),
            Self::Burst(burst) => burst.expected(x, steps),
            Self::Direct(direct) => direct.expected(x, steps),
            Self::Delta(_) | Self::Levels(_) | Self::Current(_) | Self::LogMel(_) => 0.0,
            Self::Stretch(stretch) => counts::target_count(x, stretch.max, stretch.min, stretch.skip_zero),
            Self::ShiftBack(shift) => counts::target_count(x, shift.max, shift.min, shift.skip_zero),
        }
    }

    fn push(
        &self,
        row: u32,
        sample: &[f32],
        steps: usize,
        events: &mut Vec<(u16, u32)>,
        trains: &mut SpikeTrains,
    ) -> Result<()> {
        events.clear();
        let expected = self.expected_of(sample.iter().copied(), steps);
        if events.try_reserve(expected).is_err() {
            return Err(missing(expected));
        }
        match self {
            Self::Latency(latency) => latency.events(sample, steps, events),
            Self::Rate(rate) => rate.events(row, sample, steps, events),
            Self::Regular(regular) => regular.events(sample, steps, events),
            Self::Burst(burst) => burst.events(sample, steps, events),
            Self::Direct(direct) => {
                let mut values = Vec::new();
                if values.try_reserve(expected).is_err() {
                    return Err(missing(expected));
                }
                direct.events(sample, steps, events, &mut values);
                return if trains.try_push_weighted(events, &values) {
                    Ok(())
                } else {
                    Err(no_room(trains, events, "encoding"))
                };
            }
            Self::Delta(_) | Self::Levels(_) | Self::Current(_) | Self::LogMel(_) => {}
            Self::Stretch(stretch) => stretch.events(sample, steps, events),
            Self::ShiftBack(shift) => shift.events(sample, steps, events),
        }
        push_sample(trains, events, "encoding")
    }

    fn check_values(&self, path: &str, length: usize, units: usize, steps: usize, rows: Option<&[u32]>) -> Result<()> {
        if units == 0 || !length.is_multiple_of(units) {
            return Err(Error::shape(path, format!("must be a multiple of {units} units, got {length} values")));
        }
        check_steps(steps)?;
        if let Some(rows) = rows.filter(|rows| rows.len() != length / units) {
            let message = format!("must have {} entries, one per sample, got {}", length / units, rows.len());
            return Err(Error::shape("rows", message));
        }
        match self {
            _ if self.is_for_series() => Err(Error::data("encoding", "is for signals, these are values in 0..1")),
            _ => Ok(()),
        }
    }
}

fn check_steps(steps: usize) -> Result<()> {
    if steps == 0 || steps > usize::from(u16::MAX) {
        return Err(Error::shape("steps", format!("must be 1 to {}, got {steps}", u16::MAX)));
    }
    Ok(())
}

fn missing(spikes: usize) -> Error {
    memory::missing(spikes as u64 * EVENT_BYTES, "encoding", "the spikes of the data set")
}

fn row_of(rows: Option<&[u32]>, position: usize) -> u32 {
    rows.map_or(position as u32, |rows| rows[position])
}

/// Appends the spikes of a sample; where there is no memory for them, what asked for so many is at `path`.
fn push_sample(trains: &mut SpikeTrains, events: &[(u16, u32)], path: &str) -> Result<()> {
    if trains.try_push_sample(events) { Ok(()) } else { Err(no_room(trains, events, path)) }
}

/// The error where there is no memory for the spikes of a sample.
fn no_room(trains: &SpikeTrains, events: &[(u16, u32)], path: &str) -> Error {
    let found = (trains.times().len() + events.len()) as u64;
    let what = format!("the spikes of the first {} samples", trains.len() + 1);
    memory::missing(found * EVENT_BYTES, path, &what)
}

#[cfg(test)]
mod series_tests;
#[cfg(test)]
mod tests;
