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

/// Spikes of a step on their way through a pool.
#[derive(Debug, Default)]
pub(crate) struct PoolWork {
    /// Units whose spikes arrive.
    pub(crate) from: Vec<u32>,
    /// Outputs at which they leave.
    pub(crate) to: Vec<u32>,
    /// Values of what arrives and of what leaves, where events of the input have values; average pools alone take them.
    pub(crate) values: [Vec<f32>; 2],
    /// Output of each input, pool by pool `[window][input]`.
    outputs: Vec<Vec<u32>>,
    /// First input of each output of a max pool, pool by pool; empty of an average pool.
    pub(crate) first_inputs: Vec<Vec<u32>>,
    /// Spikes of each input of a max pool.
    counts: Vec<u32>,
    /// The input that a window selects, with its spikes; 0 spikes where none was seen.
    best: Vec<(u32, u32)>,
}

impl PoolWork {
    /// Room for the spikes of some pools.
    pub(crate) fn of<'a>(pools: impl Iterator<Item = &'a Pool> + Clone) -> Self {
        let max = pools.clone().filter(|pool| pool.kind == PoolKind::Max);
        let first_inputs = |pool: &Pool| {
            let outputs = if pool.kind == PoolKind::Max { pool.slid.output.units() } else { 0 };
            (0..outputs as u32).map(|output| pool.input_of(output, 0)).collect()
        };
        let units = |sizes: &mut dyn Iterator<Item = usize>| sizes.max().unwrap_or(0);
        Self {
            outputs: pools.clone().map(Pool::outputs).collect(),
            first_inputs: pools.map(first_inputs).collect(),
            counts: vec![0; units(&mut max.clone().map(|pool| pool.slid.input.units()))],
            best: vec![(0, 0); units(&mut max.map(|pool| pool.slid.output.units()))],
            ..Self::default()
        }
    }

    /// Outputs of a max pool at which spikes leave, each with the unit that its window selects.
    pub(crate) fn selections(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.to.iter().map(|&output| (output, self.best[output as usize].0))
    }

    /// A spike of each input is passed on to every window of that pool in which it lies.
    pub(crate) fn average(&mut self, pool: &Pool, number: usize) {
        let Self { from, to, values: [values, passed], outputs, .. } = self;
        to.clear();
        passed.clear();
        for of_window in outputs[number].chunks_exact(pool.slid.input.units()) {
            let outputs = from.iter().map(|&unit| of_window[unit as usize]);
            if !values.is_empty() {
                let kept = outputs.clone().zip(&*values).filter(|&(output, _)| output != NO_UNIT);
                passed.extend(kept.map(|(_, value)| value));
            }
            to.extend(outputs.filter(|&unit| unit != NO_UNIT));
        }
    }

    /// The spikes of the input with the most spikes are passed on, on ties those of the first. `best` keeps the selection.
    pub(crate) fn max(&mut self, pool: &Pool, number: usize) {
        let Self { from, to, outputs, counts, best, .. } = self;
        to.clear();
        for &unit in &*from {
            counts[unit as usize] += 1;
        }
        for of_window in outputs[number].chunks_exact(pool.slid.input.units()) {
            for &unit in &*from {
                let output = of_window[unit as usize];
                if output == NO_UNIT {
                    continue;
                }
                let (count, best) = (counts[unit as usize], &mut best[output as usize]);
                if best.1 == 0 {
                    to.push(output);
                }
                if count > best.1 || count == best.1 && unit < best.0 {
                    *best = (unit, count);
                }
            }
        }
    }

    /// Repeats each output as often as its selected input fired, and forgets the selection.
    pub(crate) fn forget(&mut self, pool: &Pool) {
        for &unit in &self.from {
            self.counts[unit as usize] = 0;
        }
        for index in 0..self.to.len() {
            let output = self.to[index];
            debug_assert!((output as usize) < pool.slid.output.units(), "an output of the pool");
            let count = std::mem::take(&mut self.best[output as usize]).1;
            self.to.extend(std::iter::repeat_n(output, count as usize - 1));
        }
    }
}

fn overlap(axis: &Axis) -> usize {
    axis.taps.div_ceil(axis.stride)
}

fn window_of(axis: &Axis, place: usize, number: usize) -> Option<usize> {
    let window = (place / axis.stride).checked_sub(number)?;
    (window < axis.output && place - window * axis.stride < axis.taps).then_some(window)
}
