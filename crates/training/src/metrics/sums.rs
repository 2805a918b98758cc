//! Sums over the samples of a pass, and the metrics that they make.

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::loss::Decision;
use spikelet_network::shape::LayerShape;

use super::{Accuracy, DecisionStep, Metrics, Regression, SampleOutcome, SpikeMetrics};
use crate::loss_parts::LossParts;

/// Running sums of a pass; part of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MetricSums {
    pub(crate) samples: u64,
    loss: LossParts,
    /// Samples with a label.
    #[serde(default)]
    labelled: u64,
    right_by_count: u64,
    right_by_first_spike: u64,
    /// Samples in which no output fired.
    #[serde(default)]
    unanswered: u64,
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
    /// Synaptic operations by layer; empty in an epoch that a version without them began.
    #[serde(default)]
    operations: Vec<u64>,
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
            operations: vec![0; layers],
            decisions: vec![0; steps + 1],
            ..Self::default()
        }
    }

    /// Whether the sums have the shape of such a network.
    pub(crate) fn fits(&self, shapes: &[LayerShape], steps: usize) -> bool {
        let by_layer = [&self.spikes, &self.until_decision, &self.silent, &self.saturated];
        by_layer.iter().all(|sums| sums.len() == shapes.len())
            && (self.operations.is_empty() || self.operations.len() == shapes.len())
            && self.decisions.len() == steps + 1
            && shapes.last().is_none_or(|shape| self.regression.fits(shape.units))
    }

    pub(crate) fn add(&mut self, outcome: &SampleOutcome) {
        self.samples += 1;
        self.loss.add(&outcome.loss);
        self.labelled += u64::from(outcome.label.is_some());
        match outcome.by_spikes() {
            Some([by_count, by_first_spike]) => {
                self.right_by_count += u64::from(outcome.label == Some(by_count));
                self.right_by_first_spike += u64::from(outcome.label == Some(by_first_spike));
            }
            None => self.unanswered += 1,
        }
        if let Some(decision) = outcome.by_membrane {
            self.by_membrane += 1;
            self.right_by_membrane += u64::from(outcome.label == Some(decision));
        }
        self.regression.add(&outcome.regression);
        self.steps += u64::from(outcome.steps);
        self.synaptic_operations += outcome.operations.iter().sum::<u64>();
        self.decisions[outcome.decision_step as usize] += 1;
        for (sums, values) in [
            (&mut self.spikes, &outcome.spikes),
            (&mut self.until_decision, &outcome.until_decision),
            (&mut self.silent, &outcome.silent),
            (&mut self.saturated, &outcome.saturated),
            (&mut self.operations, &outcome.operations),
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

    pub(crate) fn accuracy(&self, decision: Decision) -> Accuracy {
        let share = |right: u64| (self.labelled > 0).then(|| self.mean(right as f64));
        let accuracy = if self.by_membrane > 0 {
            Accuracy { membrane: share(self.right_by_membrane), ..Accuracy::default() }
        } else {
            let (count, first_spike) = (share(self.right_by_count), share(self.right_by_first_spike));
            Accuracy { count, first_spike, ..Accuracy::default() }
        };
        accuracy.with_decision(decision)
    }

    pub(crate) fn spikes_per_sample(&self) -> f64 {
        self.mean(self.spikes.iter().sum::<u64>() as f64)
    }

    fn mean(&self, sum: f64) -> f64 {
        if self.samples == 0 { 0.0 } else { sum / self.samples as f64 }
    }

    pub(crate) fn report(&self, shapes: &[LayerShape], decision: Decision) -> Metrics {
        let all = shapes.len();
        let spiking = all - usize::from(shapes.last().is_some_and(|shape| !shape.fires));
        let shapes = &shapes[..spiking];
        let per_unit = |sums: &[u64]| -> Vec<f64> {
            sums.iter().zip(shapes).map(|(&sum, shape)| self.mean(sum as f64 / shape.units as f64)).collect()
        };
        let unit_steps = |shape: &LayerShape| (self.steps.max(1) * shape.units as u64) as f64;
        Metrics {
            samples: self.samples,
            loss: self.loss(),
            loss_parts: self.loss.map(|sum| self.mean(sum)),
            accuracy: self.accuracy(decision),
            spikes: SpikeMetrics {
                per_sample: self.spikes_per_sample(),
                until_decision: self.mean(self.until_decision.iter().sum::<u64>() as f64),
                per_unit: per_unit(&self.spikes),
                until_decision_per_unit: per_unit(&self.until_decision),
                total: self.spikes[..spiking].to_vec(),
                until_decision_total: self.until_decision[..spiking].to_vec(),
            },
            silent: (spiking == all).then_some(self.unanswered),
            decision_step: (spiking == all).then(|| self.decision_step()),
            silent_fraction: per_unit(&self.silent),
            saturated_fraction: per_unit(&self.saturated),
            firing_rate: self
                .spikes
                .iter()
                .zip(shapes)
                .map(|(&spikes, shape)| spikes as f64 / unit_steps(shape))
                .collect(),
            synaptic_operations: self.mean(self.synaptic_operations as f64),
            synaptic_operations_by_layer: self.operations.iter().map(|&sum| self.mean(sum as f64)).collect(),
            mean_squared_error: self.regression.mean_squared_error(),
            r_squared: self.regression.r_squared(),
            gradient_norm: (self.norms > 0).then(|| self.norm / self.norms as f64),
        }
    }

    fn decision_step(&self) -> DecisionStep {
        let sum: f64 = self.decisions.iter().enumerate().map(|(step, &samples)| step as f64 * samples as f64).sum();
        let nth = |rank: u64| {
            let mut seen = 0;
            self.decisions.iter().position(|&samples| {
                seen += samples;
                seen > rank
            })
        };
        let at = |rank: u64| nth(rank).unwrap_or(0) as f64;
        let median = match self.samples {
            0 => 0.0,
            samples => (at((samples - 1) / 2) + at(samples / 2)) / 2.0,
        };
        DecisionStep { mean: self.mean(sum), median, min: if self.samples == 0 { 0.0 } else { at(0) } }
    }
}
