//! Learning rules as weighted backward passes (spec 5 and 6): how the gradient is formed, as a value.

use spikelet_config::{
    ActivationVariant, PerLayer, RecurrentPath, ResetPath, RuleConfig, SilentRules, Surrogate, TableSurrogate,
    TrainingConfig,
};
use spikelet_kernels as kernels;
use spikelet_network::connection::{ActivityGradient, LayerPass};
use spikelet_network::eligibility::EligibilityRule;
use spikelet_network::network::Network;
use spikelet_network::plan::{LayerPlan, PlanInput, PlanSummary, plan, summaries};
use spikelet_network::shape::LayerShape;

/// One backward pass: the weights of its two parts, the shape of the surrogate derivative, the paths through the reset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GradientPass {
    /// By spiking layer.
    pub(crate) weights: Vec<Weights>,
    pub(crate) is_gated: bool,
    /// Height of the surrogate derivative.
    pub(crate) scale: f32,
    /// Shape of the surrogate derivative.
    pub(crate) surrogate: Shape,
    pub(crate) activation_path: kernels::ResetPath,
    pub(crate) timing_path: kernels::ResetPath,
    pub(crate) adaptation_path: bool,
    /// Lower bound of V', by which the timing part divides.
    pub(crate) slope_floor: f32,
    /// Whether gradient follows spikes that a layer receives a step later.
    pub(crate) follows_recurrence: bool,
    /// Whether hidden layers get their errors from the output alone, by weights of their own.
    pub(crate) broadcasts: bool,
    /// Layer whose output has a gradient of its own instead of that of its spikes.
    readout: Option<usize>,
}

/// The shape of a surrogate derivative.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Formula(kernels::Surrogate<'static>),
    Table(kernels::SurrogateTable),
}

impl Shape {
    fn surrogate(&self) -> kernels::Surrogate<'_> {
        match self {
            Self::Formula(surrogate) => *surrogate,
            Self::Table(table) => kernels::Surrogate::Table(table),
        }
    }
}

/// Weights of a pass at one layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Weights {
    /// Factor of the pass's gradient in the final one.
    pub(crate) gradient: f32,
    /// λ_act.
    pub(crate) activation: f32,
    /// λ_tim.
    pub(crate) timing: f32,
}

impl Weights {
    /// Weights at a readout, whose gradient no rule weighs; only the first of several passes counts (spec 10.4).
    fn of_readout(pass: usize) -> Self {
        Self { gradient: if pass == 0 { 1.0 } else { 0.0 }, activation: 0.0, timing: 0.0 }
    }
}

/// The passes of a rule over the layers of a network in an epoch, counted from 0; their weighted gradients are added.
pub(crate) fn passes(rule: &RuleConfig, shapes: &[LayerShape], epoch: u32) -> Vec<GradientPass> {
    let readout = shapes.iter().position(|shape| !shape.fires);
    let layers = readout.unwrap_or(shapes.len());
    let (activation_factor, timing_factor) = rule.weight_factors(epoch);
    let scaled = |weight: &PerLayer, factor: f64, layer: usize| (weight.at(layer) * factor) as f32;
    let weights = |of: &dyn Fn(usize) -> Weights| (0..layers).map(of).collect::<Vec<_>>();
    let activation = |gradient: f32| Weights { gradient, activation: 1.0, timing: 0.0 };
    let timing = |gradient: f32| Weights { gradient, activation: 0.0, timing: 1.0 };
    let plain = Surrogate::default();
    let pass = |mut weights: Vec<Weights>, number: usize, variant: ActivationVariant, surrogate: &Surrogate| {
        weights.extend(readout.map(|_| Weights::of_readout(number)));
        GradientPass {
            weights,
            is_gated: variant != ActivationVariant::Slayer,
            scale: surrogate.scale() as f32,
            surrogate: shape(surrogate),
            activation_path: path(rule.reset_paths().activation),
            timing_path: path(rule.reset_paths().timing),
            adaptation_path: rule.adaptation_path(),
            slope_floor: rule.slope_floor() as f32,
            follows_recurrence: rule.recurrent_path() == RecurrentPath::Full,
            broadcasts: rule.eprop().is_some(),
            readout,
        }
    };
    match rule {
        RuleConfig::Activation(rule) => vec![pass(weights(&|_| activation(1.0)), 0, rule.variant, &rule.surrogate)],
        RuleConfig::Eprop(rule) => {
            vec![pass(weights(&|_| activation(1.0)), 0, ActivationVariant::Srm, &rule.surrogate)]
        }
        RuleConfig::Timing(_) | RuleConfig::EventProp(_) => {
            vec![pass(weights(&|_| timing(1.0)), 0, ActivationVariant::Srm, &plain)]
        }
        RuleConfig::Antlr(rule) => {
            let both = weights(&|layer| Weights {
                gradient: 1.0,
                activation: scaled(&rule.activation_weight, activation_factor, layer),
                timing: scaled(&rule.timing_weight, timing_factor, layer),
            });
            vec![pass(both, 0, rule.variant, &rule.surrogate)]
        }
        RuleConfig::Mixture(rule) => {
            let first = weights(&|layer| activation(scaled(&rule.activation_weight, activation_factor, layer)));
            let second = weights(&|layer| timing(scaled(&rule.timing_weight, timing_factor, layer)));
            vec![
                pass(first, 0, rule.variant, &rule.surrogate),
                pass(second, 1, ActivationVariant::Srm, &rule.surrogate),
            ]
        }
    }
}

