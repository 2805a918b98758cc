use super::error::{carry_error, spread_error};
use super::floor::flushed;
use super::forward::has_fired_before;
use super::reset_terms::reset_terms;
use super::timing::timing_term;
use crate::neuron::{LaneAdjoints, LaneKept, PlainSums, plain};
use crate::{BackwardOutput, BackwardTerms, BackwardTile, FLOOR, FLOOR_EVERY, NO_ROW, Reset, SpikeError};

/// Twin of [`crate::backward_tile`].
pub fn backward_tile(tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    let error = error_rows(tile);
    let BackwardTerms { factor, activity, adaptation_path, refractory, .. } = tile.terms;
    for lane in 0..tile.lanes {
        let (neuron, kept) = (plain(&tile.constants, tile.by_lane, lane), LaneKept { tile, lane });
        let reset = tile.constants.reset;
        let [drive_gain, bias_gain] = neuron.gains();
        let mut adjoints = carried_adjoints(tile, output, lane);
        let mut bias = output.bias[lane];
        let mut timing_end = tile.timing.len();
        let mut directs = vec![0.0; tile.end];
        for t in (tile.from..tile.to).rev() {
            let fired = tile.spikes[t];
            let has_fired = fired >> lane & 1 == 1;
            let at = t * tile.lanes + lane;
            let (mut direct, mut activation, mut timing) = (0.0, 0.0, 0.0);
            neuron.enter(&mut adjoints);
            let terms = reset_terms(&*neuron, &kept, t, &adjoints, &directs);
            let own_error = neuron.own_error(&adjoints).filter(|_| adaptation_path);
            let own_time = neuron.own_time_gradient(&adjoints).filter(|_| adaptation_path);
            let reset_error = own_error.map_or(terms.reset_error, |own| terms.reset_error + (0.0 - own));
            let taken_time = own_time.map_or(terms.reset_slope, |own| terms.reset_slope - own);
            let mut reset_slope = own_time.filter(|_| has_fired).map_or(0.0, |own| 0.0 - own);
            let given = error.get(at).copied();
            let adds = !activity.is_none() || own_error.is_some() && factor != 0.0 || terms.spike != 0.0;
            if given.is_some() || adds {
                let mut error = given.unwrap_or(0.0);
                if !activity.is_none() {
                    error += activity.at(lane);
                }
                error -= terms.spike;
                if let Some(own) = own_error.filter(|_| factor != 0.0) {
                    error += own * factor;
                }
                activation = tile.surrogate.times(tile.trace[at] - tile.threshold(t, lane), error);
                direct = activation;
            }
            if !tile.timing.is_empty() {
                let first_spike = timing_end - fired.count_ones() as usize;
                if has_fired {
                    reset_slope = taken_time;
                    let spike = first_spike + (fired & ((1 << lane) - 1)).count_ones() as usize;
                    timing = timing_term(tile, tile.timing[spike] - taken_time, t, lane);
                    direct += timing;
                }
                timing_end = first_spike;
            }
            if tile.is_gated && has_fired {
                adjoints.p = if reset.keeps_membrane() { adjoints.p } else { 0.0 };
                adjoints.q = if reset == Reset::All { 0.0 } else { adjoints.q };
            }
            if has_fired_before(tile.spikes, refractory, t, lane) {
                [direct, activation, timing, adjoints.p] = [0.0; 4];
            }
            directs[t] = direct;
            let opened = adjoints.q;
            neuron.step_back(&kept, t, &mut adjoints, direct);
            let LaneAdjoints { p, q, .. } = adjoints;
            bias += p * bias_gain;
            if let Some(sums) = &mut output.constants {
                neuron.sum(&kept, t, &adjoints, &mut PlainSums { sums, lanes: tile.lanes, lane });
            }
            let r = neuron.delay_gradient(opened, &adjoints);
            if output.rows[t] != NO_ROW {
                let at = output.rows[t] as usize * tile.lanes + lane;
                output.q_rows[at] = q * drive_gain;
                if !output.r_rows.is_empty() {
                    output.r_rows[at] = r * drive_gain;
                }
            }
            let at = t * output.stride + output.offset + lane;
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
            if let Some(observed) = &mut output.observed {
                observed.activation[at] = activation;
                observed.timing[at] = timing;
                observed.reset_error[at] = reset_error;
                observed.reset_slope[at] = reset_slope;
            }
            if t % FLOOR_EVERY == 0 {
                adjoints.p = flushed(adjoints.p, FLOOR);
                adjoints.q = flushed(adjoints.q, FLOOR);
                adjoints.own = adjoints.own.map(|own| flushed(own, FLOOR));
            }
        }
        output.bias[lane] = bias;
        let LaneAdjoints { p, q, own, .. } = adjoints;
        for (carried, last) in output.carried.iter_mut().zip([&[p][..], &[q], &own]) {
            for (array, &last) in carried.chunks_exact_mut(tile.lanes).zip(last) {
                array[lane] = last;
            }
        }
    }
}

/// Adjoints that the steps after the first one left.
fn carried_adjoints(tile: &BackwardTile<'_>, output: &BackwardOutput<'_>, lane: usize) -> LaneAdjoints {
    let at = |array: &[f32], number: usize| array.get(number * tile.lanes + lane).copied().unwrap_or(0.0);
    let [p, q, own] = &output.carried;
    LaneAdjoints {
        p: at(p, 0),
        q: at(q, 0),
        own: std::array::from_fn(|number| at(own, number)),
        ..LaneAdjoints::default()
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
