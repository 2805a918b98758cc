//! Neurons. One file for each kind: its equations, its step forward, its step back, its gradients, and a plain twin of all of it.

mod adlif;
mod alif;
mod constants;
mod forward;
mod kept;
mod lif;
mod plain;
mod step_back;

pub(crate) use adlif::Adlif;
pub(crate) use alif::Alif;
pub(crate) use constants::Lif;
pub use constants::{LaneConstants, LifConstants, constant};
pub(crate) use forward::{LaneNeuron, LifState, Neuron};
pub(crate) use kept::Kept;
pub(crate) use lif::LifAdjoints;
pub(crate) use plain::{LaneAdjoints, LaneKept, MAX_OWN, PlainNeuron, PlainSums};
pub(crate) use step_back::{Adjoints, StepBack, reached, within};

/// Numbers of the constants that a neuron has beside those of [`constant`], from [`constant::OWN`] on.
pub mod own {
    pub use super::adlif::constant as adlif;
    pub use super::alif::constant as alif;
}

/// Neurons whose lanes have constants of their own. A LIF with such constants is an [`NeuronKind::Alif`] of strength 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NeuronKind {
    /// LIF with a threshold that adapts.
    #[default]
    Alif,
    /// LIF with an adaptation current.
    Adlif,
}

/// Calls `$run` with the type of a neuron, `$neuron<S, K>`.
macro_rules! with_neuron {
    ($kind:expr, $neuron:ident => $run:expr) => {
        match $kind {
            $crate::NeuronKind::Alif => {
                use $crate::neuron::Alif as $neuron;
                $run
            }
            $crate::NeuronKind::Adlif => {
                use $crate::neuron::Adlif as $neuron;
                $run
            }
        }
    };
}
pub(crate) use with_neuron;

impl NeuronKind {
    /// Number of constants of a lane.
    #[must_use]
    pub const fn constants(self) -> usize {
        constant::OWN
            + match self {
                Self::Alif => alif::constant::COUNT,
                Self::Adlif => adlif::constant::COUNT,
            }
    }

    /// Number of arrays of state beside J and V.
    #[must_use]
    pub const fn states(self) -> usize {
        match self {
            Self::Alif => 1,
            Self::Adlif => 2,
        }
    }

    /// Whether [`crate::QuietBound`] tells which units can still fire without input.
    #[must_use]
    pub const fn has_bound(self) -> bool {
        matches!(self, Self::Alif)
    }

    /// Whether a pass without further terms has an instance of its own in WebAssembly, which is to stay small.
    pub(crate) const fn is_common(self) -> bool {
        matches!(self, Self::Alif)
    }

    /// Number of adjoints beside p and q.
    #[must_use]
    pub const fn adjoints(self) -> usize {
        match self {
            Self::Alif => 1,
            Self::Adlif => 2,
        }
    }
}

impl LaneConstants<'_> {
    /// θ of a lane from its own states, which `trace` has at `at`.
    pub(crate) fn threshold_at(&self, lane: usize, trace: &[f32], at: usize) -> f32 {
        match self.kind {
            NeuronKind::Alif => alif::threshold(self, lane, trace[at]),
            NeuronKind::Adlif => self.of(constant::THRESHOLD)[lane],
        }
    }

    /// Fall of the threshold of a lane from the step at `at` of `trace` to the next, as V' counts it.
    pub(crate) fn threshold_fall(&self, lane: usize, trace: &[f32], at: usize) -> f32 {
        match self.kind {
            NeuronKind::Alif => alif::threshold_fall(self, lane, trace[at]),
            NeuronKind::Adlif => 0.0,
        }
    }
}

/// The plain twin of the neuron of a lane.
pub(crate) fn plain(shared: &LifConstants, by_lane: Option<LaneConstants<'_>>, lane: usize) -> Box<dyn PlainNeuron> {
    match by_lane {
        None => Box::new(lif::PlainLif(*shared)),
        Some(lanes) => match lanes.kind {
            NeuronKind::Alif => Box::new(alif::plain(&lanes, lane)),
            NeuronKind::Adlif => Box::new(adlif::plain(&lanes, lane)),
        },
    }
}
