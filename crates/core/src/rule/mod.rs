//! Learning rules as weighted backward sweeps (spec 5 and 6).

mod convolution;
mod injections;
mod sweep;
mod trace;

use crate::config::{ActivationVariant, RuleConfig, SilentRules, Surrogate, TrainingConfig};

pub(crate) use convolution::{InputGradient, TileGradient};
pub(crate) use injections::Injections;
pub(crate) use sweep::backward;
pub use trace::LayerTrace;
pub(crate) use trace::SampleTrace;

/// One backward sweep: the weights of its two parts and the shape of the pseudo-derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sweep {
    /// Factor of the sweep's gradient in the final one.
    pub(crate) weight: f32,
    /// λ_act at every layer.
    pub(crate) activation: f32,
    /// λ_tim at every layer.
    pub(crate) timing: f32,
    pub(crate) is_gated: bool,
    /// Height of the pseudo-derivative.
    pub(crate) scale: f32,
    /// Its fall per unit of membrane, in powers of two.
    pub(crate) sharpness: f32,
}

/// The sweeps of a rule; their weighted gradients are added.
pub(crate) fn sweeps(rule: &RuleConfig) -> Vec<Sweep> {
    match rule {
        RuleConfig::Activation(activation) => {
            vec![sweep(1.0, (1.0, 0.0), activation.variant, &activation.surrogate)]
        }
        RuleConfig::Timing(_) => vec![sweep(1.0, (0.0, 1.0), ActivationVariant::Srm, &Surrogate::default())],
        RuleConfig::Antlr(antlr) => {
            vec![sweep(1.0, (antlr.activation_weight, antlr.timing_weight), antlr.variant, &antlr.surrogate)]
        }
        RuleConfig::Mixture(mixture) => vec![
            sweep(mixture.activation_weight, (1.0, 0.0), mixture.variant, &mixture.surrogate),
            sweep(mixture.timing_weight, (0.0, 1.0), ActivationVariant::Srm, &mixture.surrogate),
        ],
    }
}

fn sweep(weight: f64, parts: (f64, f64), variant: ActivationVariant, surrogate: &Surrogate) -> Sweep {
    let Surrogate::Exponential(exponential) = surrogate;
    Sweep {
        weight: weight as f32,
        activation: parts.0 as f32,
        timing: parts.1 as f32,
        is_gated: variant != ActivationVariant::Slayer,
        scale: exponential.scale as f32,
        sharpness: (exponential.sharpness * std::f64::consts::LOG2_E) as f32,
    }
}

/// Strengths of the silent-unit update, 0 where the rule or the layer does not get it (spec 5.6, 6.v).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SilentPush {
    pub(crate) dense: f64,
    pub(crate) convolutions: f64,
}

impl SilentPush {
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
