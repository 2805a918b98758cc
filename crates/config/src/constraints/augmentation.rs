//! The image that samples are shifted in.

use super::super::Config;
use super::super::ranges::require;
use crate::error::{Error, Result};

/// Checked only where it is used.
pub(super) fn image(config: &Config) -> Result<()> {
    let (augmentation, input) = (&config.training.augmentation, config.network.input);
    if augmentation.shift == 0 {
        return Ok(());
    }
    if let Some(shape) = augmentation.image {
        let units = shape.iter().map(|&size| u128::from(size)).product::<u128>();
        let rule = format!("must have the {} units of network.input", input.units());
        return require(units == input.units() as u128, "training.augmentation.image", &rule, units);
    }
    if augmentation.image(input).is_none() {
        let message = "needs to know the image: give training.augmentation.image as [channels, height, width], or \
                       network.input, with a flatten layer first";
        return Err(Error::config(SHIFT, message));
    }
    Ok(())
}

const SHIFT: &str = "training.augmentation.shift";

pub(super) fn shift(config: &Config) -> Result<()> {
    let augmentation = &config.training.augmentation;
    let Some(image) = augmentation.image(config.network.input).filter(|_| augmentation.shift > 0) else {
        return Ok(());
    };
    let side = image.height.min(image.width);
    let rule = format!("must be below {side} in an image of {} × {}", image.height, image.width);
    require((augmentation.shift as usize) < side, SHIFT, &rule, augmentation.shift)
}
