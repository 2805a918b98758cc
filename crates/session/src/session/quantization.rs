//! Networks of whole numbers, and what those elsewhere need of a session.

use std::ops::Range;

use spikelet_config::Result;
use spikelet_io::write_integers;

use super::Session;
use crate::integers::conversion;
use crate::status::to_json;
use crate::wire::{Events, IntegerPrediction};

impl Session {
    /// Converts the network to whole numbers, with shifts by `count` samples from `start` on: the numbers of
    /// [`spikelet_quantization::Integers`], one after the other. 0 `weight_bits` are those that the network is trained for, or 8.
    ///
    /// # Errors
    /// `CONFIG_INVALID` with the path of what has no form in whole numbers, for settings out of range, and at `stateBits` for states that
    /// do not fit; `SHAPE_MISMATCH` for no samples and samples that do not exist.
    pub fn quantize(
        &mut self,
        dataset: u32,
        start: u32,
        count: u32,
        state_bits: u32,
        weight_bits: u32,
        percentile: f64,
    ) -> Result<Vec<f64>> {
        self.change(|session| {
            let data = session.datasets.find("dataset", dataset)?;
            session.trainer.quantize(data, range(start, count), conversion(state_bits, weight_bits, percentile))
        })
    }

    /// Makes a network of the session's configuration and whole numbers, as [`Session::quantize`] gives them, and returns its number.
    ///
    /// # Errors
    /// `DATA_FORMAT`, `CONFIG_INVALID` and `SHAPE_MISMATCH` with the path of what does not fit.
    pub fn open_integers(&mut self, integers: &[f64]) -> Result<u32> {
        self.change(|session| session.integers.open_for(integers, session.trainer.config()))
    }

    /// Answers of a network of whole numbers to `count` samples from `start` on, each over all steps.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown network and samples that do not exist, `DATA_FORMAT` for events with values, `CONFIG_INVALID` where
    /// there is no memory for the answers.
    pub fn predict_integers(
        &mut self,
        integers: u32,
        dataset: u32,
        start: u32,
        count: u32,
    ) -> Result<IntegerPrediction> {
        self.change(|session| {
            let network = session.integers.find(integers)?;
            let data = session.datasets.find("dataset", dataset)?;
            IntegerPrediction::from_core(network.predict(data, range(start, count))?)
        })
    }

    /// The bytes of a model file of a network of whole numbers.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown network, `CONFIG_INVALID` where there is no memory for the file.
    pub fn export_integers(&mut self, integers: u32) -> Result<Vec<u8>> {
        self.change(|session| {
            let data = session.trained_on.as_ref().map(to_json);
            write_integers(session.integers.find(integers)?, data.as_deref())
        })
    }

    /// Frees a network of whole numbers.
    ///
    /// # Errors
    /// `SHAPE_MISMATCH` for an unknown network.
    pub fn close_integers(&mut self, integers: u32) -> Result<()> {
        self.change(|session| session.integers.close(integers))
    }

    /// What [`crate::convert_measured`] converts to whole numbers.
    ///
    /// # Errors
    /// The errors of [`Session::quantize`] but for those of its settings.
    pub fn measure(&mut self, dataset: u32, start: u32, count: u32) -> Result<Vec<f64>> {
        self.change(|session| {
            let data = session.datasets.find("dataset", dataset)?;
            session.trainer.measure(data, range(start, count))
        })
    }

    /// Samples for [`crate::IntegerNetworks::predict`].
    ///
    /// # Errors
    /// The errors of [`Session::predict_integers`] that tell of the data.
    pub fn spikes(&mut self, dataset: u32, start: u32, count: u32) -> Result<Events> {
        self.change(|session| {
            let data = session.datasets.find("dataset", dataset)?;
            Events::from_trains(spikelet_quantization::spikes(data, range(start, count))?)
        })
    }
}

fn range(start: u32, count: u32) -> Range<usize> {
    start as usize..(start as usize).saturating_add(count as usize)
}
