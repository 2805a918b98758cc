//! What the host passes: values one after the other, each behind its length in bytes and filled up to whole words of 8 bytes.

/// The length of an argument that is left out.
const NONE: u32 = u32::MAX;

/// Arguments of a call, in the order in which they are taken. The host sends those that a function has.
pub(crate) struct Arguments<'a>(&'a [u8]);

impl<'a> Arguments<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk().expect("an argument begins with its length");
        let length = u32::from_le_bytes(*length);
        // The other half of the first word.
        let rest = &rest[4..];
        if length == NONE {
            self.0 = rest;
            return None;
        }
        let (bytes, rest) = rest.split_at((length as usize).next_multiple_of(8));
        self.0 = rest;
        Some(&bytes[..length as usize])
    }

    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        self.next().expect("the argument is there")
    }

    pub(crate) fn some_text(&mut self) -> Option<&'a str> {
        self.next().map(|bytes| str::from_utf8(bytes).expect("texts are UTF-8"))
    }

    pub(crate) fn text(&mut self) -> &'a str {
        self.some_text().expect("the argument is there")
    }

    pub(crate) fn some_words(&mut self) -> Option<Vec<u32>> {
        self.next().map(|bytes| bytes.as_chunks().0.iter().map(|&word| u32::from_le_bytes(word)).collect())
    }

    pub(crate) fn words(&mut self) -> Vec<u32> {
        self.some_words().expect("the argument is there")
    }

    pub(crate) fn shorts(&mut self) -> Vec<u16> {
        self.bytes().as_chunks().0.iter().map(|&short| u16::from_le_bytes(short)).collect()
    }

    pub(crate) fn doubles(&mut self) -> Vec<f64> {
        self.bytes().as_chunks().0.iter().map(|&double| f64::from_le_bytes(double)).collect()
    }

    pub(crate) fn number(&mut self) -> f64 {
        f64::from_le_bytes(*self.bytes().first_chunk().expect("a number has 8 bytes"))
    }

    /// A number that the host has checked to be whole and of 32 bits at most.
    pub(crate) fn whole(&mut self) -> u32 {
        self.number() as u32
    }
}
