//! Pools: the mean or the maximum over windows, which may overlap (spec 2, 5.5, 17).

use spikelet_config::Slid;
use spikelet_config::geometry::{Axis, Window};

use crate::events::NO_UNIT;

/// What a pool lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolKind {
    /// Every spike, scaled by one over the units of a window.
    Average,
    /// The spikes of the unit that has fired most in its window.
    Max,
}

/// One pool on the way from a source.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    pub(crate) kind: PoolKind,
    pub(crate) slid: Slid,
}

impl Pool {
    pub(crate) fn new(kind: PoolKind, slid: &Slid) -> Self {
        Self { kind, slid: *slid }
    }

    /// Units of a window.
    pub(crate) fn window_units(&self) -> usize {
        self.slid.window.rows.taps * self.slid.window.columns.taps
    }

    /// Most windows that a unit lies in. They are numbered from the last that begins at or before the unit, back along rows, then columns.
    pub(crate) fn overlap(&self) -> usize {
        let Window { rows, columns } = self.slid.window;
        overlap(&rows) * overlap(&columns)
    }

    /// The output unit of the window of a `number` below [`Pool::overlap`] that an input unit lies in; [`NO_UNIT`] if there is none.
    pub(crate) fn output_of(&self, unit: u32, number: usize) -> u32 {
        if unit == NO_UNIT {
            return NO_UNIT;
        }
        let Slid { input, output, window: Window { rows, columns }, .. } = &self.slid;
        let (channel, y, x) = input.place(unit);
        let across = overlap(columns);
        match (window_of(rows, y, number / across), window_of(columns, x, number % across)) {
            (Some(y), Some(x)) => output.unit(channel, y, x),
            _ => NO_UNIT,
        }
    }

    /// The output units of all input units, `[window][input]`; [`NO_UNIT`] where there is none.
    pub(crate) fn outputs(&self) -> Vec<u32> {
        let units = 0..self.slid.input.units() as u32;
        (0..self.overlap()).flat_map(|window| units.clone().map(move |unit| self.output_of(unit, window))).collect()
    }

    /// An input unit of the window of an output unit, by its number in row-major order.
    pub(crate) fn input_of(&self, output: u32, tap: usize) -> u32 {
        let Slid { input, output: image, window: Window { rows, columns }, .. } = &self.slid;
        let (channel, y, x) = image.place(output);
        input.unit(channel, y * rows.stride + tap / columns.taps, x * columns.stride + tap % columns.taps)
    }

    /// Number of an output unit's window for an input unit in it.
    pub(crate) fn window_of(&self, output: u32, unit: u32) -> usize {
        let Slid { input, output: image, window: Window { rows, columns }, .. } = &self.slid;
        if rows.taps <= rows.stride && columns.taps <= columns.stride {
            return 0;
        }
        let ((_, y, x), (_, row, column)) = (image.place(output), input.place(unit));
        (row / rows.stride - y) * overlap(columns) + column / columns.stride - x
    }
}

fn overlap(axis: &Axis) -> usize {
    axis.taps.div_ceil(axis.stride)
}

fn window_of(axis: &Axis, place: usize, number: usize) -> Option<usize> {
    let window = (place / axis.stride).checked_sub(number)?;
    (window < axis.output && place - window * axis.stride < axis.taps).then_some(window)
}
