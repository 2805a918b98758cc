//! Observed values of a sample: sorts what the two loops over time left by unit.

use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{Connection, LayerView, OutputErrors, Sent, Site};
use spikelet_network::graph::Graph;
use spikelet_network::layer::LayerState;
use spikelet_network::pass::ForwardWorkspace;
use spikelet_network::state::{Adjoints, ObservedAdjoints, UnitState};

use super::backpropagate::Backpropagation;
use super::broadcast::Broadcast;
use super::graph_errors::{GraphErrors, Readers};
use super::output_errors::{FromLoss, FromNext};
use super::workspace::Workspace;
use crate::loss::OutputGradient;
use crate::regularizer::ActivityTerm;
use crate::rule::GradientPass;
use crate::trace::LayerTrace;

impl Backpropagation<'_> {
    /// States and adjoints of all layers; no adjoints where several passes make the gradient.
    pub(super) fn trace(&self, work: &mut Workspace) -> Vec<LayerTrace> {
        let mut traces: Vec<LayerTrace> = (0..self.network.neurons())
            .map(|layer| {
                states(
                    &self.network.view(layer),
                    &work.forward.layers[layer].units,
                    self.steps,
                    self.passes[0].slope_floor,
                )
            })
            .collect();
        if self.is_single() {
            for (layer, trace) in traces.iter_mut().enumerate() {
                self.adjoints(&self.passes[0], layer, work, trace);
            }
        }
        traces
    }

    fn adjoints(&self, pass: &GradientPass, index: usize, work: &mut Workspace, trace: &mut LayerTrace) {
        let Workspace { forward, gradient, graph_errors, broadcast, .. } = work;
        if pass.broadcasts && index + 1 < self.network.neurons() {
            return self.adjoints_of_hidden(broadcast, index, (forward, gradient), trace);
        }
        if let Some(graph) = &self.network.graph {
            return self.adjoints_of_graph(graph, (pass, gradient), index, (forward, graph_errors), trace);
        }
        let layers = &mut forward.layers;
        let (here, next) = layers[index..].split_first_mut().expect("the layer exists");
        let (view, end) = (self.network.view(index), gradient.end);
        copy_adjoints(&view, &here.adjoints, end, trace);
        let observed = Observed {
            connection: &self.network.layers[index].connection,
            sent: Sent { level: self.level, view, adjoints: &here.adjoints, end },
            state: here,
            follows_recurrence: pass.follows_recurrence,
        };
        if !view.neuron.fires {
            return;
        }
        let has_timing = pass.has_timing();
        match next.first_mut() {
            None => observed.errors(&FromLoss { gradient, view, spikes: &here.spikes, end }, true, has_timing, trace),
            Some(next) => {
                let errors = FromNext::prepare(self.level, self.network, index, next, &here.units, 1.0, end);
                observed.errors(&errors, has_timing, has_timing, trace);
            }
        }
        observed.take_resets(&gradient.activity[index], trace);
    }
}

impl Backpropagation<'_> {
    /// Adjoints of a hidden layer whose errors the output broadcasts.
    fn adjoints_of_hidden(
        &self,
        broadcast: &Broadcast,
        index: usize,
        (forward, gradient): (&ForwardWorkspace, &OutputGradient),
        trace: &mut LayerTrace,
    ) {
        let (view, end, here) = (self.network.view(index), gradient.end, &forward.layers[index]);
        copy_adjoints(&view, &here.adjoints, end, trace);
        let observed = Observed {
            connection: &self.network.layers[index].connection,
            sent: Sent { level: self.level, view, adjoints: &here.adjoints, end },
            state: here,
            follows_recurrence: false,
        };
        observed.errors(&self.hidden_errors(index, broadcast, end), false, false, trace);
        observed.take_resets(&gradient.activity[index], trace);
    }

    fn adjoints_of_graph(
        &self,
        graph: &Graph,
        (pass, gradient): (&GradientPass, &OutputGradient),
        index: usize,
        (forward, errors): (&ForwardWorkspace, &GraphErrors),
        trace: &mut LayerTrace,
    ) {
        let (view, end, here) = (self.network.view(index), gradient.end, &forward.layers[index]);
        copy_adjoints(&view, &here.adjoints, end, trace);
        if !view.neuron.fires {
            return;
        }
        let observed = Observed {
            connection: &self.network.layers[index].connection,
            sent: Sent { level: self.level, view, adjoints: &here.adjoints, end },
            state: here,
            follows_recurrence: pass.follows_recurrence,
        };
        let has_timing = pass.has_timing();
        if index + 1 == graph.inputs.len() {
            let loss = FromLoss { gradient, view, spikes: &here.spikes, end };
            observed.errors(&loss, true, false, trace);
        }
        let network = (self.network, graph);
        let readers = Readers::new(self.level, network, forward, errors, (end, pass.follows_recurrence));
        let LayerTrace { spike_gradient, timing_gradient, .. } = trace;
        readers.observed(index, spike_gradient, has_timing.then_some(&mut timing_gradient[..]));
        observed.take_resets(&gradient.activity[index], trace);
    }
}

