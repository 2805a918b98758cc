//! Constants of neurons: those that all lanes share, and those that each has for itself (spec 1.1, 10.1).

use fearless_simd::prelude::*;

use super::NeuronKind;
use crate::Reset;
use crate::lanes::load;

/// Constants of a leaky integrate-and-fire neuron in single precision.
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

impl LifConstants {
    /// c: what is carried on of the membrane V of a unit that fired.
    #[inline(always)]
    pub(crate) fn carried(&self, membrane: f32, threshold: f32) -> f32 {
        self.reset.carried(membrane, threshold, self.membrane_decay)
    }

    /// How many times its threshold a spike takes from a membrane that continues.
    #[inline(always)]
    pub(crate) fn drop(&self) -> f32 {
        self.reset.drop(self.membrane_decay)
    }
}

/// Numbers of the constants that every lane has; a neuron's own follow from [`constant::OWN`] on.
pub mod constant {
    /// αᵢ.
    pub const CURRENT_DECAY: usize = 0;
    /// αᵥ.
    pub const MEMBRANE_DECAY: usize = 1;
    /// γ, also the unit of q and r that a backward pass leaves.
    pub const DRIVE_GAIN: usize = 2;
    /// β_b, the unit of Σ p that a backward pass leaves.
    pub const BIAS_GAIN: usize = 3;
    /// Threshold without adaptation.
    pub const THRESHOLD: usize = 4;
    /// First constant of the neuron's own.
    pub const OWN: usize = 5;
}

/// Constants that each lane has for itself.
#[derive(Clone, Copy, Debug)]
pub struct LaneConstants<'a> {
    /// The neuron.
    pub kind: NeuronKind,
    /// `[constant][lane]`.
    pub values: &'a [f32],
    /// Number of lanes.
    pub lanes: usize,
    /// What a spike does.
    pub reset: Reset,
}

impl<'a> LaneConstants<'a> {
    /// One constant, `[lane]`.
    #[inline(always)]
    #[must_use]
    pub fn of(&self, constant: usize) -> &'a [f32] {
        &self.values[constant * self.lanes..][..self.lanes]
    }

    /// The constants of one lane that a LIF has.
    pub(crate) fn at(&self, lane: usize) -> LifConstants {
        LifConstants {
            current_decay: self.of(constant::CURRENT_DECAY)[lane],
            membrane_decay: self.of(constant::MEMBRANE_DECAY)[lane],
            drive_gain: self.of(constant::DRIVE_GAIN)[lane],
            threshold: self.of(constant::THRESHOLD)[lane],
            reset: self.reset,
        }
    }
}

/// The constants of a LIF in registers: those that all lanes share, or those of one vector of lanes.
#[derive(Clone, Copy)]
pub(crate) struct Lif<S: Simd> {
    pub(crate) current_decay: S::f32s,
    pub(crate) membrane_decay: S::f32s,
    pub(crate) drive_gain: S::f32s,
    pub(crate) threshold: S::f32s,
    /// How many times its threshold a spike takes from a membrane that continues.
    pub(crate) drop: S::f32s,
}

impl<S: Simd> Lif<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, constants: &LifConstants) -> Self {
        let splat = |value| S::f32s::splat(simd, value);
        Self {
            current_decay: splat(constants.current_decay),
            membrane_decay: splat(constants.membrane_decay),
            drive_gain: splat(constants.drive_gain),
            threshold: splat(constants.threshold),
            drop: splat(constants.drop()),
        }
    }

    /// Constants of one vector of lanes, from lane `first` on.
    #[inline(always)]
    pub(crate) fn by_lane(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        let at = |values: &[f32]| load::<S, 1>(simd, &values[first..first + S::f32s::LEN])[0];
        let membrane_decay = at(lanes.of(constant::MEMBRANE_DECAY));
        Self {
            current_decay: at(lanes.of(constant::CURRENT_DECAY)),
            membrane_decay,
            drive_gain: at(lanes.of(constant::DRIVE_GAIN)),
            threshold: at(lanes.of(constant::THRESHOLD)),
            drop: drops(simd, lanes.reset, membrane_decay),
        }
    }

    /// Constants of `K` vectors of lanes, in a loop: `array::from_fn` is not always inlined.
    #[inline(always)]
    pub(crate) fn vectors<const K: usize>(simd: S, lanes: &LaneConstants<'_>, first: usize) -> [Self; K] {
        let mut vectors = [Self::by_lane(simd, lanes, first); K];
        for k in 1..K {
            vectors[k] = Self::by_lane(simd, lanes, first + k * S::f32s::LEN);
        }
        vectors
    }
}

/// [`Reset::drop`] of one vector of lanes.
#[inline(always)]
fn drops<S: Simd>(simd: S, reset: Reset, membrane_decay: S::f32s) -> S::f32s {
    if reset != Reset::SubtractAfterDecay {
        return S::f32s::splat(simd, reset.drop(1.0));
    }
    let (zero, one) = (S::f32s::splat(simd, 0.0), S::f32s::splat(simd, 1.0));
    membrane_decay.simd_gt(zero).select(one / membrane_decay, zero)
}
