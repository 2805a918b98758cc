//! A dense layer whose spikes also reach all its own units, one step later (spec 1.5).
//!
//! ```text
//! X[t] = γ (W s_below[t] + U s[t−1])
//! S̄[t] ← S̄[t] + γ Uᵀ q[t+1],   T̄[t] ← T̄[t] + S[t] γ/2 Uᵀ r[t+1]
//! ```
//!
//! U are the columns behind W. Every step needs the units of the one before, forward, or the adjoints of the one after, backward, of the
//! whole layer, so that both passes go step by step over all tiles, unless errors are needed at few units (`recurrent/sparse.rs`). Where
//! there are delays (spec 13), those of U come on top of the step.

mod descent;
mod sparse;

use spikelet_kernels::{ForwardTile, Projection, SpikeError, StepEvents, TileRun, forward_step, forward_tile, project};

use self::descent::Descent;
use self::sparse::{Rows, Sparse, is_sparse, row_sum};

use super::backward::{BackwardRun, LayerPass, PassContext, SiteOutput};
use super::delayed_connections::DelayedErrors;
use super::delays::{DelaySteps, leave_input_gradient};
use super::dense::{Towards, mark_rows};
use super::drive::Drive;
use super::forward::ForwardRun;
use super::layout::{Layout, Site};
use super::stages::Stages;
use super::underway::Underway;
use super::view::LayerView;
use super::weights::{Sent, SourceSite, Weights};
use crate::aligned::Aligned;
use crate::config::{Delays, DelaysBy};
use crate::events::{LayerSpikes, set_bits};
use crate::gradient::{GradientRows, LayerGradient, WeightGradient};
use crate::parameters::{TileParameters, transpose};
use crate::shape::LayerShape;

/// A recurrent connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recurrent {
    pub(crate) delays: Option<Delays>,
}

/// Weights that the backward pass reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecurrentCopies {
    towards: Towards,
    /// Weights towards each tile of the layer itself, `[unit][lane]`.
    returning: Vec<Aligned>,
    steps: DelaySteps,
}

/// What the weights got, and scratch of backward passes.
#[derive(Debug)]
pub(crate) struct RecurrentState {
    /// By step, as far as the layer was run: inputs of the previous layer, then its own units of the previous step, numbered
    /// behind those. Where inputs have delays, by the step of their arrival.
    offsets: Vec<u32>,
    inputs: Vec<u32>,
    delayed: Delayed,
    descent: Box<Descent>,
    sparse: Box<Sparse>,
}

/// What delays need of a sample.
#[derive(Debug)]
enum Delayed {
    None,
    ByInput(Underway),
    ByConnection(Drive, DelayedErrors),
}

impl Recurrent {
    pub(crate) fn shape(below: usize, units: usize) -> LayerShape {
        LayerShape { recurrent: true, ..super::Dense::shape(below + units, units) }
    }
}

