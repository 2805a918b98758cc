//! A dense layer whose connections have delays of their own (spec 13).
//!
//! ```text
//! X_j[t] = γ Σ_i W_ji s_i[t − n_ji]
//! S̄_i[t] = γ Σ_j W_ji q_j[t + n_ji],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t + n_ji],   dW_ji = γ Σ_t q_j[t + n_ji] s_i[t]
//! ```

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{DelayedRow, LANES, StepEvents, project_delayed, spread_columns};

use super::backward::BackwardRun;
use super::delays::DelaySteps;
use super::dense::mark_rows;
use super::drive::Drive;
use super::forward::ForwardRun;
use super::layout::Layout;
use super::weights::{Sent, SourceSite, Weights};
use crate::events::NO_UNIT;
use crate::events::{LayerSpikes, last_event};
use crate::gradient::{GradientRows, WeightGradient};
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// A dense connection with a delay for each input and unit.
#[derive(Clone, Copy, Debug)]
pub struct DelayedConnections(pub(crate) Delays);

/// What arrives, and scratch of backward passes.
#[derive(Debug)]
pub struct DelayedConnectionsState {
    drive: Drive,
    errors: DelayedErrors,
}

/// q of a layer, unit by unit, and what its inputs get of it.
#[derive(Debug, Default)]
pub(super) struct DelayedErrors {
    /// `[unit][step]`, 0 from the end on.
    q: Vec<f32>,
    /// Steps of a unit in `q`.
    stride: usize,
    /// Steps, rounded up to whole vectors.
    length: usize,
    scale: f32,
}

impl DelayedErrors {
    #[inline(never)]
    pub(super) fn prepare(&mut self, delays: &DelaySteps, sent: &Sent<'_>, factor: f32) {
        let Sent { view, adjoints, end, .. } = sent;
        self.length = end.next_multiple_of(LANES).max(LANES);
        self.stride = self.length + delays.longest.min(*end);
        self.scale = view.neuron.drive_gain() * factor;
        self.q.clear();
        self.q.resize(view.shape.units * self.stride, 0.0);
        for (t, row) in adjoints.q.chunks_exact(view.layout.stride).enumerate().take(*end) {
            let of_step = self.q.iter_mut().skip(t).step_by(self.stride);
            of_step.zip(row).for_each(|(to, q)| *to = *q);
        }
    }

    /// `factor · S̄` of a site of the previous layer; 0 in lanes that arrive nowhere.
    #[inline(never)]
    pub(super) fn project(&self, delays: &DelaySteps, sent: &Sent<'_>, source: &SourceSite<'_>, error: &mut [f32]) {
        let (lanes, mut columns) = (source.site.lanes, vec![0.0; LANES * self.length]);
        for (first, inputs) in (0..lanes).step_by(LANES).zip(source.arrival_of_lane.chunks(LANES)) {
            for (sums, &input) in columns.chunks_exact_mut(self.length).zip(inputs) {
                if input == NO_UNIT {
                    sums.fill(0.0);
                    continue;
                }
                for (tile, steps) in sent.view.tiles.iter().zip(&delays.by_connection) {
                    let row = input as usize * tile.lanes..input as usize * tile.lanes + tile.units;
                    let row = DelayedRow { weights: &tile.weights[row.clone()], delays: &steps[row] };
                    project_delayed(
                        sent.level,
                        &row,
                        &self.q[tile.first * self.stride..],
                        self.stride,
                        tile.first > 0,
                        sums,
                    );
                }
            }
            spread_columns(sent.level, &columns, self.length, self.scale, (first, lanes), error);
        }
    }
}

impl Weights for DelayedConnections {
    type State = DelayedConnectionsState;
    type Copies = DelaySteps;

    fn state(&self, layout: &Layout, steps: usize) -> DelayedConnectionsState {
        DelayedConnectionsState { drive: Drive::new(layout, steps), errors: DelayedErrors::default() }
    }

    fn clear(&self, state: &mut DelayedConnectionsState) {
        state.drive.clear();
    }

    fn look_ahead(&self, copies: &DelaySteps, state: &mut DelayedConnectionsState) {
        state.drive.look_ahead(copies.longest);
    }

    fn turn(&self, state: &mut DelayedConnectionsState, kept: usize) {
        state.drive.turn(kept);
    }

    fn delays(&self) -> Option<&Delays> {
        Some(&self.0)
    }

    fn start_bound(&self, shape: &LayerShape, _input: usize) -> f32 {
        (1.0 / (shape.inputs as f64).sqrt()) as f32
    }

    fn refresh(&self, tiles: &[TileParameters], delays: &[f32], copies: &mut DelaySteps) {
        copies.refresh(DelaysBy::Connection, tiles, delays);
    }

    fn longest_delay(&self, copies: &DelaySteps) -> usize {
        copies.longest
    }

    fn forward(&self, copies: &DelaySteps, state: &mut DelayedConnectionsState, run: &mut ForwardRun<'_>) {
        state.drive.send(run.view.tiles, copies, run.arriving, run.to);
        let drive = &state.drive;
        run.run_sites(&|site| drive.site(site), &|_| drive.events());
    }

    fn last_arrival(&self, copies: &DelaySteps, _state: &DelayedConnectionsState, arriving: StepEvents<'_>) -> usize {
        let last = last_event(arriving.offsets);
        if last == 0 { 0 } else { last + copies.longest }
    }

    fn operations(&self, copies: &DelaySteps, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        copies.operations(shape, inputs)
    }

    fn gradient(&self) -> WeightGradient {
        WeightGradient::Steps(GradientRows::with_r(self.0.learn))
    }

    fn mark_silent(&self, _layout: &Layout, fired: &mut dyn Iterator<Item = u64>, gradient: &mut WeightGradient) {
        mark_rows(fired, gradient);
    }

    fn backward(&self, _copies: &DelaySteps, _state: &mut DelayedConnectionsState, run: &mut BackwardRun<'_>) {
        run.run_all_rows();
    }

    fn prepare_error(&self, copies: &DelaySteps, state: &mut DelayedConnectionsState, sent: &Sent<'_>, factor: f32) {
        state.errors.prepare(copies, sent, factor);
    }

    fn spike_error(
        &self,
        copies: &DelaySteps,
        state: &DelayedConnectionsState,
        sent: &Sent<'_>,
        site: &SourceSite<'_>,
        _factor: f32,
        error: &mut [f32],
    ) {
        state.errors.project(copies, sent, site, error);
    }

    fn time_gradient(&self, copies: &DelaySteps, _state: &Self::State, sent: &Sent<'_>, input: u32, t: usize) -> f32 {
        copies.sum(sent, input as usize, t, &sent.adjoints.r)
    }

    fn delay_steps<'a>(&self, copies: &'a DelaySteps, tile: usize) -> &'a [u16] {
        &copies.by_connection[tile]
    }
}
