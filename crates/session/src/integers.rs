//! The networks of whole numbers that a session holds.

use spikelet_config::{Config, Error, Result};
use spikelet_quantization::IntegerNetwork;

use crate::numbered::Numbered;

/// Networks by number; numbers are not used again.
#[derive(Debug, Default)]
pub(crate) struct IntegerNetworks {
    held: Numbered<IntegerNetwork>,
}

impl IntegerNetworks {
    pub(crate) fn open(&mut self, numbers: &[f64], config: &Config) -> Result<u32> {
        Ok(self.held.add(IntegerNetwork::new(config, numbers)?))
    }

    pub(crate) fn find(&self, id: u32) -> Result<&IntegerNetwork> {
        self.held.get(id).ok_or_else(|| unknown(id))
    }

    pub(crate) fn close(&mut self, id: u32) -> Result<()> {
        self.held.remove(id).map(drop).ok_or_else(|| unknown(id))
    }
}

fn unknown(id: u32) -> Error {
    Error::shape("integers", format!("there is no network {id}: it was never opened, or closed"))
}
