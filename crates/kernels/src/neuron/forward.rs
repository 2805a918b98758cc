//! What the loops forward in time ask of a neuron.

use std::ops::Range;

use fearless_simd::prelude::*;

use super::constants::{LaneConstants, Lif};
use crate::Reset;
use crate::lanes::{flush, load, store};

/// J and V after reset.
#[derive(Clone, Copy)]
pub(crate) struct LifState<S: Simd, const K: usize> {
    pub(crate) current: [S::f32s; K],
    pub(crate) membrane: [S::f32s; K],
}

impl<S: Simd, const K: usize> LifState<S, K> {
    #[inline(always)]
    pub(crate) fn load(simd: S, current: &[f32], membrane: &[f32]) -> Self {
        Self { current: load::<S, K>(simd, current), membrane: load::<S, K>(simd, membrane) }
    }

    #[inline(always)]
    pub(crate) fn store(&self, current: &mut [f32], membrane: &mut [f32]) {
        store::<S, K>(&self.current, current);
        store::<S, K>(&self.membrane, membrane);
    }

    #[inline(always)]
    pub(crate) fn flush(&mut self, simd: S) {
        flush::<S, K>(simd, &mut self.current);
        flush::<S, K>(simd, &mut self.membrane);
    }
}

/// Step forward of `K` vectors of units. The loops over time are generic in it.
pub(crate) trait Neuron<S: Simd, const K: usize>: Copy {
    /// State that is carried from one step to the next.
    type State;

    /// Loads the state of a group of lanes from J and V, `[lane]`, and the neuron's own arrays, `[state][lane]`.
    fn load(simd: S, state: [&[f32]; 3], lanes: usize, group: Range<usize>) -> Self::State;
    /// Stores the state where [`Neuron::load`] takes it from.
    fn store(state: &Self::State, to: [&mut [f32]; 3], lanes: usize, group: Range<usize>);

    /// Constants of vector `k` that a LIF has.
    fn lif(&self, k: usize) -> &Lif<S>;
    /// J and V, before reset between [`Neuron::settle`] and [`Neuron::reset`].
    fn units<'a>(&self, state: &'a mut Self::State) -> &'a mut LifState<S, K>;

    /// Decays what decays before the input of the step arrives.
    #[inline(always)]
    fn decay(&self, state: &mut Self::State) {
        let current = &mut self.units(state).current;
        for k in 0..K {
            current[k] *= self.lif(k).current_decay;
        }
    }
    /// Adds the input of the step.
    #[inline(always)]
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]) {
        let current = &mut self.units(state).current;
        for k in 0..K {
            current[k] += drive[k] * self.lif(k).drive_gain;
        }
    }
    /// Takes the membrane to the step, with the drive of its bias.
    fn settle(&self, simd: S, state: &mut Self::State, bias: &[S::f32s; K]);
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
