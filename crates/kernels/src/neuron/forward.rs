//! What the loops forward in time ask of a neuron.

use std::ops::Range;

use fearless_simd::prelude::*;

use super::constants::LaneConstants;
use crate::Reset;

/// Step forward of `K` vectors of units. The loops over time are generic in it.
pub(crate) trait Neuron<S: Simd, const K: usize>: Copy {
    /// State that is carried from one step to the next.
    type State;

    /// Loads the state of a group of lanes from J and V, `[lane]`, and the neuron's own arrays, `[state][lane]`.
    fn load(simd: S, state: [&[f32]; 3], lanes: usize, group: Range<usize>) -> Self::State;
    /// Stores the state where [`Neuron::load`] takes it from.
    fn store(state: &Self::State, to: [&mut [f32]; 3], lanes: usize, group: Range<usize>);

    /// Decays what decays before the input of the step arrives.
    fn decay(&self, state: &mut Self::State);
    /// Adds the input of the step.
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]);
    /// Takes the membrane to the step, with the drive of its bias.
    fn settle(&self, simd: S, state: &mut Self::State, bias: &[S::f32s; K]);
    /// J before reset.
    fn current(&self, state: &Self::State) -> [S::f32s; K];
    /// V before reset.
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K];
    /// Keeps the neuron's own state before the reset of a step in `trace`, `[state][step][lane]`, at `at` of each state; states are
    /// `stride` apart.
    #[inline(always)]
    fn trace_own(&self, _state: &Self::State, _trace: &mut [f32], _stride: usize, _at: usize) {}
    /// Fall of the threshold since the step that `trace` has at `at`, as V' counts it; `None`: there is none.
    #[inline(always)]
    fn threshold_fall(&self, _simd: S, _trace: &[f32], _at: usize) -> Option<[S::f32s; K]> {
        None
    }
    /// Threshold of vector `k` without what spikes add to it.
    fn min_threshold(&self, k: usize) -> S::f32s;
    /// Whether any lane reaches its threshold.
    fn fires(&self, state: &Self::State) -> bool;
    /// Resets the lanes at or above their threshold, and returns their bits.
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64;
    /// Takes the neuron's own state to the next step, with the bits of the lanes that fired.
    #[inline(always)]
    fn adapt(&self, _simd: S, _state: &mut Self::State, _fired: u64) {}
    /// Flushes what is small.
    fn flush(&self, simd: S, state: &mut Self::State);
}

/// A neuron whose lanes have constants of their own.
pub(crate) trait LaneNeuron<S: Simd, const K: usize>: Neuron<S, K> {
    /// Loads the constants of the lanes from `first` on.
    fn by_lane(simd: S, constants: &LaneConstants<'_>, first: usize) -> Self;
}
