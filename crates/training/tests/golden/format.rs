//! The golden files as they are written (formats 1 and 2, `test/golden/README.md`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// `[sample, step, flat unit]`.
pub(crate) type Event = [u32; 3];

/// `config` of a file, which `spikelet-golden` translates; the tests read little of it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Switches(pub(crate) Value);

impl Switches {
    pub(crate) fn steps(&self) -> usize {
        self.0["T"].as_u64().expect("the file has steps") as usize
    }

    /// Whether forward and backward pass are one, so that there are adjoints to compare.
    pub(crate) fn has_adjoints(&self) -> bool {
        self.0["rule"] != "trivial"
    }

    /// Whether any term of the loss counts spikes.
    pub(crate) fn counts_spikes(&self) -> bool {
        let terms = ["count_weight", "rate_strength", "spike_penalty"];
        terms.iter().any(|term| self.0[term].as_f64().unwrap_or(0.0) != 0.0)
    }
}

#[derive(Deserialize)]
pub(crate) struct Parameters {
    pub(crate) layer: usize,
    #[serde(rename = "W", default)]
    pub(crate) weights: Vec<f64>,
    /// Format 3, in the place of `W` and `delays`: by input of the layer.
    #[serde(default)]
    pub(crate) inputs: Vec<InputParameters>,
    #[serde(rename = "b")]
    pub(crate) biases: Vec<f64>,
    /// Learnt values at the end of a trajectory, by name.
    #[serde(default)]
    pub(crate) learnt: BTreeMap<String, Vec<f64>>,
    /// Delays at the start, by input or by connection.
    #[serde(default)]
    pub(crate) delays: Vec<f64>,
    /// Format 3: weights of e-prop from the output's errors, `[unit, output]`.
    #[serde(default)]
    pub(crate) feedback: Vec<f64>,
}

/// Parameters of one input of a layer, or their gradients.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct InputParameters {
    /// Absent in gradients where they are fixed.
    #[serde(alias = "W", alias = "dW", default)]
    pub(crate) weights: Vec<f64>,
    /// Where they are learnt, in gradients.
    #[serde(default)]
    pub(crate) delays: Vec<f64>,
}

#[derive(Default, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Target {
    /// Where nothing is learnt.
    #[default]
    #[serde(skip)]
    None,
    Train {
        events: Vec<Event>,
    },
    Count {
        counts: Vec<Vec<f32>>,
    },
    Latency {
        labels: Vec<u32>,
    },
    Membrane {
        labels: Vec<u32>,
    },
    Trace {
        values: Vec<f32>,
    },
}

#[derive(Deserialize)]
pub(crate) struct Betas {
    pub(crate) beta_i: f64,
    pub(crate) beta_v: f64,
    pub(crate) beta_bias: f64,
}

/// A number, or one for each unit.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Numbers {
    One(f64),
    Each(Vec<f64>),
}

