//! What must hold between the fields of an encoding.

use spikelet_config::{
    Constraint, Error, Result,
    json::join,
    ranges::{At, Check as _},
};

use super::channel_encoding::ChannelEncoding;
use super::{Encoding, LevelsEncoding};

/// The rules of an encoding whose fields are in range; paths start at the encoding.
pub const ENCODING_CONSTRAINTS: &[Constraint<Encoding>] = &[
    Constraint::new("the smallest value has no more spikes than the largest", min_below_max),
    Constraint::new("the smallest value has no shorter intervals than the largest", intervals),
    Constraint::new("the levels lie between two values", levels),
    Constraint::new("the triangles lie below half the sample rate", log_mel),
];

impl Encoding {
    /// Checks the range of every field, then [`ENCODING_CONSTRAINTS`]; `path` is where the encoding stands, empty for the top.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the first field that is out of range or does not fit the others.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn validate(&self, path: &str) -> Result<()> {
        self.check(&At::path(path))?;
        let broken = ENCODING_CONSTRAINTS.iter().try_for_each(|constraint| constraint.check(self));
        broken.map_err(|error| Error::config(join(path, &error.path), error.message))
    }
}

fn min_below_max(encoding: &Encoding) -> Result<()> {
    let Some((min, max)) = encoding.amounts() else { return Ok(()) };
    if min <= max { Ok(()) } else { Err(Error::config("min", format!("must be at most max ({max}), got {min}"))) }
}

fn intervals(encoding: &Encoding) -> Result<()> {
    let Some((shortest, longest)) = encoding.intervals() else { return Ok(()) };
    if shortest <= longest {
        return Ok(());
    }
    Err(Error::config("maxInterval", format!("must be at least minInterval ({shortest}), got {longest}")))
}

fn levels(encoding: &Encoding) -> Result<()> {
    let Encoding::Levels(levels) = encoding else { return Ok(()) };
    ordered(levels, "max")
}

fn ordered(&LevelsEncoding { min, max, .. }: &LevelsEncoding, path: &str) -> Result<()> {
    if min < max { Ok(()) } else { Err(Error::config(path, format!("must be above min ({min}), got {max}"))) }
}

fn log_mel(encoding: &Encoding) -> Result<()> {
    let Encoding::LogMel(options) = encoding else { return Ok(()) };
    let (min, max, half) = (options.min_frequency, options.max_frequency(), options.sample_rate / 2.0);
    if max > half {
        return Err(Error::config("maxFrequency", format!("must be at most half the sample rate ({half}), got {max}")));
    }
    if min >= max {
        return Err(Error::config("minFrequency", format!("must be below maxFrequency ({max}), got {min}")));
    }
    match &options.encoding {
        ChannelEncoding::Levels(levels) => ordered(levels, "encoding.max"),
        ChannelEncoding::Delta(_) | ChannelEncoding::Current(_) => Ok(()),
    }
}
