//! A dense layer whose spikes also reach all its own units, one step later (spec 1.5).
//!
//! ```text
//! X[t] = γ (W s_previous[t] + U s[t−1])
//! S̄[t] ← S̄[t] + γ Uᵀ q[t+1],   T̄[t] ← T̄[t] + S[t] γ/2 Uᵀ r[t+1]
//! ```
//!
//! U are the columns behind W. Every step needs the units of the one before, forward, or the adjoints of the one after, backward, of the
//! whole layer, so that both passes go step by step over all tiles, unless errors are needed at few units (`recurrent/few_units.rs`). Where
//! there are delays (spec 13), those of U come on top of the step.

mod backward_state;
mod few_units;
mod forward;
mod lockstep;
mod panels;
mod products;
mod received;
mod state;
mod step_back;
mod step_rows;

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{StepEvents, TileRun};

use self::few_units::{Rows, row_sum};
use self::forward::Span;
use self::panels::Panels;
use self::state::Delayed;
use super::ConnectionState;
use super::backward::BackwardRun;
use super::delays::{DelaySteps, write_input_gradient};
use super::dense::Towards;
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::sent::{Sent, SourceSite};
use super::stages::Stages;
use super::sums::DriveSums;
use super::weights::{Weights, bound_of};
use crate::events::{LayerSpikes, set_bits};
use crate::gradient::{GradientForm, GradientRows, LayerGradient};
use crate::parameters::TileParameters;
use crate::plan::{LayerPlan, OwnRoute, TAKES_LAYERS, WeightCopies};
use crate::shape::LayerShape;

pub(super) use self::state::RecurrentState;

/// A recurrent connection.
#[derive(Clone, Debug, Default)]
pub struct Recurrent {
    delays: Option<Delays>,
    /// Weights towards the previous layer.
    towards: Towards,
    /// Weights by which the units drive each other.
    panels: Panels,
    steps: DelaySteps,
}

impl Recurrent {
    pub(crate) fn new(delays: Option<Delays>) -> Self {
        Self { delays, ..Self::default() }
    }

    pub(crate) fn shape(previous: usize, units: usize) -> LayerShape {
        LayerShape { recurrent: true, ..super::Dense::shape(previous + units, units) }
    }
}

impl Recurrent {
    /// Adds `factor · S̄` that comes back for the spikes of step `t` to the lanes of a site, unit by unit.
    fn add_error(&self, sent: &Sent<'_>, site: &Site, t: usize, factor: f32, error: &mut [f32]) {
        let scale = sent.view.drive_gain() * factor;
        let first = sent.view.shape.previous_units() + site.lane;
        for ((lane, _), error) in sent.view.layout.units_of(site).zip(error) {
            *error += scale * self.row_sum(sent, first + lane, t + 1, &sent.adjoints.q);
        }
    }

    /// Adds T̄ that comes back for the spikes `fired` of a site at step `t`.
    fn add_times(&self, sent: &Sent<'_>, site: &Site, t: usize, fired: u64, timing: &mut [f32]) {
        let previous = sent.view.shape.previous_units();
        let half_gain = sent.view.drive_gain() / 2.0;
        for (lane, timing) in set_bits(fired).zip(timing) {
            *timing += half_gain * self.row_sum(sent, previous + site.lane + lane, t + 1, &sent.adjoints.r);
        }
    }

    /// Σ_j W_j a_j over all units, for a spike that sets out to them at step `t`.
    fn row_sum(&self, sent: &Sent<'_>, input: usize, t: usize, adjoints: &[f32]) -> f32 {
        match self.delays {
            None => row_sum(sent, input, t, adjoints),
            Some(_) => self.steps.sum(sent, input, t, adjoints),
        }
    }
}

impl Recurrent {
    /// Takes one sample back tile by tile, over all steps of each: no unit needs errors of the others.
    fn run_apart(&self, state: &RecurrentState, run: &mut BackwardRun<'_>) {
        run.run_and_show(run.context.every_step(), false, &mut |_, _, _| {});
        if let Some(Delays { by: DelaysBy::Input, learn: true, .. }) = self.delays {
            write_input_gradient(run, state.events());
        }
    }

    /// Writes the sums of a pass into the gradient.
    fn finish(&self, state: &RecurrentState, run: &mut BackwardRun<'_>) {
        let BackwardRun { context, scratch, gradient, .. } = run;
        let LayerGradient { rows: GradientRows { q, r, .. }, bias, .. } = &mut **gradient;
        match context.mixing {
            None => bias.copy_from_slice(&state.backward.bias),
            Some(mixing) => {
                mixing.mix(q, &scratch.extra);
                mixing.mix(r, &scratch.extra_r);
                mixing.mix(bias, &state.backward.bias);
            }
        }
        if let Some(Delays { by: DelaysBy::Input, learn: true, .. }) = self.delays {
            write_input_gradient(run, state.events());
        }
    }
}

impl Weights for Recurrent {
    fn state(&self, layout: &Layout, steps: usize) -> ConnectionState {
        let recurrent = RecurrentState::new(self.delays.as_ref(), layout, steps);
        ConnectionState { recurrent, ..ConnectionState::default() }
    }

    fn clear(&self, state: &mut ConnectionState) {
        state.recurrent.clear();
    }

    fn look_ahead(&self, state: &mut ConnectionState) {
        if let Delayed::ByConnection(drive, _) = &mut state.recurrent.delayed {
            drive.look_ahead(self.steps.longest);
        }
    }

    fn start_window(&self, state: &mut ConnectionState, kept: usize) {
        state.recurrent.start_window(kept);
    }

    fn delays(&self) -> Option<&Delays> {
        self.delays.as_ref()
    }

