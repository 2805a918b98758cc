//! Cross-entropy of a softmax over first spike times (spec 4.3), with the silent-target penalty and the count term (6.iv).
//!
//! ```text
//! a_n = TL − first_n (0 if silent), z = β a, P = softmax(z), L = w_y (−Σ_n Y_n log P_n + λ_ns 1[y silent])
//! dL/dT[t,n] = −β w_y (P_n − Y_n) / B      at t = first_n
//! dL/dS[t,y] = −λ_ns w_y / B               at every step, if y is silent
//! ```
//!
//! Y is 1 for the label y, or smoothed; w are the weights of the classes (4.4).
//!
//! The backward pass starts at the last derivative that is no smaller than what it flushes to zero on its way.

use spikelet_config::loss::{LatencyLoss, TargetCount, TargetCountScope};
use spikelet_kernels::FLOOR;

use super::class_targets::ClassTargets;
use super::output::{Output, OutputGradient, SpikeGradient};

#[derive(Clone, Debug)]
pub(crate) struct Latency {
    config: LatencyLoss,
    targets: ClassTargets,
}

impl Latency {
    pub(super) fn new(config: &LatencyLoss) -> Self {
        let targets = ClassTargets::new(config.label_smoothing, config.class_weights.as_deref());
        Self { config: config.clone(), targets }
    }

    pub(super) fn inverse_temperature(&self) -> f64 {
        self.config.inverse_temperature
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
        let summary = output.summary;
        let batch = output.batch as f64;
        let beta = self.config.inverse_temperature;
        let z = |unit: usize| beta * (summary.steps as f64 - f64::from(summary.first[unit]));
        let outputs = summary.first.len();
        let highest = (0..outputs).map(z).fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = (0..outputs).map(|unit| libm::exp(z(unit) - highest)).sum();
        let weight = self.targets.weight(label);
        let target = |unit: usize| self.targets.target(unit == label, outputs);
        let score = self.targets.mean(label, outputs, z);
        gradient.parts.main = weight * ((highest - score) + libm::log(total));

        for (index, (t, unit)) in output.spikes.iter().enumerate() {
            if summary.first[unit] as usize == t {
                let share = libm::exp(z(unit) - highest) / total;
                let by_time = (weight * (-beta * (share - target(unit)) / batch)) as f32;
                gradient.timing[index] = by_time;
                if by_time.abs() >= FLOOR {
                    gradient.end = t + 1;
                }
            }
        }

        let mut per_unit = vec![0.0; outputs];
        if summary.is_silent(label) {
            let penalty = weight * self.config.silent_target_penalty;
            gradient.parts.silent_target_penalty = penalty;
            per_unit[label] -= penalty / batch;
        }
        if let Some(count) = &self.config.target_count {
            count_term(count, weight * count.weight, output, label, &mut per_unit, &mut gradient.parts.target_count);
        }
        if per_unit.iter().any(|&by_spike| by_spike != 0.0) {
            gradient.spike = SpikeGradient::Constant(per_unit.iter().map(|&by_spike| by_spike as f32).collect());
            gradient.end = output.spikes.steps;
        }
    }
}

/// `silent`: `λ_c / T · max(0, goal − C_y)²`; `all`: `λ_c / T · Σ_n (C_n − goal_n)²`.
fn count_term(
    count: &TargetCount,
    weight: f64,
    output: &Output<'_>,
    label: usize,
    per_unit: &mut [f64],
    value: &mut f64,
) {
    let steps = output.steps as f64;
    let batch = output.batch as f64;
    for (unit, by_spike) in per_unit.iter_mut().enumerate() {
        let spikes = f64::from(output.summary.counts[unit]);
        let is_label = unit == label;
        let error = match count.scope {
            TargetCountScope::Silent if is_label => -(count.goal - spikes).max(0.0),
            TargetCountScope::Silent => 0.0,
            TargetCountScope::All => spikes - if is_label { count.positive } else { count.negative },
        };
        *value += weight * error * error / steps;
        *by_spike += 2.0 * weight * error / (steps * batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regularizer::Activity;
    use spikelet_network::events::LayerSpikes;
    use spikelet_network::output_summary::OutputSummary;

    /// Where the backward pass starts when outputs 0 (the label) and 1 fire at these steps.
    fn backward_start(first: usize, second: usize) -> usize {
        let offsets: Vec<u32> = (0..=200).map(|t| u32::from(first < t) + u32::from(second < t)).collect();
        let spikes = LayerSpikes { offsets: &offsets, units: &[0, 1], steps: 200 };
        let mut summary = OutputSummary::default();
        summary.read(&spikes, 2);
        let output = Output { spikes, summary: &summary, steps: 200, batch: 1, activity: Activity::none() };
        let mut gradient = OutputGradient { timing: vec![0.0; 2], ..OutputGradient::default() };
        Latency::new(&LatencyLoss { inverse_temperature: 1.0, ..LatencyLoss::default() }).evaluate(
            &output,
            0,
            &mut gradient,
        );
        gradient.end
    }

    #[test]
    fn a_spike_whose_derivative_would_be_flushed_does_not_lengthen_the_pass() {
        assert_eq!(backward_start(10, 40), 41, "e⁻³⁰ counts");
        assert_eq!(backward_start(10, 70), 0, "e⁻⁶⁰ does not, nor the right output beside it");
    }
}
