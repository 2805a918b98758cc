//! Values drive a fixed layer of neurons, whose spikes are the input.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_data::{Purpose, Stream};
use spikelet_fields::fields;

/// Each channel drives `neurons` leaky integrate-and-fire units, every other one by the value with its sign reversed, after the
/// neural engineering framework (Eliasmith and Anderson 2003). With `e = 1` for units 0, 2, … and −1 for units 1, 3, …, unit i of
/// a channel has `I[t] = gᵢ e x[t] + bᵢ`, `V[t] = α V[t−1] + (1 − α) I[t]` with `α = exp(−1 / timeConstant)`; where V reaches 1
/// it spikes and V becomes 0 (spec 3.6). `gᵢ = gain (1 + spread u)` and `bᵢ = bias + spread v` with u and v uniform in −1..1,
/// drawn by the seed once for all samples.
///
/// Unit: `channel · neurons + i`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct CurrentEncoding {
    /// Units of a channel.
    #[range(min = 1, max = 1024)]
    pub neurons: u32,
    /// Current for the value 1.
    #[range(any)]
    pub gain: f64,
    /// Current for the value 0.
    #[range(any)]
    pub bias: f64,
    /// Steps in which V falls to 1/e.
    #[range(above = 0)]
    pub time_constant: f64,
    /// Spread of the gains (as a fraction) and of the biases of the units.
    #[range(min = 0, max = 1)]
    pub spread: f64,
    /// Seed of the draws.
    #[range(any)]
    pub seed: u32,
}

impl Default for CurrentEncoding {
    fn default() -> Self {
        Self { neurons: 2, gain: 2.0, bias: 0.0, time_constant: 10.0, spread: 0.0, seed: 0 }
    }
}

/// One unit of a channel.
#[derive(Clone, Copy, Debug)]
struct Unit {
    /// `g e`.
    gain: f64,
    bias: f64,
    membrane: f64,
}

/// Encodes one signal, value by value.
#[derive(Clone, Debug)]
pub(super) struct CurrentEncoder {
    neurons: usize,
    /// α.
    decay: f64,
    units: Vec<Unit>,
}

impl CurrentEncoder {
    pub(super) fn new(encoding: &CurrentEncoding, channels: usize) -> Self {
        let &CurrentEncoding { neurons, gain, bias, time_constant, spread, seed } = encoding;
        let mut draws = Stream::new(seed, Purpose::Encoding, 0);
        let mut deviation = || spread * f64::from(draws.symmetric());
        let neurons = neurons as usize;
        let units = (0..channels * neurons).map(|unit| {
            let sign = if (unit % neurons).is_multiple_of(2) { 1.0 } else { -1.0 };
            Unit { gain: sign * gain * (1.0 + deviation()), bias: bias + deviation(), membrane: 0.0 }
        });
        Self { neurons, decay: libm::exp(-1.0 / time_constant), units: units.collect() }
    }

    pub(super) fn restart(&mut self) {
        self.units.iter_mut().for_each(|unit| unit.membrane = 0.0);
    }

    pub(super) fn step(&mut self, values: &[f32], fired: &mut Vec<u32>) {
        for (number, unit) in self.units.iter_mut().enumerate() {
            let current = unit.gain * f64::from(values[number / self.neurons]) + unit.bias;
            unit.membrane = self.decay * unit.membrane + (1.0 - self.decay) * current;
            if unit.membrane >= 1.0 {
                unit.membrane = 0.0;
                fired.push(number as u32);
            }
        }
    }
}
