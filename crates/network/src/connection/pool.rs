//! Pools: the mean or the maximum over squares side by side (spec 2, 5.5).

use spikelet_config::Image;

use crate::events::NO_UNIT;

/// What a pool lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// Every spike, scaled by 1 / window².
    Average,
    /// The spikes of the unit that has fired most in its window.
    Max,
}

/// One pool on the way from a source.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    pub(crate) kind: PoolKind,
    /// Side of a square.
    pub(crate) window: usize,
    pub(crate) input: Image,
    pub(crate) output: Image,
    /// Side of the squares of the source's places that the pools before it made one place of `input`.
    pub(crate) side: usize,
}

impl Pool {
    pub(crate) fn new(kind: PoolKind, window: usize, input: Image, previous: Option<&Self>) -> Self {
        let side = previous.map_or(1, |pool| pool.side * pool.window);
        Self { kind, window, input, output: input.pooled(window), side }
    }

    /// The output unit whose square holds an input unit; [`NO_UNIT`] at a border that is dropped.
    pub(crate) fn output_of(&self, unit: u32) -> u32 {
        if unit == NO_UNIT {
            return NO_UNIT;
        }
        let (channel, y, x) = self.input.place(unit);
        let (y, x) = (y / self.window, x / self.window);
        if y < self.output.height && x < self.output.width { self.output.unit(channel, y, x) } else { NO_UNIT }
    }

    /// The first input unit of an output unit's square.
    pub(crate) fn first(&self, output: u32) -> u32 {
        let (channel, y, x) = self.output.place(output);
        self.input.unit(channel, y * self.window, x * self.window)
    }

    /// The source's units that the pools before it made one unit of `input`.
    pub(crate) fn members(&self, source: Image, unit: u32) -> impl Iterator<Item = u32> + use<> {
        let side = self.side;
        let (channel, y, x) = self.input.place(unit);
        (0..side * side).map(move |i| source.unit(channel, y * side + i / side, x * side + i % side))
    }
}
