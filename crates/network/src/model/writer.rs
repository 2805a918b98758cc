//! Little-endian numbers in words of four bytes.

/// How weights are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightType {
    /// Single precision, unchanged.
    Float32,
    /// Half precision, rounded with halves to even.
    Float16,
    /// Whole numbers of 8 bits, within ±127, and a scale for each unit or channel.
    Int8,
    /// Whole numbers of 4 bits, within ±7, and a scale for each unit or channel.
    Int4,
}

/// A weight beyond what the type of weights holds, or a number that is not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unwritable {
    /// Number of the connection.
    pub connection: usize,
    /// The number.
    pub value: f32,
}

/// Appends numbers to a model file.
#[derive(Debug)]
pub struct ModelWriter {
    /// What was written.
    pub bytes: Vec<u8>,
    weights: WeightType,
}

impl ModelWriter {
    /// An empty file with room for so many bytes, whose weights are of a type.
    #[must_use]
    pub fn new(weights: WeightType, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), weights }
    }

    /// Appends an unsigned number.
    #[inline(never)]
    pub fn word(&mut self, word: u32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    /// Appends sizes and numbers of kinds.
    #[inline(never)]
    pub fn words(&mut self, words: &[usize]) {
        words.iter().for_each(|&word| self.word(word as u32));
    }

    /// Appends a number of single precision.
    pub fn float(&mut self, value: f32) {
        self.word(value.to_bits());
    }

    /// Appends a number of double precision.
    #[inline(never)]
    pub fn double(&mut self, value: f64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Appends numbers of single precision; one that is not finite is the error.
    #[inline(never)]
    pub(crate) fn floats(&mut self, values: &[f32]) -> Result<(), f32> {
        for &value in values {
            if !value.is_finite() {
                return Err(value);
            }
            self.float(value);
        }
        Ok(())
    }

    /// Appends numbers of 32 bits with a sign.
    #[inline(never)]
    pub fn integers(&mut self, values: &[i32]) {
        values.iter().for_each(|&value| self.word(value as u32));
    }

    /// Appends numbers of 16 bits; [`ModelWriter::fill`] follows.
    #[inline(never)]
    pub fn shorts(&mut self, values: &[u16]) {
        values.iter().for_each(|value| self.bytes.extend_from_slice(&value.to_le_bytes()));
    }

    /// Appends weights, `[row][column]`, behind the number of their type; one that the type does not hold is the error. Where each
    /// column has one weight, its scale would be as long, and whole numbers give way to single precision.
    #[inline(never)]
    pub(crate) fn weights(&mut self, weights: &[f32], columns: usize) -> Result<(), f32> {
        let weight_type = match self.weights {
            WeightType::Int8 | WeightType::Int4 if weights.len() == columns => WeightType::Float32,
            weight_type => weight_type,
        };
        self.word(weight_type as u32);
        match weight_type {
            WeightType::Float32 => self.floats(weights)?,
            WeightType::Float16 => {
                for &weight in weights {
                    self.shorts(&[half(weight).ok_or(weight)?]);
                }
            }
            WeightType::Int8 => self.scaled(weights, columns, 8)?,
            WeightType::Int4 => self.scaled(weights, columns, 4)?,
        }
        self.fill();
        Ok(())
    }

    /// Appends the scale of each column, and the weights in whole numbers of that: `scale = max|w| / (2ᵇ⁻¹ − 1)`.
    fn scaled(&mut self, weights: &[f32], columns: usize, bits: usize) -> Result<(), f32> {
        let max = ((1 << (bits - 1)) - 1) as f32;
        let mut scales = vec![0.0_f32; columns];
        for (k, weight) in weights.iter().enumerate() {
            if !weight.is_finite() {
                return Err(*weight);
            }
            scales[k % columns] = scales[k % columns].max(weight.abs() / max);
        }
        self.floats(&scales)?;
        for (k, weight) in weights.iter().enumerate() {
            // Without a scale, not a number, and so 0.
            let whole = (weight / scales[k % columns]).round_ties_even().clamp(-max, max) as i8 as u8;
            match self.bytes.last_mut() {
                Some(byte) if bits == 4 && k % 2 == 1 => *byte |= whole << 4,
                _ => self.bytes.push(if bits == 4 { whole & 15 } else { whole }),
            }
        }
        Ok(())
    }

    /// Fills up to a whole word.
    #[inline(never)]
    pub fn fill(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(size_of::<u32>()), 0);
    }
}

