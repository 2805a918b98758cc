//! The discrete Fourier transform, in one order of sums on every machine.

use std::f64::consts::PI;

/// Transforms of one length, a power of two (Cooley and Tukey 1965, in place, decimation in time).
#[derive(Clone, Debug)]
pub(super) struct Fourier {
    /// `(cos, −sin)` of `2πk / length` for the first half of k.
    turns: Vec<(f64, f64)>,
    /// Real and imaginary parts.
    values: Vec<(f64, f64)>,
    energies: Vec<f64>,
}

impl Fourier {
    pub(super) fn new(length: usize) -> Self {
        debug_assert!(length.is_power_of_two() && length > 1, "lengths are powers of two");
        let angle = |k: usize| 2.0 * PI * k as f64 / length as f64;
        let turns = (0..length / 2).map(|k| (libm::cos(angle(k)), -libm::sin(angle(k)))).collect();
        Self { turns, values: vec![(0.0, 0.0); length], energies: vec![0.0; length / 2 + 1] }
    }

    pub(super) fn length(&self) -> usize {
        self.values.len()
    }

    /// `|X[k]|²` for k from 0 to half the length, of real values that zeros follow.
    pub(super) fn energies(&mut self, real: impl Iterator<Item = f64>) -> &[f64] {
        let Self { turns, values, energies } = self;
        let length = values.len();
        values.fill((0.0, 0.0));
        let shift = usize::BITS - length.trailing_zeros();
        for (n, value) in real.take(length).enumerate() {
            values[n.reverse_bits() >> shift] = (value, 0.0);
        }
        let mut half = 1;
        while half < length {
            let stride = length / (2 * half);
            for block in values.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                    let (cos, sin) = turns[k * stride];
                    let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                    (*a, *b) = ((a.0 + turned.0, a.1 + turned.1), (a.0 - turned.0, a.1 - turned.1));
                }
            }
            half *= 2;
        }
        for (energy, &(re, im)) in energies.iter_mut().zip(&*values) {
            *energy = re * re + im * im;
        }
        energies
    }
}
