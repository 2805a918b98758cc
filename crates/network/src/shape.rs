//! Sizes of layers and of their parameters.

use spikelet_config::Image;

/// Size of a layer with neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerShape {
    /// Weights of a unit: the units of the previous layer and, in a recurrent layer, then those of this layer; in a convolution
    /// channels × kernel × kernel.
    pub inputs: usize,
    /// Units of this layer.
    pub units: usize,
    /// Units that have weights of their own: all, or the channels of a convolution.
    pub filters: usize,
    /// Whether the layer is recurrent.
    pub recurrent: bool,
    /// Whether its units fire; otherwise their output is their membrane.
    pub fires: bool,
    /// Size of a convolution's output.
    pub image: Option<Image>,
    /// Side of a convolution's kernel.
    pub kernel: Option<usize>,
}

impl LayerShape {
    /// `[units, inputs]`, or `[channels, channels of the previous layer, kernel, kernel]`.
    #[must_use]
    pub fn weight_shape(&self) -> Vec<usize> {
        match self.kernel {
            None => vec![self.units, self.inputs],
            Some(kernel) => vec![self.filters, self.inputs / (kernel * kernel), kernel, kernel],
        }
    }

    /// Whether units share their weights.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kernel.is_some()
    }

    /// Units of the previous layer, in a layer that is not a convolution.
    pub(crate) fn previous_units(&self) -> usize {
        if self.recurrent { self.inputs - self.units } else { self.inputs }
    }

    /// Number of weights.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.inputs * self.filters
    }
}
