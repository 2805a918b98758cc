//! Weights averaged over a run.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use crate::read_tagged;

/// Averages of the weights, with which a network predicts (spec 7.3).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Averaging {
    /// Exponential moving average over the updates.
    Ema(Ema),
    /// Mean over the ends of the last epochs (stochastic weight averaging, Izmailov et al. 2018).
    Swa(Swa),
}

read_tagged!(Averaging { "ema" => Ema, "swa" => Swa });

/// `a ← a + (1 − d) (w − a)` after every update, with `d = min(decay, (1 + n) / (10 + n))` after n updates.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Ema {
    /// Decay of the average per update.
    #[range(min = 0, below = 1)]
    pub decay: f64,
}

impl Default for Ema {
    fn default() -> Self {
        Self { decay: 0.999 }
    }
}

/// The mean of the weights at the ends of the run's last epochs.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Swa {
    /// How many of the last epochs.
    #[range(min = 1)]
    pub epochs: u32,
}

impl Default for Swa {
    fn default() -> Self {
        Self { epochs: 5 }
    }
}
