//! Backward through the layers, from the loss to the lowest (spec 5).
//!
//! ```text
//! top:    S̄ = dL/dS,           T̄ = dL/dT
//! below:  S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t]      q, r of the next layer
//! ```

use spikelet_data::SampleEvents;
use spikelet_kernels::Level;
use spikelet_network::connection::{
    BackwardRun, BackwardScratch, ConnectionState, LayerPass, LayerView, Mixing, OutputErrors, PassContext, Sent,
    StagesState,
};
use spikelet_network::events::LayerSpikes;
use spikelet_network::feedback::Feedback;
use spikelet_network::gradient::LayerGradient;
use spikelet_network::layer::LayerState;
use spikelet_network::network::Network;
use spikelet_network::plan::{ErrorRoute, LayerPlan};
use spikelet_network::state::{Adjoints, UnitState};

use super::broadcast::{Broadcast, FromOutput};
use super::output_errors::{FromLoss, FromNext};
use super::workspace::Workspace;
use crate::rule::GradientPass;
use crate::sample::SampleResult;

/// The backward pass of a sample.
#[derive(Clone, Copy)]
pub(super) struct Backpropagation<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) passes: &'a [GradientPass],
    /// How each pass takes each layer.
    pub(super) plans: &'a [Vec<LayerPlan>],
    pub(super) input: SampleEvents<'a>,
    /// Simulated steps.
    pub(super) steps: usize,
    /// Whether values are observed.
    pub(super) is_observed: bool,
}

/// A sample in the backward pass.
pub(super) struct SampleBackward<'a> {
    pub(super) back: Backpropagation<'a>,
    pub(super) work: &'a mut Workspace,
    pub(super) result: &'a mut SampleResult,
}

