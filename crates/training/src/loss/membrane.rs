//! Cross-entropy of a softmax over the [statistic](super::statistic) z of a readout's membranes y (spec 11).
//!
//! ```text
//! mean        G[t,n] = D_n / T
//! max         G = D_n at the first maximum, else 0
//! last        G = D_n at T−1, else 0
//! expMean     G[t,n] = D_n w_t
//! softmaxSum  G[t,n] = s_n (D_n − Σ_m s_m D_m),  s = softmax(y[t])
//!
//! P = softmax(β z),   L = −w_y Σ_n Y_n log P_n,   D_n = β w_y (P_n − Y_n) / B
//!
//! each        L = −w_y Σ_n Y_n z_n,   G[t,n] = β w_y (softmax(β y[t])_n − Y_n) / (B T)
//! ```
//!
//! Y is 1 for the label y, or smoothed; w are the weights of the classes (4.4).

use spikelet_config::loss::{MembraneLoss, Statistic};

use super::class_targets::{ClassTargets, softmax};
use super::output::{Output, OutputGradient, SpikeGradient};
use super::statistic::exp_weights;

#[derive(Clone, Debug)]
pub(crate) struct Membrane {
    config: MembraneLoss,
    targets: ClassTargets,
}

impl Membrane {
    pub(super) fn new(config: &MembraneLoss) -> Self {
        let targets = ClassTargets::new(config.label_smoothing, config.class_weights.as_deref());
        Self { config: config.clone(), targets }
    }

    /// P of each output, of its scores z. With `each`, P has the geometric mean of the steps' shares.
    pub(super) fn probabilities(&self, scores: &[f64]) -> Vec<f64> {
        let beta = if self.config.statistic == Statistic::Each { 1.0 } else { self.config.inverse_temperature };
        softmax(scores.iter().map(|z| beta * z)).0
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
        if self.config.statistic == Statistic::Each {
            self.evaluate_each_step(output, label, gradient);
        } else {
            self.evaluate_scores(output, label, gradient);
        }
    }

    fn evaluate_each_step(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
        let outputs = output.summary.outputs();
        let weight = self.targets.weight(label);
        gradient.parts.main = -weight * self.targets.mean(label, outputs, |unit| output.summary.scores[unit]);
        let samples = (output.batch * output.steps) as f64;
        let mut dense = vec![0.0; output.summary.membranes.len()];
        for (row, to) in output.summary.membranes.chunks_exact(outputs).zip(dense.chunks_exact_mut(outputs)) {
            self.step_error(row, label, samples, to);
        }
        gradient.end = output.steps;
        gradient.spike = SpikeGradient::Dense(dense);
    }

    /// An action drawn from π = softmax(β y[t]) by a number in `[0, 1)`, unless one is `given`; `errors` becomes π − [action].
    pub(super) fn act(&self, membranes: &[f32], given: Option<u32>, uniform: f64, errors: &mut [f32]) -> u32 {
        let beta = self.config.inverse_temperature;
        let (shares, _) = softmax(membranes.iter().map(|&y| beta * f64::from(y)));
        let mut below = 0.0;
        let drawn = shares.iter().position(|share| {
            below += share;
            uniform < below
        });
        let action = given.unwrap_or_else(|| drawn.unwrap_or(shares.len() - 1) as u32);
        for (unit, (to, share)) in errors.iter_mut().zip(&shares).enumerate() {
            *to = (share - if unit == action as usize { 1.0 } else { 0.0 }) as f32;
        }
        action
    }

    /// G of a step with `each`, from the membranes of that step; `samples` is B T.
    pub(super) fn step_error(&self, membranes: &[f32], label: usize, samples: f64, errors: &mut [f32]) {
        let (beta, outputs) = (self.config.inverse_temperature, membranes.len());
        let scale = beta * self.targets.weight(label) / samples;
        let (shares, _) = softmax(membranes.iter().map(|&y| beta * f64::from(y)));
        for (unit, (to, share)) in errors.iter_mut().zip(shares).enumerate() {
            *to = (scale * (share - self.targets.target(unit == label, outputs))) as f32;
        }
    }

