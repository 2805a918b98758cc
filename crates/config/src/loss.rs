//! What is minimised.

use crate::json::FromJson;
use serde::Serialize;
use spikelet_fields::fields;

use crate::early_stopping::BestBy;
use crate::read_tagged;

/// The loss at the output (spec 4), averaged over the batch.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LossConfig {
    /// Squared difference of spike counts (spec 4.2).
    Count(CountLoss),
    /// Cross-entropy of a softmax over spike counts (spec 4.5).
    CountCrossEntropy(CountCrossEntropyLoss),
    /// van Rossum distance to target spike trains (spec 4.1).
    SpikeTrain(SpikeTrainLoss),
    /// Cross-entropy of a softmax over first-spike times (spec 4.3).
    Latency(LatencyLoss),
    /// Cross-entropy of a softmax over a statistic of a readout's membranes (spec 11).
    Membrane(MembraneLoss),
    /// Squared difference of a readout's membranes and target series (spec 11).
    Trace(TraceLoss),
}

read_tagged!(LossConfig {
    "count" => Count,
    "countCrossEntropy" => CountCrossEntropy,
    "spikeTrain" => SpikeTrain,
    "latency" => Latency,
    "membrane" => Membrane,
    "trace" => Trace,
});

/// How a network decides for one of its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// By the first spike.
    FirstSpike,
    /// By most spikes.
    Count,
    /// By the membranes of a readout.
    Membrane,
    /// Not at all: its readout follows a series.
    None,
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::Latency(LatencyLoss::default())
    }
}

impl LossConfig {
    /// When a simulation may end before its last step; only the latency loss allows it.
    #[must_use]
    pub fn end_simulation(&self) -> EndSimulation {
        match self {
            Self::Latency(latency) => latency.end_simulation,
            Self::Count(_) | Self::CountCrossEntropy(_) | Self::SpikeTrain(_) | Self::Membrane(_) | Self::Trace(_) => {
                EndSimulation::Off
            }
        }
    }

    /// How a network that it trains decides.
    #[must_use]
    pub fn decision(&self) -> Decision {
        match self {
            Self::Latency(_) => Decision::FirstSpike,
            Self::Count(_) | Self::CountCrossEntropy(_) | Self::SpikeTrain(_) => Decision::Count,
            Self::Membrane(_) => Decision::Membrane,
            Self::Trace(_) => Decision::None,
        }
    }

    /// The measure that it trains. Spike trains have no label, and the mean squared error has no weights of steps.
    #[must_use]
    pub fn best_by(&self) -> BestBy {
        match self {
            Self::Latency(_) => BestBy::FirstSpike,
            Self::Count(_) | Self::CountCrossEntropy(_) => BestBy::Count,
            Self::SpikeTrain(_) | Self::Trace(TraceLoss { step_weights: Some(_) }) => BestBy::Loss,
            Self::Membrane(_) => BestBy::Membrane,
            Self::Trace(_) => BestBy::MeanSquaredError,
        }
    }

    /// The loss whose statistic a readout decides by, if it decides.
    #[must_use]
    pub fn membrane(&self) -> Option<&MembraneLoss> {
        match self {
            Self::Membrane(membrane) => Some(membrane),
            _ => None,
        }
    }

    /// Factors on the losses of samples by their labels, where there are any.
    #[must_use]
    pub fn class_weights(&self) -> Option<&[f64]> {
        match self {
            Self::CountCrossEntropy(CountCrossEntropyLoss { class_weights, .. })
            | Self::Latency(LatencyLoss { class_weights, .. })
            | Self::Membrane(MembraneLoss { class_weights, .. }) => class_weights.as_deref(),
            Self::Count(_) | Self::SpikeTrain(_) | Self::Trace(_) => None,
        }
    }

    /// Whether it uses the membranes of a readout instead of spikes.
    #[must_use]
    pub fn is_of_readout(&self) -> bool {
        matches!(self, Self::Membrane(_) | Self::Trace(_))
    }
}

/// `L = Σ_n (spikes_n − target_n)² / (T B)` (spec 4.2).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct CountLoss {
    /// Target number of spikes of the output of the label, if the data have labels.
    #[range(any)]
    pub positive: u32,
    /// Target number of spikes of the other outputs, if the data have labels.
    #[range(any)]
    pub negative: u32,
}

impl Default for CountLoss {
    fn default() -> Self {
        Self { positive: 1, negative: 0 }
    }
}

/// `P = softmax(inverseTemperature · spikes)`, `L = −log P_label` (spec 4.5).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct CountCrossEntropyLoss {
    /// Factor on the spike counts.
    #[range(above = 0)]
    pub inverse_temperature: f64,
    /// Part of the target that is spread evenly over all classes.
    #[range(min = 0, below = 1)]
    pub label_smoothing: f64,
    /// Factor on the loss of each sample by its label: one number for each output; off by default.
    #[range(min = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<Vec<f64>>,
}

impl Default for CountCrossEntropyLoss {
    fn default() -> Self {
        Self { inverse_temperature: 1.0, label_smoothing: 0.0, class_weights: None }
    }
}

/// `L = Σ (κ ∗ (S − target))² / (T B)` with `κ[m] = kernelDecay^m` (spec 4.1).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct SpikeTrainLoss {
    /// Decay of the kernel per step.
    #[range(above = 0, below = 1)]
    pub kernel_decay: f64,
    /// Steps at which the output of the label should fire, and the others not, if the data have labels.
    #[range(any)]
    pub positive: Vec<u32>,
}

impl Default for SpikeTrainLoss {
    fn default() -> Self {
        Self { kernel_decay: 0.9, positive: Vec::new() }
    }
}

