//! The plan of a backward pass: how it takes each layer, and how errors travel from a layer to the units whose spikes it got.
//!
//! It follows from the configuration and the rule alone, before any sample, since the routes round differently. What a sample still
//! decides is said at its route.

mod routes;
mod summary;

use spikelet_kernels::{FIRES_ONCE, Reset, ResetPath, Surrogate};

use crate::connection::LayerPass;
use crate::graph::{Graph, Item};
use crate::layer::Layer;
use crate::shape::LayerShape;
use crate::state::KeptAdjoints;

pub use routes::{ErrorRoute, InPass, OwnRoute, TimeRoute};
pub use summary::PlanSummary;

/// What makes a product within a recurrent layer, or between two hidden layers, unnecessary.
const COMPACT_SURROGATE: &str =
    "a surrogate that is 0 at rest (triangle, rectangle or table, narrower than the threshold)";

/// Most samples that go back together on one thread.
pub(crate) const TOGETHER: usize = 16;

/// Whether samples share loads of a wide dense layer's weights for the errors that it sends back. The bits are the same without, and
/// WebAssembly, whose size counts, goes without.
pub const SHARES_ERRORS: bool = cfg!(not(target_arch = "wasm32"));

/// Most weights that stay in a level-2 cache from sample to sample: 1 MiB.
const CACHED_WEIGHTS: usize = 1 << 18;

/// Steps of a sample that are enough to make good a load of the weights from further away.
const MANY_STEPS: usize = 64;

/// Whether all lanes of a recurrent layer take a step at once where every unit needs an error. The bits are the same without; in
/// WebAssembly, whose vectors have 4 lanes, it is 0.93 times as fast, and the module goes without.
pub(crate) const TAKES_LAYERS: bool = cfg!(not(target_arch = "wasm32"));

/// Copies of a layer's weights that backward passes read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeightCopies {
    /// Weights in panels, for products that samples going back together share: those by which units of a recurrent layer drive each
    /// other, and those of a wide dense layer towards its inputs.
    pub(crate) panels: bool,
    /// Weights by which units of the layer drive each other, in whole rows from a unit.
    pub(crate) rows: bool,
    /// Weights from the previous layer, towards each of its units.
    pub(crate) towards: bool,
}

/// How a backward pass takes a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerPlan {
    /// S̄ for the previous layer.
    pub errors: ErrorRoute,
    /// `λ_act · scale` of the previous layer, by which S̄ is multiplied on its way.
    pub(crate) factor: f32,
    /// Whether samples that go back together share loads of the weights for these errors.
    shares_errors: bool,
    /// T̄ for the previous layer.
    pub times: TimeRoute,
    /// Errors within the layer.
    pub own: OwnRoute,
    /// Whether the pass has further terms at every step, besides a dL/dS of the activity terms: gradient through resets, a refractory
    /// time, constants by unit.
    pub has_terms: bool,
    /// Whether it reads the membrane at spikes and the steps before them only.
    pub reads_spikes_only: bool,
    /// Copies of the weights that it reads.
    pub copies: WeightCopies,
    /// What it keeps of every step.
    pub kept: KeptAdjoints,
    /// What a cheaper route of S̄ to the previous layer would need, all of it.
    needs: Vec<&'static str>,
    /// What a cheaper route within the layer would need.
    own_needs: Vec<&'static str>,
}

/// What a plan depends on besides the layers.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    /// The pass at each layer; activity terms that they have are named in summaries only.
    pub passes: &'a [LayerPass<'a>],
    /// Steps of a simulation.
    pub steps: usize,
    /// Path of the rule's activation part through resets, whether or not a layer has that part.
    pub activation_path: ResetPath,
    /// Whether values are observed: then S̄ and T̄ of all layers are read afterwards.
    pub is_observed: bool,
    /// Whether layers get errors from spikes that they, or earlier layers, receive a step later.
    pub follows_recurrence: bool,
    /// Whether hidden layers get their errors from the output alone, by weights of their own (spec 19).
    pub broadcasts: bool,
}

impl WeightCopies {
    /// The copies that either reads.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let Self { panels, rows, towards } = self;
        Self { panels: panels || other.panels, rows: rows || other.rows, towards: towards || other.towards }
    }
}

impl LayerPlan {
    /// Whether samples that go back together share loads of the layer's weights.
    pub fn shares_weights(&self) -> bool {
        self.copies.panels
    }

    /// Whether they share them for the errors of the previous layer.
    pub fn shares_errors(&self) -> bool {
        SHARES_ERRORS && self.shares_errors
    }
}

