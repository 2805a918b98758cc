//! Random streams, one for each purpose, so that adding a use does not shift the others.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// What a stream of random numbers is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights; `part` is the layer.
    Weights,
    /// Order of samples; `part` is the epoch.
    Shuffle,
}

/// The stream for a purpose and a part of it.
#[derive(Clone, Debug)]
pub struct Stream(Pcg32);

impl Stream {
    /// A stream that depends on nothing but its arguments.
    #[must_use]
    pub fn new(seed: u32, purpose: Purpose, part: u32) -> Self {
        let stream = ((purpose as u64) << 32) | u64::from(part);
        Self(Pcg32::new(u64::from(seed), stream))
    }

    /// Uniform in `[-1, 1)` with 24 bits.
    pub fn symmetric(&mut self) -> f32 {
        const SCALE: f32 = 1.0 / (1 << 23) as f32;
        (self.0.next_u32() >> 8) as f32 * SCALE - 1.0
    }

    /// A permutation of `0..length` (Fisher–Yates).
    #[must_use]
    pub fn permutation(&mut self, length: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..length as u32).collect();
        for last in (1..length).rev() {
            let chosen = (u64::from(self.0.next_u32()) * (last as u64 + 1)) >> 32;
            order.swap(last, chosen as usize);
        }
        order
    }
}