    fn evaluate_scores(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
        let (steps, outputs) = (output.steps, output.summary.outputs());
        let membranes = &output.summary.membranes;
        let beta = self.config.inverse_temperature;
        let scores = &output.summary.scores;
        let (shares, log_total) = softmax(scores.iter().map(|z| beta * z));
        let weight = self.targets.weight(label);
        gradient.parts.main = weight * (log_total - beta * self.targets.mean(label, outputs, |unit| scores[unit]));
        let by_score: Vec<f64> = shares
            .iter()
            .enumerate()
            .map(|(unit, share)| {
                weight * (beta * (share - self.targets.target(unit == label, outputs)) / output.batch as f64)
            })
            .collect();

        gradient.end = steps;
        let dense = || vec![0.0; steps * outputs];
        gradient.spike = match self.config.statistic {
            Statistic::Mean => {
                SpikeGradient::Constant(by_score.iter().map(|by_score| (by_score / steps as f64) as f32).collect())
            }
            Statistic::Max => {
                let mut dense = dense();
                let peaks: Vec<usize> = (0..outputs).map(|unit| peak(membranes, outputs, unit)).collect();
                peaks.iter().enumerate().for_each(|(unit, &t)| dense[t * outputs + unit] = by_score[unit] as f32);
                gradient.end = peaks.into_iter().max().map_or(0, |last| last + 1);
                SpikeGradient::Dense(dense)
            }
            Statistic::Last => {
                let mut dense = dense();
                let row = &mut dense[(steps - 1) * outputs..];
                row.iter_mut().zip(&by_score).for_each(|(to, by_score)| *to = *by_score as f32);
                SpikeGradient::Dense(dense)
            }
            Statistic::SoftmaxSum => {
                let mut dense = dense();
                for (row, to) in membranes.chunks_exact(outputs).zip(dense.chunks_exact_mut(outputs)) {
                    let (shares, _) = softmax(row.iter().map(|&y| f64::from(y)));
                    let mean: f64 = shares.iter().zip(&by_score).map(|(share, by_score)| share * by_score).sum();
                    for ((to, share), by_score) in to.iter_mut().zip(&shares).zip(&by_score) {
                        *to = (share * (by_score - mean)) as f32;
                    }
                }
                SpikeGradient::Dense(dense)
            }
            Statistic::ExpMean => {
                let weights = exp_weights(&self.config, steps);
                let by_step = |weight| by_score.iter().map(move |by_score| (by_score * weight) as f32);
                SpikeGradient::Dense(weights.into_iter().flat_map(by_step).collect())
            }
            Statistic::Each => unreachable!("evaluated step by step"),
        };
    }
}

