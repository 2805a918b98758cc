//! How fast a core multiplies and adds.

use std::hint::black_box;

use fearless_simd::dispatch;
use fearless_simd::prelude::*;
use spikelet_kernels::Level;

use crate::{Buffer, Case, Cost, Values};

/// Chains that run side by side: more than latency times instructions of a cycle, and together with the constants in registers.
const CHAINS: usize = 12;
const ROUNDS: usize = 256;
/// Lanes of all chains whose values are kept, so that every level does the same work.
const LANES: usize = 16;
/// Values stay between 0 and 2.
const FACTOR: f32 = 0.5;
const TERM: f32 = 0.75;

struct Arithmetic {
    values: Vec<f32>,
    is_fused: bool,
}

pub(crate) fn separate(_values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Arithmetic { values: vec![1.0; CHAINS * LANES], is_fused: false })
}

pub(crate) fn fused(_values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Arithmetic { values: vec![1.0; CHAINS * LANES], is_fused: true })
}

impl Case for Arithmetic {
    fn run(&mut self, level: Level) {
        let constants = black_box([FACTOR, TERM]);
        if self.is_fused {
            dispatch!(crate::level::simd(level), simd => chains::<_, true>(simd, constants, &mut self.values));
        } else {
            dispatch!(crate::level::simd(level), simd => chains::<_, false>(simd, constants, &mut self.values));
        }
    }

    fn run_plain(&mut self) {
        let [factor, term] = black_box([FACTOR, TERM]);
        for value in &mut self.values {
            for _ in 0..ROUNDS {
                *value = *value * factor + term;
            }
        }
    }

    fn restart(&mut self) {
        self.values.fill(1.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        Vec::new()
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("values", &self.values)]
    }

    fn cost(&self) -> Cost {
        let resident = 4 * self.values.len();
        Cost { operations: 2 * ROUNDS * self.values.len(), bytes: 2 * resident, resident, spikes: 0 }
    }
}

#[inline(always)]
fn chains<S: Simd, const FUSED: bool>(simd: S, [factor, term]: [f32; 2], values: &mut [f32]) {
    let (factor, term) = (S::f32s::splat(simd, factor), S::f32s::splat(simd, term));
    for block in values.chunks_exact_mut(CHAINS * S::f32s::LEN) {
        let mut chains = [term; CHAINS];
        for (chain, vector) in chains.iter_mut().zip(block.chunks_exact(S::f32s::LEN)) {
            *chain = S::f32s::from_slice(simd, vector);
        }
        for _ in 0..ROUNDS {
            for chain in &mut chains {
                *chain = if FUSED { chain.mul_add(factor, term) } else { *chain * factor + term };
            }
        }
        for (chain, vector) in chains.iter().zip(block.chunks_exact_mut(S::f32s::LEN)) {
            chain.store_slice(vector);
        }
    }
}
