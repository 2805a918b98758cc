//! Encodings of channels, a step for each time.

use serde::Serialize;
use spikelet_config::read_tagged;
use spikelet_fields::fields;

use super::current::{CurrentEncoder, CurrentEncoding};
use super::delta::{DeltaEncoder, DeltaEncoding};
use super::levels::{LevelsEncoder, LevelsEncoding};

/// How the channels of a signal become spikes.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ChannelEncoding {
    /// A spike each time a channel has moved by a threshold (spec 3.6).
    Delta(DeltaEncoding),
    /// A spike each time a channel crosses a level (spec 3.6).
    Levels(LevelsEncoding),
    /// Values drive a fixed layer of neurons (spec 3.6).
    Current(CurrentEncoding),
}

read_tagged!(ChannelEncoding {
    "delta" => Delta,
    "levels" => Levels,
    "current" => Current,
});

impl ChannelEncoding {
    /// Units that a channel becomes.
    pub(super) fn units(&self) -> usize {
        match self {
            Self::Delta(_) => 2,
            Self::Levels(levels) => 2 * levels.count as usize,
            Self::Current(current) => current.neurons as usize,
        }
    }

    pub(super) fn encoder(&self, channels: usize) -> ChannelEncoder {
        match self {
            Self::Delta(delta) => ChannelEncoder::Delta(DeltaEncoder::new(delta)),
            Self::Levels(levels) => ChannelEncoder::Levels(LevelsEncoder::new(levels)),
            Self::Current(current) => ChannelEncoder::Current(CurrentEncoder::new(current, channels)),
        }
    }
}

/// Encodes one signal, time by time.
#[derive(Clone, Debug)]
pub(super) enum ChannelEncoder {
    Delta(DeltaEncoder),
    Levels(LevelsEncoder),
    Current(CurrentEncoder),
}

impl ChannelEncoder {
    pub(super) fn restart(&mut self) {
        match self {
            Self::Delta(encoder) => encoder.restart(),
            Self::Levels(encoder) => encoder.restart(),
            Self::Current(encoder) => encoder.restart(),
        }
    }

    /// Appends the units that fire at the next time, in order, one for each spike.
    pub(super) fn step(&mut self, values: &[f32], fired: &mut Vec<u32>) {
        match self {
            Self::Delta(encoder) => encoder.step(values, fired),
            Self::Levels(encoder) => encoder.step(values, fired),
            Self::Current(encoder) => encoder.step(values, fired),
        }
    }
}
