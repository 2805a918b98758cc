//! Backward through the layers, from the loss to the lowest (spec 5).
//!
//! ```text
//! top:    S̄ = dL/dS,           T̄ = dL/dT
//! below:  S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t]      q, r of the next layer
//! ```

use std::ops::Range;

use spikelet_kernels::{Level, ProjectedError, Reset, SpikeError, TILE, carry_error, spread_error};

use super::injections::{Injections, Output};
use super::workspace::Workspace;
use crate::aligned::Aligned;
use crate::connection::{
    BackwardRun, BackwardScratch, ConnectionState, Copies, Injected, LayerPass, LayerView, Mixing, OutputErrors,
    PassContext, Read, Sent, Site, SourceSite,
};
use crate::events::{LayerSpikes, set_bits, set_steps};
use crate::geometry::NO_UNIT;
use crate::gradient::LayerGradient;
use crate::layer::{Layer, LayerState};
use crate::loss::{OutputGradient, SpikeGradient};
use crate::network::Network;
use crate::rule::GradientPass;
use crate::sample::SampleResult;
use crate::state::{Adjoints, SpikeList, UnitState};

/// The backward pass of a sample.
#[derive(Clone, Copy)]
pub(super) struct Backpropagation<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) passes: &'a [GradientPass],
    pub(super) input_units: &'a [u32],
    /// Simulated steps.
    pub(super) steps: usize,
    /// Whether values are observed.
    pub(super) is_observed: bool,
}

/// A sample on its way back.
pub(super) struct Returning<'a> {
    pub(super) back: Backpropagation<'a>,
    pub(super) work: &'a mut Workspace,
    pub(super) result: &'a mut SampleResult,
}

/// Fills the gradients of samples of one batch from those of the loss in their workspaces, layer by layer.
pub(super) fn backpropagate(samples: &mut [Returning<'_>]) {
    let Some(&Backpropagation { network, passes, .. }) = samples.first().map(|sample| &sample.back) else { return };
    samples.iter_mut().for_each(|Returning { back, work, result }| back.start(work, result));
    for (index, pass) in passes.iter().enumerate() {
        for layer in (0..network.layers.len()).rev() {
            run_layer(samples, pass, index, layer);
        }
    }
    for Returning { result, .. } in samples {
        result.outcome.is_finite &= result.layers.iter().all(|layer| layer.bias.iter().all(|sum| sum.is_finite()));
    }
}

/// Pass number `index` over one layer.
fn run_layer(samples: &mut [Returning<'_>], pass: &GradientPass, index: usize, layer: usize) {
    let Some(&back) = samples.first().map(|sample| &sample.back) else { return };
    let (network, view) = (back.network, back.network.view(layer));
    let weight = pass.weights[layer].gradient;
    let mixing = (!back.is_single()).then_some(Mixing { weight, adds: index > 0 });
    let read = layer.checked_sub(1).map_or(Read::default(), |previous| Read {
        factor: pass.at(previous, 0.0).factor,
        times: back.is_observed || pass.weights[previous].timing != 0.0,
        injections: layer + 1 < network.layers.len(),
    });
    let parts = samples.iter_mut().map(|sample| sample.at(pass, layer));
    let mut parts: Vec<_> = parts.collect();
    let mut runs: Vec<_> = parts
        .iter_mut()
        .map(|part| {
            let context = PassContext {
                level: back.level,
                view,
                pass: part.pass,
                end: part.end,
                errors: part.errors.source(),
                read,
                units: part.units,
                mixing,
                is_observed: back.is_observed,
                is_read: layer > 0,
            };
            let (adjoints, scratch, gradient) = (&mut *part.adjoints, &mut *part.scratch, &mut *part.gradient);
            if !view.neuron.learnt.is_empty() {
                adjoints.constants.start(view.layout.lanes);
            }
            (&mut *part.connection, BackwardRun { context, adjoints, scratch, gradient })
        })
        .collect();
    network.layers[layer].connection.backward(network.copies(layer), &mut runs);
    for (_, run) in &mut runs {
        add_constants(&view, run.adjoints, mixing, run.gradient);
    }
}

/// A layer of a sample on its way back.
struct Part<'a> {
    pass: LayerPass,
    end: usize,
    errors: Errors<'a>,
    units: &'a UnitState,
    connection: &'a mut ConnectionState,
    adjoints: &'a mut Adjoints,
    scratch: &'a mut BackwardScratch,
    gradient: &'a mut LayerGradient,
}

impl Returning<'_> {
    /// A layer, whose next one has been passed.
    fn at(&mut self, pass: &GradientPass, index: usize) -> Part<'_> {
        let Self { back, work, result } = self;
        let Workspace { layers, gradient, scratch, injections, .. } = &mut **work;
        let (here, next) = layers[index..].split_first_mut().expect("the layer exists");
        let LayerState { units, spikes, connection, adjoints, .. } = here;
        let of_layer = pass.at(index, gradient.activity[index]);
        let end = gradient.end;
        let errors = match next.first_mut() {
            None => Errors::Loss(FromLoss { gradient, view: back.network.view(index), spikes, end }),
            Some(next) => {
                let mut errors = FromNext::prepare(back, index, next, units, of_layer.factor, end);
                errors.injected = errors.next.connection.injected(&errors.state.connection);
                let is_below_output = index + 2 == back.network.layers.len();
                if is_below_output && errors.projects(pass, &of_layer, gradient, injections) {
                    errors.injections = Some(injections);
                }
                Errors::Next(errors)
            }
        };
        let gradient = &mut result.layers[index];
        Part { pass: of_layer, end, errors, units, connection, adjoints, scratch, gradient }
    }
}

