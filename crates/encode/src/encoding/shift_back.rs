//! More spikes for larger values, at one pace and gathered at the end.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

use super::counts;
use super::rounding::Rounding;

/// Value x gives the last `r = (max − min) x + min` spikes of the even train of `max` spikes: cumulative count
/// `c_k = clamp(r − max + max · k / T, 0, max)` (spec 3.2). Several spikes of a unit may fall on one step; they add up.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ShiftBackEncoding {
    /// Number of spikes for the value 1.
    #[range(min = 0, max = 65535)]
    pub max: f64,
    /// Number of spikes for the smallest value, at most `max`.
    #[serde(default)]
    #[range(min = 0, max = 65535)]
    pub min: f64,
    /// Which way a fraction of a spike is rounded.
    #[serde(default)]
    pub round: Rounding,
    /// Whether the value 0 gives no spike.
    #[serde(default = "counts::skips_zero")]
    pub skip_zero: bool,
}

impl ShiftBackEncoding {
    pub(super) fn events(&self, sample: &[f32], steps: usize, events: &mut Vec<(u16, u32)>) {
        let targets: Vec<f64> =
            sample.iter().map(|&x| counts::target_count(x, self.max, self.min, self.skip_zero)).collect();
        let (max, end) = (self.max, steps as f64);
        let count = |r: f64, k: usize| ((r - max) + max * k as f64 / end).clamp(0.0, max);
        counts::events(&targets, steps, self.round, count, events);
    }
}