/// Step of an output's first maximum.
fn peak(membranes: &[f32], outputs: usize, unit: usize) -> usize {
    let steps = membranes.len() / outputs;
    (1..steps)
        .fold(0, |best, t| if membranes[t * outputs + unit] > membranes[best * outputs + unit] { t } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::MembraneStatistic;
    use crate::regularizer::Activity;
    use spikelet_network::events::LayerSpikes;
    use spikelet_network::output_summary::OutputSummary;

    const STEPS: usize = 4;
    const OUTPUTS: usize = 3;
    const BATCH: usize = 4;
    const LABEL: usize = 2;
    const MEMBRANES: [f32; STEPS * OUTPUTS] = [0.0, 0.3, -0.2, 0.5, 1.5, -0.7, 0.9, 0.25, 0.125, -2.0, 0.75, 3.0];

    fn evaluated(config: &MembraneLoss, membranes: &[f32]) -> OutputGradient {
        let spikes = LayerSpikes { offsets: &[0; STEPS + 1], units: &[], values: &[], steps: STEPS };
        let mut summary = OutputSummary::default();
        summary.read(&spikes, OUTPUTS);
        summary.membranes = membranes.to_vec();
        summary.scores = MembraneStatistic::of(config, membranes, OUTPUTS);
        let output = Output { spikes, summary: &summary, steps: STEPS, batch: BATCH, activity: Activity::none() };
        let mut gradient = OutputGradient::default();
        Membrane::new(config).evaluate(&output, LABEL, &mut gradient);
        gradient
    }

    fn at(gradient: &SpikeGradient, index: usize) -> f64 {
        match gradient {
            SpikeGradient::Zero => 0.0,
            SpikeGradient::Constant(by_unit) => by_unit[index % OUTPUTS].into(),
            SpikeGradient::Dense(dense) => dense[index].into(),
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_loss_by_membranes() {
        use Statistic::{Each, ExpMean, Last, Max, Mean, SoftmaxSum};
        for statistic in [Mean, Max, Last, SoftmaxSum, Each, ExpMean] {
            let config = MembraneLoss {
                statistic,
                decay_rate: (statistic == ExpMean).then_some(2.5),
                inverse_temperature: 1.5,
                label_smoothing: 0.1,
                class_weights: Some(vec![1.0, 3.0, 0.5]),
            };
            let found = evaluated(&config, &MEMBRANES).spike;
            for index in 0..MEMBRANES.len() {
                let loss = |by: f32| {
                    let mut membranes = MEMBRANES;
                    membranes[index] += by;
                    (f64::from(membranes[index]), evaluated(&config, &membranes).parts.main)
                };
                let ((above, most), (below, least)) = (loss(1e-2), loss(-1e-2));
                let expected = (most - least) / (above - below) / BATCH as f64;
                let found = at(&found, index);
                assert!((found - expected).abs() < 2e-5, "{statistic:?}, membrane {index}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn the_loss_of_each_step_is_the_mean_of_their_cross_entropies() {
        let config = MembraneLoss { statistic: Statistic::Each, inverse_temperature: 2.0, ..Default::default() };
        let cross_entropy = |row: &[f32]| {
            let total: f64 = row.iter().map(|&y| libm::exp(2.0 * f64::from(y))).sum();
            -libm::log(libm::exp(2.0 * f64::from(row[LABEL])) / total)
        };
        let expected = MEMBRANES.chunks_exact(OUTPUTS).map(cross_entropy).sum::<f64>() / STEPS as f64;
        assert!((evaluated(&config, &MEMBRANES).parts.main - expected).abs() < 1e-12);
    }

    #[test]
    fn probabilities_of_each_step_are_their_geometric_mean() {
        let config = MembraneLoss { statistic: Statistic::Each, inverse_temperature: 2.0, ..Default::default() };
        let scores = MembraneStatistic::of(&config, &MEMBRANES, OUTPUTS);
        let found = Membrane::new(&config).probabilities(&scores);
        let means: Vec<f64> = scores.iter().map(|&z| libm::exp(z)).collect();
        let total: f64 = means.iter().sum();
        for (found, mean) in found.iter().zip(&means) {
            assert!((found - mean / total).abs() < 1e-12, "{found}, not {}", mean / total);
        }
    }

    #[test]
    fn weights_of_an_exponential_mean_are_those_of_the_closed_form() {
        for (rate, steps) in [(2.5, 4), (0.1, 100), (40.0, 7)] {
            let config = MembraneLoss { statistic: Statistic::ExpMean, decay_rate: Some(rate), ..Default::default() };
            let by_step = rate / steps as f64;
            let scale = (1.0 - libm::exp(-by_step)) / (1.0 - libm::exp(-rate));
            for (step, found) in exp_weights(&config, steps).into_iter().enumerate() {
                let expected = libm::exp(-by_step * step as f64) * scale;
                assert!((found - expected).abs() < 1e-12, "{rate}, step {step}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn an_exponential_mean_without_decay_is_the_mean() {
        let statistic = |statistic, decay_rate| MembraneLoss {
            statistic,
            decay_rate,
            inverse_temperature: 2.0,
            ..Default::default()
        };
        let mean = MembraneStatistic::of(&statistic(Statistic::Mean, None), &MEMBRANES, OUTPUTS);
        let found = MembraneStatistic::of(&statistic(Statistic::ExpMean, Some(1e-9)), &MEMBRANES, OUTPUTS);
        mean.iter().zip(&found).for_each(|(mean, found)| assert!((mean - found).abs() < 1e-8, "{found}, not {mean}"));
    }
}
