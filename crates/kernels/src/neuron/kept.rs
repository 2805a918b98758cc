//! States of the forward pass that were kept for the backward pass.

use fearless_simd::prelude::*;

use crate::Reset;
use crate::backward::BackwardTile;
use crate::lanes::{clear, load};

/// `K` vectors of lanes of a tile, from lane `first` on.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a, S: Simd, const K: usize> {
    pub(crate) simd: S,
    pub(crate) tile: &'a BackwardTile<'a>,
    pub(crate) first: usize,
}

impl<S: Simd, const K: usize> Kept<'_, S, K> {
    #[inline(always)]
    fn at(&self, t: usize) -> usize {
        t * self.tile.lanes + self.first
    }

    /// V[t].
    #[inline(always)]
    pub(crate) fn membrane(&self, t: usize) -> [S::f32s; K] {
        load::<S, K>(self.simd, &self.tile.trace[self.at(t)..][..K * S::f32s::LEN])
    }

    /// A state of the neuron's own at step `t`, before its reset.
    #[inline(always)]
    pub(crate) fn own(&self, state: usize, t: usize) -> [S::f32s; K] {
        let from = state * self.tile.trace.len() + self.at(t);
        load::<S, K>(self.simd, &self.tile.own_trace[from..][..K * S::f32s::LEN])
    }

    /// 0 in lanes that fired at step `t`.
    #[inline(always)]
    pub(crate) fn unless_fired(&self, t: usize, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
        clear::<S, K>(self.simd, self.tile.spikes[t], self.first, &mut vectors);
        vectors
    }

    /// `vectors` in lanes that fired at step `t`, 0 in the others.
    #[inline(always)]
    pub(crate) fn where_fired(&self, t: usize, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
        let zero = S::f32s::splat(self.simd, 0.0);
        for k in 0..K {
            let fired = S::mask32s::from_bitmask(self.simd, self.tile.spikes[t] >> (self.first + k * S::f32s::LEN));
            vectors[k] = fired.select(vectors[k], zero);
        }
        vectors
    }

    /// gᵢ[t] J[t], where J was kept.
    #[inline(always)]
    pub(crate) fn carried_current(&self, t: usize) -> [S::f32s; K] {
        let current = load::<S, K>(self.simd, &self.tile.current[self.at(t)..][..K * S::f32s::LEN]);
        if self.tile.constants.reset == Reset::All { self.unless_fired(t, current) } else { current }
    }

    /// b.
    #[inline(always)]
    pub(crate) fn bias(&self) -> [S::f32s; K] {
        load::<S, K>(self.simd, &self.tile.terms.bias[self.first..][..K * S::f32s::LEN])
    }
}
