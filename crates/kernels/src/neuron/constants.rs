//! Constants of neurons: those that all lanes share, and those that each has for itself (spec 1.1, 10.1, 10.3).

use crate::Reset;

/// Constants of the neuron in single precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LifConstants {
    /// αᵢ, decay of the current per step.
    pub current_decay: f32,
    /// αᵥ, decay of the membrane per step.
    pub membrane_decay: f32,
    /// γ, the drive of a unit weight as it reaches the membrane.
    pub drive_gain: f32,
    /// Membrane at which a unit fires.
    pub threshold: f32,
    /// What a spike does.
    pub reset: Reset,
}

/// Constants that each lane has for itself, `[lane]` each.
#[derive(Clone, Copy, Debug)]
pub struct LaneConstants<'a> {
    /// αᵢ.
    pub current_decay: &'a [f32],
    /// αᵥ.
    pub membrane_decay: &'a [f32],
    /// γ, also the unit of q and r that a backward pass leaves.
    pub drive_gain: &'a [f32],
    /// β_b, the unit of Σ p that a backward pass leaves.
    pub bias_gain: &'a [f32],
    /// Threshold without adaptation.
    pub threshold: &'a [f32],
    /// ρ.
    pub adaptation_decay: &'a [f32],
    /// κ.
    pub adaptation_strength: &'a [f32],
}

impl LaneConstants<'_> {
    /// The constants of one lane.
    pub(crate) fn at(&self, lane: usize, reset: Reset) -> LifConstants {
        LifConstants {
            current_decay: self.current_decay[lane],
            membrane_decay: self.membrane_decay[lane],
            drive_gain: self.drive_gain[lane],
            threshold: self.threshold[lane],
            reset,
        }
    }
}
