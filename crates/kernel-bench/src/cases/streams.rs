//! How fast numbers come from a cache or from memory, and go back.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;
use spikelet_kernels::Level;

use crate::{Buffer, Case, Cost, Draw, Values};

/// Vectors that are under way at a time.
const VECTORS: usize = 8;
/// A factor that keeps numbers in their range, and their bits in motion.
const FACTOR: f32 = -1.0;

struct Stream {
    numbers: Vec<f32>,
    sum: [f32; 1],
    is_update: bool,
}

pub(crate) fn read(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Stream::new(values, false))
}

pub(crate) fn update(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Stream::new(values, true))
}

impl Stream {
    fn new(values: &Values<'_>, is_update: bool) -> Self {
        // Whole numbers, whose sums are the same in every order.
        let mut draw = Draw::new(18);
        let numbers = (0..values.size("bytes") / 4).map(|_| draw.below(2) as f32).collect();
        Self { numbers, sum: [0.0], is_update }
    }
}

impl Case for Stream {
    fn run(&mut self, level: Level) {
        if self.is_update {
            dispatch!(crate::level::simd(level), simd => scale(simd, &mut self.numbers));
        } else {
            self.sum[0] = dispatch!(crate::level::simd(level), simd => sum(simd, &self.numbers));
        }
    }

    fn run_plain(&mut self) {
        if self.is_update {
            self.numbers.iter_mut().for_each(|number| *number *= FACTOR);
        } else {
            self.sum[0] = self.numbers.iter().sum();
        }
    }

    fn restart(&mut self) {
        self.numbers.iter_mut().for_each(|number| *number = number.abs());
        self.sum[0] = 0.0;
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        if self.is_update { Vec::new() } else { vec![Buffer::f32("numbers", &self.numbers)] }
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![if self.is_update { Buffer::f32("numbers", &self.numbers) } else { Buffer::f32("sum", &self.sum) }]
    }

    fn cost(&self) -> Cost {
        let resident = 4 * self.numbers.len();
        let bytes = if self.is_update { 2 * resident } else { resident };
        Cost { operations: self.numbers.len(), bytes, resident, spikes: 0 }
    }
}

#[inline(always)]
fn sum<S: Simd>(simd: S, numbers: &[f32]) -> f32 {
    let mut sums = [S::f32s::splat(simd, 0.0); VECTORS];
    for block in numbers.chunks_exact(VECTORS * S::f32s::LEN) {
        for (sum, vector) in sums.iter_mut().zip(block.chunks_exact(S::f32s::LEN)) {
            *sum += S::f32s::from_slice(simd, vector);
        }
    }
    let [first, others @ ..] = sums;
    let sum = others.into_iter().fold(first, |sum, other| sum + other);
    let mut lanes = [0.0; 16];
    sum.store_slice(&mut lanes[..S::f32s::LEN]);
    lanes.iter().sum()
}

#[inline(always)]
fn scale<S: Simd>(simd: S, numbers: &mut [f32]) {
    let factor = S::f32s::splat(simd, FACTOR);
    for block in numbers.chunks_exact_mut(VECTORS * S::f32s::LEN) {
        for vector in block.chunks_exact_mut(S::f32s::LEN) {
            (S::f32s::from_slice(simd, vector) * factor).store_slice(vector);
        }
    }
}
