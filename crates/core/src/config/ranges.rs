//! Checks of single values. Each message says what must hold and what was given.

use crate::error::{Error, Result};

pub(super) fn at_least(path: &str, value: u32, least: u32) -> Result<()> {
    require(value >= least, path, &format!("must be at least {least}"), value)
}

pub(super) fn at_most(path: &str, value: u64, most: u64) -> Result<()> {
    require(value <= most, path, &format!("must be at most {most}"), value)
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

pub(crate) fn within(path: &str, value: f64, least: f64, most: f64) -> Result<()> {
    require((least..=most).contains(&value), path, &format!("must be between {least} and {most}"), value)
}

pub(super) fn require(holds: bool, path: &str, rule: &str, value: impl std::fmt::Display) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::config(path, format!("{rule}, got {value}"))) }
}
