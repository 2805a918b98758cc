//! Errors of a layer's output: S̄ and T̄, from the loss or from the next layer.

use std::ops::Range;

use spikelet_kernels::{Level, ProjectedError, SpikeError, TILE, carry_error, spread_error};
use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{Injected, LayerView, OutputErrors, Sent, Site, SourceSite};
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
        let fill = |row: &mut [f32], gradients: &[f32]| {
            let (used, unused) = row.split_at_mut(units.len());
            for (to, gradient) in used.iter_mut().zip(&gradients[units.clone()]) {
                *to = factor * gradient;
            }
            unused.fill(0.0);
        };
        match &self.gradient.spike {
            SpikeGradient::Zero => error.clear(),
            SpikeGradient::Constant(gradients) => {
                let mut row = [0.0; TILE];
                fill(&mut row[..lanes], gradients);
                error.repeat(&row[..lanes], self.end);
            }
            SpikeGradient::Dense(gradients) => {
                error.resize(self.end * lanes);
                for (row, gradients) in error.chunks_exact_mut(lanes).zip(gradients.chunks_exact(self.view.shape.units))
                {
                    fill(row, gradients);
                }
            }
        }
    }

    fn spike_times(&self, number: usize, timing: &mut Vec<f32>) {
        let units = self.units(number);
        let fired = &self.spikes.units[..self.spikes.offsets[self.end] as usize];
        let pairs = fired.iter().zip(&self.gradient.timing);
        timing.extend(pairs.filter(|&(&unit, _)| units.contains(&(unit as usize))).map(|(_, gradient)| gradient));
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
        let are_few = injections.list(&output, &gradient.spike, view.neuron.drive_gain() * factor);
        self.injections = are_few.then_some((&*injections, in_pass));
    }

    fn site(&self, number: usize) -> &'a Site {
        &self.here.layout.sites[number]
    }

    /// Weights of the next layer towards a site.
    fn towards(&self, number: usize) -> Option<&'a [f32]> {
        self.next.connection.projection(self.site(number))
    }

    /// What leads by recurrence to the errors at the steps at which spikes arrive.
    fn carried(&self, number: usize) -> Option<SpikeError<'a>> {
        let weights = self.towards(number)?;
        if let Some(Injected { offsets, entries, .. }) = self.injected {
            return Some(SpikeError::Projected(ProjectedError { weights, offsets, injections: entries }));
        }
        Some(self.injections?.0.error(weights))
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
        let Sent { level, view, .. } = self.sent;
        match self.carried(number) {
            Some(SpikeError::Projected(ProjectedError { injections: [], .. })) => return error.clear(),
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
                let input = source.arrival_of_lane[lane];
                let passes = input != NO_UNIT && passes >> lane & 1 == 1;
                let arrival = passes.then(|| self.next.stages.arrival(input, t)).filter(|&arrival| arrival < end);
                let sum = arrival.map_or(0.0, |arrival| {
                    self.next.connection.time_gradient(&self.state.connection, &self.sent, input, arrival)
                });
                timing.push(half_gain * sum);
            }
        }
    }

    fn projected(&self, number: usize) -> Option<SpikeError<'_>> {
        let (_, in_pass) = self.injections?;
        self.carried(number).filter(|error| match in_pass {
            InPass::Never => false,
            InPass::Course => matches!(error, SpikeError::Steady(_)),
            InPass::Always => true,
        })
    }
}
