//! How signals become spikes, a step at a time: the same spikes whether the values come at once or one by one (spec 3.6, 3.7).

use spikelet_config::{Error, Result};
use spikelet_data::SpikeTrains;

use super::channel_encoding::{ChannelEncoder, ChannelEncoding};
use super::log_mel::LogMel;
use super::{Encoding, missing, push_sample};

/// Units that signals may become, so that an encoder fits into memory.
const MAX_UNITS: usize = 1 << 24;

/// Signals of samples, each of a length of its own.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    values: &'a [f32],
    offsets: &'a [u32],
    channels: usize,
}

impl<'a> Series<'a> {
    /// Values of all samples, `[time][channel]` each; `offsets` are the times at which the samples begin, and the end of the
    /// last.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for no channels and offsets that do not fit, [`crate::ErrorCode::DataFormat`] with the
    /// path `values[i]` for what is not finite.
    pub fn new(values: &'a [f32], offsets: &'a [u32], channels: usize) -> Result<Self> {
        if channels == 0 || !values.len().is_multiple_of(channels) {
            let message = format!("must be a multiple of {channels} channels, got {} values", values.len());
            return Err(Error::shape("values", message));
        }
        let times = values.len() / channels;
        if offsets.first() != Some(&0) || offsets.last().is_none_or(|&last| last as usize != times) {
            return Err(Error::shape("offsets", format!("must start at 0 and end at the number of times ({times})")));
        }
        if let Some(index) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(Error::shape(format!("offsets[{}]", index + 1), "must not fall"));
        }
        check_finite(values)?;
        Ok(Self { values, offsets, channels })
    }

    fn samples(&self) -> impl Iterator<Item = &'a [f32]> {
        let Self { values, offsets, channels } = *self;
        offsets.windows(2).map(move |pair| &values[pair[0] as usize * channels..pair[1] as usize * channels])
    }
}

fn check_finite(values: &[f32]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::data(format!("values[{index}]"), format!("must be finite, got {}", values[index]))),
        None => Ok(()),
    }
}

/// Turns one signal into spikes, value by value.
#[derive(Clone, Debug)]
pub struct SeriesEncoder {
    channels: usize,
    features: Option<LogMel>,
    encoder: ChannelEncoder,
}

impl SeriesEncoder {
    /// An encoder of so many channels, before the first value.
    ///
    /// # Errors
    /// [`crate::ErrorCode::DataFormat`] for an encoding that is not for signals, [`crate::ErrorCode::ShapeMismatch`] for no
    /// channels and for more units than there can be.
    pub fn new(encoding: &Encoding, channels: usize) -> Result<Self> {
        encoding.series_units(channels)?;
        let (features, encoder) = match encoding {
            Encoding::LogMel(options) => {
                let features = channels * options.mels as usize;
                (Some(LogMel::new(options, channels)), options.encoding.encoder(features))
            }
            _ => (None, encoding.of_channels()?.encoder(channels)),
        };
        Ok(Self { channels, features, encoder })
    }

    /// Channels of the signal.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Resets the encoder to before the first value.
    pub fn restart(&mut self) {
        if let Some(features) = &mut self.features {
            features.restart();
        }
        self.encoder.restart();
    }

    /// Takes the values of all channels at one time, which must be finite. Where they complete a step, appends the units that
    /// fire in it, in order, one for each spike, and returns `true`.
    pub fn push(&mut self, values: &[f32], fired: &mut Vec<u32>) -> bool {
        let values = match &mut self.features {
            None => values,
            Some(features) => match features.push(values) {
                None => return false,
                Some(features) => features,
            },
        };
        self.encoder.step(values, fired);
        true
    }

    /// [`SeriesEncoder::push`] of many times, `[time][channel]`: calls `step` with the units of every step that they complete.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] when `values` is not a whole number of times, [`crate::ErrorCode::DataFormat`] with
    /// the path `values[i]` for what is not finite; nothing is taken then.
    pub fn push_all(&mut self, values: &[f32], mut step: impl FnMut(&[u32])) -> Result<()> {
        if !values.len().is_multiple_of(self.channels) {
            let message = format!("must be a multiple of {} channels, got {} values", self.channels, values.len());
            return Err(Error::shape("values", message));
        }
        check_finite(values)?;
        let mut fired = Vec::new();
        for of_time in values.chunks_exact(self.channels) {
            fired.clear();
            if self.push(of_time, &mut fired) {
                step(&fired);
            }
        }
        Ok(())
    }
}

impl Encoding {
    /// Units that signals of so many channels become.
    ///
    /// # Errors
    /// [`crate::ErrorCode::DataFormat`] for an encoding that is not for signals, [`crate::ErrorCode::ShapeMismatch`] for no
    /// channels and for more units than there can be.
    pub fn series_units(&self, channels: usize) -> Result<usize> {
        if channels == 0 {
            return Err(Error::shape("channels", "must be at least 1, got 0"));
        }
        let per_channel = match self {
            Self::LogMel(options) => options.mels as usize * options.encoding.units(),
            _ => self.of_channels()?.units(),
        };
        let units = channels.checked_mul(per_channel).filter(|&units| units <= MAX_UNITS);
        units.ok_or_else(|| {
            let message = format!("{channels} channels of {per_channel} units are more than {MAX_UNITS} units");
            Error::shape("channels", message)
        })
    }

    /// The encoding of channels that it is.
    fn of_channels(&self) -> Result<ChannelEncoding> {
        match self {
            Self::Delta(delta) => Ok(ChannelEncoding::Delta(delta.clone())),
            Self::Levels(levels) => Ok(ChannelEncoding::Levels(levels.clone())),
            Self::Current(current) => Ok(ChannelEncoding::Current(current.clone())),
            _ => Err(Error::data("encoding", "signals need one of delta, levels, current and logMel")),
        }
    }

    /// Whether it encodes signals, not images.
    #[must_use]
    pub fn is_for_series(&self) -> bool {
        matches!(self, Self::Delta(_) | Self::Levels(_) | Self::Current(_) | Self::LogMel(_))
    }

    /// Encodes signals for a simulation of `steps` steps; spikes after it are dropped.
    ///
    /// # Errors
    /// Errors of [`SeriesEncoder::new`], [`crate::ErrorCode::ShapeMismatch`] where `steps` is not 1 to 65535,
    /// [`crate::ErrorCode::ConfigInvalid`] where there is no memory for the spikes.
    pub fn encode_series(&self, series: &Series<'_>, steps: usize) -> Result<SpikeTrains> {
        super::check_steps(steps)?;
        let mut encoder = SeriesEncoder::new(self, series.channels)?;
        let mut trains = SpikeTrains::new();
        let (mut events, mut fired) = (Vec::new(), Vec::new());
        for sample in series.samples() {
            encoder.restart();
            events.clear();
            let mut step = 0;
            for values in sample.chunks_exact(series.channels) {
                fired.clear();
                if encoder.push(values, &mut fired) {
                    events.try_reserve(fired.len()).map_err(|_| missing(events.len() + fired.len()))?;
                    events.extend(fired.iter().map(|&unit| (step as u16, unit)));
                    step += 1;
                }
                if step == steps {
                    break;
                }
            }
            push_sample(&mut trains, &events, "encoding")?;
        }
        Ok(trains)
    }
}