/// The plan of a pass in words, layer by layer from the input up.
pub fn summaries(graph: Option<&Graph>, plan: &[LayerPlan], input: &PlanInput<'_>) -> Vec<PlanSummary> {
    if let Some(graph) = graph {
        let summary = |(layer, pass): (usize, &LayerPass<'_>)| {
            let is_output = layer + 1 == input.passes.len();
            if input.broadcasts {
                return PlanSummary::of_broadcast(is_output);
            }
            PlanSummary::of_graph(pass, is_output, !graph.readers(Item::Layer(layer)).is_empty())
        };
        return input.passes.iter().enumerate().map(summary).collect();
    }
    if input.broadcasts {
        let outputs = 1..=plan.len();
        return outputs.map(|layer| PlanSummary::of_broadcast(layer == plan.len())).collect();
    }
    let next = input.passes.iter().zip(plan).skip(1).map(Some).chain([None]);
    let layers = input.passes.iter().zip(plan).zip(next);
    layers.map(|((pass, layer), next)| PlanSummary::new(pass, layer, next)).collect()
}

/// How a backward pass takes each layer, from the input up; in a graph each connection.
pub fn plan(layers: &[Layer], graph: Option<&Graph>, input: &PlanInput<'_>) -> Vec<LayerPlan> {
    let connections = 0..layers.len();
    match graph {
        None => connections.map(|index| plan_layer(layers, index, input)).collect(),
        Some(graph) => {
            let pass = |connection: usize| &input.passes[graph.layer_of[connection]];
            connections.map(|index| plan_connection(&layers[graph.layer_of[index]], pass(index))).collect()
        }
    }
}

/// A connection of a graph: products and rows are of the adjoints of every step, which its layer keeps.
fn plan_connection(layer: &Layer, pass: &LayerPass<'_>) -> LayerPlan {
    let has_terms = pass.passes_resets() || !layer.neuron.is_plain();
    LayerPlan {
        has_terms,
        reads_spikes_only: pass.factor == 0.0 && !has_terms,
        copies: WeightCopies { towards: true, ..WeightCopies::default() },
        ..LayerPlan::default()
    }
}

fn plan_layer(layers: &[Layer], index: usize, input: &PlanInput<'_>) -> LayerPlan {
    let (layer, pass) = (&layers[index], &input.passes[index]);
    let source = index.checked_sub(1).map(|previous| (&layers[previous], &input.passes[previous]));
    let factor = source.map_or(0.0, |(_, source)| source.factor);
    let has_terms = pass.passes_resets() || !layer.neuron.is_plain();
    let (errors, needs) = match source {
        Some((previous, _)) if factor != 0.0 && !input.broadcasts => {
            let (route, needs) = if index + 1 == layers.len() {
                from_output(previous, layer, input)
            } else {
                from_hidden(layer, pass, has_terms)
            };
            (if needs.is_empty() { route } else { ErrorRoute::Product }, needs)
        }
        _ => (ErrorRoute::None, Vec::new()),
    };
    let times = match source {
        Some((_, source)) if !input.broadcasts && (input.is_observed || source.timing_weight != 0.0) => {
            layer.connection.routes().times
        }
        _ => TimeRoute::None,
    };
    let own = if input.follows_recurrence { own_route(layer, pass, input.is_observed) } else { OwnRoute::None };
    let has_own_errors = own != OwnRoute::None && layer.connection.delays().is_none() && pass.factor != 0.0;
    let is_broadcast = input.broadcasts && index + 1 == layers.len();
    let shares_errors = matches!(errors, ErrorRoute::Product | ErrorRoute::Rows)
        && layer.connection.routes().shares
        && !input.is_observed
        && is_wide(&layer.shape, input.steps);
    let is_by_step = matches!(own, OwnRoute::ProductByTile | OwnRoute::RowsByTile);
    let learns_input_delays = layer.delays().is_some_and(|delays| delays.learn && !delays.is_by_connection());
    let kept = KeptAdjoints {
        q: is_by_step || is_broadcast || matches!(errors, ErrorRoute::Product | ErrorRoute::Carried(_)),
        r: is_by_step || times == TimeRoute::Rows || learns_input_delays,
        injected: matches!(errors, ErrorRoute::Carried(_)) && layer.neuron.fires,
    };
    LayerPlan {
        errors,
        shares_errors,
        factor,
        times,
        own,
        has_terms,
        reads_spikes_only: pass.factor == 0.0 && !has_terms,
        copies: WeightCopies {
            panels: shares_errors || has_own_errors && !has_few_errors(layer, pass),
            rows: has_own_errors && has_few_errors(layer, pass),
            towards: source.is_some() && !input.broadcasts && !shares_errors && (factor != 0.0 || input.is_observed),
        },
        needs,
        own_needs: if input.follows_recurrence { own_needs(layer, pass) } else { Vec::new() },
        // A layer whose lanes step together keeps q and r or neither.
        kept: if layer.connection.drives_itself() && (kept.q || kept.r) {
            KeptAdjoints { q: true, r: true, ..kept }
        } else {
            kept
        },
    }
}

