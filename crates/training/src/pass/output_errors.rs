//! Errors of a layer's output: S̄ and T̄, from the loss or from the next layer.

use spikelet_kernels::{Level, ProjectedError, SpikeError, TILE, carry_error, spread_error};
use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{Injected, LayerView, OutputErrors, Sent, SourceSite};
use spikelet_network::events::{NO_UNIT, set_bits, set_steps};
use spikelet_network::layer::{Layer, LayerState};
use spikelet_network::network::Network;
use spikelet_network::plan::InPass;
use spikelet_network::state::{SpikeList, UnitState};

use super::injections::{Injections, Output};
use crate::loss::{OutputGradient, SpikeGradient};

/// Errors of the output layer.
pub(super) struct FromLoss<'a> {
    pub(super) gradient: &'a OutputGradient,
    pub(super) view: LayerView<'a>,
    pub(super) spikes: &'a SpikeList,
    pub(super) end: usize,
}

impl OutputErrors for FromLoss<'_> {
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        let layout = self.view.layout;
        let site = &layout.sites[number];
        let fill = |row: &mut [f32], gradients: &[f32]| {
            for (to, &unit) in row.iter_mut().zip(layout.lanes_of(site)) {
                *to = if unit == NO_UNIT { 0.0 } else { factor * gradients[unit as usize] };
            }
        };
        match &self.gradient.spike {
            SpikeGradient::Zero => error.clear(),
            SpikeGradient::Constant(gradients) => {
                let mut row = [0.0; TILE];
                fill(&mut row[..site.lanes], gradients);
                error.repeat(&row[..site.lanes], self.end);
            }
            SpikeGradient::Dense(gradients) => {
                error.resize(self.end * site.lanes);
                let of_steps = gradients.chunks_exact(self.view.shape.units);
                error.chunks_exact_mut(site.lanes).zip(of_steps).for_each(|(row, gradients)| fill(row, gradients));
            }
        }
    }

    fn spike_times(&self, number: usize, timing: &mut Vec<f32>) {
        let site = &self.view.layout.sites[number];
        let fired = &self.spikes.units[..self.spikes.offsets[self.end] as usize];
        let pairs = fired.iter().zip(&self.gradient.timing);
        let is_here =
            |unit: u32| self.view.layout.lane_of(unit).checked_sub(site.lane).is_some_and(|lane| lane < site.lanes);
        timing.extend(pairs.filter(|&(&unit, _)| is_here(unit)).map(|(_, gradient)| gradient));
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
    state: &'a LayerState,
    sent: Sent<'a>,
    injections: Option<(&'a Injections, InPass)>,
    injected: Option<&'a Injected>,
}

impl<'a> FromNext<'a> {
    /// Takes `factor · S̄` from the layer after `index`, whose backward pass is over.
    pub(super) fn prepare(
        level: Level,
        network: &'a Network,
        index: usize,
        next: &'a mut LayerState,
        units: &'a UnitState,
        factor: f32,
        end: usize,
    ) -> Self {
        let view = network.view(index + 1);
        let layer = &network.layers[index + 1];
        let LayerState { connection, adjoints, .. } = &mut *next;
        if factor != 0.0 {
            let sent = Sent { level, view, adjoints, end };
            layer.connection.prepare_error(connection, &sent, factor);
        }
        let state = &*next;
        let sent = Sent { level, view, adjoints: &state.adjoints, end };
        Self { here: &network.layers[index], units, next: layer, state, sent, injections: None, injected: None }
    }

    /// Takes what the next layer listed in its pass, if it did.
    pub(super) fn take_injected(&mut self) {
        self.injected = self.next.connection.injected(&self.state.connection);
    }

    /// Lists what the next layer, which is the output, injects into its projections, unless carrying these along costs more than
    /// products.
    pub(super) fn list_injections(
        &mut self,
        (in_pass, is_gated): (InPass, bool),
        factor: f32,
        gradient: &OutputGradient,
        injections: &'a mut Injections,
    ) {
        let Sent { view, end, .. } = self.sent;
        let output = Output { view, state: self.state, is_gated, end };
        let are_few = injections.list(&output, &gradient.spike, view.drive_gain() * factor);
        self.injections = are_few.then_some((&*injections, in_pass));
    }

    /// What leads by recurrence to the errors at the steps at which spikes arrive.
    fn carried(&self, source: &SourceSite<'_>) -> Option<SpikeError<'a>> {
        let weights = || self.next.connection.projection(source);
        if let Some(Injected { offsets, entries, .. }) = self.injected {
            return Some(SpikeError::Projected(ProjectedError { weights: weights()?, offsets, injections: entries }));
        }
        let (injections, _) = self.injections?;
        Some(injections.error(weights()?))
    }

    /// A site with where its spikes arrive by a path.
    fn source(&self, number: usize, path: usize) -> SourceSite<'a> {
        let site = &self.here.layout.sites[number];
        SourceSite { site, path, arrival_of_lane: self.next.stages.arrival_of_lane(site, path) }
    }

    /// Shows what the times of a site's spikes before the end get by a path, in order of `(step, lane)`.
    #[inline(always)]
    fn time_gradients(&self, number: usize, path: usize, mut show: impl FnMut(f32)) {
        let (stages, end) = (&self.next.stages, self.sent.end);
        let steps = self.sent.view.steps;
        let words = steps.div_ceil(64);
        let spikes = &self.units.spikes[number * steps..(number + 1) * steps];
        let busy = &self.units.busy[number * words..(number + 1) * words];
        let arrivals = stages.arrival_of_lane(&self.here.layout.sites[number], path);
        for t in set_steps(busy).take_while(|&t| t < end) {
            let gate = self.state.stages.gate(number, path, t);
            for lane in set_bits(spikes[t]) {
                let input = arrivals[lane];
                let passes = input != NO_UNIT && gate >> lane & 1 == 1;
                let arrival = if passes { stages.arrival(input, t) } else { end };
                show(if arrival < end {
                    self.next.connection.time_gradient(&self.state.connection, &self.sent, input, arrival)
                } else {
                    0.0
                });
            }
        }
    }

    /// Fills `factor · S̄` of a site by a path; `false` where that is zero at every step.
    fn error_by_path(&self, number: usize, path: usize, factor: f32, error: &mut Aligned) -> bool {
        let source = self.source(number, path);
        error.resize(self.sent.end * source.site.lanes);
        let Sent { level, view, .. } = self.sent;
        match self.carried(&source) {
            Some(SpikeError::Projected(ProjectedError { injections: [], .. })) => return false,
            Some(SpikeError::Projected(projected)) => {
                carry_error(level, &projected, &view.neuron.constants, source.site.lanes, error);
            }
            Some(SpikeError::Steady(steady)) => {
                spread_error(level, &steady, source.site.lanes, error);
            }
            Some(SpikeError::Given(_)) | None => {
                let connection = &self.next.connection;
                connection.spike_error(&self.state.connection, &self.sent, &source, factor, error);
            }
        }
        self.next.stages.send_back(&self.state.stages, level, number, &source, error);
        true
    }
}

impl OutputErrors for FromNext<'_> {
    fn spike_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        if self.injected.is_some_and(|injected| injected.entries.is_empty()) {
            return error.clear();
        }
        if !self.error_by_path(number, 0, factor, error) {
            return error.clear();
        }
        let mut other = Aligned::default();
        for path in 1..self.next.stages.paths() {
            self.error_by_path(number, path, factor, &mut other);
            error.iter_mut().zip(&other[..]).for_each(|(sum, value)| *sum += value);
        }
    }

    fn spike_times(&self, number: usize, timing: &mut Vec<f32>) {
        let half_gain = self.sent.view.drive_gain() / 2.0;
        let start = timing.len();
        for path in 0..self.next.stages.paths() {
            let mut next = start;
            self.time_gradients(number, path, |gradient| {
                match timing.get_mut(next) {
                    Some(sum) => *sum += gradient,
                    None => timing.push(gradient),
                }
                next += 1;
            });
        }
        timing[start..].iter_mut().for_each(|time| *time *= half_gain);
    }

    fn projected(&self, number: usize) -> Option<SpikeError<'_>> {
        let (_, in_pass) = self.injections?;
        self.carried(&self.source(number, 0)).filter(|error| match in_pass {
            InPass::Never => false,
            InPass::Course => matches!(error, SpikeError::Steady(_)),
            InPass::Always => true,
        })
    }
}
