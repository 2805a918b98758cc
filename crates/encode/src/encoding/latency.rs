//! One spike per unit, earlier for a larger value.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_data::sort_spikes;
use spikelet_fields::fields;

/// Value x spikes once, at step `trunc((first − last) · x + last)`, product and sum rounded to single precision; not at all where
/// that is the end of the simulation or later (spec 3.1).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct LatencyEncoding {
    /// Step for the value 1.
    #[range(min = 0, max = 65535)]
    pub first: f64,
    /// Step for the value 0 (if it is not skipped).
    #[range(min = 0, max = 65535)]
    pub last: f64,
    /// Whether the value 0 gives no spike.
    pub skip_zero: bool,
}

impl Default for LatencyEncoding {
    fn default() -> Self {
        Self { first: 0.0, last: 24.0, skip_zero: true }
    }
}

impl LatencyEncoding {
    /// Whether a value spikes in a simulation that is long enough.
    pub(super) fn fires(&self, x: f32) -> bool {
        x != 0.0 || !self.skip_zero
    }

    pub(super) fn events(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>) {
        let slope = (self.first - self.last) as f32;
        let last = self.last as f32;
        for (unit, &x) in (0..).zip(sample) {
            let step = (slope * x + last) as usize;
            if self.fires(x) && step < steps {
                events.push((step as u16, unit));
            }
        }
        sort_spikes(events);
    }
}
