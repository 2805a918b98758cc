//! A burst of spikes, longer and faster for a larger value.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_data::sort_spikes;
use spikelet_fields::fields;

/// Value x spikes `n = ceil(maxSpikes · x)` times from step 0 on, every `d = ceil((minInterval − maxInterval) x + maxInterval)`
/// steps, products and sum rounded to single precision (spec 3.2).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct BurstEncoding {
    /// Spikes of the value 1.
    #[range(min = 1, max = 65535)]
    pub max_spikes: u32,
    /// Steps between the spikes of the value 1.
    #[range(min = 1, max = 65535)]
    pub min_interval: f64,
    /// Steps between the spikes of values near 0, at least `minInterval`.
    #[range(min = 1, max = 65535)]
    pub max_interval: f64,
}

impl Default for BurstEncoding {
    fn default() -> Self {
        Self { max_spikes: 5, min_interval: 2.0, max_interval: 10.0 }
    }
}

impl BurstEncoding {
    /// Spikes that a value becomes within `steps` steps.
    pub(super) fn expected(&self, x: f32, steps: usize) -> f64 {
        self.times(x, steps).len() as f64
    }

    /// Steps at which a value spikes.
    fn times(&self, x: f32, steps: usize) -> impl ExactSizeIterator<Item = usize> {
        let count = (self.max_spikes as f32 * x).ceil() as usize;
        let (shortest, longest) = (self.min_interval as f32, self.max_interval as f32);
        let interval = ((shortest - longest) * x + longest).ceil() as usize;
        (0..steps).step_by(interval).take(count)
    }

    pub(super) fn events(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>) {
        for (unit, &x) in (0..).zip(sample) {
            events.extend(self.times(x, steps).map(|step| (step as u16, unit)));
        }
        sort_spikes(events);
    }
}
