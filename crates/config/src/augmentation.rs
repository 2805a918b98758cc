//! Random changes of the training samples.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use super::InputShape;
use crate::geometry::Image;

/// Random changes of a sample each time it is learned, never when it is evaluated or predicted. The changes depend only on the
/// seed, the epoch and the number of the sample.
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
pub struct Augmentation {
    /// The image moves by up to this many pixels, vertically and horizontally; pixels that leave it are lost.
    #[range(any)]
    pub shift: u32,
    /// Size of the image in a flat input, for `shift`: `[channels, height, width]`; `null`: that of `network.input`.
    #[range(min = 1)]
    pub image: Option<[u32; 3]>,
    /// Standard deviation of a normally distributed shift of each spike in time, rounded to steps and kept within the simulation.
    #[range(min = 0)]
    pub time_jitter: f64,
    /// Probability that an input spike is removed.
    #[range(min = 0, below = 1)]
    pub event_dropout: f64,
    /// Probability that an input unit is silent for the whole sample.
    #[range(min = 0, below = 1)]
    pub input_dropout: f64,
}

impl Augmentation {
    /// Whether a sample may change at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shift > 0 || self.time_jitter > 0.0 || self.event_dropout > 0.0 || self.input_dropout > 0.0
    }

    /// The input as an image, if its size is known.
    pub fn image(&self, input: InputShape) -> Option<Image> {
        match (self.image, input) {
            (Some(shape), _) | (None, InputShape::Image(shape)) => Some(Image::of(shape)),
            (None, InputShape::Units(_) | InputShape::Sequence(_)) => None,
        }
    }
}