impl Backpropagation<'_> {
    /// Whether one pass is the whole gradient.
    pub(super) fn is_single(&self) -> bool {
        self.passes.len() == 1 && self.passes[0].is_final()
    }

    /// Spikes that a layer gets.
    pub(super) fn input_of<'b>(&'b self, layer: usize, work: &'b Workspace) -> LayerSpikes<'b> {
        match layer.checked_sub(1) {
            None => LayerSpikes { offsets: &work.input_offsets, units: self.input_units, steps: self.steps },
            Some(previous) => work.layers[previous].spikes.before(self.steps),
        }
    }

    fn start(&self, work: &Workspace, result: &mut SampleResult) {
        for (index, (layer, gradient)) in self.network.layers.iter().zip(&mut result.layers).enumerate() {
            let inputs = layer.inputs(&work.layers[index], self.input_of(index, work));
            let longest = layer.connection.longest_delay(self.network.copies(index));
            gradient.start(&layer.shape, &inputs, longest, self.network.steps, work.gradient.end);
        }
    }
}

/// Sums the constants of lanes over the units that share them, in their order.
fn add_constants(view: &LayerView<'_>, adjoints: &Adjoints, mixing: Option<Mixing>, gradient: &mut LayerGradient) {
    for (array, to) in view.neuron.learnt.iter().zip(&mut gradient.learnt) {
        let of_lanes = adjoints.constants.array(array.what);
        let mut sums = vec![0.0f64; array.length()];
        for site in &view.layout.sites {
            for (lane, &unit) in view.layout.units_of(site) {
                let place = if sums.len() == 1 { 0 } else { view.filter_of(unit as usize) };
                sums[place] += f64::from(of_lanes[site.lane + lane]);
            }
        }
        let sums: Vec<f32> = sums.into_iter().map(|sum| sum as f32).collect();
        match mixing {
            None => to.copy_from_slice(&sums),
            Some(mixing) => mixing.mix(to, &sums),
        }
    }
}

/// Errors of a layer's output.
enum Errors<'a> {
    Loss(FromLoss<'a>),
    Next(FromNext<'a>),
}

impl Errors<'_> {
    fn source(&self) -> &dyn OutputErrors {
        match self {
            Self::Loss(errors) => errors,
            Self::Next(errors) => errors,
        }
    }
}

/// Errors of the output layer.
pub(super) struct FromLoss<'a> {
    pub(super) gradient: &'a OutputGradient,
    pub(super) view: LayerView<'a>,
    pub(super) spikes: &'a SpikeList,
    pub(super) end: usize,
}

impl FromLoss<'_> {
    /// Units of a site, which is a tile of a dense layer.
    fn units(&self, number: usize) -> Range<usize> {
        let site = &self.view.layout.sites[number];
        site.lane..site.lane + self.view.tiles[site.tile].units
    }
}

impl OutputErrors for FromLoss<'_> {
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        let units = self.units(number);
        let lanes = self.view.layout.sites[number].lanes;
        let fill = |row: &mut [f32], slopes: &[f32]| {
            let (used, unused) = row.split_at_mut(units.len());
            for (to, slope) in used.iter_mut().zip(&slopes[units.clone()]) {
                *to = factor * slope;
            }
            unused.fill(0.0);
        };
        match &self.gradient.spike {
            SpikeGradient::Zero => error.clear(),
            SpikeGradient::Constant(slopes) => {
                let mut row = [0.0; TILE];
                fill(&mut row[..lanes], slopes);
                error.repeat(&row[..lanes], self.end);
            }
            SpikeGradient::Dense(slopes) => {
                error.resize(self.end * lanes);
                for (row, slopes) in error.chunks_exact_mut(lanes).zip(slopes.chunks_exact(self.view.shape.units)) {
                    fill(row, slopes);
                }
            }
        }
    }

    fn spike_times(&self, number: usize, timing: &mut Vec<f32>) {
        let units = self.units(number);
        let fired = &self.spikes.units[..self.spikes.offsets[self.end] as usize];
        let pairs = fired.iter().zip(&self.gradient.timing);
        timing.extend(pairs.filter(|&(&unit, _)| units.contains(&(unit as usize))).map(|(_, slope)| slope));
    }

    fn projected(&self, _number: usize) -> Option<SpikeError<'_>> {
        None
    }
}

/// Errors of a layer, from the next one.
pub(super) struct FromNext<'a> {
    here: &'a Layer,
    units: &'a UnitState,
    next: &'a Layer,
    copies: &'a Copies,
    state: &'a LayerState,
    sent: Sent<'a>,
    injections: Option<&'a Injections>,
    injected: Option<&'a Injected>,
}

