//! Plain-loop twins: what every kernel computes, lane by lane. The kernels must give the same bits.

use crate::backward::timing_part;
use crate::optimizer::MOMENT_FLOOR;
use crate::update::total;
use crate::{
    AdamStep, BackwardOutput, BackwardTerms, BackwardTile, DelayedRow, FLOOR, FLOOR_EVERY, ForwardTile, Gather,
    Injection, LANES, Landing, LayerAdjoints, LifConstants, NO_ROW, Optimizer, ProjectedError, Projection, Reset,
    ResetPath, RowGradient, SgdStep, SpikeError, SteadyError, StepEvents, Surrogate, Sweep, TILE, TileAdjoints,
    TileParameters, TileState,
};

fn flushed(x: f32, floor: f32) -> f32 {
    if x.abs() < floor { 0.0 } else { x }
}

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
                    timing = timing_part(tile, t, fired, 1 << lane, 0, first_spike, |_| reset_slope)[lane];
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

/// What further terms add at one step of one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct ResetTerms {
    /// Added to E.
    steady: f32,
    /// Subtracted from E.
    spike: f32,
    /// Added to E.
    jump: f32,
    /// Subtracted from dL/dS.
    reset_error: f32,
    /// Subtracted from T̄, if the lane fires.
    reset_slope: f32,
}

/// Terms of step `t`; `next` are p and q of step `t + 1`, `directs` is G from there on.
fn reset_terms(
    tile: &BackwardTile<'_>,
    options: &BackwardTerms<'_>,
    t: usize,
    lane: usize,
    next: (f32, f32),
    directs: &[f32],
) -> ResetTerms {
    let c = tile.constants_of(lane);
    let threshold = tile.threshold(t, lane);
    let bias = options.bias[lane];
    let fired = |t: usize| tile.spikes[t] >> lane & 1 == 1;
    let membrane = |t: usize| tile.trace[t * tile.lanes + lane];
    let current = |t: usize| {
        let before = match t.checked_sub(1) {
            None => 0.0,
            Some(last) if fired(last) => c.reset.carried(membrane(last), tile.threshold(last, lane)),
            Some(last) => membrane(last),
        };
        (membrane(t) - before * c.membrane_decay) - bias
    };
    let drive = |t: usize| {
        let before = if t == 0 || fired(t - 1) { 0.0 } else { current(t - 1) };
        current(t) - before * c.current_decay
    };
    let reached = |path: ResetPath| {
        if path.lag() == 0 {
            return next;
        }
        (t + 1..tile.end.min(t + path.lag() + 1)).rev().fold((0.0, 0.0), |(p, q), u| {
            let (p, q) = if fired(u) { (0.0, 0.0) } else { (p, q) };
            let p = directs[u] + p * c.membrane_decay;
            (p, p + q * c.current_decay)
        })
    };
    let carries = |path: ResetPath| t + 1 < tile.end && path.carries((membrane(t) - threshold).abs());
    let mut terms = ResetTerms { steady: options.steady_at(lane), ..ResetTerms::default() };
    if carries(options.activation_path) {
        let (p, q) = reached(options.activation_path);
        terms.reset_error = match c.reset {
            Reset::All => (membrane(t) * c.membrane_decay) * p + (current(t) * c.current_decay) * q,
            Reset::Membrane => (membrane(t) * c.membrane_decay) * p,
            Reset::Subtract => p * (threshold * c.membrane_decay),
        };
        terms.spike = terms.reset_error * options.factor;
    }
    if carries(options.timing_path) {
        let (p, q) = reached(options.timing_path);
        let from_bias = bias * p;
        let moved = match c.reset {
            Reset::All => {
                (drive(t + 1) * q + drive(t) * (p * c.membrane_decay + q * c.current_decay))
                    + (from_bias + from_bias * c.membrane_decay)
            }
            Reset::Membrane => p * ((current(t + 1) + bias) + (current(t) + bias) * c.membrane_decay),
            Reset::Subtract => {
                let fall = c.membrane_decay * tile.threshold_fall(t, lane);
                p * ((1.0 - c.membrane_decay * c.membrane_decay) * threshold - (fall + fall))
            }
        };
        terms.reset_slope = moved * 0.5;
    }
    terms
}