impl RecurrentState {
    /// Lists what arrives at step `t`.
    fn hear(
        &mut self,
        view: &LayerView<'_>,
        delays: &DelaySteps,
        arriving: StepEvents<'_>,
        sites: &[TileRun<'_>],
        t: usize,
    ) {
        let Self { inputs, delayed, .. } = self;
        let first = inputs.len();
        inputs.extend_from_slice(arriving.at(t));
        if let Some(before) = t.checked_sub(1) {
            for (site, run) in view.layout.sites.iter().zip(sites) {
                let first = view.shape.below() + site.lane;
                inputs.extend(set_bits(run.state.spikes[before]).map(|lane| (first + lane) as u32));
            }
        }
        if let Delayed::ByInput(underway) = delayed {
            inputs.drain(first..).for_each(|input| underway.send(input, delays.by_input[input as usize]));
            underway.arrive(inputs);
        }
        self.offsets[t + 1] = self.inputs.len() as u32;
    }

    fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.inputs }
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
        let first = sent.view.shape.below() + site.lane;
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
        let below = sent.view.shape.below();
        let half_gain = sent.view.neuron.drive_gain() / 2.0;
        for (lane, timing) in set_bits(fired).zip(timing) {
            *timing += half_gain * self.row_sum(copies, sent, below + site.lane + lane, t + 1, &sent.adjoints.r);
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
    /// Takes the layer from the last step with a gradient down to the first, tile by tile at each, in samples that share a load of
    /// the weights.
    #[inline(never)]
    fn step_back(&self, copies: &RecurrentCopies, samples: &mut [(&mut RecurrentState, &mut BackwardRun<'_>)]) {
        let [mut rows, mut sums] = [(); 2].map(|()| Aligned::default());
        let last = samples.iter().map(|(_, run)| run.context.end).max().unwrap_or(0);
        for t in (0..last).rev() {
            if samples.iter().any(|(_, run)| self.shares_products(&run.context.pass, &run.context.view)) {
                add_products(copies, samples, t, &mut rows, &mut sums);
            }
            for (state, run) in samples.iter_mut().filter(|(_, run)| t < run.context.end) {
                self.step_sites(copies, state, run, t);
            }
        }
    }

    /// One step of one sample, whose products have been added.
    fn step_sites(&self, copies: &RecurrentCopies, state: &mut RecurrentState, run: &mut BackwardRun<'_>, t: usize) {
        let BackwardRun { context, adjoints, scratch, gradient } = run;
        let PassContext { level, view, pass, end, units, .. } = *context;
        let mut timing_terms = std::mem::take(&mut scratch.timing_terms);
        let rows = Rows::of(gradient, scratch, context.mixing);
        let factor = pass.factor;
        let is_product = self.shares_products(&pass, &view);
        let Descent { sites, carried, bias } = &mut *state.descent;
        for (number, (site, work)) in view.layout.sites.iter().zip(sites).enumerate() {
            let fired = units.spikes[number * view.steps + t];
            let count = if pass.timing_weight != 0.0 { fired.count_ones() as usize } else { 0 };
            let first = work.timing.len() - count;
            if t + 1 < end {
                let sent = Sent { level, view, adjoints, end };
                if factor != 0.0 && !is_product {
                    let error = &mut work.error[t * site.lanes..(t + 1) * site.lanes];
                    self.add_error(copies, &sent, site, t, factor, error);
                }
                self.add_times(copies, &sent, site, t, fired, &mut work.timing[first..]);
            }
            let lanes = site.lane..site.lane + site.lanes;
            let error = (factor != 0.0).then_some(SpikeError::Given(&work.error));
            let of_site = lanes.start * rows.count..lanes.end * rows.count;
            let [p, q, adaptation] = &mut *carried;
            let output = SiteOutput {
                rows: rows.of_step,
                q_rows: &mut rows.q[of_site.clone()],
                r_rows: rows.r.get_mut(of_site).unwrap_or_default(),
                bias: &mut bias[lanes.clone()],
                carried: [&mut p[lanes.clone()], &mut q[lanes.clone()], &mut adaptation[lanes]],
                timing_terms: &mut timing_terms,
            };
            context.run_site(number, (t, t + 1), error, &work.timing[first..], adjoints, output);
            work.timing.truncate(first);
        }
        scratch.timing_terms = timing_terms;
    }

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

/// Adds `factor · S̄` that comes back for the spikes of step `t`, of all samples that have a gradient after it.
fn add_products(
    copies: &RecurrentCopies,
    samples: &mut [(&mut RecurrentState, &mut BackwardRun<'_>)],
    t: usize,
    rows: &mut Aligned,
    sums: &mut Aligned,
) {
    let Some(PassContext { level, view, pass, .. }) = samples.first().map(|(_, run)| run.context) else { return };
    let stride = view.layout.stride;
    let is_later = |run: &BackwardRun<'_>| t + 1 < run.context.end;
    rows.clear();
    for (_, run) in samples.iter().filter(|(_, run)| is_later(run)) {
        rows.extend_from_slice(&run.adjoints.q[(t + 1) * stride..(t + 2) * stride]);
    }
    for (number, site) in view.layout.sites.iter().enumerate() {
        let steps = rows.len() / stride;
        sums.resize(steps * site.lanes);
        let projection = Projection {
            weights: &copies.returning[site.tile],
            lanes: site.lanes,
            rows,
            stride,
            units: view.shape.units,
            segments: 1,
            gap: 0,
            adds: false,
            scale: view.neuron.drive_gain() * pass.factor,
            steps,
        };
        project(level, &projection, sums);
        let later = samples.iter_mut().filter(|(_, run)| is_later(run));
        for ((state, _), sums) in later.zip(sums.chunks_exact(site.lanes)) {
            let error = &mut state.descent.sites[number].error[t * site.lanes..];
            error.iter_mut().zip(sums).for_each(|(error, sum)| *error += sum);
        }
    }
}

impl Weights for Recurrent {
    type State = RecurrentState;
    type Copies = RecurrentCopies;

    fn state(&self, layout: &Layout, steps: usize) -> RecurrentState {
        RecurrentState {
            delayed: match self.delays {
                None => Delayed::None,
                Some(Delays { by: DelaysBy::Input, max, .. }) => Delayed::ByInput(Underway::new(max as usize)),
                Some(_) => Delayed::ByConnection(Drive::new(layout, steps), DelayedErrors::default()),
            },
            offsets: vec![0; steps + 1],
            inputs: Vec::new(),
            descent: Box::default(),
            sparse: Box::default(),
        }
    }

    fn clear(&self, state: &mut RecurrentState) {
        state.offsets.fill(0);
        state.inputs.clear();
        match &mut state.delayed {
            Delayed::None => {}
            Delayed::ByInput(underway) => underway.clear(),
            Delayed::ByConnection(drive, _) => drive.clear(),
        }
    }

    fn look_ahead(&self, copies: &RecurrentCopies, state: &mut RecurrentState) {
        if let Delayed::ByConnection(drive, _) = &mut state.delayed {
            drive.look_ahead(copies.steps.longest);
        }
    }

    fn turn(&self, state: &mut RecurrentState, kept: usize) {
        state.offsets.fill(0);
        state.inputs.clear();
        if let Delayed::ByConnection(drive, _) = &mut state.delayed {
            drive.turn(kept);
        }
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
        let inputs = if input < shape.below() { shape.below() } else { shape.units };
        (1.0 / (inputs as f64).sqrt()) as f32
    }

    fn refresh_backward(
        &self,
        tiles: &[TileParameters],
        source: Option<(&Layout, &Stages)>,
        layout: &Layout,
        copies: &mut RecurrentCopies,
    ) {
        if let Some(source) = source {
            copies.towards.refresh(tiles, source);
        }
        let units: usize = tiles.iter().map(|tile| tile.units).sum();
        let below = tiles.first().map_or(0, |tile| tile.weights.len() / tile.lanes - units);
        copies.returning.resize_with(layout.sites.len(), Aligned::default);
        for (tile, to) in tiles.iter().zip(&mut copies.returning) {
            transpose(tiles, below + tile.first, tile.units, tile.lanes, to);
        }
    }

    fn drives_itself(&self) -> bool {
        true
    }

    fn forward(&self, copies: &RecurrentCopies, state: &mut RecurrentState, run: &mut ForwardRun<'_>) {
        let ForwardRun { level, view, arriving, from, to, .. } = *run;
        let mut sites: Vec<_> = run.sites(|site| &view.tiles[site.tile].weights, |_| arriving).collect();
        for t in from..to {
            state.hear(&view, &copies.steps, arriving, &sites, t);
            let RecurrentState { offsets, inputs, delayed, .. } = &mut *state;
            let events = StepEvents { offsets, units: inputs };
            let Delayed::ByConnection(drive, _) = delayed else {
                forward_step(level, &mut sites, events, t);
                continue;
            };
            drive.send(view.tiles, &copies.steps, events, t + 1);
            for (site, TileRun { tile, state }) in view.layout.sites.iter().zip(&mut sites) {
                let (weights, events) = (drive.site(site), drive.events());
                forward_tile(level, &ForwardTile { weights, events, from: t, to: t + 1, ..*tile }, state);
            }
        }
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

    fn shares_products(&self, pass: &LayerPass, view: &LayerView<'_>) -> bool {
        self.delays.is_none() && pass.factor != 0.0 && !is_sparse(pass, view)
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
                sparse.run(context, adjoints, descent, &mut Rows::of(gradient, scratch, context.mixing));
            }
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
