//! The numbers of a state in one order, written as words of 32 bits or read from them.

use spikelet_config::{Error, Result};

/// Words that a state is written to, or read from.
#[derive(Debug)]
pub struct Archive<'a> {
    words: Words<'a>,
    /// Whether what was read was not what was asked for.
    is_misfit: bool,
}

#[derive(Debug)]
enum Words<'a> {
    Written(Vec<u32>),
    Unread(&'a [u32]),
}

/// A number that an archive holds.
pub trait Number: Copy + Default {
    /// Words of a number.
    const WORDS: usize;
    /// Appends its words, the lowest first.
    fn write(self, words: &mut Vec<u32>);
    /// The number of these words.
    fn read(words: &[u32]) -> Self;
}

impl<'a> Archive<'a> {
    /// An archive to write to, with room for so many words.
    #[must_use]
    pub fn writing(words: usize) -> Self {
        Self { words: Words::Written(Vec::with_capacity(words)), is_misfit: false }
    }

    /// An archive to read from.
    #[must_use]
    pub fn reading(words: &'a [u32]) -> Self {
        Self { words: Words::Unread(words), is_misfit: false }
    }

    /// What was written; nothing of an archive to read from.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CheckpointInvalid`] where words were missing or left over, or a number was not the one that had to be there; what
    /// was read then means nothing.
    pub fn finish(self) -> Result<Vec<u32>> {
        match self.words {
            Words::Written(words) => Ok(words),
            Words::Unread([]) if !self.is_misfit => Ok(Vec::new()),
            Words::Unread(_) => Err(Error::checkpoint("its states do not fit this stream")),
        }
    }

    /// A number.
    pub fn number<T: Number>(&mut self, number: &mut T) {
        self.array(std::slice::from_mut(number));
    }

    /// Numbers whose count the state says.
    #[inline(never)]
    pub fn array<T: Number>(&mut self, numbers: &mut [T]) {
        match &mut self.words {
            Words::Written(words) => numbers.iter().for_each(|number| number.write(words)),
            Words::Unread(words) => match words.split_at_checked(numbers.len() * T::WORDS) {
                Some((here, rest)) => {
                    let here = here.chunks_exact(T::WORDS);
                    numbers.iter_mut().zip(here).for_each(|(number, word)| *number = T::read(word));
                    *words = rest;
                }
                None => self.is_misfit = true,
            },
        }
    }

    /// Numbers with their count.
    #[inline(never)]
    pub fn list<T: Number>(&mut self, numbers: &mut Vec<T>) {
        let mut count = numbers.len();
        self.count(&mut count);
        match &self.words {
            Words::Unread(words) if words.len() / T::WORDS < count => self.is_misfit = true,
            _ => {
                numbers.resize(count, T::default());
                self.array(numbers);
            }
        }
    }

    /// A place in memory or a number of things there.
    pub fn count(&mut self, count: &mut usize) {
        let mut number = *count as u64;
        self.number(&mut number);
        *count = number as usize;
    }

    /// A number that has to be the one that was written.
    pub fn same(&mut self, number: u32) {
        let mut written = number;
        self.number(&mut written);
        self.is_misfit |= written != number;
    }
}

impl Number for u32 {
    const WORDS: usize = 1;
    fn write(self, words: &mut Vec<u32>) {
        words.push(self);
    }
    fn read(words: &[u32]) -> Self {
        words[0]
    }
}

impl Number for u64 {
    const WORDS: usize = 2;
    fn write(self, words: &mut Vec<u32>) {
        words.extend([self as u32, (self >> 32) as u32]);
    }
    fn read(words: &[u32]) -> Self {
        u64::from(words[1]) << 32 | u64::from(words[0])
    }
}

impl Number for f32 {
    const WORDS: usize = 1;
    fn write(self, words: &mut Vec<u32>) {
        words.push(self.to_bits());
    }
    fn read(words: &[u32]) -> Self {
        Self::from_bits(words[0])
    }
}

impl Number for f64 {
    const WORDS: usize = 2;
    fn write(self, words: &mut Vec<u32>) {
        self.to_bits().write(words);
    }
    fn read(words: &[u32]) -> Self {
        Self::from_bits(u64::read(words))
    }
}

impl Number for bool {
    const WORDS: usize = 1;
    fn write(self, words: &mut Vec<u32>) {
        words.push(u32::from(self));
    }
    fn read(words: &[u32]) -> Self {
        words[0] != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorCode;

    fn write(archive: &mut Archive<'_>) {
        archive.array(&mut [1.5f32, -0.0, f32::MAX]);
        archive.list(&mut vec![true, false]);
        archive.number(&mut (u64::MAX - 1));
        archive.number(&mut 0.1f64);
        archive.same(7);
    }

    #[test]
    fn reads_what_was_written() {
        let mut archive = Archive::writing(0);
        write(&mut archive);
        let words = archive.finish().unwrap();
        let mut archive = Archive::reading(&words);
        let (mut array, mut list, mut whole, mut number) = ([0.0f32; 3], vec![false; 5], 0u64, 0.0f64);
        archive.array(&mut array);
        archive.list(&mut list);
        archive.number(&mut whole);
        archive.number(&mut number);
        archive.same(7);
        assert!(archive.finish().unwrap().is_empty());
        assert_eq!(array.map(f32::to_bits), [1.5f32, -0.0, f32::MAX].map(f32::to_bits));
        assert_eq!((list, whole, number), (vec![true, false], u64::MAX - 1, 0.1));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut archive = Archive::writing(0);
        write(&mut archive);
        let words = archive.finish().unwrap();
        for length in 0..words.len() {
            let mut archive = Archive::reading(&words[..length]);
            write(&mut archive);
            assert_eq!(archive.finish().unwrap_err().code, ErrorCode::CheckpointInvalid, "{length} words");
        }
        assert!(Archive::reading(&words).finish().is_err(), "words are left over");
        let mut archive = Archive::reading(&[8]);
        archive.same(7);
        assert!(archive.finish().is_err(), "another number");
    }

    #[test]
    fn a_count_beyond_the_end_takes_no_memory() {
        let mut list: Vec<f64> = Vec::new();
        let mut archive = Archive::reading(&[u32::MAX, 0]);
        archive.list(&mut list);
        assert_eq!((archive.finish().unwrap_err().code, list.capacity()), (ErrorCode::CheckpointInvalid, 0));
    }
}