impl Numbers {
    pub(crate) fn list(&self) -> &[f64] {
        match self {
            Self::One(number) => std::slice::from_ref(number),
            Self::Each(numbers) => numbers,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LayerGains {
    pub(crate) current_gain: Numbers,
    pub(crate) membrane_gain: Numbers,
    pub(crate) bias_gain: Numbers,
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
    /// Optimiser of a trajectory.
    #[serde(default)]
    pub(crate) optimiser: Option<Value>,
    pub(crate) params: Vec<Parameters>,
    pub(crate) input_events: Vec<Event>,
    /// Value of each event; without, all are 1.
    #[serde(default)]
    pub(crate) input_values: Option<Vec<f32>>,
    #[serde(default)]
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
    /// Absent with a readout.
    #[serde(default)]
    pub(crate) decision_count: Vec<u32>,
    #[serde(default)]
    pub(crate) decision_first: Vec<u32>,
    /// Membranes y of a readout, `[sample][step][output]`.
    #[serde(default)]
    pub(crate) membranes: Vec<f64>,
    /// z, `[sample][output]`.
    #[serde(default)]
    pub(crate) statistic: Vec<f64>,
    #[serde(default)]
    pub(crate) decision_membrane: Vec<u32>,
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
    #[serde(rename = "dW", default)]
    pub(crate) weights: Vec<f64>,
    /// Format 3, in the place of `dW`.
    #[serde(default)]
    pub(crate) inputs: Vec<InputParameters>,
    #[serde(rename = "db")]
    pub(crate) biases: Vec<f64>,
    /// By name.
    #[serde(default)]
    pub(crate) learnt: BTreeMap<String, Vec<f64>>,
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
    /// Absent of a readout, as all that spikes lead to.
    #[serde(rename = "Vp")]
    pub(crate) slope: Option<f64>,
    #[serde(rename = "S")]
    pub(crate) spike: Option<u32>,
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
    pub(crate) spike_gradient: Option<f64>,
    #[serde(rename = "dLdT")]
    pub(crate) timing_gradient: Option<f64>,
}

#[derive(Deserialize)]
pub(crate) struct TrajectoryCase {
    #[serde(flatten)]
    pub(crate) draw: Draw,
    pub(crate) expected: ExpectedTrajectory,
}

#[derive(Deserialize)]
pub(crate) struct ExpectedTrajectory {
    pub(crate) loss_before_each_step: Vec<f64>,
    pub(crate) spike_totals_each_step: Vec<Vec<u64>>,
    pub(crate) final_params: Vec<Parameters>,
}

/// Updates within samples.
#[derive(Deserialize)]
pub(crate) struct OnlineCase {
    #[serde(flatten)]
    pub(crate) draw: Draw,
    /// Steps from one update to the next.
    pub(crate) every: u32,
    pub(crate) expected: OnlineEnd,
}

#[derive(Deserialize)]
pub(crate) struct OnlineEnd {
    pub(crate) loss: LossParts,
    pub(crate) final_params: Vec<Parameters>,
}

/// Inference with whole numbers.
#[derive(Deserialize)]
pub(crate) struct IntegerCase {
    #[serde(flatten)]
    pub(crate) draw: Draw,
    pub(crate) conversion: Conversion,
    /// Events that set the shifts, where these are not the input.
    #[serde(default)]
    pub(crate) calibration_events: Option<Vec<Event>>,
    pub(crate) integer: CaseIntegers,
    pub(crate) expected: IntegerExpected,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversion {
    pub(crate) state_bits: u32,
    pub(crate) percentile: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseIntegers {
    pub(crate) state_bits: f64,
    pub(crate) layers: Vec<CaseIntegerLayer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaseIntegerLayer {
    pub(crate) inputs: Vec<InputParameters>,
    pub(crate) weight_shift: f64,
    pub(crate) current_shift: f64,
    pub(crate) current_decay: Numbers,
    pub(crate) membrane_decay: Numbers,
    pub(crate) bias: Numbers,
    #[serde(default)]
    pub(crate) threshold: Option<Numbers>,
    #[serde(default)]
    pub(crate) adaptation_decay: Option<Numbers>,
    #[serde(default)]
    pub(crate) adaptation_strength: Option<Numbers>,
    /// Rounded to 9 digits.
    pub(crate) scale: Vec<f64>,
}

#[derive(Deserialize)]
pub(crate) struct IntegerExpected {
    pub(crate) spikes: Vec<LayerSpikes>,
    pub(crate) clamped: u64,
    /// Membranes of a readout, `[sample][step][output]`.
    #[serde(default)]
    pub(crate) membranes: Vec<i32>,
    pub(crate) statistic: Vec<Vec<f64>>,
    pub(crate) decision: Vec<u32>,
    pub(crate) probes: Vec<IntegerProbe>,
}

/// States of a unit before the reset.
#[derive(Deserialize)]
pub(crate) struct IntegerProbe {
    pub(crate) layer: usize,
    #[serde(rename = "b")]
    pub(crate) sample: usize,
    #[serde(rename = "t")]
    pub(crate) step: usize,
    #[serde(rename = "i")]
    pub(crate) unit: usize,
    #[serde(rename = "I")]
    pub(crate) current: i32,
    #[serde(rename = "V")]
    pub(crate) membrane: i32,
}