/// When the simulation of a sample ends (spec 1.3). The latency loss and its gradients do not depend on it; `targetCount`,
/// `regularizers`, the silent-unit update and all counts are those of the simulated steps.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum EndSimulation {
    /// Each sample ends after the step at which its last output unit fired for the first time. Spikes and silent units are
    /// counted up to there.
    #[default]
    Sample,
    /// All samples of a batch end with the last of them (as in the code of the paper's authors). Spikes and silent units are
    /// counted up to the batch's last step, so they depend on how samples are grouped.
    Batch,
    /// Every sample runs all steps; all spikes count.
    Off,
}

/// The derivative of first-spike times by spikes, which the activation part uses (spec 4.3).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum FirstSpikeGradient {
    /// None: first spikes are learnt by their times alone.
    #[default]
    None,
    /// What a spike more or fewer would change: before the first spike a further one would come first, without the first one the
    /// next one would. Needs all steps, `endSimulation` `off`.
    Relaxed,
}

/// `a_n = T − firstSpike_n` (0 if silent), `P = softmax(inverseTemperature · a)`, `L = −log P_label` (spec 4.3).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct LatencyLoss {
    /// Factor on the first-spike times, per step.
    #[range(above = 0)]
    pub inverse_temperature: f64,
    /// Loss if the output of the label never fires; only rules with an activation part use it.
    #[range(min = 0)]
    pub silent_target_penalty: f64,
    /// Part of the target that is spread evenly over all classes.
    #[range(min = 0, below = 1)]
    pub label_smoothing: f64,
    /// Factor on the loss of each sample by its label: one number for each output; off by default.
    #[range(min = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<Vec<f64>>,
    /// When a simulation ends.
    pub end_simulation: EndSimulation,
    /// The gradient of first-spike times by spikes; only rules with an activation part use it.
    pub spike_gradient: FirstSpikeGradient,
    /// How many steps before the first spike have a gradient, with `spikeGradient` `relaxed`; all by default.
    #[range(any)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<u32>,
    /// Additional count loss; off by default (spec 6.iv).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_count: Option<TargetCount>,
}

impl Default for LatencyLoss {
    fn default() -> Self {
        Self {
            inverse_temperature: 0.166_667,
            silent_target_penalty: 0.1,
            label_smoothing: 0.0,
            class_weights: None,
            end_simulation: EndSimulation::default(),
            spike_gradient: FirstSpikeGradient::default(),
            horizon: None,
            target_count: None,
        }
    }
}

/// Which outputs the count term applies to.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum TargetCountScope {
    /// `max(0, goal − spikes)²` of the output of the label.
    #[default]
    Silent,
    /// `(spikes − target)²` of every output, with the target `positive` or `negative`.
    All,
}

/// Count term of the latency loss, times `weight / (T B)` (spec 6.iv).
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TargetCount {
    /// Factor λ_c.
    #[range(min = 0)]
    pub weight: f64,
    /// Which outputs it applies to.
    pub scope: TargetCountScope,
    /// Number of spikes below which the output of the label gets a gradient (scope `silent`).
    #[range(min = 0)]
    pub goal: f64,
    /// Target number of spikes of the output of the label (scope `all`).
    #[range(min = 0)]
    pub positive: f64,
    /// Target number of spikes of the others (scope `all`).
    #[range(min = 0)]
    pub negative: f64,
}

impl Default for TargetCount {
    fn default() -> Self {
        Self { weight: 1.0, scope: TargetCountScope::default(), goal: 1.0, positive: 1.0, negative: 0.0 }
    }
}

/// The statistic of a readout's membranes `y` over the steps `t < T`: one number `z` for each output (spec 11).
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Statistic {
    /// `1/T Σ_t y[t]`.
    #[default]
    Mean,
    /// `max_t y[t]`.
    Max,
    /// `y[T−1]`.
    Last,
    /// `Σ_t softmax(y[t])`.
    SoftmaxSum,
    /// `1/T Σ_t log softmax(inverseTemperature · y[t])`: cross-entropy of every step.
    Each,
    /// `Σ_t w_t y[t]`, where `w_t` falls as `exp(−decayRate · t / T)` and `Σ_t w_t = 1`: a mean in which early steps weigh more.
    ExpMean,
}

/// `P = softmax(inverseTemperature · z)`, `L = −log P_label` (spec 11); the largest z decides. With `each`, `L = −z_label`.
#[fields]
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct MembraneLoss {
    /// What z is.
    pub statistic: Statistic,
    /// Fall of the weights of `expMean` over all steps, in powers of e; the other statistics have none. 1 by default.
    #[range(above = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decay_rate: Option<f64>,
    /// Factor on z, or on y with `each`.
    #[range(above = 0)]
    pub inverse_temperature: f64,
    /// Part of the target that is spread evenly over all classes.
    #[range(min = 0, below = 1)]
    pub label_smoothing: f64,
    /// Factor on the loss of each sample by its label: one number for each output; off by default.
    #[range(min = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<Vec<f64>>,
}

impl Default for MembraneLoss {
    fn default() -> Self {
        Self {
            statistic: Statistic::default(),
            decay_rate: None,
            inverse_temperature: 1.0,
            label_smoothing: 0.0,
            class_weights: None,
        }
    }
}

/// `L = Σ_(t,n) stepWeights[t] (y[t,n] − target[t,n])² / (B T N)` (spec 11).
#[fields]
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct TraceLoss {
    /// A weight for each step; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[range(min = 0)]
    pub step_weights: Option<Vec<f64>>,
}
