//! A dense layer whose spikes also reach all its own units, one step later (spec 1.5).
//!
//! ```text
//! X[t] = γ (W s_previous[t] + U s[t−1])
//! S̄[t] ← S̄[t] + γ Uᵀ q[t+1],   T̄[t] ← T̄[t] + S[t] γ/2 Uᵀ r[t+1]
//! ```
//!
//! U are the columns behind W. Every step needs the units of the one before, forward, or the adjoints of the one after, backward, of the
//! whole layer, so that both passes go step by step over all tiles, unless errors are needed at few units (`recurrent/sparse.rs`). Where
//! there are delays (spec 13), those of U come on top of the step.

mod descent;
mod forward;
mod lockstep;
mod panels;
mod products;
mod received;
mod sparse;
mod state;
mod step_back;
mod step_rows;

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{StepEvents, TileRun};

use self::forward::Span;
use self::panels::Panels;
use self::sparse::{Rows, is_by_layer, is_sparse, row_sum};
use self::state::{Delayed, RecurrentState};
use super::backward::{BackwardRun, LayerPass, PassContext};
use super::delays::{DelaySteps, leave_input_gradient};
use super::dense::{Towards, mark_rows};
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::stages::Stages;
use super::view::LayerView;
use super::weights::{Reads, Sent, SourceSite, Weights};
use crate::events::{LayerSpikes, set_bits};
use crate::gradient::{GradientRows, LayerGradient, WeightGradient};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// Whether all lanes of a layer take a step at once where every unit needs an error. The bits are the same without; in WebAssembly, whose
/// vectors have 4 lanes, it is 0.93 times as fast.
const TAKES_LAYERS: bool = cfg!(not(target_arch = "wasm32"));

/// A recurrent connection.
#[derive(Clone, Copy, Debug)]
pub struct Recurrent {
    pub(crate) delays: Option<Delays>,
}

/// Weights that the backward pass reads.
#[derive(Clone, Debug, Default)]
pub struct RecurrentCopies {
    towards: Towards,
    /// Weights towards the layer itself.
    returning: Panels,
    steps: DelaySteps,
}

impl Recurrent {
    pub(crate) fn shape(previous: usize, units: usize) -> LayerShape {
        LayerShape { recurrent: true, ..super::Dense::shape(previous + units, units) }
    }
}

impl Recurrent {
    /// Adds `factor · S̄` that comes back for the spikes of step `t` to the lanes of a site, unit by unit.
    fn add_error(
        &self,
        copies: &RecurrentCopies,
        sent: &Sent<'_>,
        site: &Site,
        t: usize,
        factor: f32,
        error: &mut [f32],
    ) {
        let scale = sent.view.neuron.drive_gain() * factor;
        let first = sent.view.shape.previous_units() + site.lane;
        for ((lane, _), error) in sent.view.layout.units_of(site).zip(error) {
            *error += scale * self.row_sum(copies, sent, first + lane, t + 1, &sent.adjoints.q);
        }
    }

    /// Adds T̄ that comes back for the spikes `fired` of a site at step `t`.
    fn add_times(
        &self,
        copies: &RecurrentCopies,
        sent: &Sent<'_>,
        site: &Site,
        t: usize,
        fired: u64,
        timing: &mut [f32],
    ) {
        let previous = sent.view.shape.previous_units();
        let half_gain = sent.view.neuron.drive_gain() / 2.0;
        for (lane, timing) in set_bits(fired).zip(timing) {
            *timing += half_gain * self.row_sum(copies, sent, previous + site.lane + lane, t + 1, &sent.adjoints.r);
        }
    }

    /// Σ_j W_j a_j over all units, for a spike that sets out to them at step `t`.
    fn row_sum(&self, copies: &RecurrentCopies, sent: &Sent<'_>, input: usize, t: usize, adjoints: &[f32]) -> f32 {
        match self.delays {
            None => row_sum(sent, input, t, adjoints),
            Some(_) => copies.steps.sum(sent, input, t, adjoints),
        }
    }
}

