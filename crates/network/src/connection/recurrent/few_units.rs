//! The backward pass of a recurrent layer that needs errors at few units only: at spikes, and where a surrogate with compact support
//! is not 0.
//!
//! ```text
//! S̄_i[t] + γ Σ_j U_ji q_j[t+1]   where σ̂(V_i[t]) ≠ 0,      T̄_i[t] + γ/2 Σ_j U_ji r_j[t+1]   where S_i[t] = 1
//! ```
//!
//! One row of U for each, in place of its product with every q. Whether a layer is passed this way follows from its configuration.

use spikelet_kernels::{
    BackwardTile, FLOOR, FLOOR_EVERY, LayerAdjoints, Reset, Sweep, TILE, mark_active, row_dots, sweep_back,
    timing_of_spike,
};

use super::backward_state::BackwardState;
use super::panels::{Panels, own_rows, tile_rows};
use super::step_rows::StepRows;
use crate::aligned::Aligned;
use crate::connection::backward::{BackwardScratch, Mixing, PassContext};
use crate::connection::sent::Sent;
use crate::events::set_bits;
use crate::gradient::{GradientRows, LayerGradient};
use crate::state::{Adjoints, UnitState};

/// Scratch of the backward pass that needs errors at few units.
#[derive(Debug, Default)]
pub(super) struct FewUnits {
    /// Lanes at which the surrogate is not 0: site by site, a word for each step.
    active: Vec<u64>,
    /// Steps at which a unit fired or, in a pass that looks, is active: a bit for each.
    pub(super) events: Vec<u64>,
    /// G of the step last entered, `[lane]` of all tiles.
    pub(super) direct: Aligned,
    pub(super) sums: UnitSums,
    pub(super) steps: StepRows,
}

/// A few units of a step, with their sums.
#[derive(Debug, Default)]
pub(super) struct UnitSums {
    units: Vec<u32>,
    /// Σ_j U_ji x_j.
    sums: Vec<f32>,
}

/// Where rows of q for the weight gradient go.
pub(super) struct Rows<'a> {
    pub(super) of_step: &'a [u32],
    pub(super) count: usize,
    /// Tile by tile `[row][lane]`.
    pub(super) q: &'a mut [f32],
    /// r, tile by tile `[row][lane]`; empty unless it is kept.
    pub(super) r: &'a mut [f32],
}

impl<'a> Rows<'a> {
    /// Rows of a sample's gradient, or of a pass that is mixed into it.
    pub(super) fn of(
        gradient: &'a mut LayerGradient,
        scratch: &'a mut BackwardScratch,
        mixing: Option<Mixing>,
    ) -> Self {
        let GradientRows { row_of_step, inputs, q, r, .. } = &mut gradient.rows;
        let [q, r] = match mixing {
            None => [q, r],
            Some(_) => {
                scratch.extra.resize(q.len());
                scratch.extra_r.resize(r.len());
                [&mut scratch.extra, &mut scratch.extra_r]
            }
        };
        Self { of_step: row_of_step, count: inputs.count(), q, r }
    }
}

/// Σ_j W_ji a_j[t] of an input, over all units; `adjoints` are those of every step.
pub(super) fn row_sum(sent: &Sent<'_>, input: usize, t: usize, adjoints: &[f32]) -> f32 {
    let stride = sent.view.layout.stride;
    let mut sum = [0.0];
    let x = &adjoints[t * stride..(t + 1) * stride];
    row_dots(sent.level, &tile_rows(&sent.view, input), &[0], x, &mut sum);
    sum[0]
}

impl FewUnits {
    /// Takes the layer from the last step with a gradient down to the first.
    #[inline(never)]
    pub(super) fn run(
        &mut self,
        context: &PassContext<'_>,
        panels: &Panels,
        adjoints: &mut Adjoints,
        backward: &mut BackwardState,
        rows: &mut Rows<'_>,
    ) {
        let PassContext { view, pass, end, units, .. } = *context;
        let sites = &view.layout.sites;
        let tiles: Vec<BackwardTile<'_>> =
            (0..sites.len()).map(|site| context.tile(site, (0, end), None, &[])).collect();
        self.find_events(context, &tiles);
        self.direct.clear();
        self.direct.resize(view.layout.lanes);
        let weights = if pass.factor != 0.0 { panels.rows(&view) } else { own_rows(&view) };
        let gain = view.drive_gain() * pass.factor;
        let has_activity = pass.has_activity();
        let has_timing = pass.timing_weight != 0.0;
        let Self { active, events, direct, sums, .. } = self;
        let mut to = end;
        for t in (0..end).rev().filter(|&t| events[t / 64] >> (t % 64) & 1 == 1) {
            let fired = |number: usize| units.spikes[number * view.steps + t];
            let has_fired = (0..sites.len()).any(|number| fired(number) != 0);
            sweep(context, (t + 1, to), direct, has_fired && has_timing, adjoints, backward, rows);
            to = t + 1;
            let BackwardState { sites: given, carried: [_, q, _], .. } = &*backward;
            direct.fill(0.0);
            if pass.factor != 0.0 {
                sums.sum(context, &weights, q, |number| active[number * view.steps + t]);
                for (unit, own) in sums.units() {
                    let (number, lane) = (unit / TILE, unit % TILE);
                    let tile = &tiles[number];
                    let at = t * tile.lanes + lane;
                    let error = given[number].error[at] + own * gain;
                    let error = if has_activity { error + pass.activity_error(unit) } else { error };
                    direct[unit] = pass.surrogate.times(tile.trace[at] - tile.constants.threshold, error);
                }
            }
            if has_fired {
                sums.take_spikes(context, (&tiles, &weights), backward, direct, t);
            }
        }
        sweep(context, (0, to), direct, false, adjoints, backward, rows);
    }

