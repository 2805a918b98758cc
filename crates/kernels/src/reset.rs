//! What a spike does to the state that is carried to the next step (spec 10.2).
//!
//! ```text
//! all                  I[t] → 0,  V[t] → 0
//! membrane             V[t] → 0
//! subtract             V[t] → V[t] − threshold
//! subtractAfterDecay   V[t] → V[t] − threshold / αᵥ          αᵥ V[t] − threshold at the next step
//! none                 V[t] → V[t]
//! ```

/// The reset of a neuron.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reset {
    /// Current and membrane go to 0.
    #[default]
    All,
    /// The membrane goes to 0.
    Membrane,
    /// The threshold is subtracted from the membrane.
    Subtract,
    /// The threshold is subtracted from the membrane after its decay.
    SubtractAfterDecay,
    /// Current and membrane continue.
    None,
}

impl Reset {
    /// Whether the membrane continues after a spike, less its threshold or not: gᵥ = 1.
    #[must_use]
    #[inline(always)]
    pub const fn keeps_membrane(self) -> bool {
        !matches!(self, Self::All | Self::Membrane)
    }

    /// How many times its threshold a spike takes from a membrane that continues.
    #[must_use]
    #[inline(always)]
    pub fn drop(self, membrane_decay: f32) -> f32 {
        match self {
            Self::All | Self::Membrane | Self::Subtract => 1.0,
            // Lanes without a unit have a decay of 0.
            Self::SubtractAfterDecay if membrane_decay > 0.0 => 1.0 / membrane_decay,
            Self::SubtractAfterDecay | Self::None => 0.0,
        }
    }

    /// c: what is carried on of the membrane V of a unit that fired.
    #[inline(always)]
    pub(crate) fn carried(self, membrane: f32, threshold: f32, membrane_decay: f32) -> f32 {
        if self.keeps_membrane() { membrane - threshold * self.drop(membrane_decay) } else { 0.0 }
    }
}
