//! Softmax over classes, and its target for a label (spec 4.4).
//!
//! ```text
//! Y_n = (1 − ε) 1[n = y] + ε / N
//! ```

/// Smoothed labels and weights of classes.
#[derive(Clone, Debug)]
pub(super) struct ClassTargets {
    smoothing: f64,
    weights: Option<Vec<f64>>,
}

impl ClassTargets {
    pub(super) fn new(smoothing: f64, weights: Option<&[f64]>) -> Self {
        Self { smoothing, weights: weights.map(<[f64]>::to_vec) }
    }

    /// Y of a class.
    pub(super) fn target(&self, is_label: bool, outputs: usize) -> f64 {
        let label = if is_label { 1.0 - self.smoothing } else { 0.0 };
        label + self.smoothing / outputs as f64
    }

    /// `Σ_n Y_n z_n`.
    pub(super) fn mean(&self, label: usize, outputs: usize, z: impl Fn(usize) -> f64) -> f64 {
        if self.smoothing == 0.0 {
            return z(label);
        }
        (0..outputs).map(|unit| self.target(unit == label, outputs) * z(unit)).sum()
    }

    /// Factor on the loss of a sample with this label.
    pub(super) fn weight(&self, label: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[label])
    }
}

/// Softmax of the values, and the logarithm of the sum of their exponentials.
pub(super) fn softmax(values: impl Iterator<Item = f64> + Clone) -> (Vec<f64>, f64) {
    let mut shares = Vec::new();
    let log_total = softmax_into(values, &mut shares);
    (shares, log_total)
}

/// Replaces `shares` by the softmax of the values, and returns the logarithm of the sum of their exponentials.
pub(super) fn softmax_into(values: impl Iterator<Item = f64> + Clone, shares: &mut Vec<f64>) -> f64 {
    let highest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    shares.clear();
    shares.extend(values.map(|value| libm::exp(value - highest)));
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    highest + libm::log(total)
}
