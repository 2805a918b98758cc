//! What a session holds by number.

/// Things by number; numbers are not used again. A list, since the code of a map is made for each type.
#[derive(Debug)]
pub(crate) struct Numbered<T>(Vec<Option<Box<T>>>);

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Numbered<T> {
    /// Returns the number of what was added.
    pub(crate) fn add(&mut self, thing: T) -> u32 {
        self.0.push(Some(Box::new(thing)));
        self.0.len() as u32 - 1
    }

    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.0.get(number as usize)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.0.get_mut(number as usize)?.as_deref_mut()
    }

    pub(crate) fn remove(&mut self, number: u32) -> Option<Box<T>> {
        self.0.get_mut(number as usize)?.take()
    }

    /// All by number, of which some were removed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<&T>> {
        self.0.iter().map(Option::as_deref)
    }
}