/// The needs that are not met.
fn unmet<const N: usize>(needs: [(bool, &'static str); N]) -> Vec<&'static str> {
    needs.into_iter().filter(|(is_met, _)| !is_met).map(|(_, need)| need).collect()
}

/// The route from the output that is cheaper than a product, with what it still needs.
fn from_output(previous: &Layer, output: &Layer, input: &PlanInput<'_>) -> (ErrorRoute, Vec<&'static str>) {
    let (here, neuron) = (&previous.neuron.constants, &output.neuron);
    let needs = unmet([
        (output.connection.routes().carries, "an output that is not recurrent and has no delays by connection"),
        (!previous.connection.drives_itself(), "a layer below the output that is not recurrent"),
        (input.activation_path == ResetPath::Ignore, "a rule whose activation part ignores resets"),
        (matches!(neuron.refractory, 0 | FIRES_ONCE), "an output without a refractory time"),
        (neuron.constants.reset == Reset::All, "an output with the reset all"),
        (neuron.by_unit.is_none(), "an output of lif or leaky neurons with shared constants that are not learnt"),
        (!output.stages.selects(), "an output without a max pool before it"),
        (output.stages.paths() == 1, "an output without overlapping pools before it"),
    ]);
    let is_alike =
        here.membrane_decay == neuron.constants.membrane_decay && here.current_decay == neuron.constants.current_decay;
    let in_pass = match (output.stages.delays(), is_alike) {
        (Some(_), _) => InPass::Never,
        (None, false) => InPass::Course,
        (None, true) => InPass::Always,
    };
    (ErrorRoute::Carried(in_pass), needs)
}

/// The route from a hidden layer that is cheaper than a product, with what it still needs.
fn from_hidden(layer: &Layer, pass: &LayerPass<'_>, has_terms: bool) -> (ErrorRoute, Vec<&'static str>) {
    let threshold = layer.neuron.constants.threshold;
    let rests_without_gradient = pass.factor == 0.0
        || match pass.surrogate {
            Surrogate::Triangle { fall } => fall * threshold > 1.0,
            Surrogate::Rectangle { half_width } => half_width < threshold,
            Surrogate::Table(table) => table.rests(threshold),
            _ => false,
        };
    let can_be_listed = layer.connection.routes().rows && layer.stages.delays().is_none();
    let needs = unmet([
        (can_be_listed, "a next layer that is not recurrent and has no delays"),
        (!has_terms, "a next layer of plain lif neurons"),
        (rests_without_gradient, COMPACT_SURROGATE),
    ]);
    (ErrorRoute::Rows, needs)
}

fn own_route(layer: &Layer, pass: &LayerPass<'_>, is_observed: bool) -> OwnRoute {
    if !layer.connection.drives_itself() {
        return OwnRoute::None;
    }
    let has_delays = layer.connection.delays().is_some();
    let has_few_errors = has_few_errors(layer, pass);
    if !has_delays && !is_observed && has_few_errors {
        OwnRoute::Rows
    } else if !has_delays && !is_observed && takes_layers(layer, pass) && TAKES_LAYERS {
        OwnRoute::ProductByLayer
    } else if !has_delays && pass.factor != 0.0 && !has_few_errors {
        OwnRoute::ProductByTile
    } else {
        OwnRoute::RowsByTile
    }
}

/// What rows from few units need within a layer whose own errors go another way.
fn own_needs(layer: &Layer, pass: &LayerPass<'_>) -> Vec<&'static str> {
    if !layer.connection.drives_itself() || pass.factor == 0.0 {
        return Vec::new();
    }
    unmet([
        (layer.connection.delays().is_none(), "a recurrent layer without delays"),
        (takes_layers(layer, pass), "a recurrent layer of plain lif neurons"),
        (pass.surrogate.is_compact(layer.neuron.constants.threshold), COMPACT_SURROGATE),
    ])
}

/// Whether all lanes of a layer can take steps at once.
fn takes_layers(layer: &Layer, pass: &LayerPass<'_>) -> bool {
    layer.neuron.is_plain() && pass.activation_path == ResetPath::Ignore
}

/// Whether few units of a recurrent layer need an error at a step.
fn has_few_errors(layer: &Layer, pass: &LayerPass<'_>) -> bool {
    let is_compact = pass.surrogate.is_compact(layer.neuron.constants.threshold);
    takes_layers(layer, pass) && (pass.factor == 0.0 || is_compact)
}

/// Whether errors that a dense layer sends back in simulations of so many steps are worth sharing loads of its weights among samples: a
/// sample alone would wait for them.
pub fn is_wide(shape: &LayerShape, steps: usize) -> bool {
    SHARES_ERRORS && !shape.is_shared() && !shape.recurrent && shape.weights() > CACHED_WEIGHTS && steps <= MANY_STEPS
}

/// How many samples go back together on one thread, where they share products with weights. Recurrent weights of more than 1 MiB come
/// from the level-3 cache at every step, and should meet many; fewer stay in level 2, if the states of few samples pass through it.
pub fn together(shapes: &[LayerShape]) -> usize {
    let is_large = shapes.iter().any(|shape| shape.recurrent && shape.units * shape.units > CACHED_WEIGHTS);
    if is_large { TOGETHER } else { TOGETHER / 2 }
}
