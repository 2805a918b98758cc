//! Answers step by step.

use super::Trainer;
use crate::error::{Error, Result};
use crate::memory::NetworkBytes;
use crate::pass::SpikeStream;

impl Trainer {
    /// A stream of steps through the network with the parameters with which it predicts now. It may have more steps than the
    /// configuration; up to those its spikes are those of a sample.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] for an output that never fires, and where there is no memory for it.
    pub fn stream(&mut self) -> Result<SpikeStream> {
        if self.network.layers.last().is_some_and(|layer| layer.neuron.is_readout) {
            return Err(Error::config("network.layers", "a stream answers with spikes, but the output never fires"));
        }
        NetworkBytes::of(&self.config, 1).require(1)?;
        let (inputs, level) = (self.config.network.input.units(), self.engine.level);
        Ok(self.predicting(|trainer| SpikeStream::new(&trainer.network, inputs, level)))
    }
}
