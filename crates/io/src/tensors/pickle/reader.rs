//! Reading the arguments of pickle's instructions.

use spikelet_config::{Error, Result};

use crate::fault::wrong;

#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    /// Place in `bytes`.
    pub(super) at: usize,
    /// Byte of the file at which `bytes` begin.
    pub(super) base: usize,
}

impl<'a> Reader<'a> {
    /// The byte of the file that comes next.
    pub(super) fn offset(&self) -> usize {
        self.base + self.at
    }

    pub(super) fn part(&mut self, length: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(length);
        let part = end.and_then(|end| self.bytes.get(self.at..end)).ok_or_else(|| self.truncated())?;
        self.at += length;
        Ok(part)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let part = self.part(N)?;
        Ok(*part.first_chunk().expect("the part has this length"))
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    /// A whole number of any length in two's complement, as far as it fits.
    pub(super) fn long(&mut self) -> Result<i64> {
        let at = self.offset();
        let length = usize::from(self.byte()?);
        let digits = self.part(length)?;
        if length > 8 {
            return Err(wrong(at, "a whole number of more than 8 bytes"));
        }
        let mut bytes = [if digits.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 }; 8];
        bytes[..length].copy_from_slice(digits);
        Ok(i64::from_le_bytes(bytes))
    }

    pub(super) fn text(&mut self, length: usize) -> Result<&'a str> {
        let at = self.offset();
        std::str::from_utf8(self.part(length)?).map_err(|_| wrong(at, "a text that is not UTF-8"))
    }

    pub(super) fn line(&mut self) -> Result<&'a str> {
        let length = self.bytes[self.at..].iter().position(|&byte| byte == b'\n').ok_or_else(|| self.truncated())?;
        let line = self.text(length)?;
        self.at += 1;
        Ok(line)
    }

    fn truncated(&self) -> Error {
        wrong(self.base + self.bytes.len(), "the pickle ends before its end mark")
    }
}
