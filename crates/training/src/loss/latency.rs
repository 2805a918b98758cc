//! Cross-entropy of a softmax over first spike times (spec 4.3), with the silent-target penalty and the count term (6.iv).
//!
//! ```text
//! a_n = TL − first_n (0 if silent), z = β a, P = softmax(z), L = w_y (−Σ_n Y_n log P_n + λ_ns 1[y silent])
//! dL/dT[t,n] = −β w_y (P_n − Y_n) / B      at t = first_n
//! dL/dS[t,y] = −λ_ns w_y / B               at every step, if y is silent
//! dL/dS[t,n] = −β w_y (P_n − Y_n) / B (t − next_n(t))        relaxed; first_n − horizon ≤ t ≤ first_n
//! ```
//!
//! first = Σ_t t S[t] Π_(u<t) (1 − S[u]) + T Π_u (1 − S[u]) is multilinear in S, so that t − next(t) is its derivative: next(t) is the
//! step of the first spike later than t, T where there is none.
//!
//! Y is 1 for the label y, or smoothed; w are the weights of the classes (4.4).
//!
//! The backward pass starts at the last derivative that is no smaller than what it flushes to zero on its way.

use spikelet_config::loss::{FirstSpikeGradient, LatencyLoss, TargetCount, TargetCountScope};
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

        let relaxed = (self.config.spike_gradient == FirstSpikeGradient::Relaxed).then(|| {
            let by_time = |unit: usize| {
                let share = libm::exp(z(unit) - highest) / total;
                weight * (-beta * (share - target(unit)) / batch)
            };
            by_spike(output, self.config.horizon, by_time)
        });

        let mut per_unit = vec![0.0; outputs];
        if summary.is_silent(label) {
            let penalty = weight * self.config.silent_target_penalty;
            gradient.parts.silent_target_penalty = penalty;
            per_unit[label] -= penalty / batch;
        }
        if let Some(count) = &self.config.target_count {
            count_term(count, weight * count.weight, output, label, &mut per_unit, &mut gradient.parts.target_count);
        }
        if let Some(mut dense) = relaxed {
            for row in dense.chunks_exact_mut(outputs) {
                row.iter_mut().zip(&per_unit).for_each(|(by_spike, every_step)| *by_spike += every_step);
            }
            let dense: Vec<f32> = dense.into_iter().map(|by_spike| by_spike as f32).collect();
            let last = dense.iter().rposition(|by_spike| by_spike.abs() >= FLOOR);
            gradient.end = gradient.end.max(last.map_or(0, |index| index / outputs + 1));
            gradient.spike = SpikeGradient::Dense(dense);
        } else if per_unit.iter().any(|&by_spike| by_spike != 0.0) {
            gradient.spike = SpikeGradient::Constant(per_unit.iter().map(|&by_spike| by_spike as f32).collect());
            gradient.end = output.spikes.steps;
        }
    }
}