/// Whether the lane fired in the `n` steps before `t`.
fn has_fired_before(spikes: &[u64], n: u32, t: usize, lane: usize) -> bool {
    spikes[t.saturating_sub(n as usize)..t].iter().any(|fired| fired >> lane & 1 == 1)
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

/// Twin of [`crate::carry_error`].
pub fn carry_error(projected: &ProjectedError<'_>, constants: &LifConstants, lanes: usize, error: &mut [f32]) {
    let ProjectedError { weights, offsets, injections } = *projected;
    let LifConstants { membrane_decay, current_decay, .. } = *constants;
    for lane in 0..lanes {
        let (mut p, mut q) = (0.0f32, 0.0f32);
        let weight = |injection: &Injection| weights[injection.unit as usize * lanes + lane];
        for (t, row) in error.chunks_exact_mut(lanes).enumerate().rev() {
            p *= membrane_decay;
            q *= current_decay;
            for injection in &injections[offsets[t] as usize..offsets[t + 1] as usize] {
                p += weight(injection) * injection.membrane;
                q += weight(injection) * injection.current;
            }
            q += p;
            if t % FLOOR_EVERY == 0 {
                p = flushed(p, FLOOR);
                q = flushed(q, FLOOR);
            }
            row[lane] = q;
        }
    }
}

/// Twin of [`crate::spread_error`].
pub fn spread_error(steady: &SteadyError<'_>, lanes: usize, error: &mut [f32]) {
    for lane in 0..lanes {
        let weight = |injection: &Injection| steady.weights[injection.unit as usize * lanes + lane];
        let sum = steady.injections.iter().fold(0.0, |sum, injection| sum + weight(injection) * injection.membrane);
        for (row, factor) in error.chunks_exact_mut(lanes).zip(steady.course) {
            row[lane] = sum * factor;
        }
    }
}

/// Twin of [`crate::project()`].
pub fn project(projection: &Projection<'_>, out: &mut [f32]) {
    for t in 0..projection.steps {
        for lane in 0..projection.lanes {
            let mut sum = 0.0;
            for segment in 0..projection.segments {
                for j in 0..projection.units {
                    let weight = projection.weights[(segment * projection.units + j) * projection.lanes + lane];
                    sum += weight * projection.rows[t * projection.stride + segment * projection.gap + j];
                }
            }
            let to = &mut out[t * projection.lanes + lane];
            *to = if projection.adds { *to + sum * projection.scale } else { sum * projection.scale };
        }
    }
}

/// Twin of [`crate::project_delayed`].
pub fn project_delayed(row: &DelayedRow<'_>, adjoints: &[f32], stride: usize, adds: bool, sums: &mut [f32]) {
    let most = stride - sums.len();
    for (t, sum) in sums.iter_mut().enumerate() {
        if !adds {
            *sum = 0.0;
        }
        for (unit, (weight, &delay)) in row.weights.iter().zip(row.delays).enumerate() {
            *sum += weight * adjoints[unit * stride + usize::from(delay).min(most) + t];
        }
    }
}

/// Twin of [`crate::shift_back`].
pub fn shift_back(shifts: &[usize], error: &mut [f32]) {
    let lanes = shifts.len();
    for at in 0..error.len() {
        error[at] = error.get(at + shifts[at % lanes] * lanes).copied().unwrap_or(0.0);
    }
}

/// Twin of [`crate::spread_columns`].
pub fn spread_columns(columns: &[f32], stride: usize, scale: f32, (first, lanes): (usize, usize), rows: &mut [f32]) {
    for (t, row) in rows.chunks_exact_mut(lanes).enumerate() {
        for (column, to) in columns.chunks_exact(stride).zip(&mut row[first..]) {
            *to = column[t] * scale;
        }
    }
}

/// Twin of [`crate::dot`].
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        sums[i % LANES] += a * b;
    }
    tree(sums)
}

