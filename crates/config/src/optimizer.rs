//! Optimisers.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use crate::read_tagged;

/// How the gradient changes the parameters (spec 7); without a `type` it is Adam.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), schemars(transform = adam_without_type))]
pub enum OptimizerConfig {
    /// Adam (Kingma and Ba 2015) in the PyTorch convention.
    Adam(Adam),
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    AdamW(AdamW),
    /// Stochastic gradient descent with momentum.
    Sgd(Sgd),
}

read_tagged!(OptimizerConfig { "adam" => Adam, "adamW" => AdamW, "sgd" => Sgd } or "adam");

/// Marks the type of Adam as optional.
#[cfg(feature = "codegen")]
fn adam_without_type(schema: &mut schemars::Schema) {
    let variants = schema.get_mut("oneOf").and_then(serde_json::Value::as_array_mut);
    for variant in variants.into_iter().flatten().filter(|variant| variant["properties"]["type"]["const"] == "adam") {
        if let Some(fields) = variant.as_object_mut() {
            fields.remove("required");
        }
    }
}

impl Default for OptimizerConfig {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

impl OptimizerConfig {
    /// The learning rate before any schedule.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::Adam(adam) => adam.learning_rate,
            Self::AdamW(adam) => adam.learning_rate,
            Self::Sgd(sgd) => sgd.learning_rate,
        }
    }

    /// Whether it keeps a second moment of every parameter.
    #[must_use]
    pub fn has_second_moment(&self) -> bool {
        matches!(self, Self::Adam(_) | Self::AdamW(_))
    }
}

/// `m ← β₁ m + (1−β₁) g`, `v ← β₂ v + (1−β₂) g²`, `w ← w − rate · m̂ / (√v̂ + ε)`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Adam {
    /// Step size.
    #[range(above = 0)]
    pub learning_rate: f64,
    /// Decay of the first moment.
    #[range(min = 0, below = 1)]
    pub beta1: f64,
    /// Decay of the second moment.
    #[range(min = 0, below = 1)]
    pub beta2: f64,
    /// Added to the root of the second moment.
    #[range(above = 0)]
    pub epsilon: f64,
    /// Factor of the parameter that is added to its gradient.
    #[range(min = 0)]
    pub weight_decay: f64,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// `w ← (1 − rate · weightDecay) w`, then as `adam`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct AdamW {
    /// Step size.
    #[range(above = 0)]
    pub learning_rate: f64,
    /// Decay of the first moment.
    #[range(min = 0, below = 1)]
    pub beta1: f64,
    /// Decay of the second moment.
    #[range(min = 0, below = 1)]
    pub beta2: f64,
    /// Added to the root of the second moment.
    #[range(above = 0)]
    pub epsilon: f64,
    /// An update shrinks a parameter by this times the learning rate.
    #[range(min = 0)]
    pub weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> Self {
        Self { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

/// `u ← momentum · u + g`, `w ← w − rate · u`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Sgd {
    /// Step size.
    #[range(above = 0)]
    pub learning_rate: f64,
    /// Fraction of the last update that is kept.
    #[range(min = 0, below = 1)]
    pub momentum: f64,
    /// Factor of the parameter that is added to its gradient.
    #[range(min = 0)]
    pub weight_decay: f64,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, weight_decay: 0.0 }
    }
}
