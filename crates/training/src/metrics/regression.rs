//! How well the membranes of a readout follow target series.
//!
//! ```text
//! meanSquaredError = Σ (y − Y)² / N,   rSquared = 1 − Σ (y − Y)² / Σ_n Σ (Y_n − mean Y_n)²      N: numbers compared; n: outputs
//! ```

use serde::Serialize;
use spikelet_config::json::FromJson;

/// Sums over samples, steps and outputs; part of a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Regression {
    /// Numbers compared.
    pub(crate) numbers: u64,
    /// Σ (y − Y)².
    pub(crate) squared_error: f64,
    /// Σ Y².
    pub(crate) squares: f64,
    /// Σ Y of each output.
    pub(crate) sums: Vec<f64>,
}

impl Regression {
    /// The sums of one sample, of membranes and target `[step][output]`.
    pub(crate) fn start(&mut self, membranes: &[f32], target: &[f32], outputs: usize) {
        *self = Self { numbers: target.len() as u64, sums: vec![0.0; outputs], ..Self::default() };
        for (index, (&y, &target)) in membranes.iter().zip(target).enumerate() {
            let (y, target) = (f64::from(y), f64::from(target));
            self.squared_error += (y - target) * (y - target);
            self.squares += target * target;
            self.sums[index % outputs] += target;
        }
    }

    /// Whether the sums can be those of so many outputs.
    pub(crate) fn fits(&self, outputs: usize) -> bool {
        self.sums.is_empty() || self.sums.len() == outputs
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.numbers += other.numbers;
        self.squared_error += other.squared_error;
        self.squares += other.squares;
        self.sums.resize(self.sums.len().max(other.sums.len()), 0.0);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, value)| *sum += value);
    }

    pub(crate) fn mean_squared_error(&self) -> Option<f64> {
        (self.numbers > 0).then(|| self.squared_error / self.numbers as f64)
    }

    /// `None` where there are no series, or these are constant as far as sums can tell.
    pub(crate) fn r_squared(&self) -> Option<f64> {
        let each = self.numbers as f64 / self.sums.len().max(1) as f64;
        let spread = self.squares - self.sums.iter().map(|sum| sum * sum / each).sum::<f64>();
        let rounding = self.squares * self.numbers as f64 * f64::EPSILON;
        (self.numbers > 0 && spread > rounding).then(|| 1.0 - self.squared_error / spread)
    }
}

#[cfg(test)]
mod tests {
    use super::Regression;

    fn of_series(samples: usize, target: impl Fn(usize) -> f32) -> Regression {
        let mut sums = Regression::default();
        for sample in 0..samples {
            let target: Vec<f32> = (0..20).map(|step| target(sample * 20 + step)).collect();
            let mut own = Regression::default();
            own.start(&[0.0; 20], &target, 1);
            sums.add(&own);
        }
        sums
    }

    #[test]
    fn constant_series_explain_nothing() {
        for value in [0.1, 0.3, 1e-3, 7e5] {
            for samples in [1, 50, 2000] {
                assert_eq!(of_series(samples, |_| value).r_squared(), None, "{samples} series of {value}");
            }
        }
        let nearly = of_series(50, |step| 0.1 + 1e-4 * (step % 2) as f32);
        assert!(nearly.r_squared().is_some_and(f64::is_finite));
    }
}