fn shape(surrogate: &Surrogate) -> Shape {
    Shape::Formula(match surrogate {
        Surrogate::Exponential(shape) => {
            kernels::Surrogate::Exponential { sharpness: (shape.sharpness * std::f64::consts::LOG2_E) as f32 }
        }
        Surrogate::FastSigmoid(shape) => kernels::Surrogate::FastSigmoid { sharpness: shape.sharpness as f32 },
        Surrogate::Arctan(shape) => kernels::Surrogate::Arctan { sharpness: shape.sharpness as f32 },
        Surrogate::Triangle(shape) => kernels::Surrogate::Triangle { fall: (1.0 / shape.half_width) as f32 },
        Surrogate::Rectangle(shape) => kernels::Surrogate::Rectangle { half_width: shape.half_width as f32 },
        Surrogate::Table(TableSurrogate { step, values, first }) => {
            return Shape::Table(kernels::SurrogateTable::new(*step, values, *first));
        }
    })
}

fn path(path: ResetPath) -> kernels::ResetPath {
    match path {
        ResetPath::Ignore => kernels::ResetPath::Ignore,
        ResetPath::Full => kernels::ResetPath::Full,
        ResetPath::Window(width) => kernels::ResetPath::Window(width as f32),
        ResetPath::Lag(lag) => kernels::ResetPath::Lag(lag),
    }
}

impl GradientPass {
    /// What the pass says of eligibilities, with a dL/dS at every step.
    pub(crate) fn eligibility(&self, activity_gradient: f32) -> EligibilityRule<'_> {
        EligibilityRule {
            surrogate: self.surrogate.surrogate(),
            scale: self.scale,
            adaptation_path: self.adaptation_path,
            penalty: activity_gradient,
        }
    }

    /// Whether the pass is the final gradient.
    pub(crate) fn is_final(&self) -> bool {
        self.weights.iter().all(|weights| weights.gradient == 1.0)
    }

    /// Whether any layer has a timing part.
    pub(crate) fn has_timing(&self) -> bool {
        self.weights.iter().any(|weights| weights.timing != 0.0)
    }

    /// How the pass takes each layer of a network.
    pub(crate) fn plan(&self, network: &Network, is_observed: bool) -> Vec<LayerPlan> {
        let passes = self.layers(0.0);
        plan(&network.layers, network.graph.as_deref(), &self.plan_input(network, &passes, is_observed))
    }

    /// The plan in words, by layer, where hidden layers have a dL/dS at every step.
    pub(crate) fn summaries(&self, network: &Network, activity_gradient: f32) -> Vec<PlanSummary> {
        let passes = self.layers(activity_gradient);
        let (input, graph) = (self.plan_input(network, &passes, false), network.graph.as_deref());
        summaries(graph, &plan(&network.layers, graph, &input), &input)
    }

    fn plan_input<'a>(&self, network: &Network, passes: &'a [LayerPass<'a>], is_observed: bool) -> PlanInput<'a> {
        PlanInput {
            passes,
            steps: network.steps,
            activation_path: self.activation_path,
            is_observed,
            follows_recurrence: self.follows_recurrence,
            broadcasts: self.broadcasts,
        }
    }

    /// The pass at each layer, with a dL/dS at every step.
    fn layers(&self, activity_gradient: f32) -> Vec<LayerPass<'_>> {
        let activity = ActivityGradient::Same(activity_gradient);
        (0..self.weights.len()).map(|layer| self.at(layer, activity)).collect()
    }

    /// The pass at a layer, with dL/dS that every step of its units has besides what comes from the next layer.
    pub(crate) fn at<'a>(&'a self, layer: usize, activity: ActivityGradient<'a>) -> LayerPass<'a> {
        let weights = self.weights[layer];
        if self.readout == Some(layer) {
            return LayerPass {
                factor: 1.0,
                timing_weight: 0.0,
                is_gated: self.is_gated,
                surrogate: kernels::Surrogate::Given,
                activation_path: kernels::ResetPath::Ignore,
                timing_path: kernels::ResetPath::Ignore,
                adaptation_path: false,
                slope_floor: self.slope_floor,
                activity: ActivityGradient::Same(0.0),
            };
        }
        let of = |weight: f32, path| if weight == 0.0 { kernels::ResetPath::Ignore } else { path };
        LayerPass {
            factor: weights.activation * self.scale,
            timing_weight: weights.timing,
            is_gated: self.is_gated,
            surrogate: self.surrogate.surrogate(),
            activation_path: of(weights.activation, self.activation_path),
            timing_path: of(weights.timing, self.timing_path),
            adaptation_path: self.adaptation_path,
            slope_floor: self.slope_floor,
            activity,
        }
    }
}

/// Strengths of the silent-unit update, 0 where the rule or the layer does not get it (spec 5.6, 6.v).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SilentUpdate {
    dense: f64,
    convolutions: f64,
}

impl SilentUpdate {
    pub(crate) fn new(rule: &RuleConfig, training: &TrainingConfig) -> Self {
        let update = &training.silent_unit_update;
        let applies = match update.rules {
            SilentRules::Timing => rule.is_timing(),
            SilentRules::All => true,
            SilentRules::Off => false,
        };
        let dense = if applies { update.strength } else { 0.0 };
        Self { dense, convolutions: if update.convolutions { dense } else { 0.0 } }
    }

    /// The strength at a layer; a readout has no silent units.
    pub(crate) fn strength(&self, shape: &LayerShape) -> f64 {
        match shape {
            LayerShape { fires: false, .. } => 0.0,
            _ if shape.image.is_some() => self.convolutions,
            _ => self.dense,
        }
    }
}
