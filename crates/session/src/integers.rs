//! The networks of whole numbers that a session holds.

use spikelet_config::{Config, Error, Result};
use spikelet_quantization::IntegerNetwork;

/// Networks by number; numbers are not used again.
#[derive(Debug, Default)]
pub(crate) struct IntegerNetworks {
    held: Vec<Option<Box<IntegerNetwork>>>,
}

impl IntegerNetworks {
    pub(crate) fn open(&mut self, numbers: &[f64], config: &Config) -> Result<u32> {
        let network = IntegerNetwork::new(config, numbers)?;
        self.held.push(Some(Box::new(network)));
        Ok(self.held.len() as u32 - 1)
    }

    pub(crate) fn find(&self, id: u32) -> Result<&IntegerNetwork> {
        match self.held.get(id as usize) {
            Some(Some(network)) => Ok(network),
            _ => Err(Error::shape("integers", format!("there is no network {id}: it was never opened, or closed"))),
        }
    }

    pub(crate) fn close(&mut self, id: u32) -> Result<()> {
        self.find(id)?;
        self.held[id as usize] = None;
        Ok(())
    }
}