/// The nearest number of half precision, the even one of two as near; `None` beyond the largest.
fn half(value: f32) -> Option<u16> {
    /// Distance of two subnormal numbers of half precision, as its inverse.
    const SUBNORMALS: f32 = (1 << 24) as f32;
    /// Exponent bias of single precision less that of half precision, at the place of the exponent.
    const REBIAS: u32 = (127 - 15) << 23;
    let (sign, magnitude) = ((value.to_bits() >> 16) as u16 & 0x8000, value.abs());
    let bits = if magnitude < 1.0 / (1 << 14) as f32 {
        // The product is exact.
        (magnitude * SUBNORMALS).round_ties_even() as u32
    } else {
        let bits = magnitude.to_bits() - REBIAS;
        (bits + 0xfff + (bits >> 13 & 1)) >> 13
    };
    (bits < 0x7c00).then_some(sign | bits as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2ᵏ.
    fn power(k: i32) -> f64 {
        f64::from_bits(((1023 + k) as u64) << 52)
    }

    fn single(half: u16) -> f64 {
        let (exponent, fraction) = (half >> 10 & 31, f64::from(half & 1023));
        let magnitude = match exponent {
            0 => fraction * power(-24),
            _ => (1024.0 + fraction) * power(i32::from(exponent) - 25),
        };
        if half & 0x8000 == 0 { magnitude } else { -magnitude }
    }

    #[test]
    fn every_half_is_itself_and_what_lies_between_two_goes_to_the_nearer_or_the_even_one() {
        for low in 0..0x7bff_u16 {
            let (below, above) = (single(low), single(low + 1));
            let middle = (below + above) / 2.0;
            assert_eq!(half(below as f32), Some(low));
            assert_eq!(half(-below as f32), Some(low | 0x8000));
            assert_eq!(half(middle as f32), Some(low + low % 2), "{low:x}");
            assert_eq!(half((middle as f32).next_down()), Some(low), "{low:x}");
            assert_eq!(half((middle as f32).next_up()), Some(low + 1), "{low:x}");
        }
        assert_eq!((half(65_519.996), half(65_520.0), half(f32::INFINITY)), (Some(0x7bff), None, None));
        assert_eq!(half(f32::NAN), None);
    }

    #[test]
    fn what_is_shorter_than_a_word_is_filled_up() {
        let mut to = ModelWriter::new(WeightType::Float16, 0);
        to.shorts(&[1, 2, 3]);
        to.fill();
        assert_eq!(to.bytes, [1, 0, 2, 0, 3, 0, 0, 0]);
        assert_eq!(to.weights(&[1.0, 1e9], 1), Err(1e9));
    }

    /// Scales and bytes of weights in three columns: one with its largest at the front, one that is 0, one with halves.
    fn scaled(weight_type: WeightType, max: f32) -> (Vec<f32>, Vec<u8>) {
        let mut to = ModelWriter::new(weight_type, 0);
        let rows = [[-max, 0.0, 2.0 * max], [2.5, 0.0, 3.0], [3.4, 0.0, -1.0]];
        to.weights(rows.as_flattened(), 3).expect("they are finite");
        let (words, bytes) = to.bytes.split_at(16);
        let scales = words.as_chunks().0[1..].iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        assert_eq!(words[0], weight_type as u8);
        (scales, bytes.to_vec())
    }

    #[test]
    fn small_whole_numbers_have_a_scale_a_column() {
        let (scales, bytes) = scaled(WeightType::Int8, 127.0);
        assert_eq!(scales, [1.0, 0.0, 2.0]);
        // Halves go to the even number.
        let expected = [-127, 0, 127, 2, 0, 2, 3, 0, 0];
        assert_eq!(bytes[..9].iter().map(|&byte| byte as i8).collect::<Vec<_>>(), expected);
        assert_eq!(bytes[9..], [0; 3]);
        let (scales, bytes) = scaled(WeightType::Int4, 7.0);
        assert_eq!(scales, [1.0, 0.0, 2.0]);
        assert_eq!(bytes, [0x09, 0x27, 0x20, 0x03, 0x00, 0, 0, 0]);
    }

    #[test]
    fn a_weight_a_column_keeps_single_precision() {
        let mut to = ModelWriter::new(WeightType::Int4, 0);
        assert_eq!(to.weights(&[0.3, 0.7], 2), Ok(()));
        assert_eq!(to.bytes, [[0; 4], 0.3_f32.to_le_bytes(), 0.7_f32.to_le_bytes()].concat());
        assert!(to.weights(&[1.0, 2.0, f32::NAN, 3.0], 2).is_err());
    }
}
