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
    /// Spikes that an encoding draws; `part` is the sample.
    Encoding,
    /// Samples of a generated data set; `part` is the sample, the class or another piece of it.
    Generation,
    /// Samples that the initial activity is measured on.
    InitialActivity,
    /// Shift of an image; `part` is the sample.
    Shift,
    /// Spikes removed from a training sample; `part` is the sample.
    EventDropout,
    /// Inputs silenced in a training sample; `part` is the sample.
    InputDropout,
    /// Shifts of a training sample's spikes in time; `part` is the sample.
    TimeJitter,
    /// Initial delays; `part` is the layer.
    Delays,
    /// Random weights from the errors at the output to hidden layers; `part` is the layer.
    Feedback,
    /// Actions of a stream that learns by rewards.
    Actions,
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

    /// A stream for a sample in an epoch, 0 where there is none. Streams that differ in their increment alone resemble each other
    /// at some distances, so each begins at a state of its own.
    #[must_use]
    pub fn of_sample(seed: u32, purpose: Purpose, sample: u32, epoch: u32) -> Self {
        let stream = ((purpose as u64) << 32) | u64::from(sample);
        let state = scattered(u64::from(epoch) << 32 | u64::from(seed));
        Self(Pcg32::new(scattered(state ^ stream), stream))
    }

    /// Skips numbers of 32 bits, of which a draw of [`Stream::uniform`] takes one.
    pub fn skip(&mut self, numbers: u64) {
        self.0.advance(numbers);
    }

    /// Uniform in `[-1, 1)` with 24 bits.
    pub fn symmetric(&mut self) -> f32 {
        const SCALE: f32 = 1.0 / (1 << 23) as f32;
        (self.0.next_u32() >> 8) as f32 * SCALE - 1.0
    }

    /// Uniform in `[0, 1)` with 24 bits; `1 − x` is exact too.
    pub fn uniform(&mut self) -> f32 {
        const SCALE: f32 = 1.0 / (1 << 24) as f32;
        (self.0.next_u32() >> 8) as f32 * SCALE
    }

    /// Normal with mean 0 and variance 1 (Box and Muller): `√(−2 ln u) cos 2πv` with u uniform in (0, 1].
    pub fn normal(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 32) as f64;
        let mut uniform = |min: f64| (f64::from(self.0.next_u32()) + min) * SCALE;
        let (u, v) = (uniform(1.0), uniform(0.0));
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
    }

    /// A whole number below `bound`, each as likely up to 2⁻³² of rounding.
    pub fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(bound)) >> 32) as u32
    }

    /// Draws the steps until each next success of a trial that succeeds with probability `p` in 0..=1, at least 1: the geometric
    /// distribution, `1 + ⌊ln(u) / ln(1 − p)⌋` with u uniform in (0, 1]. `u64::MAX` where none is to be expected.
    pub fn waits(&mut self, p: f64) -> impl FnMut() -> u64 {
        const SCALE: f64 = 1.0 / (1u64 << 32) as f64;
        let failure = libm::log1p(-p);
        move || {
            if p <= 0.0 {
                return u64::MAX;
            }
            let u = (f64::from(self.0.next_u32()) + 1.0) * SCALE;
            // ln(0) is −∞, so that p = 1 waits 1; the cast saturates.
            1u64.saturating_add((libm::log(u) / failure) as u64)
        }
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

/// Numbers that differ in a few bits become numbers that differ in about half of them (the finaliser of SplitMix64: Steele, Lea
/// and Flood 2014).
fn scattered(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    /// χ² of draws of samples so far apart, by eighths of the unit interval: 49 ± 10 where they are independent.
    fn dependence(draws: &[f32], apart: usize) -> f64 {
        let mut counts = [[0.0; 8]; 8];
        for (one, other) in draws.iter().zip(&draws[apart..]) {
            counts[(one * 8.0) as usize][(other * 8.0) as usize] += 1.0;
        }
        let expected = (draws.len() - apart) as f64 / 64.0;
        counts.iter().flatten().map(|count| (count - expected) * (count - expected) / expected).sum()
    }

    #[test]
    fn draws_of_different_samples_are_independent() {
        for purpose in [Purpose::Encoding, Purpose::TimeJitter] {
            let streams = (0..20_000).map(|sample| Stream::of_sample(3, purpose, sample, 0));
            let (first, second): (Vec<_>, Vec<_>) =
                streams.map(|mut stream| (stream.uniform(), stream.uniform())).unzip();
            for draws in [first, second] {
                for apart in 1..=128 {
                    let dependence = dependence(&draws, apart);
                    assert!(dependence < 120.0, "{purpose:?}, {apart} apart: {dependence}");
                }
            }
        }
    }
}
