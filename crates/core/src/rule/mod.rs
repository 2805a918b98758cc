//! Learning rules as weighted backward passes (spec 5 and 6): how the gradient is formed, as a value.

use spikelet_kernels as kernels;

use crate::config::{ActivationVariant, PerLayer, ResetPath, RuleConfig, SilentRules, Surrogate, TrainingConfig};
use crate::connection::LayerPass;

/// One backward pass: the weights of its two parts, the shape of the surrogate derivative, the paths through the reset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GradientPass {
    /// By spiking layer.
    pub(crate) weights: Vec<Weights>,
    pub(crate) is_gated: bool,
    /// Height of the surrogate derivative.
    pub(crate) scale: f32,
    /// Its shape.
    pub(crate) surrogate: kernels::Surrogate,
    pub(crate) activation_path: kernels::ResetPath,
    pub(crate) timing_path: kernels::ResetPath,
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

/// The passes of a rule over so many spiking layers in an epoch, counted from 0; their weighted gradients are added.
pub(crate) fn passes(rule: &RuleConfig, layers: usize, epoch: u32) -> Vec<GradientPass> {
    let (activation_factor, timing_factor) = rule.weight_factors(epoch);
    let scaled = |weight: &PerLayer, factor: f64, layer: usize| (weight.at(layer) * factor) as f32;
    let weights = |of: &dyn Fn(usize) -> Weights| (0..layers).map(of).collect::<Vec<_>>();
    let activation = |gradient: f32| Weights { gradient, activation: 1.0, timing: 0.0 };
    let timing = |gradient: f32| Weights { gradient, activation: 0.0, timing: 1.0 };
    let plain = Surrogate::default();
    let pass = |weights: Vec<Weights>, variant: ActivationVariant, surrogate: &Surrogate| GradientPass {
        weights,
        is_gated: variant != ActivationVariant::Slayer,
        scale: surrogate.scale() as f32,
        surrogate: shape(surrogate),
        activation_path: path(rule.reset_paths().activation),
        timing_path: path(rule.reset_paths().timing),
    };
    match rule {
        RuleConfig::Activation(rule) => vec![pass(weights(&|_| activation(1.0)), rule.variant, &rule.surrogate)],
        RuleConfig::Timing(_) => vec![pass(weights(&|_| timing(1.0)), ActivationVariant::Srm, &plain)],
        RuleConfig::Antlr(rule) => {
            let both = weights(&|layer| Weights {
                gradient: 1.0,
                activation: scaled(&rule.activation_weight, activation_factor, layer),
                timing: scaled(&rule.timing_weight, timing_factor, layer),
            });
            vec![pass(both, rule.variant, &rule.surrogate)]
        }
        RuleConfig::Mixture(rule) => {
            let first = weights(&|layer| activation(scaled(&rule.activation_weight, activation_factor, layer)));
            let second = weights(&|layer| timing(scaled(&rule.timing_weight, timing_factor, layer)));
            vec![pass(first, rule.variant, &rule.surrogate), pass(second, ActivationVariant::Srm, &rule.surrogate)]
        }
    }
}

fn shape(surrogate: &Surrogate) -> kernels::Surrogate {
    match surrogate {
        Surrogate::Exponential(shape) => {
            kernels::Surrogate::Exponential { sharpness: (shape.sharpness * std::f64::consts::LOG2_E) as f32 }
        }
        Surrogate::FastSigmoid(shape) => kernels::Surrogate::FastSigmoid { sharpness: shape.sharpness as f32 },
        Surrogate::Arctan(shape) => kernels::Surrogate::Arctan { sharpness: shape.sharpness as f32 },
        Surrogate::Triangle(shape) => kernels::Surrogate::Triangle { fall: (1.0 / shape.half_width) as f32 },
        Surrogate::Rectangle(shape) => kernels::Surrogate::Rectangle { half_width: shape.half_width as f32 },
    }
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
    /// Whether the pass is the final gradient.
    pub(crate) fn is_final(&self) -> bool {
        self.weights.iter().all(|weights| weights.gradient == 1.0)
    }

    /// Whether any layer has a timing part.
    pub(crate) fn has_timing(&self) -> bool {
        self.weights.iter().any(|weights| weights.timing != 0.0)
    }

    /// Whether steps may have a direct gradient, or a change of p, other than at spikes and where the loss has one at every step.
    pub(crate) fn is_direct_everywhere(&self, refractory: u32) -> bool {
        self.activation_path != kernels::ResetPath::Ignore || !matches!(refractory, 0 | kernels::FIRES_ONCE)
    }

    /// The pass at a layer, with dL/dS that every step of its units has besides what comes from the next layer.
    pub(crate) fn at(&self, layer: usize, activity_gradient: f32) -> LayerPass {
        let weights = self.weights[layer];
        let of = |weight: f32, path| if weight == 0.0 { kernels::ResetPath::Ignore } else { path };
        LayerPass {
            factor: weights.activation * self.scale,
            timing_weight: weights.timing,
            is_gated: self.is_gated,
            surrogate: self.surrogate,
            activation_path: of(weights.activation, self.activation_path),
            timing_path: of(weights.timing, self.timing_path),
            activity_gradient,
        }
    }
}

/// Strengths of the silent-unit update, 0 where the rule or the layer does not get it (spec 5.6, 6.v).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SilentUpdate {
    pub(crate) dense: f64,
    pub(crate) convolutions: f64,
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
}
