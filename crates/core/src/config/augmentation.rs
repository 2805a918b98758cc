//! Random changes of the training samples.

use serde::{Deserialize, Serialize};

use super::InputShape;
use super::ranges::{below, not_negative, require};
use crate::error::{Error, Result};
use crate::geometry::Image;

/// Random changes of a sample each time it is learned, never when it is evaluated or predicted. What is drawn depends on the seed,
/// the epoch and the number of the sample alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields = nullable))]
pub struct Augmentation {
    /// An image is moved by as many whole pixels at most, up or down and left or right; what leaves it is gone.
    pub shift: u32,
    /// The image in a flat input, `[channels, height, width]`, for `shift`; `null`: as `network.input` says.
    pub image: Option<[u32; 3]>,
    /// Standard deviation, in steps, of a normal shift of each spike's time, rounded; a spike that would leave the simulation
    /// stays at its first or last step.
    pub time_jitter: f64,
    /// Probability that a spike of the input is left out, 0 to below 1.
    pub event_dropout: f64,
    /// Probability that an input unit is silent for the whole sample, 0 to below 1.
    pub input_dropout: f64,
}

impl Augmentation {
    /// Whether a sample may change at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shift > 0 || self.time_jitter > 0.0 || self.event_dropout > 0.0 || self.input_dropout > 0.0
    }

    /// The input as an image, if anything says which.
    pub(crate) fn image(&self, input: InputShape) -> Option<Image> {
        match (self.image, input) {
            (Some(shape), _) | (None, InputShape::Image(shape)) => Some(Image::of(shape)),
            (None, InputShape::Units(_)) => None,
        }
    }

    pub(super) fn validate(&self, input: InputShape) -> Result<()> {
        self.validate_shift(input)?;
        not_negative("training.augmentation.timeJitter", self.time_jitter)?;
        for (name, share) in [("eventDropout", self.event_dropout), ("inputDropout", self.input_dropout)] {
            let path = format!("training.augmentation.{name}");
            not_negative(&path, share)?;
            below(&path, share, 1.0)?;
        }
        Ok(())
    }

    fn validate_shift(&self, input: InputShape) -> Result<()> {
        const PATH: &str = "training.augmentation.shift";
        if self.shift == 0 {
            return Ok(());
        }
        if let Some(shape) = self.image {
            let units = shape.iter().map(|&size| u128::from(size)).product::<u128>();
            let rule = format!("must have the {} units of network.input", input.units());
            require(units == input.units() as u128, "training.augmentation.image", &rule, units)?;
        }
        let Some(image) = self.image(input) else {
            let message = "needs to know the image: give training.augmentation.image as [channels, height, width], or \
                           network.input, with a flatten layer first";
            return Err(Error::config(PATH, message));
        };
        let side = image.height.min(image.width);
        let rule = format!("must be below {side} in an image of {} × {}", image.height, image.width);
        require((self.shift as usize) < side, PATH, &rule, self.shift)
    }
}
