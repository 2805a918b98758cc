//! The statistic z of a readout's membranes y over steps that come one after the other (spec 11).
//!
//! ```text
//! mean        z_n = 1/T Σ_t y[t,n]
//! max         z_n = max_t y[t,n]
//! last        z_n = y[T−1,n]
//! softmaxSum  z_n = Σ_t s_n,  s = softmax(y[t])
//! each        z_n = 1/T Σ_t log softmax(β y[t])_n
//! expMean     z_n = Σ_t w_t y[t,n],  w_t = e^(−k t/T) / Σ_u e^(−k u/T)
//! ```
//!
//! In a stream, a mean is over the steps so far, while T in the exponent stays that of a sample.

use spikelet_config::loss::{MembraneLoss, Statistic};
use spikelet_data::Archive;

use super::class_targets::softmax_into;

/// The statistic of the steps so far.
#[derive(Clone, Debug)]
pub(crate) struct MembraneStatistic {
    kind: Statistic,
    /// β, which `each` alone has within z.
    inverse_temperature: f64,
    /// k/T, of `expMean`.
    decay_rate: f64,
    steps: usize,
    /// Sum of the weights of the steps.
    weight: f64,
    /// Sum, largest or last membrane of each output, by the kind.
    values: Vec<f64>,
    /// Softmax of a step.
    shares: Vec<f64>,
}

impl MembraneStatistic {
    /// The statistic of a loss, in samples of `sample_steps` T.
    pub(crate) fn new(loss: &MembraneLoss, sample_steps: usize, outputs: usize) -> Self {
        Self {
            kind: loss.statistic,
            inverse_temperature: loss.inverse_temperature,
            decay_rate: decay_rate(loss, sample_steps),
            steps: 0,
            weight: 0.0,
            values: vec![0.0; outputs],
            shares: Vec::new(),
        }
    }

    /// z of each output, of the membranes of a sample, `[step][output]`.
    pub(crate) fn of(loss: &MembraneLoss, membranes: &[f32], outputs: usize) -> Vec<f64> {
        let mut statistic = Self::new(loss, membranes.len() / outputs, outputs);
        membranes.chunks_exact(outputs).for_each(|step| statistic.add(step));
        statistic.scores().collect()
    }

    /// Forgets all steps.
    pub(crate) fn clear(&mut self) {
        self.steps = 0;
        self.weight = 0.0;
        self.values.fill(0.0);
    }

    /// Writes or reads the steps so far.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.count(&mut self.steps);
        archive.number(&mut self.weight);
        archive.array(&mut self.values);
    }

    /// Adds the membranes of a step, `[output]`.
    pub(crate) fn add(&mut self, membranes: &[f32]) {
        let Self { kind, inverse_temperature, decay_rate, steps, weight, values, shares } = self;
        let membranes = membranes.iter().map(|&y| f64::from(y));
        let is_first = *steps == 0;
        let by_step = if *kind == Statistic::ExpMean { exp_weight(*decay_rate, *steps) } else { 1.0 };
        *weight += by_step;
        *steps += 1;
        match kind {
            Statistic::Mean => values.iter_mut().zip(membranes).for_each(|(sum, y)| *sum += y),
            Statistic::Max => {
                values
                    .iter_mut()
                    .zip(membranes)
                    .filter(|(max, y)| is_first || *y > **max)
                    .for_each(|(max, y)| *max = y);
            }
            Statistic::Last => values.iter_mut().zip(membranes).for_each(|(last, y)| *last = y),
            Statistic::SoftmaxSum => {
                softmax_into(membranes, shares);
                values.iter_mut().zip(&*shares).for_each(|(sum, share)| *sum += share);
            }
            Statistic::Each => {
                let scaled = membranes.map(|y| *inverse_temperature * y);
                let log_total = softmax_into(scaled.clone(), shares);
                values.iter_mut().zip(scaled).for_each(|(sum, scaled)| *sum += scaled - log_total);
            }
            Statistic::ExpMean => values.iter_mut().zip(membranes).for_each(|(sum, y)| *sum += by_step * y),
        }
    }

    /// z of each output; none without steps.
    pub(crate) fn scores(&self) -> impl Iterator<Item = f64> {
        let divisor = match self.kind {
            Statistic::Mean | Statistic::Each | Statistic::ExpMean => self.weight,
            Statistic::Max | Statistic::Last | Statistic::SoftmaxSum => 1.0,
        };
        let values = if self.steps == 0 { &[] } else { &self.values[..] };
        values.iter().map(move |value| value / divisor)
    }
}

/// k/T of a loss in samples of T steps.
fn decay_rate(loss: &MembraneLoss, sample_steps: usize) -> f64 {
    loss.decay_rate.unwrap_or(1.0) / sample_steps as f64
}

/// `e^(−k t/T)`, of `k/T`.
fn exp_weight(decay_rate: f64, step: usize) -> f64 {
    libm::exp(-decay_rate * step as f64)
}

/// w of each step of a sample.
pub(super) fn exp_weights(loss: &MembraneLoss, sample_steps: usize) -> Vec<f64> {
    let decay_rate = decay_rate(loss, sample_steps);
    let mut weights: Vec<f64> = (0..sample_steps).map(|step| exp_weight(decay_rate, step)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}
