//! Pools: average pools pass every event on, max pools as many as the unit with the most has.

use alloc::vec;
use alloc::vec::Vec;

use crate::events::{Events, Sources};
use crate::geometry::{Axis, Window};
use crate::reader::Reader;

/// A pool.
#[derive(Debug)]
pub(crate) struct Pool {
    selects: bool,
    /// Output of each unit in each of the windows that may overlap there, from the last that begins at or before the unit.
    outputs: Vec<Vec<Option<u32>>>,
    inputs: usize,
    pub(crate) units: usize,
}

/// Scratch of a max pool.
#[derive(Debug, Default)]
pub(crate) struct PoolState {
    /// Spikes of each unit at the step.
    counts: Vec<u32>,
    /// Spikes of each output.
    most: Vec<u32>,
    /// Outputs in the order in which they were found.
    found: Vec<u32>,
}

impl Pool {
    pub(crate) fn read(reader: &mut Reader<'_>, selects: bool, window: &Window) -> Self {
        let Window { channels, rows, columns, .. } = window;
        let units = window.pooled(reader);
        let places = rows.input * columns.input;
        let of_places = rows.output * columns.output;
        let across = columns.overlap();
        let of_back = |back: usize| {
            let output = |unit: usize| {
                let place = unit % places;
                let y = window_of(rows, place / columns.input, back / across)?;
                let x = window_of(columns, place % columns.input, back % across)?;
                Some((unit / places * of_places + y * columns.output + x) as u32)
            };
            (0..channels * places).map(output).collect()
        };
        let outputs = (0..window.overlap()).map(of_back).collect();
        Self { selects, outputs, inputs: channels * places, units }
    }

    pub(crate) fn state(&self) -> PoolState {
        let count = |length| vec![0; if self.selects { length } else { 0 }];
        PoolState { counts: count(self.inputs), most: count(self.units), found: Vec::new() }
    }

    /// Lets the events through that `each` hands over.
    pub(crate) fn pass(&self, state: &mut PoolState, each: &Sources<'_>, to: &mut Events) {
        if !self.selects {
            for outputs in &self.outputs {
                each(&mut |unit, value| {
                    if let Some(output) = outputs[unit] {
                        to.push(output, value);
                    }
                });
            }
            return;
        }
        let PoolState { counts, most, found } = state;
        each(&mut |unit, _| counts[unit] += 1);
        for outputs in &self.outputs {
            each(&mut |unit, _| {
                let Some(output) = outputs[unit] else { return };
                let of_output = &mut most[output as usize];
                if *of_output == 0 {
                    to.push(output, 1.0);
                    found.push(output);
                }
                *of_output = (*of_output).max(counts[unit]);
            });
        }
        each(&mut |unit, _| counts[unit] = 0);
        for output in found.drain(..) {
            (1..core::mem::take(&mut most[output as usize])).for_each(|_| to.push(output, 1.0));
        }
    }
}

/// The window so many before the last that begins at or before a place, if it sees the place.
fn window_of(axis: &Axis, place: usize, back: usize) -> Option<usize> {
    let window = (place / axis.stride).checked_sub(back)?;
    (window < axis.output && place - window * axis.stride < axis.taps).then_some(window)
}
