//! What a spike does to the state that is carried to the next step (spec 10.2).
//!
//! ```text
//! all        I[t] → 0,  V[t] → 0
//! membrane   V[t] → 0
//! subtract   V[t] → V[t] − threshold
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
}

impl Reset {
    /// c: what is carried on of the membrane V of a unit that fired.
    pub(crate) fn carried(self, membrane: f32, threshold: f32) -> f32 {
        match self {
            Self::All | Self::Membrane => 0.0,
            Self::Subtract => membrane - threshold,
        }
    }
}
