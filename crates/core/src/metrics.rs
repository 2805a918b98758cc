//! Metrics of a pass over samples (spec 3.5), per spiking layer from the input up.

mod regression;

use serde::{Deserialize, Serialize};

pub(crate) use regression::Regression;

use crate::events::LayerSpikes;
use crate::loss_parts::LossParts;
use crate::readout::Readout;
use crate::shape::LayerShape;

/// Fraction of correct decisions, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct Accuracy {
    /// Deciding by most spikes.
    pub count: f64,
    /// Deciding by the first spike.
    pub first_spike: f64,
    /// Deciding by the membranes of a readout; the other two are 0 then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub membrane: Option<f64>,
}

/// Spikes of the spiking layers; input spikes do not count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct SpikeMetrics {
    /// All layers, mean per sample.
    pub per_sample: f64,
    /// All layers up to and including the decision step, mean per sample.
    pub until_decision: f64,
    /// Mean per unit and sample, by layer.
    pub per_unit: Vec<f64>,
    /// Mean per unit and sample up to the decision, by layer.
    pub until_decision_per_unit: Vec<f64>,
    /// Sum over all samples, by layer.
    #[cfg_attr(feature = "codegen", ts(type = "number[]"))]
    pub total: Vec<u64>,
    /// Sum over all samples up to the decision, by layer.
    #[cfg_attr(feature = "codegen", ts(type = "number[]"))]
    pub until_decision_total: Vec<u64>,
}

/// Step of the first output spike; the number of simulated steps where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct DecisionStep {
    /// Mean over samples.
    pub mean: f64,
    /// Median over samples.
    pub median: f64,
    /// Earliest.
    pub min: f64,
}

/// Metrics of a pass over samples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS))]
pub struct Metrics {
    /// Number of samples.
    #[cfg_attr(feature = "codegen", ts(type = "number"))]
    pub samples: u64,
    /// Mean loss.
    pub loss: f64,
    /// Its parts.
    pub loss_parts: LossParts,
    /// Fraction of correct decisions; 0 where the data have no labels.
    pub accuracy: Accuracy,
    /// Spikes.
    pub spikes: SpikeMetrics,
    /// When the output decides.
    pub decision_step: DecisionStep,
    /// Fraction of (sample, unit) pairs without a spike, by layer.
    pub silent_fraction: Vec<f64>,
    /// Fraction of (sample, unit) pairs with a spike in at least half of the simulated steps, by layer.
    pub saturated_fraction: Vec<f64>,
    /// Spikes per unit and simulated step, by layer.
    pub firing_rate: Vec<f64>,
    /// Additions of a weight to a unit, mean per sample: each spike costs one for each unit it reaches; behind a max pool only
    /// what it selects does.
    pub synaptic_operations: f64,
    /// Mean of `(y − Y)²` over samples, steps and outputs; only for target series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub mean_squared_error: Option<f64>,
    /// Fraction of the variance of target series that the membranes explain; 1 at best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub r_squared: Option<f64>,
    /// Mean over the batches of the gradient's Euclidean norm before clipping; only for training.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "codegen", ts(optional))]
    pub gradient_norm: Option<f64>,
}

/// What one sample adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct SampleOutcome {
    pub(crate) loss: LossParts,
    pub(crate) by_count: u32,
    pub(crate) by_first_spike: u32,
    /// Of a readout that decides.
    pub(crate) by_membrane: Option<u32>,
    pub(crate) regression: Regression,
    pub(crate) label: Option<u32>,
    pub(crate) decision_step: u32,
    pub(crate) steps: u32,
    pub(crate) spikes: Vec<u64>,
    pub(crate) until_decision: Vec<u64>,
    pub(crate) silent: Vec<u64>,
    pub(crate) saturated: Vec<u64>,
    pub(crate) synaptic_operations: u64,
    /// Whether an adjoint or the loss is not finite.
    pub(crate) is_finite: bool,
}