/// Sums 16 numbers as `((0+8)+(4+12))…`: halves onto halves.
fn tree(mut lanes: [f32; LANES]) -> f32 {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// Twin of [`crate::add_dots`].
pub fn add_dots(weights: &[f32], rows: &[f32], lanes: usize, pairs: &[(u32, u32)], sums: &mut [f32]) {
    for (sum, &(input, row)) in sums.iter_mut().zip(pairs) {
        *sum += dot(&weights[input as usize * lanes..][..lanes], &rows[row as usize * lanes..][..lanes]);
    }
}

/// Twin of [`crate::list_injections`].
pub fn list_injections(tile: &TileAdjoints<'_>, injections: &mut Vec<Injection>, ends: &mut Vec<u32>) {
    let TileAdjoints { lanes, stride, offset, steps, constants, scale, .. } = *tile;
    for t in 0..steps {
        for lane in 0..lanes {
            let has_fired = tile.spikes.get(t).is_some_and(|fired| fired >> lane & 1 == 1);
            let direct = tile.direct[t * stride + offset + lane];
            if direct == 0.0 && !has_fired {
                continue;
            }
            let closes = has_fired && t + 1 < steps;
            let (mut membrane, mut current) = (direct, 0.0);
            if closes && constants.reset != Reset::Subtract {
                membrane = direct - constants.membrane_decay * tile.p[(t + 1) * stride + offset + lane];
            }
            if closes && constants.reset == Reset::All {
                current = -constants.current_decay * tile.q[(t + 1) * stride + offset + lane];
            }
            let unit = tile.first + lane as u32;
            injections.push(Injection { unit, membrane: membrane * scale, current: current * scale });
        }
        ends.push(injections.len() as u32);
    }
}

/// Twin of [`crate::land`].
pub fn land(
    (weights, lanes): (&[f32], usize),
    landings: &[Landing],
    injections: &[Injection],
    p: &mut [f32],
    q: &mut [f32],
) {
    for landing in landings {
        for injection in injections.iter().filter(|one| (landing.from..landing.to).contains(&one.unit)) {
            let row = (landing.row + injection.unit - landing.from) as usize * lanes;
            for lane in 0..lanes {
                p[landing.at as usize + lane] += weights[row + lane] * injection.membrane;
                q[landing.at as usize + lane] += weights[row + lane] * injection.current;
            }
        }
    }
}

/// Twin of [`crate::fall`].
pub fn fall(constants: &LifConstants, t: usize, p: &mut [f32], q: &mut [f32], error: &mut [f32]) {
    let floor = if t.is_multiple_of(FLOOR_EVERY) { FLOOR } else { 0.0 };
    for ((p, q), error) in p.iter_mut().zip(q).zip(error) {
        *q = flushed(*q + *p, floor);
        *p = flushed(*p, floor);
        *error = *q;
        *p *= constants.membrane_decay;
        *q *= constants.current_decay;
    }
}

/// Twin of [`crate::row_dots`].
pub fn row_dots(tiles: &[&[f32]], inputs: &[u32], x: &[f32], sums: &mut [f32]) {
    for (&input, sum) in inputs.iter().zip(sums) {
        let parts = tiles.iter().zip(x.chunks(TILE));
        let row: Vec<f32> = parts.flat_map(|(tile, x)| &tile[input as usize * x.len()..][..x.len()]).copied().collect();
        *sum = dot(&row, x);
    }
}

/// Twin of [`crate::activation_parts`].
pub fn activation_parts<'a>(
    surrogate: Surrogate,
    threshold: f32,
    tiles: impl Iterator<Item = (&'a [f32], &'a [f32])>,
    direct: &mut [f32],
) {
    let lanes = tiles.flat_map(|(trace, error)| trace.iter().zip(error));
    for (direct, (membrane, error)) in direct.iter_mut().zip(lanes) {
        *direct = surrogate.times((membrane - threshold).abs(), *error);
    }
}

/// Twin of [`crate::mark_active`].
pub fn mark_active(surrogate: Surrogate, threshold: f32, trace: &[f32], lanes: usize, active: &mut [u64]) {
    for (bits, row) in active.iter_mut().zip(trace.chunks_exact(lanes)) {
        let is_active =
            |membrane: f32| !surrogate.is_compact() || surrogate.times((membrane - threshold).abs(), 1.0) != 0.0;
        *bits = row.iter().enumerate().fold(0, |bits, (lane, &v)| bits | u64::from(is_active(v)) << lane);
    }
}

