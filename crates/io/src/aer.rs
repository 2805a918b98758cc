//! Recordings of event cameras as N-MNIST has them: 5 bytes an event, no header (spec 3.3).
//!
//! Byte 0 is x, byte 1 is y, the highest bit of byte 2 the polarity, the other 23 bits the time in microseconds, big-endian.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Error, Result};
use spikelet_data::{SpikeTrains, memory::require, sort_spikes};

use crate::fault::wrong;

const EVENT_LENGTH: usize = 5;

/// How recordings become spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AerOptions {
    /// Steps of the simulation, 1 to 65535.
    pub steps: u32,
    /// Milliseconds to read, at least 1; reading stops at the first later event.
    pub truncate_ms: u32,
    /// Height and width of the sensor, 1 to 256.
    pub size: u32,
}

impl Default for AerOptions {
    fn default() -> Self {
        Self { steps: 300, truncate_ms: 300, size: 34 }
    }
}

impl AerOptions {
    fn validate(self) -> Result<()> {
        for (path, value, max) in [
            ("steps", self.steps, u32::from(u16::MAX)),
            ("truncateMs", self.truncate_ms, u32::MAX),
            ("size", self.size, 256),
        ] {
            if !(1..=max).contains(&value) {
                return Err(Error::config(path, format!("must be 1 to {max}, got {value}")));
            }
        }
        Ok(())
    }
}

/// Reads one recording as one sample with `2 · size · size` units; the unit is `(polarity · size + x) · size + y` and the step
/// `floor(time / (1000 · truncateMs / steps))`. Events of one unit in one step count once.
///
/// # Errors
/// [`spikelet_config::ErrorCode::DataFormat`] with the byte offset for an incomplete event or one outside the sensor,
/// [`spikelet_config::ErrorCode::ConfigInvalid`] for options out of range.
pub fn decode_aer(bytes: &[u8], options: AerOptions) -> Result<SpikeTrains> {
    options.validate()?;
    let mut trains = SpikeTrains::new();
    push(&mut trains, &spikes(bytes, options)?)?;
    Ok(trains)
}

/// Reads many recordings that stand one after the other, one sample each; recording k ends at byte `ends[k]`.
///
/// # Errors
/// Like [`decode_aer`], with the path `recordings[k]` and the offset inside that recording;
/// [`spikelet_config::ErrorCode::ShapeMismatch`] when `ends` falls or does not end with the bytes.
pub fn decode_recordings(bytes: &[u8], ends: &[u32], options: AerOptions) -> Result<SpikeTrains> {
    options.validate()?;
    if ends.last().map_or(0, |&end| end as usize) != bytes.len() {
        return Err(Error::shape("ends", format!("must end with the {} bytes", bytes.len())));
    }
    let mut trains = SpikeTrains::new();
    let mut start = 0;
    for (index, &end) in ends.iter().enumerate() {
        let recording =
            bytes.get(start..end as usize).ok_or_else(|| Error::shape(format!("ends[{index}]"), "must not fall"))?;
        let spikes =
            spikes(recording, options).map_err(|error| Error { path: format!("recordings[{index}]"), ..error })?;
        push(&mut trains, &spikes)?;
        start = end as usize;
    }
    Ok(trains)
}

fn push(trains: &mut SpikeTrains, spikes: &[(u16, u32)]) -> Result<()> {
    if trains.try_push_sample(spikes) {
        return Ok(());
    }
    let samples = trains.len() + 1;
    Err(Error::config("bytes", format!("the spikes of the first {samples} samples take more memory than is available")))
}

