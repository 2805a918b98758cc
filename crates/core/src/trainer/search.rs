//! The search for the factors of initial weights.

use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Factors are looked for up to this and down to its inverse.
const LARGEST_FACTOR: f64 = (1u32 << 20) as f64;
/// Two factors closer than this are one: the activity jumps between them.
const CLOSEST: f64 = 1.0 + 1e-7;

/// Position in the search for the factors of all layers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Initialization {
    pub(super) layer: usize,
    pub(super) search: Search,
}

impl Initialization {
    /// Whether a search of this configuration can stand here.
    pub(super) fn fits(&self, config: &Config, layers: usize) -> bool {
        config.training.initial_activity.is_some() && self.layer < layers && self.search.fits()
    }
}

/// Bisection, of the logarithm, for the factor of one layer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) factor: f64,
    /// Largest factor with too few spikes, and how many.
    low: Option<(f64, f64)>,
    /// Smallest factor with too many.
    high: Option<(f64, f64)>,
}

impl Default for Search {
    fn default() -> Self {
        Self { factor: 1.0, low: None, high: None }
    }
}

impl Search {
    fn fits(&self) -> bool {
        let ends = [self.low, self.high].into_iter().flatten();
        let mut factors = ends.map(|(factor, _)| factor).chain([self.factor]);
        factors.all(|factor| (1.0 / LARGEST_FACTOR..=LARGEST_FACTOR).contains(&factor))
    }

    /// The next factor after one at which there were too few or too many spikes per unit; fails where no factor is left.
    pub(super) fn narrow(&mut self, spikes: f64, wanted: f64) -> Result<(), String> {
        let side = if spikes < wanted { &mut self.low } else { &mut self.high };
        *side = Some((self.factor, spikes));
        self.factor = match (self.low, self.high) {
            (Some((low, few)), Some((high, many))) if high < low * CLOSEST => {
                return Err(format!("the activity jumps from {few:.4} to {many:.4}: measure on more samples"));
            }
            (Some((low, _)), Some((high, _))) => (low * high).sqrt(),
            (Some((low, few)), None) if low >= LARGEST_FACTOR => return Err(format!("it comes to {few:.4} at most")),
            (None, Some((high, many))) if high <= 1.0 / LARGEST_FACTOR => {
                return Err(format!("it comes to {many:.4} at least"));
            }
            (Some((low, _)), None) => low * 2.0,
            (None, Some((high, _))) => high / 2.0,
            (None, None) => unreachable!("one side was just set"),
        };
        Ok(())
    }
}
