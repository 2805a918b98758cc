//! What a rule asks of a backward pass besides the plain recurrences.

use crate::TILE;

/// Which paths through the reset carry gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ResetPath {
    /// None.
    #[default]
    Ignore,
    /// All.
    Full,
    /// Paths at steps with `|V − threshold|` up to this.
    Window(f32),
    /// Paths to states up to this many steps later, at least 1.
    Lag(u32),
}

impl ResetPath {
    /// m at a distance from the threshold.
    pub(crate) fn carries(self, distance: f32) -> bool {
        match self {
            Self::Ignore => false,
            Self::Full | Self::Lag(_) => true,
            Self::Window(width) => distance <= width,
        }
    }

    pub(crate) fn lag(self) -> usize {
        if let Self::Lag(lag) = self { lag as usize } else { 0 }
    }
}

/// What is added to E of each unit at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ActivityError<'a> {
    /// Nothing.
    #[default]
    None,
    /// One value for all units.
    Same {
        /// What is added.
        value: f32,
        /// Lanes in use, a bit for each.
        units: u64,
    },
    /// A number for each.
    ByLane {
        /// dL/dS of each lane, 0 in lanes that are not in use.
        gradient: &'a [f32],
        /// What it is multiplied by.
        factor: f32,
    },
}

impl ActivityError<'_> {
    /// Whether nothing is added.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// What is added to E of each lane of a tile.
    // One copy for all instances of the backward pass.
    #[inline(never)]
    pub(crate) fn lanes(&self) -> [f32; TILE] {
        std::array::from_fn(|lane| self.at(lane))
    }

    /// What is added to E of a lane.
    pub(crate) fn at(&self, lane: usize) -> f32 {
        match *self {
            Self::None => 0.0,
            Self::Same { value, units } => {
                if units >> lane & 1 == 1 {
                    value
                } else {
                    0.0
                }
            }
            Self::ByLane { gradient, factor } => gradient.get(lane).map_or(0.0, |gradient| factor * gradient),
        }
    }
}

/// Terms of a pass beyond the plain recurrences. By default there are none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BackwardTerms<'a> {
    /// Path of the activation part through the reset.
    pub activation_path: ResetPath,
    /// Path of the timing part through the reset.
    pub timing_path: ResetPath,
    /// λ_act · scale, the factor of E.
    pub factor: f32,
    /// What activity terms add to E.
    pub activity: ActivityError<'a>,
    /// Whether a spike's effect on the neuron's own states carries gradient.
    pub adaptation_path: bool,
    /// Steps after a spike in which a lane is blocked; [`crate::FIRES_ONCE`] for all.
    pub refractory: u32,
    /// b of each lane; read by paths through the reset.
    pub bias: &'a [f32],
}

impl BackwardTerms<'_> {
    /// Whether no path leads through the reset and no lane is blocked.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.activation_path == ResetPath::Ignore && self.timing_path == ResetPath::Ignore && self.refractory == 0
    }
}

/// What a pass computes on its way, `[step · stride + offset + lane]` as in [`crate::BackwardOutput`].
#[derive(Debug)]
pub struct ObservedBackward<'a> {
    /// The activation part of G.
    pub activation: &'a mut [f32],
    /// The timing part of G.
    pub timing: &'a mut [f32],
    /// What the reset path takes from dL/dS.
    pub reset_error: &'a mut [f32],
    /// What the reset path takes from dL/dT, at spikes.
    pub reset_slope: &'a mut [f32],
}
