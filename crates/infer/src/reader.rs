//! Little-endian numbers, one after the other. Reading past the end panics: a host checks the length and the checksum of a file first.

use alloc::vec::Vec;

/// Reads numbers; each array is filled up to a whole word in the file.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn word(&mut self) -> usize {
        let (bytes, rest) = self.0.split_first_chunk().expect("a word");
        self.0 = rest;
        u32::from_le_bytes(*bytes) as usize
    }

    pub(crate) fn words<const N: usize>(&mut self) -> [usize; N] {
        let mut words = [0; N];
        words.iter_mut().for_each(|word| *word = self.word());
        words
    }

    pub(crate) fn float(&mut self) -> f32 {
        f32::from_bits(self.word() as u32)
    }

    pub(crate) fn floats(&mut self, count: usize) -> Vec<f32> {
        assert!(count <= self.0.len() / 4, "floats");
        (0..count).map(|_| self.float()).collect()
    }

    pub(crate) fn shorts(&mut self, count: usize) -> Vec<u16> {
        let (bytes, rest) = self.0.split_at(count.next_multiple_of(2) * 2);
        self.0 = rest;
        bytes.as_chunks().0[..count].iter().map(|&bytes| u16::from_le_bytes(bytes)).collect()
    }

    /// Weights of the type that stands before them: single or half precision.
    pub(crate) fn weights(&mut self, count: usize) -> Vec<f32> {
        match self.word() {
            0 => self.floats(count),
            1 => self.shorts(count).into_iter().map(single).collect(),
            _ => panic!("a type of weights"),
        }
    }

    pub(crate) fn skip(&mut self, words: usize) {
        self.0 = &self.0[4 * words..];
    }
}

/// A number of half precision.
fn single(half: u16) -> f32 {
    /// 2⁻²⁴.
    const SMALLEST: f32 = 1.0 / (1 << 24) as f32;
    let (exponent, fraction) = (u32::from(half >> 10 & 31), u32::from(half & 1023));
    let magnitude = match exponent {
        0 => fraction as f32 * SMALLEST,
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    };
    if half >> 15 == 1 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::single;

    #[test]
    fn halves_become_singles() {
        let known = [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
        ];
        for (half, expected) in known {
            assert_eq!(single(half), expected, "{half:04x}");
        }
        assert_eq!(single(0x7bff), 65_504.0);
        assert_eq!(single(0x8000).to_bits(), (-0.0f32).to_bits());
    }
}
