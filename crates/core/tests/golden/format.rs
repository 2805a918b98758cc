//! The golden files as they are written (formats 1 and 2, `test/golden/README.md`).

use serde::Deserialize;

/// `[sample, step, flat unit]`.
pub(crate) type Event = [u32; 3];

/// One number, or one for each spiking layer.
#[derive(Clone, Deserialize, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Weight {
    Every(f64),
    ByLayer(Vec<f64>),
}

/// `reference.Config`. What came later may be missing.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switches {
    pub(crate) network: Vec<String>,
    #[serde(rename = "T")]
    pub(crate) steps: usize,
    pub(crate) alpha_i: f64,
    pub(crate) alpha_v: f64,
    pub(crate) beta_auto: bool,
    pub(crate) beta_i: f64,
    pub(crate) beta_v: f64,
    pub(crate) beta_bias: f64,
    pub(crate) v_prime_min: f64,
    #[serde(default)]
    pub(crate) surrogate: Option<String>,
    pub(crate) surr_alpha: f64,
    pub(crate) surr_beta: f64,
    pub(crate) target_type: String,
    pub(crate) alpha_exp: f64,
    #[serde(default = "defaults::alpha_extend")]
    pub(crate) alpha_extend: u32,
    #[serde(default = "defaults::kernel_cap")]
    pub(crate) kernel_cap: u32,
    #[serde(default = "defaults::kernel_cut")]
    pub(crate) kernel_cut: f64,
    pub(crate) softmax_beta: f64,
    pub(crate) lambda_nospike: f64,
    pub(crate) early_stop: bool,
    #[serde(default)]
    pub(crate) count_weight: f64,
    #[serde(default = "defaults::count_goal")]
    pub(crate) count_goal: f64,
    #[serde(default = "defaults::count_scope")]
    pub(crate) count_scope: String,
    #[serde(default = "defaults::max_target_spikes")]
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
    pub(crate) apool_mask: String,
    #[serde(default = "defaults::conv_grad_beta_i")]
    pub(crate) conv_grad_beta_i: bool,
    pub(crate) grad_clip: Option<f64>,
    /// Format 2: the neuron of each spiking layer, as a configuration has it.
    #[serde(default)]
    pub(crate) neurons: Vec<serde_json::Value>,
}

/// Of keys that format 2 leaves out.
mod defaults {
    pub(super) fn alpha_extend() -> u32 {
        200
    }

    pub(super) fn kernel_cap() -> u32 {
        1000
    }

    pub(super) fn kernel_cut() -> f64 {
        1e-6
    }

    pub(super) fn count_goal() -> f64 {
        1.0
    }

    pub(super) fn count_scope() -> String {
        "silent".to_owned()
    }

    pub(super) fn max_target_spikes() -> f64 {
        1.0
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

    pub(super) fn conv_grad_beta_i() -> bool {
        true
    }
}

#[derive(Deserialize)]
pub(crate) struct Parameters {
    pub(crate) layer: usize,
    #[serde(rename = "W")]
    pub(crate) weights: Vec<f64>,
    #[serde(rename = "b")]
    pub(crate) biases: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Target {
    Train { events: Vec<Event> },
    Count { counts: Vec<Vec<f32>> },
    Latency { labels: Vec<u32> },
}

#[derive(Deserialize)]
pub(crate) struct Betas {
    pub(crate) beta_i: f64,
    pub(crate) beta_v: f64,
    pub(crate) beta_bias: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LayerGains {
    pub(crate) current_gain: f64,
    pub(crate) membrane_gain: f64,
    pub(crate) bias_gain: f64,
}

/// What `network` and `trajectory` files have in common.
#[derive(Deserialize)]
pub(crate) struct Draw {
    pub(crate) config: Switches,
    /// Format 1.
    #[serde(default)]
    pub(crate) effective_betas: Option<Betas>,
    /// Format 2: by layer.
    #[serde(default)]
    pub(crate) gains: Vec<LayerGains>,
    pub(crate) batch: u32,
    pub(crate) params: Vec<Parameters>,
    pub(crate) input_events: Vec<Event>,
    pub(crate) target: Target,
}

#[derive(Deserialize)]
pub(crate) struct NetworkCase {
    #[serde(flatten)]
    pub(crate) draw: Draw,
    pub(crate) expected: Expected,
}

#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) term_length: u32,
    pub(crate) spikes: Vec<LayerSpikes>,
    pub(crate) probes: Vec<Probe>,
    pub(crate) loss: LossParts,
    pub(crate) grads: Vec<LayerGradients>,
    pub(crate) decision_count: Vec<u32>,
    pub(crate) decision_first: Vec<u32>,
    pub(crate) num_spike_total: Vec<u64>,
    pub(crate) num_spike_nec: Vec<u64>,
    pub(crate) first_stime: Vec<u32>,
}

#[derive(Deserialize)]
pub(crate) struct LayerSpikes {
    pub(crate) layer: usize,
    pub(crate) events: Vec<Event>,
}

#[derive(Deserialize)]
pub(crate) struct LossParts {
    pub(crate) total: f64,
    pub(crate) ce: Option<f64>,
    pub(crate) nospike: Option<f64>,
    pub(crate) count: Option<f64>,
    pub(crate) rate: Option<f64>,
    pub(crate) spikes: Option<f64>,
}

#[derive(Deserialize)]
pub(crate) struct LayerGradients {
    pub(crate) layer: usize,
    #[serde(rename = "dW")]
    pub(crate) weights: Vec<f64>,
    #[serde(rename = "db")]
    pub(crate) biases: Vec<f64>,
}

#[derive(Deserialize)]
pub(crate) struct Probe {
    pub(crate) layer: usize,
    #[serde(rename = "b")]
    pub(crate) sample: usize,
    #[serde(rename = "t")]
    pub(crate) step: usize,
    #[serde(rename = "i")]
    pub(crate) unit: usize,
    #[serde(rename = "I")]
    pub(crate) current: f64,
    #[serde(rename = "V")]
    pub(crate) membrane: f64,
    #[serde(rename = "Vp")]
    pub(crate) slope: f64,
    #[serde(rename = "S")]
    pub(crate) spike: u32,
    #[serde(flatten)]
    pub(crate) adjoint: Option<Adjoint>,
}

#[derive(Deserialize)]
pub(crate) struct Adjoint {
    #[serde(rename = "G")]
    pub(crate) direct: f64,
    pub(crate) p: f64,
    pub(crate) q: f64,
    #[serde(rename = "dLdS")]
    pub(crate) spike_gradient: f64,
    #[serde(rename = "dLdT")]
    pub(crate) timing_gradient: f64,
}

#[derive(Deserialize)]
pub(crate) struct TrajectoryCase {
    #[serde(flatten)]
    pub(crate) draw: Draw,
    pub(crate) optimiser: Optimiser,
    pub(crate) expected: ExpectedTrajectory,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Optimiser {
    pub(crate) name: String,
    pub(crate) lr: f64,
    pub(crate) steps: usize,
    pub(crate) momentum: Option<f64>,
    pub(crate) weight_decay: Option<f64>,
    pub(crate) beta1: Option<f64>,
    pub(crate) beta2: Option<f64>,
    pub(crate) eps: Option<f64>,
}

#[derive(Deserialize)]
pub(crate) struct ExpectedTrajectory {
    pub(crate) loss_before_each_step: Vec<f64>,
    pub(crate) spike_totals_each_step: Vec<Vec<u64>>,
    pub(crate) final_params: Vec<Parameters>,
}
