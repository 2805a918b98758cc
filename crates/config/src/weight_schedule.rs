//! Weights of the activation and the timing part over the epochs.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

/// Between two points of a schedule.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Interpolation {
    /// The factor of the point before.
    #[default]
    Hold,
    /// A straight line.
    Linear,
}

/// Factor of a weight from an epoch on.
#[fields]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct WeightPoint {
    /// Epoch, counted from 0.
    #[range(any)]
    pub epoch: u32,
    /// Factor on the weights of the part.
    #[range(any)]
    pub factor: f64,
}

/// Factors on the weights of the two parts over the epochs. The first point also holds before its epoch, the last one after it; a
/// part without points keeps its weights.
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct WeightSchedule {
    /// Between two points.
    pub interpolation: Interpolation,
    /// Points for the activation part, in order of epochs.
    pub activation: Vec<WeightPoint>,
    /// Points for the timing part, in order of epochs.
    pub timing: Vec<WeightPoint>,
}

impl WeightSchedule {
    /// Factors of the activation and the timing part in an epoch, counted from 0.
    #[must_use]
    pub fn factors(&self, epoch: u32) -> (f64, f64) {
        let factor = |points| factor(points, self.interpolation, epoch);
        (factor(&self.activation), factor(&self.timing))
    }
}

fn factor(points: &[WeightPoint], interpolation: Interpolation, epoch: u32) -> f64 {
    let next = points.partition_point(|point| point.epoch <= epoch);
    match (next.checked_sub(1).map(|last| points[last]), points.get(next)) {
        (Some(from), Some(to)) if interpolation == Interpolation::Linear => {
            let share = f64::from(epoch - from.epoch) / f64::from(to.epoch - from.epoch);
            from.factor + share * (to.factor - from.factor)
        }
        (Some(point), _) => point.factor,
        (None, Some(first)) => first.factor,
        (None, None) => 1.0,
    }
}
