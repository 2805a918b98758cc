//! Average pools are sums, whose factor is in the weights behind them; max pools are maxima of counts (spec 20.2).

use alloc::vec::Vec;

use crate::model::{Event, Pool, PoolKind};

impl Pool {
    /// What it sends at a step at which it gets `events`; `totals` is scratch.
    pub(crate) fn run(&self, events: &[Event], totals: &mut Vec<u32>, to: &mut Vec<Event>) {
        let (input, output) = (self.window.input(), self.window.output());
        match self.kind {
            PoolKind::Pass => to.extend_from_slice(events),
            PoolKind::Sum => {
                for &Event { unit, count } in events {
                    let (channel, place) = (unit as usize / input, unit as usize % input);
                    self.window.seen_by(place, &mut |place, _| {
                        to.push(Event { unit: (channel * output + place) as u32, count });
                    });
                }
            }
            PoolKind::Max => {
                totals.clear();
                totals.resize(self.inputs, 0);
                for &Event { unit, count } in events {
                    totals[unit as usize] += count;
                }
                if !events.is_empty() {
                    self.maxima(totals, to);
                }
            }
        }
    }

    fn maxima(&self, totals: &[u32], to: &mut Vec<Event>) {
        let (input, output) = (self.window.input(), self.window.output());
        let (rows, columns) = (&self.window.rows, &self.window.columns);
        for unit in 0..self.units {
            let (channel, place) = (unit / output, unit % output);
            let (top, left) = (place / columns.output * rows.stride, place % columns.output * columns.stride);
            let mut max = 0;
            for y in top..top + rows.taps {
                for x in left..left + columns.taps {
                    max = max.max(totals[channel * input + y * columns.input + x]);
                }
            }
            if max > 0 {
                to.push(Event { unit: unit as u32, count: max });
            }
        }
    }
}
