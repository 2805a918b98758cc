//! Sizes of layers and of their parameters.

use spikelet_config::Image;

/// Size of a layer with neurons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerShape {
    /// Weights of a unit: the units of the previous layer and, in a recurrent layer, then those of this layer; in a convolution
    /// channels of a group × taps of the kernel.
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
    /// Size of a convolution's kernel.
    pub kernel: Option<Kernel>,
}

/// Size of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Rows; one in a convolution of sequences.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Whether the convolution is one of sequences.
    pub is_of_sequence: bool,
}

impl Kernel {
    /// `[height, width]`, or `[length]`.
    #[must_use]
    pub fn sizes(self) -> Vec<usize> {
        if self.is_of_sequence { vec![self.width] } else { vec![self.height, self.width] }
    }
}

impl LayerShape {
    /// `[units, inputs]`, or `[channels, channels of a group of the previous layer]` and [`Kernel::sizes`].
    #[must_use]
    pub fn weight_shape(&self) -> Vec<usize> {
        let mut shape = vec![self.filters, self.inputs];
        for size in self.kernel.map(Kernel::sizes).unwrap_or_default() {
            shape[1] /= size;
            shape.push(size);
        }
        shape
    }

    /// Whether units share their weights.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kernel.is_some()
    }

    /// The unit or channel with parameters of its own that a filter of one of the layer's connections belongs to: a one-to-one connection
    /// by unit has a weight for each unit of a channel.
    pub(crate) fn owner(&self, filter: usize, connection: &Self) -> usize {
        filter * self.filters / connection.filters
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
