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
        self.bytes(2 * count).as_chunks().0.iter().map(|&bytes| u16::from_le_bytes(bytes)).collect()
    }

    /// Weights, `[row][column]`, of the type that stands before them; those of small whole numbers have a scale for each column.
    pub(crate) fn weights(&mut self, count: usize, columns: usize) -> Vec<f32> {
        match self.word() {
            0 => self.floats(count),
            1 => self.shorts(count).into_iter().map(single).collect(),
            kind @ (2 | 3) => {
                let scales = self.floats(columns);
                // 8 or 4 bits, from the lowest ones of a byte on.
                let bits = 32 >> kind;
                let packed = self.bytes((count * bits).div_ceil(8));
                let whole = |k: usize| (packed[k * bits / 8] << (8 - bits - k * bits % 8)) as i8 >> (8 - bits);
                (0..count).map(|k| scales[k % columns] * f32::from(whole(k))).collect()
            }
            _ => panic!("a type of weights"),
        }
    }

    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count.next_multiple_of(4));
        self.0 = rest;
        &bytes[..count]
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
    use super::{Reader, single};

    #[test]
    fn small_whole_numbers_are_parts_of_the_scales_of_their_columns() {
        let scales = [1.0_f32, 0.5].map(f32::to_le_bytes).concat();
        let read = |kind: u8, weights: &[u8]| {
            let bytes = [&[kind, 0, 0, 0], &scales[..], weights].concat();
            Reader::new(&bytes).weights(6, 2)
        };
        assert_eq!(read(2, &[127, 129, 0, 255, 2, 1, 0, 0]), [127.0, -63.5, 0.0, -0.5, 2.0, 0.5]);
        assert_eq!(read(3, &[0x97, 0xf0, 0x12, 0]), [7.0, -3.5, 0.0, -0.5, 2.0, 0.5]);
    }

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
