//! Arrays that kernels read and write in whole vectors.

use std::ops::{Deref, DerefMut};

use aligned_vec::{AVec, ConstAlign};

/// Bytes of the widest vector, and of a cache line.
const LINE: usize = 64;

/// Numbers of which the first starts a cache line. Rows of whole lanes then start one too, and no vector lies across two lines.
#[derive(Clone, Debug)]
pub struct Aligned(AVec<f32, ConstAlign<LINE>>);

impl Aligned {
    /// `length` zeros.
    pub fn zeros(length: usize) -> Self {
        let mut zeros = Self::default();
        zeros.resize(length);
        zeros
    }

    /// Fills the array with copies of a row.
    pub fn repeat(&mut self, row: &[f32], count: usize) {
        self.0.clear();
        self.0.reserve(row.len() * count);
        for _ in 0..count {
            self.0.extend_from_slice(row);
        }
    }

    /// Cuts the array, or adds zeros.
    pub fn resize(&mut self, length: usize) {
        const ZEROS: [f32; 1024] = [0.0; 1024];
        self.0.truncate(length);
        self.0.reserve(length - self.0.len());
        while self.0.len() < length {
            let missing = ZEROS.len().min(length - self.0.len());
            self.0.extend_from_slice(&ZEROS[..missing]);
        }
    }
}

impl Default for Aligned {
    fn default() -> Self {
        Self(AVec::new(LINE))
    }
}

impl Deref for Aligned {
    type Target = AVec<f32, ConstAlign<LINE>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_start_a_cache_line_however_the_array_came_about() {
        let grown = |length: usize| {
            let mut array = Aligned::zeros(3);
            array.resize(length);
            array
        };
        for length in [1, 16, 1000, 100_000] {
            for array in [Aligned::zeros(length), grown(length), grown(length).clone()] {
                assert_eq!(array.as_ptr().align_offset(LINE), 0, "{length} numbers");
            }
        }
    }
}
