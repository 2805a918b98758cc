//! A dense layer whose connections have delays of their own (spec 13).
//!
//! ```text
//! X_j[t] = γ Σ_i W_ji s_i[t − n_ji]
//! S̄_i[t] = γ Σ_j W_ji q_j[t + n_ji],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t + n_ji],   dW_ji = γ Σ_t q_j[t + n_ji] s_i[t]
//! ```

use spikelet_config::{Delays, DelaysBy};
use spikelet_kernels::{DelayedRow, LANES, StepEvents, project_delayed, spread_columns};

use super::ConnectionState;
use super::backward::BackwardRun;
use super::delays::DelaySteps;
use super::drive::Drive;
use super::forward::ForwardRun;
use super::layout::Layout;
use super::sent::{Sent, SourceSite};
use super::sums::DriveSums;
use super::weights::Weights;
use crate::events::NO_UNIT;
use crate::events::{LayerSpikes, last_event};
use crate::gradient::GradientForm;
use crate::parameters::TileParameters;
use crate::shape::LayerShape;

/// A dense connection with a delay for each input and unit.
#[derive(Clone, Debug)]
pub struct DelayedConnections {
    delays: Delays,
    steps: DelaySteps,
}

/// What arrives, and scratch of backward passes.
#[derive(Debug, Default)]
pub(super) struct DelayedState {
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
        self.scale = view.drive_gain() * factor;
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

impl DelayedConnections {
    pub(crate) fn new(delays: Delays) -> Self {
        Self { delays, steps: DelaySteps::default() }
    }
}

impl Weights for DelayedConnections {
    fn state(&self, layout: &Layout, steps: usize) -> ConnectionState {
        let delayed = DelayedState { drive: Drive::new(layout, steps), errors: DelayedErrors::default() };
        ConnectionState { delayed, ..ConnectionState::default() }
    }

    fn clear(&self, state: &mut ConnectionState) {
        state.delayed.drive.clear();
    }

    fn look_ahead(&self, state: &mut ConnectionState) {
        state.delayed.drive.look_ahead(self.steps.longest);
    }

    fn start_window(&self, state: &mut ConnectionState, kept: usize) {
        state.delayed.drive.start_window(kept);
    }

    fn delays(&self) -> Option<&Delays> {
        Some(&self.delays)
    }

    fn refresh(&mut self, tiles: &[TileParameters], delays: &[f32]) {
        self.steps.refresh(DelaysBy::Connection, tiles, delays);
    }

    fn longest_delay(&self) -> usize {
        self.steps.longest
    }

    fn takes_values(&self) -> bool {
        true
    }

    fn forward(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>) {
        let drive = &mut state.delayed.drive;
        drive.send(run.view.tiles, &self.steps, run.arriving, run.to);
        let drive = &*drive;
        run.run_sites(&|site| drive.site(site), &|_| drive.events());
    }

    fn add_drive(&self, state: &mut ConnectionState, run: &mut ForwardRun<'_>, sums: &mut DriveSums<'_>) {
        let drive = &mut state.delayed.drive;
        drive.send(run.view.tiles, &self.steps, run.arriving, run.to);
        for site in &run.view.layout.sites {
            let steps = run.from * site.lanes..run.to * site.lanes;
            let to = &mut sums.values[site.lane * run.view.steps..][steps.clone()];
            to.iter_mut().zip(&drive.site(site)[steps]).for_each(|(sum, value)| *sum += sums.scale * value);
        }
    }

    fn collect(&self, _state: &mut ConnectionState, run: &mut BackwardRun<'_>, _arriving: StepEvents<'_>) {
        run.collect_rows();
    }

    fn last_arrival(&self, _state: &ConnectionState, arriving: StepEvents<'_>) -> usize {
        let last = last_event(arriving.offsets);
        if last == 0 { 0 } else { last + self.steps.longest }
    }

    fn operations(&self, shape: &LayerShape, inputs: &LayerSpikes<'_>) -> u64 {
        self.steps.operations(shape, inputs)
    }

    fn gradient(&self) -> GradientForm {
        GradientForm::Steps { has_r: self.delays.learn }
    }

    fn backward(&self, samples: &mut [(&mut ConnectionState, BackwardRun<'_>)]) {
        samples.iter_mut().for_each(|(_, run)| run.run_all_rows());
    }

    fn prepare_error(&self, state: &mut ConnectionState, sent: &Sent<'_>, factor: f32) {
        state.delayed.errors.prepare(&self.steps, sent, factor);
    }

    fn spike_error(
        &self,
        state: &ConnectionState,
        sent: &Sent<'_>,
        source: &SourceSite<'_>,
        _factor: f32,
        error: &mut [f32],
    ) {
        state.delayed.errors.project(&self.steps, sent, source, error);
    }

    fn weighted_sum(&self, _state: &ConnectionState, sent: &Sent<'_>, input: u32, t: usize, adjoints: &[f32]) -> f32 {
        self.steps.sum(sent, input as usize, t, adjoints)
    }

    fn delay_steps(&self, tile: usize) -> &[u16] {
        &self.steps.by_connection[tile]
    }
}