impl Recurrent {
    /// Leaves the sums of a pass.
    fn leave(&self, state: &RecurrentState, run: &mut BackwardRun<'_>) {
        let BackwardRun { context, scratch, gradient, .. } = run;
        let LayerGradient { weights, bias, .. } = &mut **gradient;
        let GradientRows { q, r, .. } = weights.rows_mut();
        match context.mixing {
            None => bias.copy_from_slice(&state.descent.bias),
            Some(mixing) => {
                mixing.mix(q, &scratch.extra);
                mixing.mix(r, &scratch.extra_r);
                mixing.mix(bias, &state.descent.bias);
            }
        }
        if let Some(Delays { by: DelaysBy::Input, learn: true, .. }) = self.delays {
            leave_input_gradient(run, state.events());
        }
    }
}

impl Weights for Recurrent {
    type State = RecurrentState;
    type Copies = RecurrentCopies;

    fn state(&self, layout: &Layout, steps: usize) -> RecurrentState {
        RecurrentState::new(self.delays.as_ref(), layout, steps)
    }

    fn clear(&self, state: &mut RecurrentState) {
        state.clear();
    }

    fn look_ahead(&self, copies: &RecurrentCopies, state: &mut RecurrentState) {
        if let Delayed::ByConnection(drive, _) = &mut state.delayed {
            drive.look_ahead(copies.steps.longest);
        }
    }

    fn turn(&self, state: &mut RecurrentState, kept: usize) {
        state.turn(kept);
    }

    fn delays(&self) -> Option<&Delays> {
        self.delays.as_ref()
    }

    fn refresh(&self, tiles: &[TileParameters], delays: &[f32], copies: &mut RecurrentCopies) {
        if let Some(Delays { by, .. }) = self.delays {
            copies.steps.refresh(by, tiles, delays);
        }
    }

    fn start_bound(&self, shape: &LayerShape, input: usize) -> f32 {
        let inputs = if input < shape.previous_units() { shape.previous_units() } else { shape.units };
        (1.0 / (inputs as f64).sqrt()) as f32
    }

    fn refresh_backward(
        &self,
        tiles: &[TileParameters],
        source: Option<(&Layout, &Stages)>,
        _layout: &Layout,
        reads: Reads,
        copies: &mut RecurrentCopies,
    ) {
        if let Some(source) = source {
            copies.towards.refresh(tiles, source);
        }
        copies.returning.refresh(tiles, reads);
    }

    fn drives_itself(&self) -> bool {
        true
    }

    fn forward(&self, copies: &RecurrentCopies, state: &mut RecurrentState, run: &mut ForwardRun<'_>) {
        let ForwardRun { level, view, arriving, from, to, .. } = *run;
        let span = Span { level, view, delays: &copies.steps, arriving, from, to };
        let mut sites: Vec<_> = run.sites(|site| &view.tiles[site.tile].weights, |_| arriving).collect();
        if matches!(state.delayed, Delayed::None) && sites.iter().all(TileRun::is_plain) {
            return state.run_plain(span, &mut sites);
        }
        state.run_steps(span, &mut sites);
    }

    fn inputs<'a>(&self, state: &'a RecurrentState, _arriving: StepEvents<'a>) -> StepEvents<'a> {
        state.events()
    }

    fn operations(&self, copies: &RecurrentCopies, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        match self.delays {
            Some(Delays { by: DelaysBy::Connection, .. }) => copies.steps.operations(shape, inputs),
            _ => inputs.count_before(inputs.steps) * shape.units as u64,
        }
    }

    fn longest_delay(&self, copies: &RecurrentCopies) -> usize {
        copies.steps.longest
    }

