//! What a loss is told about one sample and what it answers.

use crate::events::LayerSpikes;
use crate::readout::Readout;
use crate::shape::LayerShape;

/// dL/dS of the outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum SpikeGradient {
    /// None at any step.
    #[default]
    Zero,
    /// The same at every simulated step, `[output]`.
    Constant(Vec<f32>),
    /// `[step][output]`.
    Dense(Vec<f32>),
}

/// A loss and its derivatives at the output, for one sample.
#[derive(Clone, Debug, Default)]
pub(crate) struct OutputGradient {
    pub(crate) spike: SpikeGradient,
    /// dL/dT of each output spike, in order of `(step, output)`.
    pub(crate) timing: Vec<f32>,
    /// Step from which on nothing has a gradient.
    pub(crate) end: usize,
    /// dL/dS of each layer's units at every simulated step, besides what comes from above; 0 at the output.
    pub(crate) hidden: Vec<f32>,
    pub(crate) value: LossValue,
}

/// The loss of one sample by parts, not divided by the batch size.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LossValue {
    /// The main term.
    pub(crate) main: f64,
    /// Penalty of a silent labelled unit.
    pub(crate) silent_target_penalty: f64,
    /// Count term of the latency loss.
    pub(crate) target_count: f64,
    /// Spikes per unit of hidden layers outside their bounds.
    pub(crate) rate_bounds: f64,
    /// Spikes of hidden layers.
    pub(crate) spike_penalty: f64,
}

impl LossValue {
    pub(crate) fn total(&self) -> f64 {
        self.main + self.silent_target_penalty + self.target_count + self.rate_bounds + self.spike_penalty
    }
}

/// What a loss is told about a sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'a> {
    pub(crate) spikes: LayerSpikes<'a>,
    pub(crate) readout: &'a Readout,
    /// Configured steps T.
    pub(crate) steps: usize,
    /// Samples in the batch B.
    pub(crate) batch: usize,
    /// Spikes of each spiking layer.
    pub(crate) totals: &'a [u64],
    pub(crate) shapes: &'a [LayerShape],
}
