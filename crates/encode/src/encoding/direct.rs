//! Samples as they are: spikes, or grey values as the values of events (spec 1.6).

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

/// Spikes go in unchanged. A grey value x other than 0 is an event of value x at steps 0, `every`, 2 `every`, …
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct DirectEncoding {
    /// Steps from one event of a grey value to the next; spikes do without.
    #[range(min = 1, max = 65535)]
    pub every: u32,
}

impl Default for DirectEncoding {
    fn default() -> Self {
        Self { every: 1 }
    }
}

impl DirectEncoding {
    /// Events that a value becomes.
    pub(super) fn expected(&self, x: f32, steps: usize) -> f64 {
        if x == 0.0 { 0.0 } else { steps.div_ceil(self.every as usize) as f64 }
    }

    /// Appends the events of a sample, and their values.
    pub(super) fn events(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>, values: &mut Vec<f32>) {
        for step in (0..steps).step_by(self.every as usize) {
            for (unit, &x) in (0..).zip(sample).filter(|(_, x)| **x != 0.0) {
                events.push((step as u16, unit));
                values.push(x);
            }
        }
    }
}
