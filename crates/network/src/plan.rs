//! The plan of a backward pass: how it takes each layer, and how errors travel from a layer to the units whose spikes it got.
//!
//! It follows from the configuration and the rule alone, before any sample, since the routes round differently. What a sample still
//! decides is said at its route.

use spikelet_kernels::{FIRES_ONCE, Reset, ResetPath, Surrogate};

use crate::connection::LayerPass;
use crate::layer::Layer;
use crate::shape::LayerShape;

/// Most samples that go back together on one thread.
pub(crate) const TOGETHER: usize = 16;

/// Whether all lanes of a recurrent layer take a step at once where every unit needs an error. The bits are the same without; in
/// WebAssembly, whose vectors have 4 lanes, it is 0.93 times as fast.
const TAKES_LAYERS: bool = cfg!(not(target_arch = "wasm32"));

/// How S̄ travels from a layer to the previous one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ErrorRoute {
    /// Nothing reads it.
    #[default]
    None,
    /// As a product of all weights and adjoints at every step.
    Product,
    /// As rows of the weights from the few units that have a direct gradient; by [`Self::Product`] in samples whose activity terms give
    /// every step one.
    Rows,
    /// As two recurrences, `Wᵀp` and `Wᵀq`, into which the output injects at spikes and where the loss has a gradient. A readout whose
    /// gradient is the same at every step injects a fixed course; samples in which it would cost more go by [`Self::Product`].
    Carried(InPass),
}

/// Whether errors that are carried are made in the pass over the layer that reads them, instead of before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InPass {
    /// They are made before: their spikes are delayed.
    Never,
    /// Those of a fixed course are: the layers decay differently.
    Course,
    /// They are: both layers have the same decays.
    Always,
}

/// How T̄ travels from a layer to the spikes of the previous one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeRoute {
    /// Nothing reads it.
    #[default]
    None,
    /// As a row of the weights times r for each spike, listed while the adjoints of a tile are in a cache.
    Listed,
    /// As a row of the weights times r for each spike, from r of every step.
    Rows,
}

/// How errors travel from a layer's units to those that drive it within the layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OwnRoute {
    /// Units of the layer do not drive each other.
    #[default]
    None,
    /// As a row of the weights from each of the few units that need an error, all lanes of the layer at once in between.
    Rows,
    /// As a product of all weights and adjoints at every step, all lanes of the layer at once.
    ProductByLayer,
    /// As a product of all weights and adjoints at every step, tile by tile.
    ProductByTile,
    /// As a row of the weights from each unit at every step, tile by tile.
    RowsByTile,
}

/// Copies of a layer's weights that backward passes read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeightCopies {
    /// Weights by which units of the layer drive each other, in panels for products that samples going back together share.
    pub(crate) panels: bool,
    /// Weights by which units of the layer drive each other, in whole rows from a unit.
    pub(crate) rows: bool,
    /// Weights from the previous layer, towards each of its units.
    pub(crate) towards: bool,
}

/// Adjoints of every step that are kept in the layer's arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptAdjoints {
    pub(crate) q: bool,
    pub(crate) r: bool,
    /// p and G.
    pub(crate) injected: bool,
}

/// How a backward pass takes a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LayerPlan {
    /// S̄ for the previous layer.
    pub errors: ErrorRoute,
    /// `λ_act · scale` of the previous layer, by which S̄ is multiplied on its way.
    pub(crate) factor: f32,
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
}

/// What a plan depends on besides the layers.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The pass at each layer, without what activity terms add.
    pub passes: &'a [LayerPass],
    /// Path of the rule's activation part through resets, whether or not a layer has that part.
    pub activation_path: ResetPath,
    /// Whether values are observed: then S̄ and T̄ of all layers are read afterwards.
    pub is_observed: bool,
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
}

/// How a backward pass takes each layer, from the input up.
pub fn plan(layers: &[Layer], asked: &Asked<'_>) -> Vec<LayerPlan> {
    (0..layers.len()).map(|index| plan_layer(layers, index, asked)).collect()
}

