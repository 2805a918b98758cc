use super::floor::flushed;
use crate::neuron::{MAX_OWN, plain};
use crate::{FLOOR, FLOOR_EVERY, ForwardTile, Reset, TileState};

/// Twin of [`crate::forward_tile`].
pub fn forward_tile(tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    let own_states = state.own.len() / tile.lanes;
    let rows = state.trace.len();
    for lane in 0..tile.lanes {
        let neuron = plain(&tile.constants, tile.by_lane, lane);
        let c = *neuron.constants();
        let mut own = [0.0; MAX_OWN];
        (0..own_states).for_each(|array| own[array] = state.own[array * tile.lanes + lane]);
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
            if let Some(drive) = neuron.own_drive(&own) {
                membrane += drive;
            }
            if has_fired_before(state.spikes, tile.refractory, t, lane) {
                membrane = 0.0;
            }
            let at = t * tile.lanes + lane;
            if !state.trace.is_empty() {
                state.trace[at] = membrane;
            }
            let fall = match t.checked_sub(1) {
                Some(before) if !state.own_trace.is_empty() => {
                    let mut kept = [0.0; MAX_OWN];
                    (0..own_states).for_each(|array| {
                        kept[array] = state.own_trace[array * rows + before * tile.lanes + lane];
                    });
                    neuron.threshold_fall(&kept)
                }
                _ => 0.0,
            };
            if !state.own_trace.is_empty() {
                (0..own_states).for_each(|array| state.own_trace[array * rows + at] = own[array]);
            }
            if let Some(observed) = &mut state.observed {
                observed.current[at] = current;
                if let Some(rise) = observed.rise.get_mut(at) {
                    *rise = (membrane - carried) + fall;
                }
            }
            let threshold = neuron.threshold(&own);
            let has_fired = membrane >= threshold;
            if has_fired {
                state.spikes[t] |= 1 << lane;
                state.busy[t / 64] |= 1 << (t % 64);
                if c.reset == Reset::All {
                    current = 0.0;
                }
                membrane = c.carried(membrane, threshold);
            }
            neuron.adapt(&mut own, membrane, has_fired);
            if t % FLOOR_EVERY == FLOOR_EVERY - 1 {
                current = flushed(current, FLOOR);
                membrane = flushed(membrane, FLOOR);
                own = own.map(|value| flushed(value, FLOOR));
            }
        }
        state.current[lane] = current;
        state.membrane[lane] = membrane;
        (0..own_states).for_each(|array| state.own[array * tile.lanes + lane] = own[array]);
    }
}

/// Twin of [`crate::sum_events`].
pub fn sum_events(tile: &ForwardTile<'_>, (from, to): (usize, usize), stride: usize, sums: &mut [f32]) {
    let steps = (from..to).filter(|&t| !tile.events.at(t).is_empty());
    for (t, row) in steps.zip(sums.chunks_mut(stride)) {
        for (lane, sum) in row[..tile.lanes].iter_mut().enumerate() {
            let weight = |unit: u32| tile.weights[unit as usize * tile.lanes + lane];
            *sum = tile.events.weighted_at(t).fold(0.0, |sum, (unit, value)| sum + weight(unit) * value);
        }
    }
}

/// Whether the lane fired in the `n` steps before `t`.
pub(super) fn has_fired_before(spikes: &[u64], n: u32, t: usize, lane: usize) -> bool {
    spikes[t.saturating_sub(n as usize)..t].iter().any(|fired| fired >> lane & 1 == 1)
}
