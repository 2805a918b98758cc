//! Yin-Yang: three classes that no straight line parts (Kriener, Göltz, Petrovici: *The Yin-Yang dataset*, NICE 2022).

use serde::Serialize;
use spikelet_config::Result;
use spikelet_config::json::FromJson;
use spikelet_data::{Purpose, Stream, Targets, memory};

use super::generated::{Generated, GeneratedInputs};
use super::sizes::check_sizes;

/// Radius of the figure, which fills the unit square.
const BIG: f64 = 0.5;
/// Radius of the two dots.
const SMALL: f64 = 0.1;

/// Points of the figure in the unit square, as values `x, y, 1 − x, 1 − y` and, with `bias`, a fifth that is always 1. Each
/// class (0 yang, 1 yin, 2 the dots) is equally likely.
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct YinYang {
    /// Points.
    pub samples: u32,
    /// Seed of the draws.
    pub seed: u32,
    /// Whether a fifth value of 1 is added.
    pub bias: bool,
}

impl Default for YinYang {
    fn default() -> Self {
        Self { samples: 7000, seed: 0, bias: true }
    }
}

impl YinYang {
    pub(super) fn generate(&self) -> Result<Generated> {
        check_sizes(&[("values of a sample", 5), ("samples", self.samples)])?;
        let samples = self.samples as usize;
        let mut values = memory::reserved(samples * 5, "samples", "their values")?;
        let mut labels = memory::reserved(samples, "samples", "their labels")?;
        for sample in 0..self.samples {
            let mut draws = Stream::of_sample(self.seed, Purpose::Generation, sample, 0);
            let class = draws.below(3);
            let (x, y) = loop {
                let (x, y) = (draws.uniform(), draws.uniform());
                if class_of(f64::from(x), f64::from(y)) == Some(class) {
                    break (x, y);
                }
            };
            values.extend([x, y, 1.0 - x, 1.0 - y]);
            if self.bias {
                values.push(1.0);
            }
            labels.push(class);
        }
        Ok(Generated { inputs: GeneratedInputs::Values(values), targets: Targets::Labels(labels) })
    }
}

/// The class at a point, `None` outside the figure.
pub(super) fn class_of(x: f64, y: f64) -> Option<u32> {
    let squared = |cx: f64| (x - cx) * (x - cx) + (y - BIG) * (y - BIG);
    if squared(BIG) > BIG * BIG {
        return None;
    }
    let (left, right) = (squared(0.5 * BIG), squared(1.5 * BIG));
    let (dot, half) = (SMALL * SMALL, 0.25 * BIG * BIG);
    if left < dot || right < dot {
        return Some(2);
    }
    let is_yin = right <= dot || (left > dot && left <= half) || (y > BIG && right > half);
    Some(u32::from(is_yin))
}
