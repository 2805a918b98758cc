//! Input and result of a loss for one sample.

use spikelet_network::events::LayerSpikes;
use spikelet_network::output_summary::OutputSummary;

use crate::loss_parts::LossParts;
use crate::regularizer::{Activity, ActivityTerm};

/// dL/dS of the outputs, or dL/dy of a readout.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum SpikeGradient {
    /// None at any step.
    #[default]
    Zero,
    /// One value at every simulated step, `[output]`.
    Constant(Vec<f32>),
    /// `[step][output]`; of a readout dL/dy.
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
    /// The regularisers' part of each layer, none at the output.
    pub(crate) activity: Vec<ActivityTerm>,
    /// The loss by parts, not divided by the batch size.
    pub(crate) parts: LossParts,
}

/// Input of a loss: one sample.
#[derive(Clone, Copy)]
pub(crate) struct Output<'a> {
    pub(crate) spikes: LayerSpikes<'a>,
    pub(crate) summary: &'a OutputSummary,
    /// Configured steps T.
    pub(crate) steps: usize,
    /// Samples in the batch B.
    pub(crate) batch: usize,
    /// What the regularisers see.
    pub(crate) activity: Activity<'a>,
}
