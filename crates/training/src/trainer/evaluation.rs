//! A pass over data without learning.

use spikelet_config::loss::Decision;
use spikelet_network::shape::LayerShape;

use crate::metrics::{MetricSums, Metrics};
use crate::pass::Until;

/// A position in a pass over a data set.
#[derive(Clone, Debug)]
pub struct Evaluation {
    pub(super) position: usize,
    /// Number of samples of the data set, in a validation pass; unknown where an earlier version left it.
    pub(super) samples: Option<usize>,
    pub(super) sums: MetricSums,
    pub(super) shapes: Vec<LayerShape>,
    pub(super) decision: Decision,
    pub(super) until: Until,
}

impl Evaluation {
    /// Samples evaluated so far.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Metrics of the samples so far.
    #[must_use]
    pub fn report(&self) -> Metrics {
        self.sums.report(&self.shapes, self.decision)
    }
}
