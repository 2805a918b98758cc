//! A spike each time a channel has moved by a threshold: send-on-delta.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_fields::fields;

/// Each channel has a unit for falls and one for rises. With the values `x[t]`, the start `x₀` and the threshold θ, step t gives
/// `n[t] = clamp(trunc((x[t] − x₀) / θ − k[t−1]), −m, m)` spikes, of the unit for rises where n is above 0, else of the other,
/// and `k[t] = k[t−1] + n[t]` (spec 3.6). So `x₀ + θ k` follows the signal to within θ, and the spikes alone tell it.
///
/// Unit of a channel: `direction · channels + channel`, direction 1 for rises.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct DeltaEncoding {
    /// Change of the signal that gives a spike, θ.
    #[range(above = 0)]
    pub threshold: f64,
    /// Value x₀ that the first one is compared with; by default the first value of each channel, which then gives no spike.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[range(any)]
    pub start: Option<f64>,
    /// Largest number m of spikes of a unit in one step; the rest follow in the next steps.
    #[range(min = 1, max = 255)]
    pub max_spikes: u32,
}

impl Default for DeltaEncoding {
    fn default() -> Self {
        Self { threshold: 0.1, start: None, max_spikes: 1 }
    }
}

/// What the encoder remembers of a channel.
#[derive(Clone, Copy, Debug)]
struct Channel {
    start: f64,
    /// Thresholds passed, k.
    passed: f64,
    /// Spikes of this step, n.
    fired: f64,
}

/// Encodes one signal, value by value.
#[derive(Clone, Debug)]
pub(super) struct DeltaEncoder {
    threshold: f64,
    start: Option<f64>,
    max_spikes: f64,
    channels: Vec<Channel>,
}

impl DeltaEncoder {
    pub(super) fn new(encoding: &DeltaEncoding) -> Self {
        let &DeltaEncoding { threshold, start, max_spikes } = encoding;
        Self { threshold, start, max_spikes: f64::from(max_spikes), channels: Vec::new() }
    }

    pub(super) fn restart(&mut self) {
        self.channels.clear();
    }

    pub(super) fn step(&mut self, values: &[f32], fired: &mut Vec<u32>) {
        if self.channels.is_empty() {
            let start = |&x: &f32| self.start.unwrap_or(f64::from(x));
            self.channels.extend(values.iter().map(|x| Channel { start: start(x), passed: 0.0, fired: 0.0 }));
        }
        for (channel, &x) in self.channels.iter_mut().zip(values) {
            let moved = (f64::from(x) - channel.start) / self.threshold - channel.passed;
            channel.fired = moved.trunc().clamp(-self.max_spikes, self.max_spikes);
            channel.passed += channel.fired;
        }
        let spikes = |sign: f64| self.channels.iter().map(move |channel| (sign * channel.fired).max(0.0) as usize);
        for (unit, count) in (0..).zip(spikes(-1.0).chain(spikes(1.0))) {
            fired.extend(std::iter::repeat_n(unit, count));
        }
    }
}
