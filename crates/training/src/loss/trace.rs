//! Squared difference of a readout's membranes y and a target series Y (spec 11).
//!
//! `L = Σ_(t,n) w[t] (y[t,n] − Y[t,n])² / (B T N)`, `G[t,n] = 2 w[t] (y[t,n] − Y[t,n]) / (B T N)`.

use spikelet_config::loss::TraceLoss;

use super::output::{Output, OutputGradient, SpikeGradient};

#[derive(Clone, Debug)]
pub(crate) struct Trace {
    /// w; empty: 1 at every step.
    weights: Vec<f64>,
}

impl Trace {
    pub(super) fn new(config: &TraceLoss) -> Self {
        Self { weights: config.step_weights.clone().unwrap_or_default() }
    }

    /// G of step `t` of so many, from the membranes and the targets of that step.
    pub(super) fn step_error(
        &self,
        (t, steps): (usize, usize),
        membranes: &[f32],
        target: &[f32],
        batch: usize,
        errors: &mut [f32],
    ) {
        let scale = 2.0 / ((steps * membranes.len()) as f64 * batch as f64);
        let weight = self.weights.get(t).copied().unwrap_or(1.0);
        for ((to, &y), &target) in errors.iter_mut().zip(membranes).zip(target) {
            *to = (scale * weight * (f64::from(y) - f64::from(target))) as f32;
        }
    }

    /// `target` is `[step][output]`.
    pub(super) fn evaluate(&self, output: &Output<'_>, target: &[f32], gradient: &mut OutputGradient) {
        let outputs = output.summary.outputs();
        let numbers = (output.steps * outputs) as f64;
        let membranes = &output.summary.membranes;
        let weight = |index: usize| self.weights.get(index / outputs).copied().unwrap_or(1.0);
        let scale = 2.0 / (numbers * output.batch as f64);
        let mut dense = Vec::with_capacity(membranes.len());
        for (index, (&y, &target)) in membranes.iter().zip(target).enumerate() {
            let error = f64::from(y) - f64::from(target);
            gradient.parts.main += weight(index) * error * error / numbers;
            dense.push((scale * weight(index) * error) as f32);
        }
        let last = dense.iter().rposition(|&value| value != 0.0);
        gradient.end = last.map_or(0, |index| index / outputs + 1);
        gradient.spike = SpikeGradient::Dense(dense);
    }
}
