/// Numbers of one type.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// Single precision.
    F32(&'a [f32]),
    /// 16-bit whole numbers.
    U16(&'a [u16]),
    /// 32-bit whole numbers.
    U32(&'a [u32]),
    /// Words of 64 bits.
    U64(&'a [u64]),
}

impl Numbers<'_> {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::F32(numbers) => numbers.len(),
            Self::U16(numbers) => numbers.len(),
            Self::U32(numbers) => numbers.len(),
            Self::U64(numbers) => numbers.len(),
        }
    }

    /// `f32`, `u16`, `u32` or `u64`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::U16(_) => "u16",
            Self::U32(_) => "u32",
            Self::U64(_) => "u64",
        }
    }

    /// Little-endian bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::F32(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Self::U16(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Self::U32(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
            Self::U64(numbers) => numbers.iter().flat_map(|number| number.to_le_bytes()).collect(),
        }
    }
}

/// An array of a case.
#[derive(Clone, Copy, Debug)]
pub struct Buffer<'a> {
    /// Name, as an own kernel is given it.
    pub name: &'static str,
    /// The array.
    pub numbers: Numbers<'a>,
}

impl<'a> Buffer<'a> {
    pub(crate) fn f32(name: &'static str, numbers: &'a [f32]) -> Self {
        Self { name, numbers: Numbers::F32(numbers) }
    }

    pub(crate) fn u16(name: &'static str, numbers: &'a [u16]) -> Self {
        Self { name, numbers: Numbers::U16(numbers) }
    }

    pub(crate) fn u32(name: &'static str, numbers: &'a [u32]) -> Self {
        Self { name, numbers: Numbers::U32(numbers) }
    }

    pub(crate) fn u64(name: &'static str, numbers: &'a [u64]) -> Self {
        Self { name, numbers: Numbers::U64(numbers) }
    }
}
