//! Bounds of the spikes of each hidden unit (spec 6.vi).
//!
//! ```text
//! L = 1/B Σ_l strength · Σ_j (max(0, C_j − upper)² + max(0, lower − C_j)²)        C_j: spikes of unit j in the simulated steps
//! dL/dS[t,j] = 2 strength (max(0, C_j − upper) − max(0, lower − C_j)) / B
//! ```

use spikelet_config::{RateBounds, RateBoundsBy, Regularizers};
use spikelet_network::events::LayerSpikes;

use crate::loss_parts::LossParts;

#[derive(Debug)]
pub(super) struct UnitRateBounds(RateBounds);

pub(super) fn new(config: &Regularizers) -> Option<UnitRateBounds> {
    config.rate_bounds.clone().filter(|bounds| bounds.by == RateBoundsBy::Unit).map(UnitRateBounds)
}

impl UnitRateBounds {
    /// Adds the value of a layer to its part and returns dL/dS by unit; neither is divided by the batch size.
    pub(super) fn evaluate(&self, spikes: &LayerSpikes<'_>, units: usize, parts: &mut LossParts) -> Vec<f64> {
        let Self(RateBounds { lower, upper, strength, .. }) = self;
        let mut counts = vec![0.0; units];
        spikes.iter().for_each(|(_, unit)| counts[unit] += 1.0);
        for count in &mut counts {
            let above = upper.map_or(0.0, |upper| (*count - upper).max(0.0));
            let below = (lower - *count).max(0.0);
            parts.rate_bounds += strength * (above * above + below * below);
            *count = 2.0 * strength * (above - below);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regularizer::activity::{LayerActivity, Regularizer as _};

    fn bounds() -> RateBounds {
        RateBounds { by: RateBoundsBy::Unit, lower: 1.5, upper: Some(2.25), strength: 0.3 }
    }

    /// Unit `u` of four fires `u` times.
    const SPIKES: LayerSpikes<'static> =
        LayerSpikes { offsets: &[0, 3, 5, 6], units: &[1, 2, 3, 2, 3, 3], values: &[], steps: 3 };

    #[test]
    fn the_gradient_is_that_of_the_loss_by_counts() {
        let mut parts = LossParts::default();
        let found = UnitRateBounds(bounds()).evaluate(&SPIKES, 4, &mut parts);
        let square = |value: f64| value * value;
        let of_unit = |count: f64| 0.3 * (square((1.5 - count).max(0.0)) + square((count - 2.25).max(0.0)));
        assert!((parts.rate_bounds - (0..4).map(|unit| of_unit(f64::from(unit))).sum::<f64>()).abs() < 1e-12);
        for (unit, found) in (0..4).zip(found) {
            let (count, step) = (f64::from(unit), 1e-6);
            let expected = (of_unit(count + step) - of_unit(count - step)) / (2.0 * step);
            assert!((found - expected).abs() < 1e-6, "unit {unit}: {found}, not {expected}");
        }
    }

    #[test]
    fn a_layer_of_one_unit_has_the_bounds_of_its_mean() {
        for spikes in [0, 2, 3] {
            let of_unit = LayerSpikes {
                offsets: &[0, spikes, spikes, spikes],
                units: &[0; 3][..spikes as usize],
                values: &[],
                steps: 3,
            };
            let [mut by_unit, mut by_layer] = [LossParts::default(); 2];
            let found = UnitRateBounds(bounds()).evaluate(&of_unit, 1, &mut by_unit);
            let expected = bounds().evaluate(LayerActivity { units: 1.0, spikes: f64::from(spikes) }, &mut by_layer);
            assert_eq!((found, by_unit), (vec![expected], by_layer));
        }
    }
}
