//! A spike each time a channel crosses a level.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

/// Each channel has two units for every level `L[i] = min + (max − min) (i + 1) / (count + 1)`: one spikes where the signal falls
/// through it, `x[t] < L ≤ x[t−1]`, the other where it rises to it, `x[t−1] < L ≤ x[t]` (spec 3.6). The first value gives no
/// spike.
///
/// Unit of a level: `(direction · channels + channel) · count + i`, direction 1 for rises.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct LevelsEncoding {
    /// Value below the lowest level.
    #[range(any)]
    pub min: f64,
    /// Value above the highest level, more than `min`.
    #[range(any)]
    pub max: f64,
    /// Number of levels, at equal distances between `min` and `max`.
    #[range(min = 1, max = 1024)]
    pub count: u32,
}

impl Default for LevelsEncoding {
    fn default() -> Self {
        Self { min: -1.0, max: 1.0, count: 8 }
    }
}

impl LevelsEncoding {
    fn level(&self, index: u32) -> f64 {
        self.min + (self.max - self.min) * f64::from(index + 1) / f64::from(self.count + 1)
    }
}

/// Encodes one signal, value by value.
#[derive(Clone, Debug)]
pub(super) struct LevelsEncoder {
    /// In rising order.
    levels: Vec<f64>,
    /// The values of the step before; empty before the first.
    before: Vec<f32>,
}

impl LevelsEncoder {
    pub(super) fn new(encoding: &LevelsEncoding) -> Self {
        Self { levels: (0..encoding.count).map(|index| encoding.level(index)).collect(), before: Vec::new() }
    }

    pub(super) fn restart(&mut self) {
        self.before.clear();
    }

    pub(super) fn step(&mut self, values: &[f32], fired: &mut Vec<u32>) {
        let count = self.levels.len();
        // Levels up to a value; those of two values differ by the levels between them.
        let up_to = |x: f32| self.levels.partition_point(|&level| level <= f64::from(x));
        for direction in 0..2 {
            for (channel, (&before, &now)) in self.before.iter().zip(values).enumerate() {
                let (from, to) = if direction == 0 { (now, before) } else { (before, now) };
                let first = (direction * values.len() + channel) * count;
                fired.extend((up_to(from)..up_to(to)).map(|index| (first + index) as u32));
            }
        }
        self.before.clear();
        self.before.extend_from_slice(values);
    }
}
