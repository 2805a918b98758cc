//! Data sets that are drawn: the same seed gives the same samples on every machine.

mod generated;
mod randman;
mod sizes;
mod spike_train_matching;
mod yin_yang;

use spikelet_config::{Result, json, read_tagged};

pub use generated::{Generated, GeneratedInputs};
pub use randman::Randman;
pub use spike_train_matching::SpikeTrainMatching;
pub use yin_yang::YinYang;

/// A data set that is drawn, with its options.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Generator {
    /// Points in the Yin-Yang figure.
    YinYang(YinYang),
    /// Points on smooth random manifolds, as spike times.
    Randman(Randman),
    /// Random input trains with random target trains.
    SpikeTrainMatching(SpikeTrainMatching),
}

read_tagged!(Generator {
    "yinYang" => YinYang,
    "randman" => Randman,
    "spikeTrainMatching" => SpikeTrainMatching,
});

impl Generator {
    /// Parses options, for example `{"type":"yinYang","samples":7000}`, and draws.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field.
    // Compiled where it is called, and there for size.
    #[inline]
    pub fn generate(text: &str) -> Result<Generated> {
        match json::parse(text)? {
            Self::YinYang(yin_yang) => yin_yang.generate(),
            Self::Randman(randman) => randman.generate(),
            Self::SpikeTrainMatching(matching) => matching.generate(),
        }
    }
}

#[cfg(test)]
mod tests;
