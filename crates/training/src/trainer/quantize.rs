//! Conversion of the network to whole numbers.

use std::ops::Range;

use spikelet_config::{Error, Result};
use spikelet_data::Dataset;
use spikelet_quantization::{Conversion, FloatNetwork, LayerMaxima, calibrate, convert, measured};

use super::Trainer;
use super::inspect::indices;
use crate::memory::Work;

impl Trainer {
    /// The parameters with which the network predicts, as the conversion to whole numbers reads them.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of what has no form in whole numbers.
    pub fn float_network(&self) -> Result<FloatNetwork> {
        let mut parameters = Vec::new();
        for layer in 0..self.network.neurons() {
            parameters.push(self.layer_parameters(layer)?);
        }
        FloatNetwork::new(&self.config, &parameters)
    }

    /// Largest states of each layer on the samples `range`.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ShapeMismatch`] for no samples and for a range outside the data, [`crate::ErrorCode::ConfigInvalid`] where there
    /// is no memory for the states.
    pub fn calibrate(
        &mut self,
        floats: &FloatNetwork,
        data: &Dataset,
        range: Range<usize>,
    ) -> Result<Vec<LayerMaxima>> {
        let samples = indices(data, &range)?;
        if samples.is_empty() {
            return Err(Error::shape("calibration", "must have at least 1 sample"));
        }
        self.require_room(Work::Gradients, 1)?;
        let level = self.level();
        Ok(self.predicting(|trainer| calibrate(level, &trainer.network, floats, data, &samples)))
    }

    /// Converts the network to whole numbers, with shifts by the samples `range` (spec 20.3); they stand one after the other, as
    /// [`spikelet_quantization::Integers`] tells.
    ///
    /// # Errors
    /// The errors of [`Trainer::float_network`], [`Trainer::calibrate`] and [`convert`].
    pub fn quantize(&mut self, data: &Dataset, range: Range<usize>, conversion: Conversion) -> Result<Vec<f64>> {
        let floats = self.float_network()?;
        let maxima = self.calibrate(&floats, data, range)?;
        convert(&floats, &maxima, conversion)
    }

    /// What [`Trainer::quantize`] reads of the network and of its states on the samples `range`, for [`spikelet_quantization::convert_measured`].
    ///
    /// # Errors
    /// The errors of [`Trainer::float_network`] and [`Trainer::calibrate`].
    pub fn measure(&mut self, data: &Dataset, range: Range<usize>) -> Result<Vec<f64>> {
        let floats = self.float_network()?;
        let maxima = self.calibrate(&floats, data, range)?;
        Ok(measured(&floats, &maxima))
    }
}
