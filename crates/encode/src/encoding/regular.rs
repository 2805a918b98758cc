//! Spikes at equal intervals.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_data::sort_spikes;
use spikelet_fields::fields;

/// Value x spikes every `d = (minInterval − maxInterval) x + maxInterval` steps: spike k at step `trunc(first + k d)`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct RegularEncoding {
    /// Interval in steps for the value 1.
    #[range(min = 1, max = 65535)]
    pub min_interval: f64,
    /// Interval in steps for the value 0 (if it is not skipped), at least `minInterval`.
    #[range(min = 1, max = 65535)]
    pub max_interval: f64,
    /// Step of every unit's first spike.
    #[range(min = 0, max = 65535)]
    pub first: f64,
    /// Whether the value 0 gives no spike.
    pub skip_zero: bool,
}

impl Default for RegularEncoding {
    fn default() -> Self {
        Self { min_interval: 10.0, max_interval: 100.0, first: 0.0, skip_zero: true }
    }
}

impl RegularEncoding {
    /// Spikes that a value becomes.
    pub(super) fn expected(&self, x: f32, steps: usize) -> f64 {
        if x == 0.0 && self.skip_zero {
            return 0.0;
        }
        ((steps as f64 - self.first) / self.distance(x)).max(0.0).ceil()
    }

    /// Steps from spike to spike.
    fn distance(&self, x: f32) -> f64 {
        (self.min_interval - self.max_interval) * f64::from(x) + self.max_interval
    }

    pub(super) fn events(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>) {
        for (unit, &x) in (0..).zip(sample) {
            if x == 0.0 && self.skip_zero {
                continue;
            }
            let distance = self.distance(x);
            let step = |k: u32| (self.first + f64::from(k) * distance) as usize;
            events.extend((0..).map(step).take_while(|&step| step < steps).map(|step| (step as u16, unit)));
        }
        sort_spikes(events);
    }
}
