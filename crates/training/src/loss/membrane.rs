//! Cross-entropy of a softmax over the [statistic](super::statistic) z of a readout's membranes y (spec 11).
//!
//! ```text
//! mean        G[t,n] = D_n / T
//! max         G = D_n at the first maximum, else 0
//! last        G = D_n at T−1, else 0
//! softmaxSum  G[t,n] = s_n (D_n − Σ_m s_m D_m),  s = softmax(y[t])
//!
//! P = softmax(β z),   L = −w_y Σ_n Y_n log P_n,   D_n = β w_y (P_n − Y_n) / B
//! ```
//!
//! Y is 1 for the label y, or smoothed; w are the weights of the classes (4.4).

use spikelet_config::loss::{MembraneLoss, Statistic};

use super::class_targets::{ClassTargets, softmax};
use super::output::{Output, OutputGradient, SpikeGradient};

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

    pub(super) fn inverse_temperature(&self) -> f64 {
        self.config.inverse_temperature
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, label: usize, gradient: &mut OutputGradient) {
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
        };
    }
}

/// Step of an output's first maximum.
fn peak(membranes: &[f32], outputs: usize, unit: usize) -> usize {
    let steps = membranes.len() / outputs;
    (1..steps)
        .fold(0, |best, t| if membranes[t * outputs + unit] > membranes[best * outputs + unit] { t } else { best })
}