impl<'a> FromNext<'a> {
    /// Takes `factor · S̄` from the layer after `index`, whose backward pass is over.
    pub(super) fn prepare(
        pass: &Backpropagation<'a>,
        index: usize,
        next: &'a mut LayerState,
        units: &'a UnitState,
        factor: f32,
        end: usize,
    ) -> Self {
        let (network, view) = (pass.network, pass.network.view(index + 1));
        let (layer, copies) = (&network.layers[index + 1], network.copies(index + 1));
        let LayerState { connection, adjoints, .. } = &mut *next;
        if factor != 0.0 {
            let sent = Sent { level: pass.level, view, adjoints, end };
            layer.connection.prepare_error(copies, connection, &sent, factor);
        }
        let state = &*next;
        let sent = Sent { level: pass.level, view, adjoints: &state.adjoints, end };
        Self { here: &network.layers[index], units, next: layer, copies, state, sent, injections: None, injected: None }
    }

    /// Lists what the next layer, which is the output, injects into its projections, if carrying these along is possible and pays
    /// off.
    fn projects(
        &self,
        pass: &GradientPass,
        of_layer: &LayerPass,
        gradient: &OutputGradient,
        injections: &mut Injections,
    ) -> bool {
        let Sent { view, end, .. } = self.sent;
        of_layer.factor != 0.0
            && !self.here.connection.drives_itself()
            && !pass.is_direct_everywhere(view.neuron.refractory)
            && view.neuron.constants.reset == Reset::All
            && view.neuron.by_unit.is_none()
            && !self.next.stages.selects()
            && self.towards(0).is_some()
            && injections.list(
                &Output { view, state: self.state, is_gated: pass.is_gated, end },
                &gradient.spike,
                view.neuron.drive_gain() * of_layer.factor,
            )
    }

    fn site(&self, number: usize) -> &'a Site {
        &self.here.layout.sites[number]
    }

    /// Weights of the next layer towards a site.
    fn towards(&self, number: usize) -> Option<&'a [f32]> {
        self.next.connection.projection(self.copies, self.site(number))
    }

    /// What leads by recurrence to the errors at the steps at which spikes arrive.
    fn carried(&self, number: usize) -> Option<SpikeError<'a>> {
        let weights = self.towards(number)?;
        if let Some(Injected { offsets, entries, .. }) = self.injected {
            return Some(SpikeError::Projected(ProjectedError { weights, offsets, injections: entries }));
        }
        Some(self.injections?.error(weights))
    }

    fn source(&self, number: usize) -> SourceSite<'a> {
        let site = self.site(number);
        SourceSite { site, arrival_of_lane: self.next.stages.arrival_of_lane(site) }
    }
}

impl OutputErrors for FromNext<'_> {
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        let source = self.source(number);
        error.resize(self.sent.end * source.site.lanes);
        let connection = &self.next.connection;
        let Sent { level, view, .. } = self.sent;
        match self.carried(number) {
            Some(SpikeError::Projected(ProjectedError { injections: [], .. })) => return error.clear(),
            Some(SpikeError::Projected(projected)) => {
                carry_error(level, &projected, &view.neuron.constants, source.site.lanes, error);
                connection.shift_error(self.copies, level, &source, error);
            }
            Some(SpikeError::Steady(steady)) => {
                spread_error(level, &steady, source.site.lanes, error);
                connection.shift_error(self.copies, level, &source, error);
            }
            Some(SpikeError::Given(_)) | None => {
                connection.spike_error(self.copies, &self.state.connection, &self.sent, &source, factor, error);
            }
        }
        self.state.stages.close(number, source.site.lanes, error);
    }

    fn spike_times(&self, number: usize, timing: &mut Vec<f32>) {
        let (source, next, end) = (self.source(number), self.sent.view, self.sent.end);
        let half_gain = next.neuron.drive_gain() / 2.0;
        let steps = next.steps;
        let words = steps.div_ceil(64);
        let spikes = &self.units.spikes[number * steps..(number + 1) * steps];
        let busy = &self.units.busy[number * words..(number + 1) * words];
        for t in set_steps(busy).take_while(|&t| t < end) {
            let passes = self.state.stages.gate(number, t);
            for lane in set_bits(spikes[t]) {
                let arrival = source.arrival_of_lane[lane];
                let sum = if arrival == NO_UNIT || passes >> lane & 1 == 0 {
                    0.0
                } else {
                    self.next.connection.time_gradient(self.copies, &self.state.connection, &self.sent, arrival, t)
                };
                timing.push(half_gain * sum);
            }
        }
    }

    fn projected(&self, number: usize) -> Option<SpikeError<'_>> {
        self.injections?;
        let (here, next) = (&self.here.neuron.constants, &self.sent.view.neuron.constants);
        let is_alike = here.membrane_decay == next.membrane_decay && here.current_decay == next.current_decay;
        let carried = self.carried(number).filter(|_| !self.next.connection.shifts_errors());
        carried.filter(|error| is_alike || matches!(error, SpikeError::Steady(_)))
    }
}
