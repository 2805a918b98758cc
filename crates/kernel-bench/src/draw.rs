/// A small generator (Numerical Recipes' LCG): the same numbers on every target.
#[derive(Clone, Debug)]
pub struct Draw(u32);

impl Draw {
    /// A sequence that depends on `seed` alone.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    /// A whole number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    /// Uniform in `[-1, 1)`.
    pub fn symmetric(&mut self) -> f32 {
        self.next() as f32 / (1 << 23) as f32 - 1.0
    }

    /// `length` numbers, uniform in `[-scale, scale)`.
    pub fn vector(&mut self, length: usize, scale: f32) -> Vec<f32> {
        (0..length).map(|_| self.symmetric() * scale).collect()
    }
}