/// Twin of [`crate::sweep_back`].
pub fn sweep_back(sweep: &Sweep<'_>, adjoints: &mut LayerAdjoints<'_>) {
    let LifConstants { membrane_decay, current_decay, .. } = sweep.constants;
    let stride = adjoints.p.len();
    for lane in 0..stride {
        let (tile, in_tile) = (lane / TILE * TILE, lane % TILE);
        let lanes = TILE.min(stride - tile);
        for t in (sweep.from..sweep.to).rev() {
            let floor = if (t + 1).is_multiple_of(FLOOR_EVERY) { FLOOR } else { 0.0 };
            let opened = flushed(adjoints.q[lane], floor);
            let direct = if t + 1 == sweep.to { sweep.direct[lane] } else { 0.0 };
            let p = direct + flushed(adjoints.p[lane], floor) * membrane_decay;
            let q = p + opened * current_decay;
            let r = (opened - q * current_decay) - p * membrane_decay;
            adjoints.bias[lane] += p;
            if sweep.rows[t] != NO_ROW {
                let at = tile * sweep.row_count + sweep.rows[t] as usize * lanes + in_tile;
                adjoints.q_rows[at] = q;
            }
            if sweep.leaves_r && t == sweep.from {
                adjoints.r[lane] = r;
            }
            for (to, value) in adjoints.every_step.iter_mut().zip([q, r]) {
                if let Some(to) = to.get_mut(t * stride + lane) {
                    *to = value;
                }
            }
            adjoints.p[lane] = p;
            adjoints.q[lane] = q;
        }
    }
}

/// Twin of [`crate::scatter_tile`].
pub fn scatter_tile(events: &StepEvents<'_>, row_of_step: &[u32], q_rows: &[f32], lanes: usize, gradient: &mut [f32]) {
    for (t, &q_row) in row_of_step.iter().enumerate().filter(|&(_, &row)| row != NO_ROW) {
        for &row in events.at(t) {
            for lane in 0..lanes {
                gradient[row as usize * lanes + lane] += q_rows[q_row as usize * lanes + lane];
            }
        }
    }
}

/// Twin of [`crate::gather_tile`].
pub fn gather_tile(gather: &Gather<'_>, lanes: usize, gradient: &mut [f32], live: &mut [bool]) {
    for (input, row) in gradient.chunks_exact_mut(lanes).enumerate() {
        for &entry in &gather.entries[gather.offsets[input] as usize..gather.offsets[input + 1] as usize] {
            live[input] = true;
            let source = gather.sources[(entry >> 16) as usize];
            for (lane, sum) in row.iter_mut().enumerate() {
                *sum += source[(entry & 0xffff) as usize * lanes + lane];
            }
        }
    }
}

/// Twin of [`crate::update_tile`].
#[must_use]
pub fn update_tile(
    gather: &Gather<'_>,
    lanes: usize,
    gradient: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
    live: &mut [bool],
) -> f32 {
    let mut sums = if gradient.is_empty() { vec![0.0; live.len() * lanes] } else { gradient.to_vec() };
    gather_tile(gather, lanes, &mut sums, live);
    update_rows(lanes, &sums, shape, optimizer, parameters)
}

/// Twin of [`crate::update_rows`].
#[must_use]
pub fn update_rows(
    lanes: usize,
    sums: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
) -> f32 {
    let mut norm = [0.0; TILE];
    for (i, sum) in sums.iter().enumerate() {
        let lane = i % lanes;
        let g = sum * shape.gain - shape.silent[lane];
        let clipped = g.min(shape.clip).max(-shape.clip);
        let defect = match optimizer {
            Optimizer::Adam(step) => adam(step, clipped, parameters, i),
            Optimizer::Sgd(step) => sgd(step, clipped, parameters, i),
        };
        norm[lane] += g * g + defect;
    }
    total(&norm)
}

/// 0, or not a number where what it leaves is not finite.
fn adam(step: &AdamStep, g: f32, parameters: &mut TileParameters<'_>, i: usize) -> f32 {
    let w = parameters.values[i];
    let g = g + w * step.weight_decay;
    let m = flushed(parameters.first[i] * step.beta1 + g * step.first_share, MOMENT_FLOOR);
    let v = flushed(parameters.second[i] * step.beta2 + (g * g) * step.second_share, MOMENT_FLOOR);
    parameters.first[i] = m;
    parameters.second[i] = v;
    let w = w * step.keep - (m * step.rate) / ((v * step.second_scale).sqrt() + step.epsilon);
    parameters.values[i] = w;
    (w + v) * 0.0
}

/// 0, or not a number where what it leaves is not finite.
fn sgd(step: &SgdStep, g: f32, parameters: &mut TileParameters<'_>, i: usize) -> f32 {
    let w = parameters.values[i];
    let g = g + w * step.weight_decay;
    let u = flushed(parameters.first[i] * step.momentum + g, MOMENT_FLOOR);
    parameters.first[i] = u;
    let w = w - u * step.rate;
    parameters.values[i] = w;
    w * 0.0
}