/// dL/dS of the first spikes, `[step][output]`; `by_time` is dL/dfirst of an output.
fn by_spike(output: &Output<'_>, horizon: Option<u32>, by_time: impl Fn(usize) -> f64) -> Vec<f64> {
    let (steps, outputs, first) = (output.spikes.steps, output.summary.outputs(), &output.summary.first);
    let mut second = vec![steps; outputs];
    for (t, unit) in output.spikes.iter().filter(|&(t, unit)| t > first[unit] as usize) {
        second[unit] = second[unit].min(t);
    }
    let mut dense = vec![0.0; steps * outputs];
    for (unit, &second) in second.iter().enumerate() {
        let (first, by_time) = (first[unit] as usize, by_time(unit));
        let from = horizon.map_or(0, |horizon| first.saturating_sub(horizon as usize));
        for t in from..steps.min(first + 1) {
            let next = if t < first { first } else { second };
            dense[t * outputs + unit] = by_time * (t as f64 - next as f64);
        }
    }
    dense
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
        let spikes = LayerSpikes { offsets: &offsets, units: &[0, 1], values: &[], steps: 200 };
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

    /// Spikes of one output, a bit for each of twelve steps.
    fn of_bits(bits: u32) -> (Vec<u32>, Vec<u32>) {
        let offsets = (0..=STEPS).map(|t| (bits & ((1 << t) - 1)).count_ones()).collect();
        (offsets, vec![0; bits.count_ones() as usize])
    }

    const STEPS: usize = 12;

    /// What `run` makes of an output with these spikes.
    fn with_output<T>(bits: u32, run: impl FnOnce(&Output<'_>) -> T) -> T {
        let (offsets, units) = of_bits(bits);
        let spikes = LayerSpikes { offsets: &offsets, units: &units, values: &[], steps: STEPS };
        let mut summary = OutputSummary::default();
        summary.read(&spikes, 1);
        run(&Output { spikes, summary: &summary, steps: STEPS, batch: 1, activity: Activity::none() })
    }

    /// The derivative of a function that is multilinear in the spikes is its difference between a spike and none.
    #[test]
    fn the_first_spike_moves_as_much_as_a_spike_more_or_fewer_moves_it() {
        let first = |bits: u32| with_output(bits, |output| f64::from(output.summary.first[0]));
        for bits in 0..1 << STEPS {
            let found = with_output(bits, |output| by_spike(output, None, |_| 1.0));
            for (t, found) in found.into_iter().enumerate() {
                assert_eq!(found, first(bits | 1 << t) - first(bits & !(1 << t)), "{bits:b}, step {t}");
            }
        }
    }

    #[test]
    fn the_horizon_ends_at_the_first_spike() {
        let found = with_output(0b1_0100_0000, |output| by_spike(output, Some(2), |_| 1.0));
        assert_eq!(found, [0.0, 0.0, 0.0, 0.0, -2.0, -1.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let silent = with_output(0, |output| by_spike(output, Some(2), |_| 1.0));
        assert_eq!(silent[10..], [-2.0, -1.0]);
        assert!(silent[..10].iter().all(|&by_spike| by_spike == 0.0));
    }

    /// Output 2, the label, is silent; the others fire twice each.
    #[test]
    fn relaxed_gradients_are_those_of_the_loss_by_first_spikes() {
        let spikes = LayerSpikes { offsets: &[0, 0, 1, 1, 3, 3, 4], units: &[1, 0, 1, 0], values: &[], steps: 6 };
        let mut summary = OutputSummary::default();
        summary.read(&spikes, 3);
        let output = Output { spikes, summary: &summary, steps: 6, batch: 2, activity: Activity::none() };
        let (beta, smoothing, weights) = (0.4, 0.1, [1.0, 3.0, 0.5]);
        let config = LatencyLoss {
            inverse_temperature: beta,
            silent_target_penalty: 0.2,
            label_smoothing: smoothing,
            class_weights: Some(weights.to_vec()),
            spike_gradient: FirstSpikeGradient::Relaxed,
            ..LatencyLoss::default()
        };
        let mut gradient = OutputGradient { timing: vec![0.0; 4], ..OutputGradient::default() };
        Latency::new(&config).evaluate(&output, 2, &mut gradient);
        let SpikeGradient::Dense(found) = gradient.spike else { panic!("a value for each step and output") };
        let loss = |first: [f64; 3]| {
            let total: f64 = first.iter().map(|first| libm::exp(-beta * first)).sum();
            let target = |n: usize| (if n == 2 { 1.0 - smoothing } else { 0.0 }) + smoothing / 3.0;
            -weights[2] * (0..3).map(|n| target(n) * (-beta * first[n] - libm::log(total))).sum::<f64>() / 2.0
        };
        let first = [3.0, 1.0, 6.0];
        let moves = |n: usize, t: usize| match n {
            0 => [-3.0, -2.0, -1.0, -2.0, 0.0, 0.0][t],
            1 => [-1.0, -2.0, 0.0, 0.0, 0.0, 0.0][t],
            _ => t as f64 - 6.0,
        };
        for (index, &found) in found.iter().enumerate() {
            let (t, n) = (index / 3, index % 3);
            let moved = |by: f64| {
                let mut first = first;
                first[n] += by;
                loss(first)
            };
            let by_time = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            let penalty = if n == 2 { -0.2 * weights[2] / 2.0 } else { 0.0 };
            let expected = by_time * moves(n, t) + penalty;
            assert!((f64::from(found) - expected).abs() < 1e-6, "output {n}, step {t}: {found}, not {expected}");
        }
        assert_eq!(gradient.end, 6);
    }
}
