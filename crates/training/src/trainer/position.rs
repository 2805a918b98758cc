//! Position in a run.

use spikelet_network::network::Network;

use super::best::Best;
use super::evaluation::Evaluation;
use super::event::EpochRecord;
use super::search::Initialization;
use crate::metrics::MetricSums;

/// Position in a run; all of it but the order goes into a checkpoint.
#[derive(Clone, Debug)]
pub(super) struct Run {
    /// Finished epochs.
    pub(super) epoch: u32,
    /// Learned batches of the current epoch.
    pub(super) batch: u32,
    /// Samples of the training data, 0 before the first run.
    pub(super) samples: u32,
    pub(super) sums: MetricSums,
    /// A validation pass under way.
    pub(super) validation: Option<Evaluation>,
    pub(super) history: Vec<EpochRecord>,
    pub(super) has_finished: bool,
    /// The best epoch on the validation data.
    pub(super) best: Option<Best>,
    /// The search for the initial weights, until it has ended.
    pub(super) initialization: Option<Initialization>,
    /// Order of the samples in the current epoch, made when needed.
    pub(super) order: Option<(u32, Vec<u32>)>,
}

impl Run {
    pub(super) fn new(network: &Network, is_initialized_first: bool) -> Self {
        Self {
            epoch: 0,
            batch: 0,
            samples: 0,
            sums: MetricSums::new(network.neurons(), network.steps),
            validation: None,
            history: Vec::new(),
            has_finished: false,
            best: None,
            initialization: (is_initialized_first && network.spiking() > 0).then(Initialization::default),
            order: None,
        }
    }
}
