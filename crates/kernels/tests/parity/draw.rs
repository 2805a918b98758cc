//! Numbers for the cases, and what is the same.

use spikelet_kernels::{Injection, Level};

/// A small generator (Numerical Recipes' LCG), so that the cases are the same on every target.
pub(crate) struct Draw(pub(crate) u32);

impl Draw {
    pub(crate) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    pub(crate) fn symmetric(&mut self) -> f32 {
        self.next() as f32 / (1 << 23) as f32 - 1.0
    }

    pub(crate) fn vector(&mut self, length: usize, scale: f32) -> Vec<f32> {
        (0..length).map(|_| self.symmetric() * scale).collect()
    }

    pub(crate) fn injections(&mut self, steps: usize, units: usize) -> (Vec<u32>, Vec<Injection>) {
        let mut offsets = vec![0];
        let mut injections = Vec::new();
        for _ in 0..steps {
            if self.below(3) == 0 {
                injections.push(Injection {
                    unit: self.below(units) as u32,
                    membrane: self.symmetric(),
                    current: self.symmetric(),
                });
            }
            offsets.push(injections.len() as u32);
        }
        (offsets, injections)
    }
}

pub(crate) fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

pub(crate) fn assert_same(name: &str, level: Level, found: &[f32], expected: &[f32]) {
    let different = bits(found).iter().zip(bits(expected)).position(|(&found, expected)| found != expected);
    assert_eq!(found.len(), expected.len(), "{name} at {level}");
    if let Some(i) = different {
        panic!("{name}[{i}] at {level} is {:e}, the plain loop has {:e}", found[i], expected[i]);
    }
}
