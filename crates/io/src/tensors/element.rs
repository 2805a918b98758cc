//! Types of the numbers in a file of tensors.

/// The type of an array's numbers, all little-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Double,
    Single,
    Half,
    /// The upper half of a single float.
    Brain,
    /// Not a floating-point number.
    Other {
        width: usize,
    },
}

impl Element {
    /// The type of a storage by the name of its class in PyTorch.
    pub(super) fn of_storage(class: &str) -> Option<Self> {
        Some(match class {
            "DoubleStorage" => Self::Double,
            "FloatStorage" => Self::Single,
            "HalfStorage" => Self::Half,
            "BFloat16Storage" => Self::Brain,
            "LongStorage" | "ComplexFloatStorage" => Self::Other { width: 8 },
            "IntStorage" => Self::Other { width: 4 },
            "ShortStorage" => Self::Other { width: 2 },
            "CharStorage" | "ByteStorage" | "BoolStorage" => Self::Other { width: 1 },
            "ComplexDoubleStorage" => Self::Other { width: 16 },
            _ => return None,
        })
    }

    /// Bytes of a number.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Double => 8,
            Self::Single => 4,
            Self::Half | Self::Brain => 2,
            Self::Other { width } => width,
        }
    }

    /// The number at the start of `bytes`; 0 for what is not a floating-point number.
    pub(super) fn read(self, bytes: &[u8]) -> f32 {
        let short = || bytes.first_chunk().map_or(0, |&bytes| u16::from_le_bytes(bytes));
        match self {
            Self::Double => bytes.first_chunk().map_or(0.0, |&bytes| f64::from_le_bytes(bytes) as f32),
            Self::Single => bytes.first_chunk().map_or(0.0, |&bytes| f32::from_le_bytes(bytes)),
            Self::Half => from_half(short()),
            Self::Brain => f32::from_bits(u32::from(short()) << 16),
            Self::Other { .. } => 0.0,
        }
    }
}

/// The half float of these bits: a sign, 5 bits of exponent with a bias of 15, 10 bits of fraction.
fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let (exponent, fraction) = (u32::from(bits >> 10 & 31), u32::from(bits & 0x3ff));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_floats_are_exact() {
        let tiny = 1.0 / 16_777_216.0;
        let expected = [(0u16, 0.0), (1, tiny), (0x3ff, 1023.0 * tiny), (0x400, 1024.0 * tiny), (0x3c00, 1.0)];
        for (bits, value) in expected.into_iter().chain([(0xc000, -2.0), (0x7bff, 65504.0), (0x7c00, f32::INFINITY)]) {
            assert_eq!(Element::Half.read(&bits.to_le_bytes()), value, "{bits:#x}");
        }
        assert!(Element::Half.read(&0x7e00u16.to_le_bytes()).is_nan());
    }

    #[test]
    fn the_upper_half_of_a_single_float_is_one() {
        assert_eq!(Element::Brain.read(&[0x40, 0x40]), 3.0);
        assert_eq!(Element::Double.read(&0.1f64.to_le_bytes()), 0.1);
    }
}
