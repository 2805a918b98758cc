//! Data sets once they are drawn.

use spikelet_data::{SpikeTrains, Targets};

/// A generated data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The samples.
    pub inputs: GeneratedInputs,
    /// Targets.
    pub targets: Targets,
}

/// Samples before or after an encoding.
#[derive(Clone, Debug, PartialEq)]
pub enum GeneratedInputs {
    /// Values in 0..1, `[sample][unit]`.
    Values(Vec<f32>),
    /// Spikes.
    Trains(SpikeTrains),
}