    fn delay_steps<'a>(&self, copies: &'a RecurrentCopies, tile: usize) -> &'a [u16] {
        copies.steps.by_connection.get(tile).map_or(&[], Vec::as_slice)
    }

    fn gradient(&self) -> WeightGradient {
        match self.delays {
            Some(Delays { by: DelaysBy::Connection, learn, .. }) => WeightGradient::Steps(GradientRows::with_r(learn)),
            _ => WeightGradient::Rows(GradientRows::default()),
        }
    }

    fn mark_silent(&self, _layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut WeightGradient) {
        mark_rows(fired, gradient);
    }

    fn reads(&self, pass: &LayerPass, view: &LayerView<'_>) -> Reads {
        let (has_errors, is_sparse) = (self.delays.is_none() && pass.factor != 0.0, is_sparse(pass, view));
        Reads { products: has_errors && !is_sparse, dots: has_errors && is_sparse, errors: false }
    }

    fn backward(&self, copies: &RecurrentCopies, state: &mut RecurrentState, run: &mut BackwardRun<'_>) {
        self.backward_together(copies, &mut [(state, run)]);
    }

    fn backward_together(&self, copies: &RecurrentCopies, samples: &mut [(&mut RecurrentState, &mut BackwardRun<'_>)]) {
        let Some(PassContext { view, pass, is_observed, .. }) = samples.first().map(|(_, run)| run.context) else {
            return;
        };
        samples.iter_mut().for_each(|(state, run)| state.descent.start(&run.context));
        if self.delays.is_none() && !is_observed && is_sparse(&pass, &view) {
            for (RecurrentState { descent, sparse, .. }, BackwardRun { context, adjoints, scratch, gradient }) in
                &mut *samples
            {
                let mut rows = Rows::of(gradient, scratch, context.mixing);
                sparse.run(context, &copies.returning, adjoints, descent, &mut rows);
            }
        } else if self.delays.is_none() && !is_observed && is_by_layer(&pass, &view) && TAKES_LAYERS {
            let samples = samples.iter_mut().map(|(state, run)| (&mut *state.descent, &mut *state.sparse, &mut **run));
            lockstep::run(&copies.returning, samples);
        } else {
            self.step_back(copies, samples);
        }
        for (state, run) in samples {
            self.leave(state, run);
        }
    }

    fn prepare_error(&self, copies: &RecurrentCopies, state: &mut RecurrentState, sent: &Sent<'_>, factor: f32) {
        if let Delayed::ByConnection(_, errors) = &mut state.delayed {
            errors.prepare(&copies.steps, sent, factor);
        }
    }

    fn spike_error(
        &self,
        copies: &RecurrentCopies,
        state: &RecurrentState,
        sent: &Sent<'_>,
        site: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        match &state.delayed {
            Delayed::None => copies.towards.project(sent, site.site, factor, error),
            Delayed::ByInput(_) => {
                copies.towards.project(sent, site.site, factor, error);
                copies.steps.shift_back(sent.level, site, error);
            }
            Delayed::ByConnection(_, errors) => errors.project(&copies.steps, sent, site, error),
        }
    }

    fn time_gradient(
        &self,
        copies: &RecurrentCopies,
        _state: &Self::State,
        sent: &Sent<'_>,
        input: u32,
        t: usize,
    ) -> f32 {
        self.row_sum(copies, sent, input as usize, t, &sent.adjoints.r)
    }

    fn add_own_error(&self, copies: &RecurrentCopies, sent: &Sent<'_>, site: &Site, factor: f32, error: &mut [f32]) {
        for (t, row) in error.chunks_exact_mut(site.lanes).enumerate().take(sent.end.saturating_sub(1)) {
            self.add_error(copies, sent, site, t, factor, row);
        }
    }

    fn add_own_times(
        &self,
        copies: &RecurrentCopies,
        sent: &Sent<'_>,
        site: &Site,
        spikes: &[u64],
        timing: &mut [f32],
    ) {
        let mut rest = timing;
        for (t, &bits) in spikes[..sent.end.saturating_sub(1)].iter().enumerate() {
            let (of_step, later) = rest.split_at_mut(bits.count_ones() as usize);
            self.add_times(copies, sent, site, t, bits, of_step);
            rest = later;
        }
    }
}
