//! Option objects that cross as JSON.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Error, Result, json};
use spikelet_encode::Encoding;

/// What the arrays of a data set are.
#[derive(Debug, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DatasetDescriptor {
    pub(crate) inputs: InputKind,
    /// Sizes of the dimensions of a sample, where it has any.
    #[serde(default)]
    pub(crate) shape: Vec<u32>,
    /// How images or signals become spikes.
    #[serde(default)]
    pub(crate) encoding: Option<Encoding>,
    /// Samples in all, where the arrays are those of none and each sample is supplied when it is needed.
    #[serde(default)]
    pub(crate) samples: Option<u32>,
    /// Channels of the signals.
    #[serde(default)]
    pub(crate) channels: Option<u32>,
    /// Points of a signal per second.
    #[serde(default)]
    pub(crate) sample_rate: Option<f64>,
    /// Lowest and highest number of each unit, which became 0 and 1, where values were scaled.
    #[serde(default)]
    pub(crate) ranges: Option<Vec<[f64; 2]>>,
    /// Names of the classes, by label.
    #[serde(default)]
    pub(crate) classes: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
pub(crate) enum InputKind {
    /// Spikes: `offsets`, `times` and `units`.
    Events,
    /// Images: `pixels` or `values`.
    Images,
    /// Signals: `values` and `offsets`.
    Series,
}

impl DatasetDescriptor {
    pub(crate) fn from_json(text: &str) -> Result<Self> {
        let descriptor: Self = json::parse(text)?;
        match (descriptor.inputs, &descriptor.encoding) {
            (InputKind::Images | InputKind::Series, Some(encoding)) => encoding.validate("encoding")?,
            (InputKind::Images | InputKind::Series, None) => {
                return Err(Error::config("encoding", "is missing: only data sets of events need no encoding"));
            }
            (InputKind::Events, Some(_)) => {
                return Err(Error::config("encoding", "is for images and signals, not for events"));
            }
            (InputKind::Events, None) => {}
        }
        Ok(descriptor)
    }
}

/// What a run uses.
#[derive(Debug, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RunOptions {
    /// Number of the training data.
    pub(crate) train: u32,
    /// Number of the validation data.
    #[serde(default)]
    pub(crate) validation: Option<u32>,
    /// Epochs of the whole run instead of those of the configuration.
    #[serde(default)]
    pub(crate) epochs: Option<u32>,
}