    fn refresh(&mut self, tiles: &[TileParameters], delays: &[f32]) {
        if let Some(Delays { by, .. }) = self.delays {
            self.steps.refresh(by, tiles, delays);
        }
    }

    fn start_bound(&self, shape: &LayerShape, input: usize) -> f32 {
        bound_of(if input < shape.previous_units() { shape.previous_units() } else { shape.units })
    }

    fn refresh_backward(&mut self, tiles: &[TileParameters], source: Option<(&Layout, &Stages)>, copies: WeightCopies) {
        if let Some(source) = source {
            self.towards.refresh(tiles, source);
        }
        self.panels.refresh(tiles, copies);
    }

    fn drives_itself(&self) -> bool {
        true
    }

    fn takes_values(&self) -> bool {
        true
    }

    fn forward(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>) {
        let state = &mut state.recurrent;
        let ForwardRun { level, view, arriving, from, to, .. } = *run;
        let span = Span { level, view, delays: &self.steps, arriving, from, to };
        let mut sites: Vec<_> = run.sites(|site| &view.tiles[site.tile].weights, |_| arriving).collect();
        if matches!(state.delayed, Delayed::None) && sites.iter().all(TileRun::is_plain) {
            return state.run_plain(span, &mut sites);
        }
        state.run_steps(span, &mut sites);
    }

    fn add_drive(&self, _state: &mut ConnectionState, _run: &mut ForwardRun<'_>, _sums: &mut DriveSums<'_>) {
        unreachable!("a recurrent layer with further inputs has its own spikes among these");
    }

    fn collect(&self, _state: &mut ConnectionState, _run: &mut BackwardRun<'_>, _arriving: StepEvents<'_>) {
        unreachable!("a recurrent layer with further inputs has its own spikes among these");
    }

    fn inputs<'a>(&self, state: &'a ConnectionState, _arriving: StepEvents<'a>) -> StepEvents<'a> {
        state.recurrent.events()
    }

    fn operations(&self, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        match self.delays {
            Some(Delays { by: DelaysBy::Connection, .. }) => self.steps.operations(shape, inputs),
            _ => inputs.count_before(inputs.steps) * shape.units as u64,
        }
    }

    fn longest_delay(&self) -> usize {
        self.steps.longest
    }

    fn input_delay_steps(&self) -> &[u16] {
        &self.steps.by_input
    }

    fn delay_steps(&self, tile: usize) -> &[u16] {
        self.steps.by_connection.get(tile).map_or(&[], Vec::as_slice)
    }

    fn gradient(&self) -> GradientForm {
        match self.delays {
            Some(Delays { by: DelaysBy::Connection, learn, .. }) => GradientForm::Steps { has_r: learn },
            _ => GradientForm::Rows,
        }
    }

    fn backward(&self, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        let Some(&LayerPlan { own, .. }) = samples.first().map(|(_, run)| run.context.plan) else { return };
        if own == OwnRoute::None {
            return samples.iter_mut().for_each(|(state, run)| self.run_apart(&state.recurrent, run));
        }
        samples.iter_mut().for_each(|(state, run)| state.recurrent.backward.start(&run.context));
        match own {
            OwnRoute::Rows => {
                for (state, BackwardRun { context, adjoints, scratch, gradient }) in &mut *samples {
                    let RecurrentState { backward, few_units, .. } = &mut state.recurrent;
                    let mut rows = Rows::of(gradient, scratch, context.mixing);
                    few_units.run(context, &self.panels, adjoints, backward, &mut rows);
                }
            }
            OwnRoute::ProductByLayer if TAKES_LAYERS => {
                lockstep::run(&self.panels, samples.iter_mut().map(|(state, run)| (&mut state.recurrent, run)));
            }
            OwnRoute::ProductByLayer | OwnRoute::ProductByTile => self.step_back(true, samples),
            OwnRoute::RowsByTile => self.step_back(false, samples),
            OwnRoute::None => {}
        }
        for (state, run) in samples {
            self.finish(&state.recurrent, run);
        }
    }

    fn prepare_error(&self, state: &mut ConnectionState, sent: &Sent<'_>, factor: f32) {
        if let Delayed::ByConnection(_, errors) = &mut state.recurrent.delayed {
            errors.prepare(&self.steps, sent, factor);
        }
    }

    fn spike_error(
        &self,
        state: &ConnectionState,
        sent: &Sent<'_>,
        source: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        match &state.recurrent.delayed {
            Delayed::None => self.towards.project(sent, source, factor, error),
            Delayed::ByInput(_) => {
                self.towards.project(sent, source, factor, error);
                self.steps.shift_back(sent.level, source, error);
            }
            Delayed::ByConnection(_, errors) => errors.project(&self.steps, sent, source, error),
        }
    }

    fn weighted_sum(&self, _state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32 {
        self.row_sum(sent, input as usize, t, adjoints)
    }

    fn add_own_error(&self, sent: &Sent<'_>, site: &Site, factor: f32, error: &mut [f32]) {
        for (t, row) in error.chunks_exact_mut(site.lanes).enumerate().take(sent.end.saturating_sub(1)) {
            self.add_error(sent, site, t, factor, row);
        }
    }

    fn add_own_times(&self, sent: &Sent<'_>, site: &Site, spikes: &[u64], timing: &mut [f32]) {
        let mut rest = timing;
        for (t, &bits) in spikes[..sent.end.saturating_sub(1)].iter().enumerate() {
            let (of_step, later) = rest.split_at_mut(bits.count_ones() as usize);
            self.add_times(sent, site, t, bits, of_step);
            rest = later;
        }
    }
}
