//! Checkpoints of networks and of streams that learn. Each function is compiled once: what it calls is large.

use spikelet_config::Result;
use spikelet_training::{Level, Snapshot, Trainer};

/// The bytes of a checkpoint; `stream` are the words of the states of a stream. One that is not `resumable` has no moments.
///
/// # Errors
/// `NON_FINITE` after an update that failed so: nothing could be restored from it.
#[inline(never)]
pub(crate) fn write(
    trainer: &Trainer,
    resumable: bool,
    stream: Option<&[u32]>,
    origin: Option<&str>,
    trained_on: Option<&str>,
) -> Result<Vec<u8>> {
    let mut snapshot = trainer.snapshot();
    if !resumable {
        snapshot = snapshot.without_moments();
    }
    snapshot.check()?;
    Ok(spikelet_io::write_checkpoint(&snapshot, stream, origin, trained_on))
}

/// The trainer of a snapshot.
///
/// # Errors
/// `CHECKPOINT_INVALID` for a snapshot that does not fit its configuration.
#[inline(never)]
pub(crate) fn restore(snapshot: Snapshot, level: Level) -> Result<Trainer> {
    Trainer::restore(snapshot, level)
}