impl SampleOutcome {
    /// Whether the numbers can be those of a sample of such a network.
    pub(crate) fn fits(&self, shapes: &[LayerShape], steps: usize) -> bool {
        let holds = |values: &[u64], max: u64| {
            values.len() == shapes.len()
                && values.iter().zip(shapes).all(|(&value, shape)| value <= shape.units as u64 * max)
        };
        let steps = steps as u64;
        holds(&self.spikes, steps)
            && holds(&self.until_decision, steps)
            && holds(&self.silent, 1)
            && holds(&self.saturated, 1)
            && self.decision_step <= self.steps
            && u64::from(self.steps) <= steps
            && self.synaptic_operations <= u64::MAX >> 32
            && shapes.last().is_none_or(|shape| self.regression.fits(shape.units))
    }

    pub(crate) fn start(&mut self, readout: &Readout, label: Option<u32>) {
        self.loss = LossParts::default();
        self.by_count = readout.by_count();
        self.by_first_spike = readout.by_first_spike();
        self.by_membrane = (!readout.scores.is_empty()).then(|| readout.by_membrane());
        self.regression = Regression::default();
        self.label = label;
        self.decision_step = readout.decision_step();
        self.steps = readout.steps as u32;
        self.spikes.clear();
        self.until_decision.clear();
        self.silent.clear();
        self.saturated.clear();
        self.synaptic_operations = 0;
        self.is_finite = true;
    }

    /// Adds a layer; `counts` is scratch and holds zeros before and after.
    pub(crate) fn add_layer(&mut self, spikes: &LayerSpikes<'_>, units: usize, counts: &mut Vec<u32>) {
        counts.resize(counts.len().max(units), 0);
        let total = spikes.count_before(spikes.steps);
        let fired = &spikes.units[..total as usize];
        let half = (spikes.steps as u32).div_ceil(2);
        let (mut silent, mut saturated) = (units as u64, 0);
        for &unit in fired {
            let count = &mut counts[unit as usize];
            *count += 1;
            silent -= u64::from(*count == 1);
            saturated += u64::from(*count == half);
        }
        for &unit in fired {
            counts[unit as usize] = 0;
        }
        self.spikes.push(total);
        self.until_decision.push(spikes.count_before(self.decision_step as usize + 1));
        self.silent.push(silent);
        self.saturated.push(saturated);
    }
}

/// Running sums of a pass; part of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MetricSums {
    pub(crate) samples: u64,
    loss: LossParts,
    right_by_count: u64,
    right_by_first_spike: u64,
    /// Samples that a readout decided, and how many of them correctly.
    #[serde(default)]
    by_membrane: u64,
    #[serde(default)]
    right_by_membrane: u64,
    #[serde(default)]
    regression: Regression,
    steps: u64,
    spikes: Vec<u64>,
    until_decision: Vec<u64>,
    silent: Vec<u64>,
    saturated: Vec<u64>,
    synaptic_operations: u64,
    /// Samples by decision step.
    decisions: Vec<u64>,
    norm: f64,
    norms: u64,
}

impl MetricSums {
    pub(crate) fn new(layers: usize, steps: usize) -> Self {
        Self {
            spikes: vec![0; layers],
            until_decision: vec![0; layers],
            silent: vec![0; layers],
            saturated: vec![0; layers],
            decisions: vec![0; steps + 1],
            ..Self::default()
        }
    }

    /// Whether the sums have the shape of such a network.
    pub(crate) fn fits(&self, shapes: &[LayerShape], steps: usize) -> bool {
        let by_layer = [&self.spikes, &self.until_decision, &self.silent, &self.saturated];
        by_layer.iter().all(|sums| sums.len() == shapes.len())
            && self.decisions.len() == steps + 1
            && shapes.last().is_none_or(|shape| self.regression.fits(shape.units))
    }

