//! A threshold that adapts, on its way down in time (spec 10.3; the equations are in `neuron/alif.rs`).

use fearless_simd::prelude::*;

use super::tile::{BackwardOutput, BackwardTile};
use crate::lanes::flush;
use crate::neuron::{Alif, LaneConstants};
use crate::{FLOOR_EVERY, Reset};

/// The thresholds of one vector of lanes.
pub(super) struct Adaptation<S: Simd> {
    pub(super) neuron: Alif<S, 1>,
    /// ā of the step last taken.
    pub(super) adjoint: S::f32s,
    first: usize,
}

impl<S: Simd> Adaptation<S> {
    #[inline(always)]
    pub(super) fn new(simd: S, lanes: &LaneConstants<'_>, first: usize) -> Self {
        Self { neuron: Alif::new(simd, lanes, first), adjoint: S::f32s::splat(simd, 0.0), first }
    }

    /// Takes what the steps after the first one left behind.
    #[inline(always)]
    pub(super) fn start(&mut self, simd: S, output: &BackwardOutput<'_>) {
        if let [_, _, carried @ [_, ..]] = &output.carried {
            self.adjoint = S::f32s::from_slice(simd, &carried[self.first..self.first + S::f32s::LEN]);
        }
    }

    /// Leaves behind what the steps before the last one take.
    #[inline(always)]
    pub(super) fn finish(&self, output: &mut BackwardOutput<'_>) {
        if let [_, _, carried @ [_, ..]] = &mut output.carried {
            self.adjoint.store_slice(&mut carried[self.first..self.first + S::f32s::LEN]);
        }
    }

    /// a[t].
    #[inline(always)]
    pub(super) fn at(&self, simd: S, tile: &BackwardTile<'_>, t: usize) -> S::f32s {
        S::f32s::from_slice(simd, &tile.adaptation[t * tile.lanes + self.first..][..S::f32s::LEN])
    }

    /// θ[t].
    #[inline(always)]
    pub(super) fn threshold(&self, simd: S, tile: &BackwardTile<'_>, t: usize) -> S::f32s {
        self.neuron.threshold(0, self.at(simd, tile, t))
    }

    /// (1 − ρ) ā[t+1]: what a later spike takes from the threshold.
    #[inline(always)]
    pub(super) fn delay(&self, simd: S) -> S::f32s {
        (S::f32s::splat(simd, 1.0) - self.neuron.decay[0]) * self.adjoint
    }

    /// Θ[t], from G and p[t+1] behind the gate.
    #[inline(always)]
    pub(super) fn threshold_gradient(
        &self,
        simd: S,
        tile: &BackwardTile<'_>,
        t: usize,
        direct: S::f32s,
        next: S::f32s,
    ) -> S::f32s {
        let zero = S::f32s::splat(simd, 0.0);
        let gradient = zero - direct;
        if tile.constants.reset != Reset::Subtract {
            return gradient;
        }
        let mask = S::mask32s::from_bitmask(simd, tile.spikes[t] >> self.first);
        gradient - mask.select(next * self.neuron.units[0].membrane_decay, zero)
    }

    /// Goes down to step `t`, with Θ of the step.
    #[inline(always)]
    pub(super) fn step_back(&mut self, simd: S, t: usize, threshold_gradient: S::f32s) {
        self.adjoint = self.neuron.step_back(0, threshold_gradient, self.adjoint);
        if t.is_multiple_of(FLOOR_EVERY) {
            flush::<S, 1>(simd, std::array::from_mut(&mut self.adjoint));
        }
    }
}
