use super::error::{carry_error, spread_error};
use super::floor::flushed;
use super::forward::has_fired_before;
use super::reset_terms::reset_terms;
use super::timing::timing_term;
use crate::{BackwardOutput, BackwardTile, FLOOR, FLOOR_EVERY, NO_ROW, Reset, SpikeError};

/// Twin of [`crate::backward_tile`].
pub fn backward_tile(tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    let error = error_rows(tile);
    for lane in 0..tile.lanes {
        let c = tile.constants_of(lane);
        let [mut p, mut q, mut adaptation] =
            output.carried.each_ref().map(|carried| carried.get(lane).copied().unwrap_or(0.0));
        let mut bias = output.bias[lane];
        let mut timing_end = tile.timing.len();
        let mut directs = vec![0.0; tile.end];
        for t in (tile.from..tile.to).rev() {
            let fired = tile.spikes[t];
            let has_fired = fired >> lane & 1 == 1;
            let at = t * tile.lanes + lane;
            let (mut direct, mut activation, mut timing, mut reset_slope) = (0.0, 0.0, 0.0, 0.0);
            let mut terms = tile.terms.map(|terms| reset_terms(tile, &terms, t, lane, (p, q), &directs));
            let adapts = tile.by_lane.filter(|_| tile.terms.is_some_and(|terms| terms.adaptation_path));
            if let (Some(terms), Some(lanes)) = (&mut terms, adapts) {
                terms.reset_slope -= (1.0 - lanes.adaptation_decay[lane]) * adaptation;
                terms.jump = adaptation * tile.terms.map_or(0.0, |terms| terms.factor);
                terms.reset_error += 0.0 - adaptation;
                if has_fired {
                    reset_slope = 0.0 - (1.0 - lanes.adaptation_decay[lane]) * adaptation;
                }
            }
            let spike_error = match (error.get(at), terms) {
                (Some(&error), Some(terms)) => Some(error + terms.steady - terms.spike + terms.jump),
                (Some(&error), None) => Some(error),
                (None, Some(terms)) => Some(0.0 + terms.steady - terms.spike + terms.jump),
                (None, None) => None,
            };
            if let Some(error) = spike_error {
                activation = tile.surrogate.times((tile.trace[at] - tile.threshold(t, lane)).abs(), error);
                direct = activation;
            }
            if !tile.timing.is_empty() {
                let first_spike = timing_end - fired.count_ones() as usize;
                if has_fired {
                    reset_slope = terms.map_or(0.0, |terms| terms.reset_slope);
                    let spike = first_spike + (fired & ((1 << lane) - 1)).count_ones() as usize;
                    timing = timing_term(tile, tile.timing[spike] - reset_slope, t, lane);
                    direct += timing;
                }
                timing_end = first_spike;
            }
            if tile.is_gated && has_fired {
                p = if c.reset == Reset::Subtract { p } else { 0.0 };
                q = if c.reset == Reset::All { 0.0 } else { q };
            }
            if has_fired_before(tile.spikes, tile.terms.map_or(0, |terms| terms.refractory), t, lane) {
                [direct, activation, timing, p] = [0.0; 4];
            }
            directs[t] = direct;
            if let Some(lanes) = tile.by_lane {
                let subtracted = if has_fired && c.reset == Reset::Subtract { p * c.membrane_decay } else { 0.0 };
                let gradient = (0.0 - direct) - subtracted;
                if let Some(sums) = &mut output.constants {
                    sums.threshold[lane] += gradient;
                    sums.adaptation_strength[lane] += gradient * tile.adaptation[at];
                }
                adaptation = gradient * lanes.adaptation_strength[lane] + adaptation * lanes.adaptation_decay[lane];
            }
            let opened = q;
            p = direct + p * c.membrane_decay;
            q = p + q * c.current_decay;
            let [drive_gain, bias_gain] =
                tile.by_lane.map_or([1.0; 2], |lanes| [lanes.drive_gain[lane], lanes.bias_gain[lane]]);
            bias += p * bias_gain;
            if let (Some(sums), Some(before)) = (&mut output.constants, t.checked_sub(1)) {
                let [membrane, current] = carried(tile, before, lane);
                sums.current_decay[lane] += q * current;
                sums.membrane_decay[lane] += p * membrane;
            }
            if output.rows[t] != NO_ROW {
                output.q_rows[output.rows[t] as usize * tile.lanes + lane] = q * drive_gain;
            }
            let at = t * output.stride + output.offset + lane;
            let r = (opened - q * c.current_decay) - p * c.membrane_decay;
            for (to, value) in [
                (&mut *output.q, q * drive_gain),
                (&mut *output.r, r * drive_gain),
                (&mut *output.p, p),
                (&mut *output.direct, direct),
            ] {
                if !to.is_empty() {
                    to[at] = value;
                }
            }
            if output.rows[t] != NO_ROW && !output.r_rows.is_empty() {
                output.r_rows[output.rows[t] as usize * tile.lanes + lane] = r * drive_gain;
            }
            if let Some(observed) = &mut output.observed {
                observed.activation[at] = activation;
                observed.timing[at] = timing;
                observed.reset_error[at] = terms.map_or(0.0, |terms| terms.reset_error);
                observed.reset_slope[at] = reset_slope;
            }
            if t % FLOOR_EVERY == 0 {
                p = flushed(p, FLOOR);
                q = flushed(q, FLOOR);
                adaptation = flushed(adaptation, FLOOR);
            }
        }
        output.bias[lane] = bias;
        for (carried, last) in output.carried.iter_mut().zip([p, q, adaptation]) {
            if let Some(carried) = carried.get_mut(lane) {
                *carried = last;
            }
        }
    }
}

/// c[t] and gᵢ[t] J[t] of a lane.
fn carried(tile: &BackwardTile<'_>, t: usize, lane: usize) -> [f32; 2] {
    let (membrane, current) = (tile.trace[t * tile.lanes + lane], tile.current[t * tile.lanes + lane]);
    let reset = tile.constants.reset;
    match tile.spikes[t] >> lane & 1 {
        0 => [membrane, current],
        _ => [reset.carried(membrane, tile.threshold(t, lane)), if reset == Reset::All { 0.0 } else { current }],
    }
}

/// E of every step, `[step][lane]`; empty where there is none.
fn error_rows(tile: &BackwardTile<'_>) -> Vec<f32> {
    match tile.error {
        None => Vec::new(),
        Some(SpikeError::Given(error)) => error.to_vec(),
        Some(SpikeError::Projected(projected)) => {
            let mut rows = vec![0.0; tile.end * tile.lanes];
            carry_error(&projected, &tile.constants, tile.lanes, &mut rows);
            rows
        }
        Some(SpikeError::Steady(steady)) => {
            let mut rows = vec![0.0; tile.end * tile.lanes];
            spread_error(&steady, tile.lanes, &mut rows);
            rows
        }
    }
}
