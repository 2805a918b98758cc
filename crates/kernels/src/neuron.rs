//! Neurons: their step forward and backward. One file for each kind, with its equation on top.

mod alif;
mod constants;
mod lif;

use std::ops::Range;

use fearless_simd::prelude::*;

pub(crate) use alif::Alif;
pub use constants::{LaneConstants, LifConstants};
pub(crate) use lif::{Lif, LifAdjoints};

use crate::Reset;

/// Forward step of `K` vectors of units. The loop over time is generic in it.
pub(crate) trait Neuron<S: Simd, const K: usize>: Copy {
    /// State that is carried from one step to the next.
    type State;

    /// The state of a group of lanes from J, V and a, `[lane]` each; what the neuron does not have may be empty.
    fn load(simd: S, state: [&[f32]; 3], group: Range<usize>) -> Self::State;
    /// Puts it back.
    fn store(state: &Self::State, to: [&mut [f32]; 3], group: Range<usize>);

    /// The state decays.
    fn decay(&self, state: &mut Self::State);
    /// The input of the step arrives.
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]);
    /// The membrane takes the step, with the drive of its bias.
    fn settle(&self, state: &mut Self::State, bias: &[S::f32s; K]);
    /// J before reset.
    fn current(&self, state: &Self::State) -> [S::f32s; K];
    /// V before reset.
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K];
    /// a of the step.
    #[inline(always)]
    fn adaptation(&self, _state: &Self::State) -> Option<[S::f32s; K]> {
        None
    }
    /// How far the threshold falls in a step, from a of the step before.
    #[inline(always)]
    fn threshold_fall(&self, simd: S, _before: [S::f32s; K]) -> [S::f32s; K] {
        [S::f32s::splat(simd, 0.0); K]
    }
    /// The threshold of vector `k` without what spikes add to it.
    fn min_threshold(&self, k: usize) -> S::f32s;
    /// Whether any lane reaches its threshold.
    fn fires(&self, state: &Self::State) -> bool;
    /// Resets the lanes at or above their threshold, and returns their bits.
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64;
    /// The threshold of the next step, with the lanes that fired.
    #[inline(always)]
    fn adapt(&self, _simd: S, _state: &mut Self::State, _fired: u64) {}
    /// Flushes what is small.
    fn flush(&self, simd: S, state: &mut Self::State);
}
