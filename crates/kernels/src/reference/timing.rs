//! What the time of a spike gives its membrane.

use crate::{BackwardTile, Reset};

/// `λ_tim (−T̄ / V')` of a lane that fired at step `t`.
pub(super) fn timing_term(tile: &BackwardTile<'_>, timing: f32, t: usize, lane: usize) -> f32 {
    let slope = slope(tile, t, lane);
    tile.timing_weight * (-timing / if slope > tile.slope_floor { slope } else { tile.slope_floor })
}

/// `V'[t] = V[t] − c[t−1] + κ (1 − ρ) a[t−1]` of a lane, where c is V behind the reset.
fn slope(tile: &BackwardTile<'_>, t: usize, lane: usize) -> f32 {
    let membrane = |t: usize| tile.trace[t * tile.lanes + lane];
    if t == 0 {
        return membrane(0);
    }
    let before = t - 1;
    let carried = match (tile.spikes[before] >> lane & 1, tile.constants.reset) {
        (0, _) => membrane(before),
        (_, Reset::Subtract) => membrane(before) - tile.threshold(before, lane),
        (_, Reset::All | Reset::Membrane) => 0.0,
    };
    let fall = tile.by_lane.map_or(0.0, |lanes| {
        let strength = (1.0 - lanes.adaptation_decay[lane]) * lanes.adaptation_strength[lane];
        strength * tile.adaptation[before * tile.lanes + lane]
    });
    (membrane(t) - carried) + fall
}
