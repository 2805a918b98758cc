//! The search for the factors of initial weights.

use serde::Serialize;
use spikelet_config::Config;
use spikelet_config::json::FromJson;

/// Factors are searched up to this and down to its inverse.
const MAX_FACTOR: f64 = (1u32 << 20) as f64;
/// Two factors closer than this are one: the activity jumps between them.
const ONE_FACTOR: f64 = 1.0 + 1e-7;
/// By how much (in the logarithm) an activity must be closer to replace one found before: an activity that hardly grows is not
/// worth far larger weights.
const NEARER: f64 = 0.01;

/// Position in the search for the factors of all layers.
#[derive(Clone, Debug, Default, Serialize, FromJson)]
#[serde(deny_unknown_fields)]
pub(super) struct Initialization {
    pub(super) layer: usize,
    pub(super) search: Search,
}

impl Initialization {
    /// Whether this can be a position of a search of this configuration.
    pub(super) fn fits(&self, config: &Config, layers: usize) -> bool {
        config.training.initial_activity.is_some() && self.layer < layers && self.search.fits()
    }
}

/// Bisection, of the logarithm, for the factor of one layer.
#[derive(Clone, Debug, Serialize, FromJson)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    pub(super) factor: f64,
    /// Largest factor with too few spikes, and how many.
    low: Option<(f64, f64)>,
    /// Smallest factor with too many.
    high: Option<(f64, f64)>,
    /// The factor whose activity is the closest in proportion, and that activity; silence is never close.
    closest: Option<(f64, f64)>,
}

impl Default for Search {
    fn default() -> Self {
        Self { factor: 1.0, low: None, high: None, closest: None }
    }
}

impl Search {
    fn fits(&self) -> bool {
        let ends = [self.low, self.high, self.closest].into_iter().flatten();
        let mut factors = ends.map(|(factor, _)| factor).chain([self.factor]);
        factors.all(|factor| (1.0 / MAX_FACTOR..=MAX_FACTOR).contains(&factor))
    }

    /// Continues after a factor with too few or too many spikes per unit; `false` if no factor is left.
    pub(super) fn narrow(&mut self, spikes: f64, goal: f64) -> bool {
        self.remember(spikes, goal);
        let side = if spikes < goal { &mut self.low } else { &mut self.high };
        *side = Some((self.factor, spikes));
        self.factor = match (self.low, self.high) {
            (Some((low, _)), Some((high, _))) if high < low * ONE_FACTOR => return false,
            (Some((low, _)), Some((high, _))) => (low * high).sqrt(),
            (Some((low, _)), None) if low >= MAX_FACTOR => return false,
            (None, Some((high, _))) if high <= 1.0 / MAX_FACTOR => return false,
            (Some((low, _)), None) => low * 2.0,
            (None, Some((high, _))) => high / 2.0,
            (None, None) => unreachable!("one side was just set"),
        };
        true
    }

    /// The factor that came closest and its spikes per unit; the drawn weights where no factor makes a unit fire.
    pub(super) fn closest(&self) -> (f64, f64) {
        self.closest.unwrap_or((1.0, 0.0))
    }

    fn remember(&mut self, spikes: f64, goal: f64) {
        let distance = |spikes: f64| libm::fabs(libm::log(spikes / goal));
        if spikes > 0.0 && self.closest.is_none_or(|(_, before)| distance(spikes) + NEARER < distance(before)) {
            self.closest = Some((self.factor, spikes));
        }
    }
}
