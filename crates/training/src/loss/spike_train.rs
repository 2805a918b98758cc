//! van Rossum distance to target spike trains (spec 4.1).
//!
//! ```text
//! κ[m] = aᵐ, 0 ≤ m < K           d = κ ∗ (S − y) over M steps        L = Σ d² / T
//! c[s] = Σ_m κ[m] d[s+m]         dL/dS[s] = 2 c[s] / (T B)           dL/dT[s] = −S[s] (c[s−1] − c[s+1]) / (T B)
//! ```
//!
//! Both sums over the truncated kernel are recurrences: `d[u] = a d[u−1] + e[u] − aᴷ e[u−K]`, and the same downwards for `c`.

use spikelet_config::loss::SpikeTrainLoss;

use super::output::{Output, OutputGradient, SpikeGradient};

/// Longest kernel in steps.
const MAX_LENGTH: usize = 1000;
/// The kernel ends before it falls to this.
const MIN: f64 = 1e-6;
/// Steps beyond the simulation that still count.
const EXTENSION: usize = 200;

/// Target spikes y of a sample.
#[derive(Clone, Copy)]
pub(super) enum TargetTrain<'a> {
    /// Step and output of each.
    Train(&'a [u16], &'a [u32]),
    /// Target trains that the configuration gives the output of this label.
    Label(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct SpikeTrain {
    decay: f64,
    /// K.
    kernel: usize,
    /// aᴷ.
    tail: f64,
    /// M.
    length: usize,
    /// Steps at which the output of the label should fire.
    positive: Vec<u32>,
}

impl SpikeTrain {
    pub(super) fn new(config: &SpikeTrainLoss, steps: u32) -> Self {
        let steps = steps as usize;
        let decay = config.kernel_decay;
        let kernel = (0..steps.min(MAX_LENGTH)).take_while(|&m| libm::pow(decay, m as f64) > MIN).count();
        Self {
            decay,
            kernel,
            tail: libm::pow(decay, kernel as f64),
            length: (steps + kernel - 1).min(steps + EXTENSION),
            positive: config.positive.clone(),
        }
    }

    /// Whether the configuration says when outputs should fire for a label.
    pub(super) fn takes_labels(&self) -> bool {
        !self.positive.is_empty()
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, target: TargetTrain<'_>, gradient: &mut OutputGradient) {
        let outputs = output.summary.counts.len();
        let steps = output.steps;
        let mut error = vec![0.0; steps * outputs];
        for (t, unit) in output.spikes.iter() {
            error[t * outputs + unit] += 1.0;
        }
        match target {
            TargetTrain::Train(times, units) => {
                for (&t, &unit) in times.iter().zip(units) {
                    error[usize::from(t) * outputs + unit as usize] -= 1.0;
                }
            }
            TargetTrain::Label(label) => {
                for &t in &self.positive {
                    error[t as usize * outputs + label] -= 1.0;
                }
            }
        }
        let scale = 1.0 / (steps as f64 * output.batch as f64);
        let mut dense = vec![0.0; steps * outputs];
        let mut spike_time_gradients = vec![0.0; steps * outputs];
        for unit in 0..outputs {
            let filtered = self.filtered(|t| if t < steps { error[t * outputs + unit] } else { 0.0 });
            gradient.parts.main += filtered.iter().map(|d| d * d).sum::<f64>() / steps as f64;
            let correlated = self.correlated(&filtered, steps);
            for t in 0..steps {
                dense[t * outputs + unit] = (2.0 * scale * correlated[t + 1]) as f32;
                spike_time_gradients[t * outputs + unit] = -scale * (correlated[t] - correlated[t + 2]);
            }
        }
        for (index, (t, unit)) in output.spikes.iter().enumerate() {
            gradient.timing[index] = spike_time_gradients[t * outputs + unit] as f32;
        }
        gradient.spike = SpikeGradient::Dense(dense);
        gradient.end = output.spikes.steps;
    }

    /// d[0..M].
    fn filtered(&self, error: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut last = 0.0;
        (0..self.length)
            .map(|u| {
                let leaving = if u >= self.kernel { self.tail * error(u - self.kernel) } else { 0.0 };
                last = self.decay * last + error(u) - leaving;
                last
            })
            .collect()
    }

    /// c[−1..=T], index shifted by one.
    fn correlated(&self, filtered: &[f64], steps: usize) -> Vec<f64> {
        let d = |s: usize| filtered.get(s).copied().unwrap_or(0.0);
        let mut out = vec![0.0; steps + 2];
        let mut last = 0.0;
        for s in (0..self.length.max(steps + 1)).rev() {
            last = self.decay * last + d(s) - self.tail * d(s + self.kernel);
            if s <= steps {
                out[s + 1] = last;
            }
        }
        out[0] = self.decay * last - self.tail * d(self.kernel - 1);
        out
    }
}
