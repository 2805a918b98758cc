//! Learning together with sessions in other processes.

use spikelet_config::Result;
use spikelet_data::Dataset;
use spikelet_training::{Executor, LocalBatch, TrainEvent, Trainer};

/// The sessions in other processes or instances that learn the same batches: all have the same configuration and data and advance
/// through the same batches.
pub trait Peers: std::fmt::Debug + Send {
    /// The part of every batch that the session itself learns.
    fn local_batch(&self) -> LocalBatch;

    /// Hands over this session's records and returns those of all, in order of rank. Waits for the slowest.
    ///
    /// # Errors
    /// `BACKEND_UNAVAILABLE` when the others can't be reached, `CONFIG_INVALID` for more records than fit into one exchange.
    fn exchange(&mut self, records: &[u8]) -> Result<Vec<&[u8]>>;
}

/// One batch with the others.
pub(crate) fn learn_together<E: Executor>(
    trainer: &mut Trainer,
    peers: &mut dyn Peers,
    train: &Dataset,
    validation: Option<&Dataset>,
    executor: &E,
) -> Result<Vec<TrainEvent>> {
    let mut mine = Vec::new();
    trainer.run_local_batch(train, peers.local_batch(), executor, &mut mine)?;
    let all = peers.exchange(&mine)?;
    trainer.finish_batch(train, validation, &all, executor)
}