/// The spikes of one recording, sorted.
fn spikes(bytes: &[u8], options: AerOptions) -> Result<Vec<(u16, u32)>> {
    let (events, rest) = bytes.as_chunks::<EVENT_LENGTH>();
    if !rest.is_empty() {
        return Err(wrong(bytes.len() - rest.len(), format!("the last event has {} of its 5 bytes", rest.len())));
    }
    let AerOptions { steps, truncate_ms, size } = options;
    let end = u64::from(truncate_ms) * 1000;
    // As a pair, and twice as a key where they are sorted.
    require(events.len() as u64 * 24, "bytes", || "the spikes of a recording".to_owned())?;
    let mut spikes = Vec::with_capacity(events.len());
    for (index, &[x, y, high, middle, low]) in events.iter().enumerate() {
        let time = u64::from(u32::from_be_bytes([0, high & 0x7f, middle, low]));
        if time >= end {
            break;
        }
        let (x, y, polarity) = (u32::from(x), u32::from(y), u32::from(high >> 7));
        if x >= size || y >= size {
            let offset = index * EVENT_LENGTH;
            return Err(wrong(offset, format!("({x}, {y}) lies outside the sensor of {size} × {size}")));
        }
        let step = time * u64::from(steps) / end;
        spikes.push((step as u16, (polarity * size + x) * size + y));
    }
    sort_spikes(&mut spikes);
    spikes.dedup();
    Ok(spikes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;
    use spikelet_config::ErrorCode;

    use super::*;

    #[test]
    fn agrees_with_the_golden_table() {
        let table: Value = serde_json::from_str(include_str!("../../../test/golden/aer-nmnist.json")).unwrap();
        for case in table["cases"].as_array().unwrap() {
            let integer = |value: &Value| value.as_u64().unwrap() as u32;
            let hex = case["hex"].as_str().unwrap();
            let bytes: Vec<u8> =
                (0..hex.len() / 2).map(|k| u8::from_str_radix(&hex[2 * k..2 * k + 2], 16).unwrap()).collect();
            let options = AerOptions {
                steps: integer(&case["T"]),
                truncate_ms: integer(&case["truncate_ms"]),
                ..AerOptions::default()
            };
            let trains = decode_aer(&bytes, options).unwrap();
            let (times, units) = trains.sample(0);
            let found: Vec<(u32, u32)> = times.iter().zip(units).map(|(&t, &unit)| (u32::from(t), unit)).collect();
            let expected: Vec<(u32, u32)> = case["unique_t_pol_byte0_byte1"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| {
                    let [t, polarity, x, y] = std::array::from_fn(|k| integer(&event[k]));
                    (t, (polarity * 34 + x) * 34 + y)
                })
                .collect();
            assert_eq!(found, expected, "{options:?}");
        }
    }

    #[test]
    fn errors_name_the_byte() {
        let error = decode_aer(&[1, 2, 0, 0, 9, 1, 2], AerOptions::default()).unwrap_err();
        assert_eq!(
            (error.code, error.message.as_str()),
            (ErrorCode::DataFormat, "byte 5: the last event has 2 of its 5 bytes")
        );
        let error = decode_aer(&[1, 2, 0, 0, 9, 34, 2, 0, 0, 9], AerOptions::default()).unwrap_err();
        assert_eq!(error.message, "byte 5: (34, 2) lies outside the sensor of 34 × 34");
        let error = decode_aer(&[], AerOptions { size: 257, ..AerOptions::default() }).unwrap_err();
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::ConfigInvalid, "size"));
    }

    #[test]
    fn many_recordings_are_many_samples() {
        let (first, second) = ([1, 2, 0, 0, 9], [3, 4, 0x80, 0, 9, 3, 4, 0x80, 0, 8]);
        let options = AerOptions::default();
        let both = [&first[..], &second].concat();
        let trains = decode_recordings(&both, &[5, 5, 15], options).unwrap();
        assert_eq!(trains.len(), 3);
        assert_eq!(trains.sample(0), decode_aer(&first, options).unwrap().sample(0));
        assert_eq!(trains.sample(1).0.len(), 0);
        assert_eq!(trains.sample(2), decode_aer(&second, options).unwrap().sample(0));

        let path = |bytes: &[u8], ends: &[u32]| decode_recordings(bytes, ends, options).unwrap_err().path;
        assert_eq!(path(&both, &[5, 14, 15]), "recordings[1]");
        assert_eq!(path(&both, &[5, 14]), "ends");
        assert_eq!(path(&both, &[10, 5, 15]), "ends[1]");
        assert_eq!(path(&both, &[20, 15]), "ends[0]");
    }

    proptest! {
        #[test]
        fn any_bytes_give_spikes_in_range_or_an_error(bytes: Vec<u8>, steps in 1u32..=65535, truncate_ms in 1u32..10_000) {
            let options = AerOptions { steps, truncate_ms, size: 256 };
            if let Ok(trains) = decode_aer(&bytes, options) {
                prop_assert!(trains.times().iter().all(|&time| u32::from(time) < steps));
                prop_assert!(trains.units().iter().all(|&unit| unit < 2 * 256 * 256));
            }
        }
    }
}
