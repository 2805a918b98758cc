//! Whole numbers of the states (spec 20.1). Quotients are truncated towards zero, so a state that decays reaches 0.

/// The number that stands for a decay of 1.
pub const ONE: i32 = 1 << 15;

/// Bits of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateBits {
    /// States within ±32767.
    Sixteen,
    /// States within ±2147483647.
    ThirtyTwo,
}

impl StateBits {
    /// The number of bits n.
    #[must_use]
    pub fn count(self) -> u32 {
        match self {
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }

    /// The largest state, 2ⁿ⁻¹ − 1.
    #[must_use]
    pub fn max(self) -> i32 {
        match self {
            Self::Sixteen => i32::from(i16::MAX),
            Self::ThirtyTwo => i32::MAX,
        }
    }

    /// sat(x): x held within ± the largest state.
    #[must_use]
    pub(crate) fn saturate(self, value: i64) -> i32 {
        let max = i64::from(self.max());
        value.clamp(-max, max) as i32
    }
}

/// mul(x, A) = x A / 2¹⁵.
pub(crate) fn decayed(state: i32, decay: i32) -> i64 {
    i64::from(state) * i64::from(decay) / i64::from(ONE)
}
