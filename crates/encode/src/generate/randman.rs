//! Smooth random manifolds (Zenke, Vogels: *The Remarkable Robustness of Surrogate Gradient Learning*, Neural Computation 2021).

use std::f64::consts::TAU;

use serde::Serialize;
use spikelet_config::json::FromJson;
use spikelet_config::{Result, ranges::within};
use spikelet_data::{Purpose, SpikeTrains, Stream, Targets, memory, sort_spikes};

use super::generated::{Generated, GeneratedInputs};
use super::sizes::{check_sizes, check_steps};

/// Terms of the Fourier series below this fraction of the first are left out.
const PRECISION: f64 = 1e-3;
/// Bytes of an empty list of spikes.
const LIST_BYTES: u64 = size_of::<Vec<(u16, u32)>>() as u64;
/// Bytes of a spike in a list.
const PAIR_BYTES: u64 = size_of::<(u16, u32)>() as u64;
/// Keeps the largest coordinate below 1.
const EPSILON: f64 = 1e-7;

/// Each class is a manifold per spike: coordinate `u` of a point x in `[0, 1]^D` is
/// `f_u(x) = ∏_d Σ_k a k^(−α) sin(2π (k b x_d + c))`, k = 1.., with a, b, c uniform in 0..1 and drawn for every u, d and k. Over
/// the samples of a class f_u is stretched to 0..1; unit u spikes at step `trunc(f_u · steps)`. Sample i is of class
/// `i mod classes`.
#[derive(Clone, Debug, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(optional_fields))]
pub struct Randman {
    /// Classes.
    pub classes: u32,
    /// Samples of each class.
    pub samples_per_class: u32,
    /// Input units, the dimensions of the space.
    pub units: u32,
    /// Dimensions D of a manifold.
    pub dimensions: u32,
    /// Smoothness α, 1 to 10: the larger the smoother.
    pub smoothness: f64,
    /// Spikes of each unit, each on a manifold of its own.
    pub spikes: u32,
    /// Steps of the simulation, 1 to 65535.
    pub steps: u32,
    /// Seed of the draws.
    pub seed: u32,
}

impl Default for Randman {
    fn default() -> Self {
        Self {
            classes: 10,
            samples_per_class: 1000,
            units: 20,
            dimensions: 1,
            smoothness: 3.0,
            spikes: 1,
            steps: 100,
            seed: 0,
        }
    }
}

impl Randman {
    pub(super) fn generate(&self) -> Result<Generated> {
        let Self { classes, samples_per_class, units, dimensions, spikes, .. } = *self;
        check_steps(self.steps)?;
        within("smoothness", self.smoothness, 1.0, 10.0)?;
        check_sizes(&[
            ("classes", classes),
            ("samplesPerClass", samples_per_class),
            ("units", units),
            ("dimensions", dimensions),
            ("spikes", spikes),
        ])?;
        let samples = u64::from(classes) * u64::from(samples_per_class);
        let spikes_each = u64::from(units) * u64::from(spikes);
        // Lists double as they grow, and the trains are there beside them.
        let bytes = samples.saturating_mul(LIST_BYTES + spikes_each.saturating_mul(3 * PAIR_BYTES));
        memory::require(bytes, "samplesPerClass", || format!("{samples} samples"))?;
        let all: Vec<Vec<Vec<(u16, u32)>>> = (0..classes).map(|class| self.class(class)).collect();
        let mut trains = SpikeTrains::new();
        let mut labels = Vec::new();
        for sample in 0..samples_per_class as usize {
            for (label, class) in (0..).zip(&all) {
                trains.push_sample(class[sample].iter().copied());
                labels.push(label);
            }
        }
        Ok(Generated { inputs: GeneratedInputs::Trains(trains), targets: Targets::Labels(labels) })
    }

    /// The events of every sample of a class.
    fn class(&self, class: u32) -> Vec<Vec<(u16, u32)>> {
        let mut draws = Stream::new(self.seed, Purpose::Generation, class);
        let (samples, dimensions) = (self.samples_per_class as usize, self.dimensions as usize);
        let points: Vec<f64> = (0..samples * dimensions).map(|_| f64::from(draws.uniform())).collect();
        let mut events = vec![Vec::new(); samples];
        for _ in 0..self.spikes {
            for unit in 0..self.units {
                let coordinates = self.coordinates(&points, &mut draws);
                for (events, &share) in events.iter_mut().zip(&coordinates) {
                    let step = (share * f64::from(self.steps)) as u32;
                    events.push((step.min(self.steps - 1) as u16, unit));
                }
            }
        }
        events.iter_mut().for_each(|events| sort_spikes(events));
        events
    }

    /// One coordinate of every point, stretched to 0..1.
    fn coordinates(&self, points: &[f64], draws: &mut Stream) -> Vec<f64> {
        let dimensions = self.dimensions as usize;
        let mut values = vec![1.0; self.samples_per_class as usize];
        for dimension in 0..dimensions {
            let series = self.series(draws);
            for (value, point) in values.iter_mut().zip(points.chunks_exact(dimensions)) {
                *value *= sum(&series, point[dimension]);
            }
        }
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        values.iter().map(|value| (value - min) / (max - min + EPSILON)).collect()
    }

    fn series(&self, draws: &mut Stream) -> Vec<Term> {
        let length = libm::ceil(libm::pow(PRECISION, -1.0 / self.smoothness)) as u32;
        (1..=length)
            .map(|k| {
                let [a, b, c] = [draws.uniform(), draws.uniform(), draws.uniform()].map(f64::from);
                let k = f64::from(k);
                Term { amplitude: a * libm::pow(k, -self.smoothness), frequency: k * b, phase: c }
            })
            .collect()
    }
}

/// `amplitude · sin(2π (frequency · x + phase))`.
struct Term {
    amplitude: f64,
    frequency: f64,
    phase: f64,
}

fn sum(series: &[Term], x: f64) -> f64 {
    series.iter().map(|term| term.amplitude * libm::sin(TAU * (term.frequency * x + term.phase))).sum()
}
