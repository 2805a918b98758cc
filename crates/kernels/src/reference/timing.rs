//! What the time of a spike gives its membrane.

use crate::BackwardTile;
use crate::neuron::{LaneKept, plain};

/// `λ_tim (−T̄ / V')` of a lane that fired at step `t`.
pub(super) fn timing_term(tile: &BackwardTile<'_>, timing: f32, t: usize, lane: usize) -> f32 {
    let slope = slope(tile, t, lane);
    tile.timing_weight * (-timing / if slope > tile.slope_floor { slope } else { tile.slope_floor })
}

/// `V'[t] = V[t] − c[t−1]` and the fall of the threshold, of a lane.
fn slope(tile: &BackwardTile<'_>, t: usize, lane: usize) -> f32 {
    let (kept, neuron) = (LaneKept { tile, lane }, plain(&tile.constants, tile.by_lane, lane));
    t.checked_sub(1).map_or(kept.membrane(t), |before| {
        (kept.membrane(t) - kept.carried(&*neuron, before)) + neuron.threshold_fall(&kept.own(before))
    })
}
