//! Networks of whole numbers: those that a session holds, and those where there is no session.

use spikelet_config::{Config, Error, Result};
use spikelet_data::{Dataset, SpikeTrains, Targets};
use spikelet_io::write_integers;
use spikelet_quantization::{Conversion, IntegerNetwork};

use crate::guard::guard;
use crate::numbered::Numbered;
use crate::status::to_json;
use crate::trained_on::TrainedOn;
use crate::wire::IntegerPrediction;

/// Networks by number.
#[derive(Debug, Default)]
pub struct IntegerNetworks {
    held: Numbered<IntegerNetwork>,
}

/// A conversion in which 0 `weight_bits` are those that the network is trained for.
pub(crate) fn conversion(state_bits: u32, weight_bits: u32, percentile: f64) -> Conversion {
    Conversion { state_bits, weight_bits: (weight_bits != 0).then_some(weight_bits), percentile }
}

/// Converts what [`crate::Session::measure`] gives; the settings are those of [`crate::Session::quantize`].
///
/// # Errors
/// `CONFIG_INVALID` for settings out of range, and at `stateBits` for states that do not fit.
pub fn convert_measured(measured: &[f64], state_bits: u32, weight_bits: u32, percentile: f64) -> Result<Vec<f64>> {
    guard(|| spikelet_quantization::convert_measured(measured, conversion(state_bits, weight_bits, percentile)))
}

impl IntegerNetworks {
    pub(crate) fn open_for(&mut self, numbers: &[f64], config: &Config) -> Result<u32> {
        Ok(self.held.add(IntegerNetwork::new(config, numbers)?))
    }

    pub(crate) fn find(&self, id: u32) -> Result<&IntegerNetwork> {
        self.held.get(id).ok_or_else(|| unknown(id))
    }

    /// Makes a network of a configuration and whole numbers and returns its number.
    ///
    /// # Errors
    /// The errors of [`crate::Session::open_integers`].
    pub fn open(&mut self, config: &str, numbers: &[f64]) -> Result<u32> {
        guard(|| self.open_for(numbers, &Config::from_json(config)?))
    }

    /// Answers to samples: the offsets, times and units that [`crate::Session::spikes`] gives.
    ///
    /// # Errors
    /// The errors of [`crate::Session::predict_integers`].
    pub fn predict(
        &self,
        id: u32,
        (offsets, times, units): (Vec<u32>, Vec<u16>, Vec<u32>),
    ) -> Result<IntegerPrediction> {
        guard(|| {
            let network = self.find(id)?;
            let inputs = network.model().inputs;
            let trains = SpikeTrains::from_parts(&offsets, (times, units, None), network.steps(), inputs, "events")?;
            let data = Dataset::new(trains, Targets::None, 0)?;
            IntegerPrediction::from_core(network.predict(&data, 0..data.len())?)
        })
    }

    /// The bytes of a model file; `trained_on` is JSON of what [`crate::Session::info`] tells.
    ///
    /// # Errors
    /// The errors of [`crate::Session::export_integers`].
    pub fn export(&self, id: u32, trained_on: Option<&str>) -> Result<Vec<u8>> {
        guard(|| {
            let data = trained_on.map(TrainedOn::from_json).transpose()?;
            write_integers(self.find(id)?, data.as_ref().map(to_json).as_deref())
        })
    }

    /// Frees a network.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown network.
    pub fn close(&mut self, id: u32) -> Result<()> {
        self.held.remove(id).map(drop).ok_or_else(|| unknown(id))
    }
}

fn unknown(id: u32) -> Error {
    Error::shape("integers", format!("there is no network {id}: it was never opened, or closed"))
}
