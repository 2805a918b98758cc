//! Squared difference of spike counts (spec 4.2).
//!
//! `E_n = spikes_n − wanted_n`, `L = Σ_n E_n² / T`, `dL/dS[t,n] = 2 E_n / (T B)` at every step, `dL/dT = 0`.

use spikelet_config::loss::CountLoss;

use super::output::{Output, OutputGradient, SpikeGradient};

#[derive(Clone, Debug)]
pub(crate) struct Count {
    positive: f64,
    negative: f64,
}

impl Count {
    pub(super) fn new(config: &CountLoss) -> Self {
        Self { positive: f64::from(config.positive), negative: f64::from(config.negative) }
    }

    /// Target number of spikes of an output, which is the label or not.
    pub(super) fn target(&self, is_label: bool) -> f64 {
        if is_label { self.positive } else { self.negative }
    }

    pub(super) fn evaluate(&self, output: &Output<'_>, target: impl Fn(usize) -> f64, gradient: &mut OutputGradient) {
        let steps = output.steps as f64;
        let scale = 2.0 / (steps * output.batch as f64);
        let mut per_unit = Vec::with_capacity(output.summary.counts.len());
        for (unit, &count) in output.summary.counts.iter().enumerate() {
            let error = f64::from(count) - target(unit);
            gradient.parts.main += error * error / steps;
            per_unit.push((scale * error) as f32);
        }
        gradient.spike = SpikeGradient::Constant(per_unit);
        gradient.end = output.spikes.steps;
    }
}