    pub(crate) fn add(&mut self, outcome: &SampleOutcome) {
        self.samples += 1;
        self.loss.add(&outcome.loss);
        self.right_by_count += u64::from(outcome.label == Some(outcome.by_count));
        self.right_by_first_spike += u64::from(outcome.label == Some(outcome.by_first_spike));
        if let Some(decision) = outcome.by_membrane {
            self.by_membrane += 1;
            self.right_by_membrane += u64::from(outcome.label == Some(decision));
        }
        self.regression.add(&outcome.regression);
        self.steps += u64::from(outcome.steps);
        self.synaptic_operations += outcome.synaptic_operations;
        self.decisions[outcome.decision_step as usize] += 1;
        for (sums, values) in [
            (&mut self.spikes, &outcome.spikes),
            (&mut self.until_decision, &outcome.until_decision),
            (&mut self.silent, &outcome.silent),
            (&mut self.saturated, &outcome.saturated),
        ] {
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
    }

    pub(crate) fn add_norm(&mut self, norm: f64) {
        self.norm += norm;
        self.norms += 1;
    }

    pub(crate) fn loss(&self) -> f64 {
        self.mean(self.loss.total())
    }

    pub(crate) fn accuracy(&self) -> Accuracy {
        if self.by_membrane > 0 {
            return Accuracy { membrane: Some(self.mean(self.right_by_membrane as f64)), ..Accuracy::default() };
        }
        Accuracy {
            count: self.mean(self.right_by_count as f64),
            first_spike: self.mean(self.right_by_first_spike as f64),
            membrane: None,
        }
    }

    pub(crate) fn spikes_per_sample(&self) -> f64 {
        self.mean(self.spikes.iter().sum::<u64>() as f64)
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.samples == 0 { 0.0 } else { sum / self.samples as f64 }
    }

    pub(crate) fn report(&self, shapes: &[LayerShape]) -> Metrics {
        let spiking = shapes.len() - usize::from(shapes.last().is_some_and(|shape| shape.readout));
        let shapes = &shapes[..spiking];
        let per_unit = |sums: &[u64]| -> Vec<f64> {
            sums.iter().zip(shapes).map(|(&sum, shape)| self.mean(sum as f64 / shape.units as f64)).collect()
        };
        let unit_steps = |shape: &LayerShape| (self.steps.max(1) * shape.units as u64) as f64;
        Metrics {
            samples: self.samples,
            loss: self.loss(),
            loss_parts: self.loss.map(|sum| self.mean(sum)),
            accuracy: self.accuracy(),
            spikes: SpikeMetrics {
                per_sample: self.spikes_per_sample(),
                until_decision: self.mean(self.until_decision.iter().sum::<u64>() as f64),
                per_unit: per_unit(&self.spikes),
                until_decision_per_unit: per_unit(&self.until_decision),
                total: self.spikes[..spiking].to_vec(),
                until_decision_total: self.until_decision[..spiking].to_vec(),
            },
            decision_step: self.decision_step(),
            silent_fraction: per_unit(&self.silent),
            saturated_fraction: per_unit(&self.saturated),
            firing_rate: self
                .spikes
                .iter()
                .zip(shapes)
                .map(|(&spikes, shape)| spikes as f64 / unit_steps(shape))
                .collect(),
            synaptic_operations: self.mean(self.synaptic_operations as f64),
            mean_squared_error: self.regression.mean_squared_error(),
            r_squared: self.regression.r_squared(),
            gradient_norm: (self.norms > 0).then(|| self.norm / self.norms as f64),
        }
    }

    fn decision_step(&self) -> DecisionStep {
        let sum: f64 = self.decisions.iter().enumerate().map(|(step, &samples)| step as f64 * samples as f64).sum();
        let nth = |wanted: u64| {
            let mut seen = 0;
            self.decisions.iter().position(|&samples| {
                seen += samples;
                seen > wanted
            })
        };
        let at = |wanted: u64| nth(wanted).unwrap_or(0) as f64;
        let median = match self.samples {
            0 => 0.0,
            samples => (at((samples - 1) / 2) + at(samples / 2)) / 2.0,
        };
        DecisionStep { mean: self.mean(sum), median, min: if self.samples == 0 { 0.0 } else { at(0) } }
    }
}
