use super::floor::flushed;
use crate::{FLOOR, FLOOR_EVERY, ForwardTile, Reset, TileState};

/// Twin of [`crate::forward_tile`].
pub fn forward_tile(tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    for lane in 0..tile.lanes {
        let c = tile.by_lane.map_or(tile.constants, |lanes| lanes.at(lane, tile.constants.reset));
        let (strength, rate) =
            tile.by_lane.map_or((0.0, 0.0), |lanes| (lanes.adaptation_strength[lane], lanes.adaptation_decay[lane]));
        let mut adaptation = state.adaptation.get(lane).copied().unwrap_or(0.0);
        let mut current = state.current[lane];
        let mut membrane = state.membrane[lane];
        for t in tile.from..tile.to {
            current *= c.current_decay;
            let events = tile.events.at(t);
            if !events.is_empty() {
                let drive = events.iter().fold(0.0, |sum, &unit| sum + tile.weights[unit as usize * tile.lanes + lane]);
                current += drive * c.drive_gain;
            }
            let carried = membrane;
            membrane = (membrane * c.membrane_decay + current) + tile.bias[lane];
            if has_fired_before(state.spikes, tile.refractory, t, lane) {
                membrane = 0.0;
            }
            if !state.trace.is_empty() {
                state.trace[t * tile.lanes + lane] = membrane;
            }
            let fall = match t.checked_sub(1) {
                Some(before) if !state.adaptation_trace.is_empty() => {
                    ((1.0 - rate) * strength) * state.adaptation_trace[before * tile.lanes + lane]
                }
                _ => 0.0,
            };
            if !state.adaptation_trace.is_empty() {
                state.adaptation_trace[t * tile.lanes + lane] = adaptation;
            }
            if let Some(observed) = &mut state.observed {
                observed.current[t * tile.lanes + lane] = current;
                if let Some(rise) = observed.rise.get_mut(t * tile.lanes + lane) {
                    *rise = (membrane - carried) + fall;
                }
            }
            let threshold = if tile.by_lane.is_some() { c.threshold + adaptation * strength } else { c.threshold };
            let has_fired = membrane >= threshold;
            if has_fired {
                state.spikes[t] |= 1 << lane;
                state.busy[t / 64] |= 1 << (t % 64);
                if c.reset == Reset::All {
                    current = 0.0;
                }
                membrane = c.reset.carried(membrane, threshold);
            }
            adaptation = adaptation * rate + if has_fired { 1.0 } else { 0.0 };
            if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
                current = flushed(current, FLOOR);
                membrane = flushed(membrane, FLOOR);
                adaptation = flushed(adaptation, FLOOR);
            }
        }
        state.current[lane] = current;
        state.membrane[lane] = membrane;
        if let Some(last) = state.adaptation.get_mut(lane) {
            *last = adaptation;
        }
    }
}

/// Twin of [`crate::sum_events`].
pub fn sum_events(tile: &ForwardTile<'_>, (from, to): (usize, usize), stride: usize, sums: &mut [f32]) {
    let steps = (from..to).map(|t| tile.events.at(t)).filter(|arriving| !arriving.is_empty());
    for (arriving, row) in steps.zip(sums.chunks_mut(stride)) {
        for (lane, sum) in row[..tile.lanes].iter_mut().enumerate() {
            *sum = arriving.iter().fold(0.0, |sum, &unit| sum + tile.weights[unit as usize * tile.lanes + lane]);
        }
    }
}

/// Whether the lane fired in the `n` steps before `t`.
pub(super) fn has_fired_before(spikes: &[u64], n: u32, t: usize, lane: usize) -> bool {
    spikes[t.saturating_sub(n as usize)..t].iter().any(|fired| fired >> lane & 1 == 1)
}
