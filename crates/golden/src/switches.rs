//! The switches of a file as they are written.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Unsupported;

/// One number, or one for each spiking layer.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Weight {
    Every(f64),
    ByLayer(Vec<f64>),
}

/// `config` of a file, with the defaults of the keys that came later or that format 2 leaves out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switches {
    /// The input as a word, then layers, as words or as a configuration has them.
    #[serde(default)]
    pub(crate) network: Vec<Value>,
    /// Format 3: sizes of the input.
    #[serde(default)]
    pub(crate) input: Vec<u32>,
    /// Format 3: layers with their sources, inputs, neurons and delays.
    #[serde(default)]
    pub(crate) layers: Vec<Map<String, Value>>,
    /// Format 3: values of a surrogate derivative.
    #[serde(default, rename = "surr_table")]
    pub(crate) table: Value,
    /// Format 3, of e-prop.
    #[serde(default = "defaults::feedback")]
    pub(crate) feedback: String,
    #[serde(default = "defaults::yes", rename = "eligibilityFilter")]
    pub(crate) eligibility_filter: bool,
    #[serde(rename = "T")]
    pub(crate) steps: u32,
    pub(crate) alpha_i: f64,
    pub(crate) alpha_v: f64,
    pub(crate) beta_auto: bool,
    pub(crate) beta_i: f64,
    pub(crate) beta_v: f64,
    pub(crate) beta_bias: f64,
    pub(crate) v_prime_min: f64,
    #[serde(default = "defaults::surrogate")]
    pub(crate) surrogate: String,
    pub(crate) surr_alpha: f64,
    pub(crate) surr_beta: f64,
    pub(crate) target_type: String,
    pub(crate) alpha_exp: f64,
    #[serde(default = "defaults::alpha_extend")]
    alpha_extend: u32,
    #[serde(default = "defaults::kernel_cap")]
    kernel_cap: u32,
    #[serde(default = "defaults::kernel_cut")]
    kernel_cut: f64,
    pub(crate) softmax_beta: f64,
    pub(crate) lambda_nospike: f64,
    pub(crate) early_stop: bool,
    #[serde(default)]
    pub(crate) count_weight: f64,
    #[serde(default = "defaults::one")]
    pub(crate) count_goal: f64,
    #[serde(default = "defaults::count_scope")]
    pub(crate) count_scope: String,
    #[serde(default = "defaults::one")]
    pub(crate) max_target_spikes: f64,
    #[serde(default)]
    pub(crate) min_target_spikes: f64,
    pub(crate) rule: String,
    pub(crate) act_style: String,
    pub(crate) lambda_act: Weight,
    pub(crate) lambda_tim: Weight,
    pub(crate) reset_act: String,
    pub(crate) reset_tim: String,
    #[serde(default = "defaults::reset_window")]
    pub(crate) reset_window: f64,
    #[serde(default = "defaults::reset_lag")]
    pub(crate) reset_lag: u32,
    #[serde(default)]
    pub(crate) refractory: u32,
    #[serde(default)]
    pub(crate) single_spike: bool,
    #[serde(default)]
    pub(crate) rate_lower: f64,
    #[serde(default)]
    pub(crate) rate_upper: Option<f64>,
    #[serde(default)]
    pub(crate) rate_strength: f64,
    #[serde(default)]
    pub(crate) spike_penalty: f64,
    pub(crate) timing_penalty: f64,
    pub(crate) penalty_scope: String,
    #[serde(default)]
    pub(crate) penalty_conv: bool,
    #[serde(default = "defaults::apool_mask")]
    apool_mask: String,
    #[serde(default = "defaults::yes")]
    conv_grad_beta_i: bool,
    pub(crate) grad_clip: Option<f64>,
    #[serde(default)]
    pub(crate) grad_norm_clip: Option<f64>,
    #[serde(default)]
    pub(crate) label_smoothing: f64,
    #[serde(default)]
    pub(crate) class_weights: Option<Vec<f64>>,
    /// Format 2: the neuron of each spiking layer and of a readout.
    #[serde(default)]
    pub(crate) neurons: Vec<Map<String, Value>>,
    /// Format 2: the delays of each of these layers.
    #[serde(default)]
    pub(crate) delays: Vec<Value>,
    /// Format 2: the loss of a readout; `target_type` has its name.
    #[serde(default)]
    pub(crate) loss: Value,
    /// Format 2: whether gradients of adaptive units follow the adaptation.
    #[serde(default = "defaults::yes", rename = "adaptationPath")]
    pub(crate) adaptation_path: bool,
}

impl Switches {
    /// Notes switches of the oracle that differ from what the library has as constants.
    pub(crate) fn note_fixed(&self, unsupported: &mut Unsupported) {
        let fixed = [
            ("alpha_extend other than 200", self.alpha_extend == defaults::alpha_extend()),
            ("kernel_cap other than 1000", self.kernel_cap == defaults::kernel_cap()),
            ("kernel_cut other than 1e-6", self.kernel_cut == defaults::kernel_cut()),
            ("apool_mask other than binary", self.apool_mask == defaults::apool_mask()),
            ("conv_grad_beta_i off", self.conv_grad_beta_i),
        ];
        fixed.into_iter().filter(|(_, is_same)| !is_same).for_each(|(feature, _)| unsupported.note(feature));
    }
}

mod defaults {
    pub(super) fn surrogate() -> String {
        "exponential".to_owned()
    }

    pub(super) fn feedback() -> String {
        "symmetric".to_owned()
    }

    pub(super) fn alpha_extend() -> u32 {
        200
    }

    pub(super) fn kernel_cap() -> u32 {
        1000
    }

    pub(super) fn kernel_cut() -> f64 {
        1e-6
    }

    pub(super) fn one() -> f64 {
        1.0
    }

    pub(super) fn count_scope() -> String {
        "silent".to_owned()
    }

    pub(super) fn reset_window() -> f64 {
        0.2
    }

    pub(super) fn reset_lag() -> u32 {
        10
    }

    pub(super) fn apool_mask() -> String {
        "binary".to_owned()
    }

    pub(super) fn yes() -> bool {
        true
    }
}