    /// Fills `active` and `events`.
    fn find_events(&mut self, context: &PassContext<'_>, tiles: &[BackwardTile<'_>]) {
        let PassContext { level, view, pass, end, units, .. } = *context;
        let Self { active, events, .. } = self;
        list_busy(units, view.steps, end, events);
        if pass.factor != 0.0 {
            active.resize(tiles.len() * view.steps, 0);
            let sites = view.layout.sites.iter().zip(active.chunks_exact_mut(view.steps));
            for (tile, (site, active)) in tiles.iter().zip(sites) {
                let active = &mut active[..end];
                mark_active(level, pass.surrogate, tile.constants.threshold, tile.trace, tile.lanes, active);
                let in_use = view.layout.lanes_in_use(site);
                for (t, bits) in active.iter_mut().enumerate() {
                    *bits &= in_use;
                    events[t / 64] |= u64::from(*bits != 0) << (t % 64);
                }
            }
        }
        if let Some(last) = events.last_mut() {
            *last &= u64::MAX >> (64 * end.div_ceil(64) - end);
        }
    }
}

/// Fills `events` with the steps before `end` at which a unit fired.
pub(super) fn list_busy(units: &UnitState, steps: usize, end: usize, events: &mut Vec<u64>) {
    events.clear();
    events.resize(end.div_ceil(64), 0);
    for busy in units.busy.chunks_exact(steps.div_ceil(64)) {
        events.iter_mut().zip(busy).for_each(|(events, busy)| *events |= busy);
    }
}

/// Takes the layer from step `to` down to step `from`.
pub(super) fn sweep(
    context: &PassContext<'_>,
    (from, to): (usize, usize),
    direct: &[f32],
    leaves_r: bool,
    adjoints: &mut Adjoints,
    backward: &mut BackwardState,
    rows: &mut Rows<'_>,
) {
    let constants = context.view.neuron.constants;
    let BackwardState { carried: [p, q, r], bias, .. } = backward;
    let is_kept = context.plan.kept.q;
    let every_step = if is_kept { [&mut adjoints.q[..], &mut adjoints.r[..]] } else { [&mut [][..], &mut [][..]] };
    let of_steps = Sweep { constants, from, to, direct, rows: rows.of_step, row_count: rows.count, leaves_r };
    sweep_back(context.level, &of_steps, &mut LayerAdjoints { p, q, r, bias, q_rows: rows.q, every_step });
}

impl UnitSums {
    /// Lists the units whose bits are set, site by site, and sums over what they reach; no x is 0.
    #[inline(never)]
    fn sum(&mut self, context: &PassContext<'_>, weights: &[&[f32]], x: &[f32], bits: impl Fn(usize) -> u64) {
        self.units.clear();
        for number in 0..context.view.layout.sites.len() {
            self.units.extend(set_bits(bits(number)).map(|lane| (number * TILE + lane) as u32));
        }
        self.sums.resize(self.units.len(), 0.0);
        row_dots(context.level, weights, &self.units, x, &mut self.sums);
    }

    /// Takes the spikes of step `t`: their timing parts enter G, and their gates close.
    pub(super) fn take_spikes(
        &mut self,
        context: &PassContext<'_>,
        (tiles, weights): (&[BackwardTile<'_>], &[&[f32]]),
        backward: &mut BackwardState,
        direct: &mut [f32],
        t: usize,
    ) {
        let PassContext { view, pass, units, .. } = *context;
        let BackwardState { sites: given, carried: [p, q, r], .. } = backward;
        let reached = if pass.timing_weight != 0.0 { &r[..] } else { &[] };
        self.sum(context, weights, reached, |number| units.spikes[number * view.steps + t]);
        let half_gain = view.drive_gain() / 2.0;
        // From the last spike to the first, as T̄ is taken off its end.
        for (unit, own) in self.units().rev() {
            let (number, lane) = (unit / TILE, unit % TILE);
            if let Some(given) = given[number].timing.pop() {
                let next = [p[unit], q[unit]].map(|adjoint| flushed(adjoint, t + 1));
                let timing = given + half_gain * own;
                direct[unit] += timing_of_spike(&tiles[number], t, lane, timing, next);
            }
            if pass.is_gated {
                let reset = view.neuron.constants.reset;
                p[unit] = if reset.keeps_membrane() { p[unit] } else { 0.0 };
                q[unit] = if reset == Reset::All { 0.0 } else { q[unit] };
            }
        }
    }

    /// Units of the layer, with their sums; unit u is lane u % [`TILE`] of site u / [`TILE`], as all tiles but the last are full.
    fn units(&self) -> impl DoubleEndedIterator<Item = (usize, f32)> + '_ {
        self.units.iter().map(|&unit| unit as usize).zip(self.sums.iter().copied())
    }
}

/// An adjoint of step `t`, as the step before takes it.
fn flushed(adjoint: f32, t: usize) -> f32 {
    if t.is_multiple_of(FLOOR_EVERY) && adjoint.abs() < FLOOR { 0.0 } else { adjoint }
}