/// Visits the numbers of an array `[site][step][lane]` with their place in `[step][unit]`.
fn by_unit(view: &LayerView<'_>, steps: usize, mut visit: impl FnMut(usize, usize)) {
    let (layout, units) = (&view.layout, view.shape.units);
    for site in &layout.sites {
        for (lane, &unit) in layout.units_of(site) {
            for t in 0..steps {
                visit(site.lane * view.steps + t * site.lanes + lane, t * units + unit as usize);
            }
        }
    }
}

/// Visits the numbers of an array `[step · stride + adjoint lane]` with their place in `[step][unit]`.
fn by_adjoint(view: &LayerView<'_>, end: usize, mut visit: impl FnMut(usize, usize)) {
    let (layout, units) = (&view.layout, view.shape.units);
    for site in &layout.sites {
        for (lane, &unit) in layout.units_of(site) {
            for t in 0..end {
                visit(t * layout.stride + site.adjoint + lane, t * units + unit as usize);
            }
        }
    }
}

/// Membrane, current and slope of every unit.
fn states(view: &LayerView<'_>, units: &UnitState, steps: usize, slope_floor: f32) -> LayerTrace {
    let mut trace = LayerTrace::zeros(view.shape.units, view.steps);
    by_unit(view, steps, |from, to| {
        trace.membrane[to] = units.trace[from];
        let filter = view.filter_of(to % view.shape.units);
        trace.current[to] = view.neuron.to_current(filter, units.observed.current[from]);
        trace.slope[to] = units.observed.rise[from].max(slope_floor);
    });
    trace
}

/// G, its parts, p and q.
fn copy_adjoints(view: &LayerView<'_>, adjoints: &Adjoints, end: usize, trace: &mut LayerTrace) {
    let Adjoints { q, p, direct, observed: ObservedAdjoints { activation, timing, .. }, .. } = adjoints;
    trace.activation_part = vec![0.0; trace.direct.len()];
    trace.timing_part = vec![0.0; trace.direct.len()];
    by_adjoint(view, end, |from, to| {
        trace.direct[to] = direct[from];
        trace.activation_part[to] = activation[from];
        trace.timing_part[to] = timing[from];
        trace.p[to] = p[from];
        trace.q[to] = view.neuron.to_adjoint(view.filter_of(to % view.shape.units), q[from]);
    });
}

/// A layer after its backward pass.
struct Observed<'a> {
    connection: &'a Connection,
    state: &'a LayerState,
    sent: Sent<'a>,
    /// Whether errors come back within the layer.
    follows_recurrence: bool,
}

impl Observed<'_> {
    /// S̄ and, where there are any, T̄ of every unit, without what the reset path takes; T̄ that comes back within the layer only
    /// where the pass has a timing part.
    fn errors(&self, errors: &dyn OutputErrors, has_times: bool, has_timing: bool, trace: &mut LayerTrace) {
        let Sent { view, end, .. } = self.sent;
        let (mut error, mut timing) = (Aligned::default(), Vec::new());
        for (number, site) in view.layout.sites.iter().enumerate() {
            error.clear();
            errors.spike_error(number, 1.0, &mut error);
            error.resize(end * site.lanes);
            if self.follows_recurrence {
                self.connection.add_own_error(&self.sent, site, 1.0, &mut error);
            }
            let of_units = |(lane, &unit): (usize, &u32)| (lane, unit as usize);
            for (t, row) in error.chunks_exact(site.lanes).enumerate() {
                let units = view.layout.units_of(site).map(of_units);
                units.for_each(|(lane, unit)| trace.spike_gradient[t * trace.units + unit] = row[lane]);
            }
            if has_times {
                timing.clear();
                errors.spike_times(number, &mut timing);
                self.times(number, site, has_timing, &mut timing, trace);
            }
        }
    }

    fn times(&self, number: usize, site: &Site, has_timing: bool, timing: &mut [f32], trace: &mut LayerTrace) {
        let Sent { view, end, .. } = self.sent;
        let spikes = &self.state.units.spikes[number * view.steps..][..end];
        if has_timing && self.follows_recurrence {
            self.connection.add_own_times(&self.sent, site, spikes, timing);
        }
        let mut values = timing.iter();
        for (t, &bits) in spikes.iter().enumerate() {
            for (_, &unit) in view.layout.units_of(site).filter(|(lane, _)| bits >> lane & 1 == 1) {
                trace.timing_gradient[t * trace.units + unit as usize] =
                    *values.next().expect("one value for each spike");
            }
        }
    }

    /// Adds the gradient that every step has, and takes off what the reset path takes.
    fn take_resets(&self, activity: &ActivityTerm, trace: &mut LayerTrace) {
        let ObservedAdjoints { reset_error, reset_slope, .. } = &self.state.adjoints.observed;
        by_adjoint(&self.sent.view, self.sent.end, |from, to| {
            let every_step = activity.of_unit(to % trace.units);
            trace.spike_gradient[to] = trace.spike_gradient[to] + every_step - reset_error[from];
            trace.timing_gradient[to] -= reset_slope[from];
        });
    }
}