/// Fills the gradients of samples of one batch from those of the loss in their workspaces, layer by layer.
pub(super) fn backpropagate(samples: &mut [SampleBackward<'_>]) {
    let Some(&Backpropagation { network, passes, .. }) = samples.first().map(|sample| &sample.back) else { return };
    samples.iter_mut().for_each(|SampleBackward { back, work, result }| back.start(work, result));
    for (index, pass) in passes.iter().enumerate() {
        if let Some(graph) = &network.graph {
            samples.iter_mut().for_each(|sample| sample.run_graph(graph, pass, index));
            continue;
        }
        for layer in (0..network.layers.len()).rev() {
            run_layer(samples, pass, index, layer);
        }
    }
    for SampleBackward { result, .. } in samples {
        result.outcome.is_finite &= result.layers.iter().all(|layer| layer.bias.iter().all(|sum| sum.is_finite()));
    }
}

/// Pass number `index` over one layer.
fn run_layer(samples: &mut [SampleBackward<'_>], pass: &GradientPass, index: usize, layer: usize) {
    let Some(&back) = samples.first().map(|sample| &sample.back) else { return };
    let (network, view) = (back.network, back.network.view(layer));
    let mixing = back.mixing(pass.weights[layer].gradient, index);
    let plan = &back.plans[index][layer];
    if let Some(next) = back.plans[index].get(layer + 1).filter(|next| next.shares_errors()) {
        share_errors(samples, layer + 1, next);
    }
    let parts = samples.iter_mut().map(|sample| sample.at((pass, &back.plans[index]), layer));
    let mut parts: Vec<_> = parts.collect();
    let stages: Vec<_> = parts.iter().map(|part| part.stages).collect();
    let mut runs: Vec<_> = parts
        .iter_mut()
        .map(|part| {
            let context = PassContext {
                level: back.level,
                view,
                plan,
                pass: part.pass,
                end: part.end,
                errors: part.errors.source(),
                units: part.units,
                mixing,
                is_observed: back.is_observed,
            };
            (&mut *part.connection, BackwardRun::new(context, part.adjoints, part.scratch, part.gradient))
        })
        .collect();
    network.layers[layer].connection.backward(&mut runs);
    for ((_, run), stages) in runs.iter_mut().zip(stages) {
        network.layers[layer].stages.write_gradient(stages, run);
        add_constants(&view, run.adjoints, mixing, run.gradient);
    }
    if pass.broadcasts && layer + 1 == network.neurons() {
        samples.iter_mut().for_each(SampleBackward::take_broadcast);
    }
}

/// Takes what a layer, whose pass is over, sends back in all samples at once.
fn share_errors(samples: &mut [SampleBackward<'_>], layer: usize, plan: &LayerPlan) {
    let Some(&Backpropagation { level, network, .. }) = samples.first().map(|sample| &sample.back) else { return };
    let parts = samples.iter_mut().map(|sample| {
        let Workspace { forward, gradient, .. } = &mut *sample.work;
        let LayerState { connection, adjoints, .. } = &mut forward.layers[layer];
        (connection, Sent { level, view: network.view(layer), adjoints, end: gradient.end })
    });
    network.layers[layer].connection.share_errors(&mut parts.collect::<Vec<_>>(), plan);
}

/// A layer of a sample in the backward pass.
struct Part<'a> {
    pass: LayerPass<'a>,
    end: usize,
    errors: Errors<'a>,
    units: &'a UnitState,
    stages: &'a StagesState,
    connection: &'a mut ConnectionState,
    adjoints: &'a mut Adjoints,
    scratch: &'a mut BackwardScratch,
    gradient: &'a mut LayerGradient,
}

impl SampleBackward<'_> {
    /// Takes what the output broadcasts, whose backward pass is over.
    pub(super) fn take_broadcast(&mut self) {
        let Self { back, work, .. } = self;
        let Workspace { forward, gradient, broadcast, .. } = &mut **work;
        let output = back.network.neurons() - 1;
        let is_filtered = back.feedback().is_filtered;
        broadcast.take(is_filtered, &back.network.view(output), &forward.layers[output].adjoints, gradient);
    }

    /// A layer, whose next one has been passed.
    fn at<'a>(&'a mut self, (pass, plan): (&'a GradientPass, &[LayerPlan]), index: usize) -> Part<'a> {
        let Self { back, work, result } = self;
        let Workspace { forward, gradient, scratch, injections, broadcast, .. } = &mut **work;
        let layers = &mut forward.layers;
        let (here, next) = layers[index..].split_first_mut().expect("the layer exists");
        let LayerState { units, spikes, stages, connection, adjoints, .. } = here;
        let of_layer = pass.at(index, gradient.activity[index].gradient());
        let end = gradient.end;
        let errors = match next.first_mut() {
            None => Errors::Loss(FromLoss { gradient, view: back.network.view(index), spikes, end }),
            Some(_) if pass.broadcasts => Errors::Output(back.hidden_errors(index, broadcast, end)),
            Some(next) => {
                let mut errors = FromNext::prepare(back.level, back.network, index, next, units, of_layer.factor, end);
                errors.take_injected();
                if let ErrorRoute::Carried(in_pass) = plan[index + 1].errors {
                    errors.list_injections((in_pass, pass.is_gated), of_layer.factor, gradient, injections);
                }
                Errors::Next(errors)
            }
        };
        let gradient = &mut result.layers[index];
        Part { pass: of_layer, end, errors, units, stages, connection, adjoints, scratch, gradient }
    }
}

impl Backpropagation<'_> {
    /// Whether one pass is the whole gradient.
    pub(super) fn is_single(&self) -> bool {
        self.passes.len() == 1 && self.passes[0].is_final()
    }

    /// The weights by which errors at the output reach hidden layers.
    fn feedback(&self) -> &'_ Feedback {
        self.network.feedback.as_ref().expect("a rule that broadcasts errors has weights for them")
    }

    /// Errors of a hidden layer from what the output broadcasts.
    pub(super) fn hidden_errors<'b>(&'b self, layer: usize, broadcast: &'b Broadcast, end: usize) -> FromOutput<'b> {
        let Self { level, network, .. } = *self;
        let (view, outputs) = (network.view(layer), network.outputs());
        FromOutput { level, broadcast, feedback: self.feedback(), view, layer, outputs, end }
    }

    /// How the gradient of pass number `index`, which has this weight, is added to that of the others; `None` where it is the only one.
    pub(super) fn mixing(&self, weight: f32, index: usize) -> Option<Mixing> {
        (!self.is_single()).then_some(Mixing { weight, adds: index > 0 })
    }

    /// Spikes that a layer gets.
    pub(super) fn input_of<'b>(&'b self, layer: usize, work: &'b Workspace) -> LayerSpikes<'b> {
        if let Some(graph) = &self.network.graph {
            return work.forward.sent_to(graph, layer, self.input, self.steps);
        }
        match layer.checked_sub(1) {
            None => LayerSpikes::of_input(self.input, &work.forward.input_offsets, self.steps),
            Some(previous) => work.forward.layers[previous].spikes.before(self.steps),
        }
    }

    fn start(&self, work: &Workspace, result: &mut SampleResult) {
        for (index, (layer, gradient)) in self.network.layers.iter().zip(&mut result.layers).enumerate() {
            let inputs = layer.inputs(&work.forward.layers[index], self.input_of(index, work));
            let longest = layer.connection.longest_delay();
            gradient.start(&layer.shape, &inputs, longest, self.network.steps, work.gradient.end);
        }
    }
}

/// Sums the constants of lanes over the units that share them, in their order.
pub(super) fn add_constants(
    view: &LayerView<'_>,
    adjoints: &Adjoints,
    mixing: Option<Mixing>,
    gradient: &mut LayerGradient,
) {
    for (array, to) in view.neuron.learnt.iter().zip(&mut gradient.learnt) {
        let mut sums = vec![0.0f64; array.length()];
        for site in &view.layout.sites {
            let of_lanes = view.constant_sums(adjoints, site, array);
            for (lane, &unit) in view.layout.units_of(site) {
                let place = if sums.len() == 1 { 0 } else { view.filter_of(unit as usize) };
                sums[place] += f64::from(of_lanes[lane]);
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
    Output(FromOutput<'a>),
    Next(FromNext<'a>),
}

impl Errors<'_> {
    fn source(&self) -> &dyn OutputErrors {
        match self {
            Self::Loss(errors) => errors,
            Self::Output(errors) => errors,
            Self::Next(errors) => errors,
        }
    }
}
