//! Cross-entropy of a softmax over spike counts (spec 4.5).
//!
//! ```text
//! n = spikes of each output,  P = softmax(β n),   L = −w_y Σ_n Y_n log P_n
//! dL/dS[t,n] = β w_y (P_n − Y_n) / B   at every step,   dL/dT = 0
//! ```
//!
//! Y is 1 for the label y, or smoothed; w are the weights of the classes (4.4).

use spikelet_config::loss::CountCrossEntropyLoss;

use super::class_targets::{ClassTargets, softmax};
use super::output::{Output, OutputGradient, SpikeGradient};

#[derive(Clone, Debug)]
pub(crate) struct CountCrossEntropy {
    inverse_temperature: f64,
    targets: ClassTargets,
}

impl CountCrossEntropy {
    pub(super) fn new(config: &CountCrossEntropyLoss) -> Self {
        let targets = ClassTargets::new(config.label_smoothing, config.class_weights.as_deref());
        Self { inverse_temperature: config.inverse_temperature, targets }
    }

    pub(super) fn inverse_temperature(&self) -> f64 {
        self.inverse_temperature
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
        let beta = self.inverse_temperature;
        let counts = &output.summary.counts;
        let z = |unit: usize| beta * f64::from(counts[unit]);
        let (shares, log_total) = softmax((0..counts.len()).map(z));
        let weight = self.targets.weight(label);
        gradient.parts.main = weight * (log_total - self.targets.mean(label, counts.len(), z));
        let per_unit = shares.iter().enumerate().map(|(unit, share)| {
            let error = share - self.targets.target(unit == label, counts.len());
            (beta * weight * error / output.batch as f64) as f32
        });
        gradient.spike = SpikeGradient::Constant(per_unit.collect());
        gradient.end = output.spikes.steps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regularizer::Activity;
    use spikelet_network::events::LayerSpikes;
    use spikelet_network::output_summary::OutputSummary;

    const LABEL: usize = 2;
    const BETA: f64 = 0.4;
    const SMOOTHING: f64 = 0.1;
    const WEIGHTS: [f64; 3] = [1.0, 3.0, 0.5];

    /// Outputs 0, 1 and 2 fire 3 times, once and twice.
    fn evaluated(config: &CountCrossEntropyLoss, batch: usize) -> OutputGradient {
        let spikes = LayerSpikes { offsets: &[0, 2, 4, 4, 6], units: &[0, 1, 0, 2, 0, 2], values: &[], steps: 4 };
        let mut summary = OutputSummary::default();
        summary.read(&spikes, 3);
        let output = Output { spikes, summary: &summary, steps: 4, batch, activity: Activity::none() };
        let mut gradient = OutputGradient { timing: vec![0.0; 6], ..OutputGradient::default() };
        CountCrossEntropy::new(config).evaluate(&output, LABEL, &mut gradient);
        gradient
    }

    fn smoothed_and_weighted() -> CountCrossEntropyLoss {
        CountCrossEntropyLoss {
            inverse_temperature: BETA,
            label_smoothing: SMOOTHING,
            class_weights: Some(WEIGHTS.to_vec()),
        }
    }

    /// The equation, without the largest exponent taken out, for counts that need not be whole.
    fn loss(counts: [f64; 3]) -> f64 {
        let total: f64 = counts.iter().map(|n| libm::exp(BETA * n)).sum();
        let target = |n: usize| (if n == LABEL { 1.0 - SMOOTHING } else { 0.0 }) + SMOOTHING / 3.0;
        let log_share = |n: usize| libm::log(libm::exp(BETA * counts[n]) / total);
        -WEIGHTS[LABEL] * (0..3).map(|n| target(n) * log_share(n)).sum::<f64>()
    }

    #[test]
    fn the_gradient_is_that_of_the_loss_by_counts() {
        let counts = [3.0, 1.0, 2.0];
        let gradient = evaluated(&smoothed_and_weighted(), 4);
        assert!((gradient.parts.main - loss(counts)).abs() < 1e-12);
        let SpikeGradient::Constant(by_spike) = gradient.spike else { panic!("one value at every step") };
        let step = 1e-5;
        for (unit, &found) in by_spike.iter().enumerate() {
            let moved = |by: f64| {
                let mut counts = counts;
                counts[unit] += by;
                loss(counts)
            };
            let expected = (moved(step) - moved(-step)) / (2.0 * step) / 4.0;
            assert!((f64::from(found) - expected).abs() < 1e-7, "output {unit}: {found}, not {expected}");
        }
    }

    #[test]
    fn every_step_has_a_gradient_and_no_spike_time_has_one() {
        let gradient = evaluated(&CountCrossEntropyLoss::default(), 1);
        assert_eq!(gradient.end, 4);
        assert_eq!(gradient.timing, [0.0; 6]);
    }

    #[test]
    fn counts_of_any_size_give_finite_numbers() {
        let gradient = evaluated(&CountCrossEntropyLoss { inverse_temperature: 1e6, ..Default::default() }, 1);
        assert!((gradient.parts.main - 1e6).abs() < 1e-6);
        assert_eq!(gradient.spike, SpikeGradient::Constant(vec![1e6, 0.0, -1e6]));
    }
}
