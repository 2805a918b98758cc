//! What a unit does with what reaches it, forward and backward. One file for each kind, with its equation on top.

mod lif;

use fearless_simd::prelude::*;

pub use lif::LifConstants;
pub(crate) use lif::{Lif, LifAdjoints, LifState};

use crate::Reset;

/// Step of `K` vectors of units, forward and backward. The loops over time are generic in it.
pub(crate) trait Neuron<S: Simd, const K: usize>: Copy {
    /// What is carried from a step to the next.
    type State;
    /// What is carried from a step back to the one before.
    type Adjoints: Copy;

    /// The state decays.
    fn decay(&self, state: &mut Self::State);
    /// The input of the step arrives.
    fn receive(&self, state: &mut Self::State, drive: &[S::f32s; K]);
    /// The membrane takes the step, with the drive of its bias.
    fn settle(&self, state: &mut Self::State, bias: &[S::f32s; K]);
    /// V before reset.
    fn membrane<'a>(&self, state: &'a mut Self::State) -> &'a mut [S::f32s; K];
    /// Whether any lane reaches its threshold.
    fn fires(&self, state: &Self::State) -> bool;
    /// Resets the lanes at or above their threshold, and returns their bits.
    fn reset(&self, simd: S, state: &mut Self::State, reset: Reset) -> u64;
    /// Flushes what is small.
    fn flush(&self, simd: S, state: &mut Self::State);

    /// |V − threshold|.
    fn distance(&self, membrane: [S::f32s; K]) -> [S::f32s; K];
    /// Takes out what spikes keep from flowing back.
    fn close(&self, simd: S, adjoints: &mut Self::Adjoints, fired: u64, first: usize, reset: Reset);
    /// One step back, with G of the step.
    fn step_back(&self, adjoints: &mut Self::Adjoints, direct: &[S::f32s; K]);
    /// r: what a later arrival of a spike takes away, from q behind the gates of the step and the adjoints of the step.
    fn delay_gradient(&self, opened: &[S::f32s; K], adjoints: &Self::Adjoints) -> [S::f32s; K];
    /// Flushes what is small.
    fn flush_back(&self, simd: S, adjoints: &mut Self::Adjoints);
}
