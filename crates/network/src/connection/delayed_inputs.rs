//! A dense layer whose inputs have delays (spec 13).
//!
//! ```text
//! X_j[t] = γ Σ_i W_ji s_i[t − n_i]
//! S̄_i[t] = γ Σ_j W_ji q_j[t + n_i],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t + n_i],   dW_ji = γ Σ_t q_j[t + n_i] s_i[t]
//! ```
//!
//! Spikes are listed by the step of their arrival; from there on the layer is a dense one.

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{Level, StepEvents};

use super::backward::BackwardRun;
use super::delays::{DelaySteps, leave_input_gradient};
use super::dense::{Towards, mark_rows};
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::stages::Stages;
use super::underway::Underway;
use super::weights::{Reads, Sent, SourceSite, Weights};
use crate::gradient::{GradientRows, WeightGradient};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// A dense connection with a delay for each input.
#[derive(Clone, Copy, Debug)]
pub struct DelayedInputs(pub(crate) Delays);

/// Weights and delays in the orders in which sums read them.
#[derive(Clone, Debug, Default)]
pub struct DelayedCopies {
    pub(super) towards: Towards,
    pub(super) steps: DelaySteps,
}

/// Spikes that have arrived, by step, and those that have not.
#[derive(Debug)]
pub struct DelayedInputsState {
    underway: Underway,
    offsets: Vec<u32>,
    inputs: Vec<u32>,
    /// Step up to which spikes were listed.
    listed: usize,
}

impl Weights for DelayedInputs {
    type State = DelayedInputsState;
    type Copies = DelayedCopies;

    fn state(&self, _layout: &Layout, steps: usize) -> DelayedInputsState {
        DelayedInputsState {
            underway: Underway::new(self.0.max as usize),
            offsets: vec![0; steps + 1],
            inputs: Vec::new(),
            listed: 0,
        }
    }

    fn clear(&self, state: &mut DelayedInputsState) {
        state.underway.clear();
        self.turn(state, 0);
    }

    fn turn(&self, state: &mut DelayedInputsState, kept: usize) {
        state.offsets.fill(0);
        state.inputs.clear();
        state.listed = kept;
    }

    fn delays(&self) -> Option<&Delays> {
        Some(&self.0)
    }

    fn start_bound(&self, shape: &LayerShape, _input: usize) -> f32 {
        (1.0 / (shape.inputs as f64).sqrt()) as f32
    }

    fn refresh(&self, tiles: &[TileParameters], delays: &[f32], copies: &mut DelayedCopies) {
        copies.steps.refresh(DelaysBy::Input, tiles, delays);
    }

    fn refresh_backward(
        &self,
        tiles: &[TileParameters],
        source: Option<(&Layout, &Stages)>,
        _layout: &Layout,
        _reads: Reads,
        copies: &mut DelayedCopies,
    ) {
        if let Some(source) = source {
            copies.towards.refresh(tiles, source);
        }
    }

    fn arrive(
        &self,
        copies: &DelayedCopies,
        state: &mut DelayedInputsState,
        arriving: StepEvents<'_>,
        _from: usize,
        to: usize,
    ) {
        let DelayedInputsState { underway, offsets, inputs, listed } = state;
        for t in *listed..to {
            arriving.at(t).iter().for_each(|&input| underway.send(input, copies.steps.by_input[input as usize]));
            underway.arrive(inputs);
            offsets[t + 1] = inputs.len() as u32;
        }
        *listed = to.max(*listed);
        offsets[*listed..].fill(inputs.len() as u32);
    }

    fn forward(&self, _copies: &DelayedCopies, state: &mut DelayedInputsState, run: &mut ForwardRun<'_>) {
        let (tiles, events) = (run.view.tiles, state.events());
        run.run_sites(&|site| &tiles[site.tile].weights, &|_| events);
    }

    fn inputs<'a>(&self, state: &'a DelayedInputsState, _arriving: StepEvents<'a>) -> StepEvents<'a> {
        state.events()
    }

    fn gradient(&self) -> WeightGradient {
        WeightGradient::Rows(GradientRows::default())
    }

    fn mark_silent(&self, _layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut WeightGradient) {
        mark_rows(fired, gradient);
    }

    fn backward(&self, _copies: &DelayedCopies, state: &mut DelayedInputsState, run: &mut BackwardRun<'_>) {
        run.run_all_rows();
        if self.0.learn {
            leave_input_gradient(run, state.events());
        }
    }

    fn spike_error(
        &self,
        copies: &DelayedCopies,
        _state: &DelayedInputsState,
        sent: &Sent<'_>,
        site: &SourceSite<'_>,
        factor: f32,
        error: &mut [f32],
    ) {
        copies.towards.project(sent, site.site, factor, error);
        self.shift_error(copies, sent.level, site, error);
    }

    fn time_gradient(
        &self,
        copies: &DelayedCopies,
        _state: &Self::State,
        sent: &Sent<'_>,
        input: u32,
        t: usize,
    ) -> f32 {
        copies.steps.sum(sent, input as usize, t, &sent.adjoints.r)
    }

    fn projection<'a>(&self, copies: &'a DelayedCopies, site: &Site) -> Option<&'a [f32]> {
        Some(copies.towards.site(site))
    }

    fn shifts_errors(&self) -> bool {
        true
    }

    fn shift_error(&self, copies: &DelayedCopies, level: Level, source: &SourceSite<'_>, error: &mut [f32]) {
        copies.steps.shift_back(level, source, error);
    }
}

impl DelayedInputsState {
    fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.inputs }
    }
}
