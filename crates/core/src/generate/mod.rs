//! Data sets that are drawn: the same seed gives the same samples on every machine.

mod randman;
mod spike_train_matching;
mod yin_yang;

pub use randman::Randman;
pub use spike_train_matching::SpikeTrainMatching;
pub use yin_yang::YinYang;

use crate::config::tagged::deserialize_tagged;
use crate::data::Targets;
use crate::error::{Error, Result};
use crate::json;
use crate::rng::Stream;
use crate::spikes::SpikeTrains;

/// Numbers that a whole data set may hold, so that a small request cannot ask for all memory.
const MOST_NUMBERS: u64 = 1 << 26;

/// A data set that is drawn, with its options.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Generator {
    /// Points in the Yin-Yang figure.
    YinYang(YinYang),
    /// Points on smooth random manifolds, as spike times.
    Randman(Randman),
    /// Random input trains with random wanted trains.
    SpikeTrainMatching(SpikeTrainMatching),
}

deserialize_tagged!(Generator {
    "yinYang" => YinYang,
    "randman" => Randman,
    "spikeTrainMatching" => SpikeTrainMatching,
});

/// What was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The samples.
    pub inputs: GeneratedInputs,
    /// What they should teach.
    pub targets: Targets,
}

/// Samples before or after an encoding.
#[derive(Clone, Debug, PartialEq)]
pub enum GeneratedInputs {
    /// Values in 0..1, `[sample][unit]`.
    Values(Vec<f32>),
    /// Spikes.
    Trains(SpikeTrains),
}

impl Generator {
    /// Parses options, for example `{"type":"yinYang","samples":7000}`, and draws.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field.
    pub fn generate(text: &str) -> Result<Generated> {
        match json::parse(text)? {
            Self::YinYang(yin_yang) => yin_yang.generate(),
            Self::Randman(randman) => randman.generate(),
            Self::SpikeTrainMatching(matching) => matching.generate(),
        }
    }
}

/// Checks that every size is at least 1 and that their product stays within bounds.
fn check_sizes(sizes: &[(&str, u32)]) -> Result<()> {
    let mut product = 1u64;
    for &(path, size) in sizes {
        if size == 0 {
            return Err(Error::config(path, "must be at least 1, got 0"));
        }
        product = product.saturating_mul(u64::from(size));
        if product > MOST_NUMBERS {
            let names: Vec<&str> = sizes.iter().map(|&(name, _)| name).collect();
            return Err(Error::config(path, format!("{} multiply to more than {MOST_NUMBERS}", names.join(", "))));
        }
    }
    Ok(())
}

fn check_steps(steps: u32) -> Result<()> {
    if (1..=u32::from(u16::MAX)).contains(&steps) {
        return Ok(());
    }
    Err(Error::config("steps", format!("must be 1 to {}, got {steps}", u16::MAX)))
}

/// Spikes of `units` units over `steps` steps, each with probability `rate` a step and unit.
fn random_train(draws: &mut Stream, units: u32, steps: u32, rate: f64) -> Vec<(u16, u32)> {
    let mut events = Vec::new();
    for unit in 0..units {
        let mut next = draws.wait(rate);
        while next <= u64::from(steps) {
            events.push(((next - 1) as u16, unit));
            next = next.saturating_add(draws.wait(rate));
        }
    }
    events.sort_unstable();
    events
}

#[cfg(test)]
mod tests;
