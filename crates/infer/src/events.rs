//! What units send at a step.

use alloc::vec::Vec;

/// Hands over each event that sources send, and its value.
pub(crate) type Sources<'a> = dyn Fn(&mut dyn FnMut(usize, f32)) + 'a;

/// Events of a step.
#[derive(Debug, Default)]
pub(crate) struct Events {
    pub(crate) units: Vec<u32>,
    /// Value of each; empty: all are 1.
    pub(crate) values: Vec<f32>,
}

impl Events {
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.units.clear();
        self.values.clear();
    }

    /// Appends an event; a list has values as soon as one of its events has another than 1.
    pub(crate) fn push(&mut self, unit: u32, value: f32) {
        if value != 1.0 || !self.values.is_empty() {
            self.values.resize(self.units.len(), 1.0);
            self.values.push(value);
        }
        self.units.push(unit);
    }

    /// Hands over each event and its value.
    pub(crate) fn each(&self, take: &mut dyn FnMut(usize, f32)) {
        for (k, &unit) in self.units.iter().enumerate() {
            take(unit as usize, self.values.get(k).copied().unwrap_or(1.0));
        }
    }
}
