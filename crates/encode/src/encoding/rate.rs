//! More spikes for larger values, at random.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_data::{Purpose, Stream, sort_spikes};
use spikelet_fields::fields;

/// Value x spikes at each step with probability `p = (max − min) x + min`, independent of all other steps and units: a Poisson
/// process in discrete time. The spikes of a sample depend on `seed` and on the sample's number alone; they are drawn once, not
/// again in every epoch.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct RateEncoding {
    /// Spikes per step for the value 1.
    #[range(min = 0, max = 1)]
    pub max: f64,
    /// Spikes per step for the smallest value, at most `max`.
    #[range(min = 0, max = 1)]
    pub min: f64,
    /// Seed of the draws.
    #[range(any)]
    pub seed: u32,
    /// Whether the value 0 gives no spike.
    pub skip_zero: bool,
}

impl Default for RateEncoding {
    fn default() -> Self {
        Self { max: 0.1, min: 0.0, seed: 0, skip_zero: true }
    }
}

impl RateEncoding {
    /// Spikes that a value becomes on average.
    pub(super) fn expected(&self, x: f32, steps: usize) -> f64 {
        if x == 0.0 && self.skip_zero { 0.0 } else { self.probability(x) * steps as f64 }
    }

    /// Spikes a step.
    fn probability(&self, x: f32) -> f64 {
        (self.max - self.min) * f64::from(x) + self.min
    }

    pub(super) fn events(&self, row: u32, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>) {
        let mut draws = Stream::of_sample(self.seed, Purpose::Encoding, row, 0);
        for (unit, &x) in (0..).zip(sample) {
            if x == 0.0 && self.skip_zero {
                continue;
            }
            // Waiting times between spikes are geometric, so that the cost follows the spikes.
            let mut wait = draws.waits(self.probability(x));
            let mut next = wait();
            while next <= steps as u64 {
                events.push(((next - 1) as u16, unit));
                next = next.saturating_add(wait());
            }
        }
        sort_spikes(events);
    }
}