fn plan_layer(layers: &[Layer], index: usize, asked: &Asked<'_>) -> LayerPlan {
    let (layer, pass) = (&layers[index], &asked.passes[index]);
    let source = index.checked_sub(1).map(|previous| (&layers[previous], &asked.passes[previous]));
    let factor = source.map_or(0.0, |(_, source)| source.factor);
    let has_terms = pass.passes_resets() || !layer.neuron.is_plain();
    let errors = match source {
        Some((previous, _)) if factor != 0.0 => {
            if index + 1 == layers.len() {
                from_output(previous, layer, asked)
            } else {
                from_hidden(layer, pass, has_terms)
            }
        }
        _ => ErrorRoute::None,
    };
    let times = match source {
        Some((_, source)) if asked.is_observed || source.timing_weight != 0.0 => layer.connection.routes().times,
        _ => TimeRoute::None,
    };
    let own = own_route(layer, pass, asked.is_observed);
    let has_delays = layer.connection.delays().is_some();
    let has_own_errors = layer.connection.drives_itself() && !has_delays && pass.factor != 0.0;
    let is_by_step = matches!(own, OwnRoute::ProductByTile | OwnRoute::RowsByTile);
    let learns_input_delays = layer.delays().is_some_and(|delays| delays.learn && !delays.is_by_connection());
    let kept = KeptAdjoints {
        q: is_by_step || matches!(errors, ErrorRoute::Product | ErrorRoute::Carried(_)),
        r: is_by_step || times == TimeRoute::Rows || learns_input_delays,
        injected: matches!(errors, ErrorRoute::Carried(_)) && !layer.neuron.is_readout,
    };
    LayerPlan {
        errors,
        factor,
        times,
        own,
        has_terms,
        reads_spikes_only: pass.factor == 0.0 && !has_terms,
        copies: WeightCopies {
            panels: has_own_errors && !has_few_errors(layer, pass),
            rows: has_own_errors && has_few_errors(layer, pass),
            towards: source.is_some() && (factor != 0.0 || asked.is_observed),
        },
        // A layer whose lanes step together keeps q and r or neither.
        kept: if layer.connection.drives_itself() && (kept.q || kept.r) {
            KeptAdjoints { q: true, r: true, ..kept }
        } else {
            kept
        },
    }
}

/// The route from the output.
fn from_output(previous: &Layer, output: &Layer, asked: &Asked<'_>) -> ErrorRoute {
    let (here, neuron) = (&previous.neuron.constants, &output.neuron);
    let has_gradient_everywhere =
        asked.activation_path != ResetPath::Ignore || !matches!(neuron.refractory, 0 | FIRES_ONCE);
    let can_be_carried = output.connection.routes().carries
        && !previous.connection.drives_itself()
        && !has_gradient_everywhere
        && neuron.constants.reset == Reset::All
        && neuron.by_unit.is_none()
        && !output.stages.selects();
    if !can_be_carried {
        return ErrorRoute::Product;
    }
    let is_alike =
        here.membrane_decay == neuron.constants.membrane_decay && here.current_decay == neuron.constants.current_decay;
    ErrorRoute::Carried(match (output.stages.delays(), is_alike) {
        (Some(_), _) => InPass::Never,
        (None, false) => InPass::Course,
        (None, true) => InPass::Always,
    })
}

/// The route from a hidden layer.
fn from_hidden(layer: &Layer, pass: &LayerPass, has_terms: bool) -> ErrorRoute {
    let can_be_listed = layer.connection.routes().rows && layer.stages.delays().is_none() && !has_terms;
    let rests_without_gradient = pass.factor == 0.0
        || match pass.surrogate {
            Surrogate::Triangle { fall } => fall * layer.neuron.constants.threshold > 1.0,
            Surrogate::Rectangle { half_width } => half_width < layer.neuron.constants.threshold,
            _ => false,
        };
    if can_be_listed && rests_without_gradient { ErrorRoute::Rows } else { ErrorRoute::Product }
}

fn own_route(layer: &Layer, pass: &LayerPass, is_observed: bool) -> OwnRoute {
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

/// Whether all lanes of a layer can take steps at once.
fn takes_layers(layer: &Layer, pass: &LayerPass) -> bool {
    layer.neuron.is_plain() && pass.activation_path == ResetPath::Ignore
}

/// Whether few units of a recurrent layer need an error at a step.
fn has_few_errors(layer: &Layer, pass: &LayerPass) -> bool {
    takes_layers(layer, pass) && (pass.factor == 0.0 || pass.surrogate.is_compact())
}

/// How many samples go back together on one thread, where they share products with weights. Recurrent weights of more than 1 MiB come
/// from the level-3 cache at every step, and should meet many; fewer stay in level 2, if the states of few samples pass through it.
pub fn together(shapes: &[LayerShape]) -> usize {
    let is_large = shapes.iter().any(|shape| shape.recurrent && shape.units > 512);
    if is_large { TOGETHER } else { TOGETHER / 2 }
}
