//! Checks of single values. Each message says what must hold and what was given.

use crate::error::{Error, Result};

pub(super) fn at_least(path: &str, value: u32, min: u32) -> Result<()> {
    require(value >= min, path, &format!("must be at least {min}"), value)
}

pub(super) fn at_most(path: &str, value: u64, max: u64) -> Result<()> {
    require(value <= max, path, &format!("must be at most {max}"), value)
}

/// Single-precision kernels take every number, so it must also be finite as an f32.
pub(super) fn finite(path: &str, value: f64) -> Result<()> {
    require((value as f32).is_finite(), path, "must be a finite single-precision number", value)
}

pub(super) fn positive(path: &str, value: f64) -> Result<()> {
    finite(path, value)?;
    require(value as f32 > 0.0, path, "must be above 0", value)
}

pub(super) fn not_negative(path: &str, value: f64) -> Result<()> {
    finite(path, value)?;
    require(value >= 0.0, path, "must be at least 0", value)
}

pub(super) fn below(path: &str, value: f64, bound: f64) -> Result<()> {
    require(value < bound, path, &format!("must be below {bound}"), value)
}

pub(crate) fn within(path: &str, value: f64, min: f64, max: f64) -> Result<()> {
    require((min..=max).contains(&value), path, &format!("must be between {min} and {max}"), value)
}

pub(super) fn require(holds: bool, path: &str, rule: &str, value: impl std::fmt::Display) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::config(path, format!("{rule}, got {value}"))) }
}
