//! States of the forward pass, recovered from what was kept of it.
//!
//! ```text
//! J[t] = V[t] − αᵥ c[t−1] − b,   Y[t] = J[t] − αᵢ gᵢ[t−1] J[t−1]
//! ```

use fearless_simd::prelude::*;

use super::TermsPass;
use crate::Reset;
use crate::lanes::{clear, load};

impl<S: Simd, const K: usize> TermsPass<'_, S, K> {
    /// V[t].
    #[inline(always)]
    pub(super) fn membrane(&self, t: usize) -> [S::f32s; K] {
        load::<S, K>(self.simd, &self.tile.trace[t * self.tile.lanes + self.first..][..K * S::f32s::LEN])
    }

    /// J[t].
    #[inline(always)]
    pub(super) fn current(&self, t: usize) -> [S::f32s; K] {
        let mut current = self.membrane(t);
        if t > 0 {
            let before = self.carried(t - 1);
            for k in 0..K {
                current[k] -= before[k] * self.neuron.membrane_decay;
            }
        }
        for k in 0..K {
            current[k] -= self.bias[k];
        }
        current
    }

    /// Y[t].
    #[inline(always)]
    pub(super) fn drive(&self, t: usize) -> [S::f32s; K] {
        let mut drive = self.current(t);
        if t > 0 {
            let before = self.unless_fired(t - 1, self.current(t - 1));
            for k in 0..K {
                drive[k] -= before[k] * self.neuron.current_decay;
            }
        }
        drive
    }

    /// θ[t].
    #[inline(always)]
    pub(super) fn threshold(&self, t: usize) -> S::f32s {
        self.adaptation
            .as_ref()
            .map_or(self.neuron.threshold, |adaptation| adaptation.threshold(self.simd, self.tile, t))
    }

    /// c[t].
    #[inline(always)]
    pub(super) fn carried(&self, t: usize) -> [S::f32s; K] {
        let mut carried = self.membrane(t);
        if self.tile.constants.reset != Reset::Subtract {
            return self.unless_fired(t, carried);
        }
        let threshold = self.threshold(t);
        for (k, carried) in carried.iter_mut().enumerate() {
            let bits = self.tile.spikes[t] >> (self.first + k * S::f32s::LEN);
            *carried = S::mask32s::from_bitmask(self.simd, bits).select(*carried - threshold, *carried);
        }
        carried
    }

    /// gᵢ[t] J[t].
    #[inline(always)]
    pub(super) fn carried_current(&self, t: usize) -> [S::f32s; K] {
        let current =
            load::<S, K>(self.simd, &self.tile.current[t * self.tile.lanes + self.first..][..K * S::f32s::LEN]);
        if self.tile.constants.reset == Reset::All { self.unless_fired(t, current) } else { current }
    }

    /// 0 in lanes that fired at step `t`.
    #[inline(always)]
    pub(super) fn unless_fired(&self, t: usize, mut vectors: [S::f32s; K]) -> [S::f32s; K] {
        clear::<S, K>(self.simd, self.tile.spikes[t], self.first, &mut vectors);
        vectors
    }
}
