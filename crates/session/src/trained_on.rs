//! What a network was trained on, so that whoever restores it can encode as in training and name its answers.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Error, Result, json};
use spikelet_encode::Encoding;

use crate::options::{DatasetDescriptor, InputKind};

/// Facts about the training data that checkpoints keep.
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrainedOn {
    inputs: InputKind,
    /// Sizes of the dimensions of a sample, where it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shape: Vec<u32>,
    /// Channels of the signals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channels: Option<u32>,
    /// Points of a signal per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample_rate: Option<f64>,
    /// Lowest and highest number of each unit, which became 0 and 1, where values were scaled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ranges: Option<Vec<[f64; 2]>>,
    /// How images or signals become spikes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<Encoding>,
    /// Names of the classes, by label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    classes: Option<Vec<String>>,
}

impl TrainedOn {
    pub(crate) fn of(descriptor: &DatasetDescriptor) -> Self {
        Self {
            inputs: descriptor.inputs,
            shape: descriptor.shape.clone(),
            channels: descriptor.channels,
            sample_rate: descriptor.sample_rate,
            ranges: descriptor.ranges.clone(),
            encoding: descriptor.encoding.clone(),
            classes: descriptor.classes.clone(),
        }
    }

    /// Reads what a checkpoint keeps.
    ///
    /// # Errors
    /// `CHECKPOINT_INVALID`.
    pub(crate) fn from_json(text: &str) -> Result<Self> {
        json::parse(text).map_err(|error| {
            Error::checkpoint(format!("what it says of its training data cannot be read here ({error})"))
        })
    }

    /// Takes the classes of earlier data where these have none.
    pub(crate) fn or_classes(mut self, earlier: Option<&Self>) -> Self {
        if self.classes.is_none() {
            self.classes = earlier.and_then(|earlier| earlier.classes.clone());
        }
        self
    }

    /// Refuses data whose classes are others, or the same in another order: their labels would mean other outputs.
    ///
    /// # Errors
    /// `DATA_FORMAT` at `path`. Data without names of classes are accepted.
    pub(crate) fn check_classes(&self, data: &DatasetDescriptor, path: &str) -> Result<()> {
        match (&self.classes, &data.classes) {
            (Some(known), Some(given)) if known != given => {
                let message = format!(
                    "must be those of the network, {}, in this order, got {}",
                    known.join(", "),
                    given.join(", ")
                );
                Err(Error::data(path, message))
            }
            _ => Ok(()),
        }
    }
}
