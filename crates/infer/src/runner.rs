//! Many steps at once.

use alloc::vec;
use alloc::vec::Vec;
use core::mem::replace;

use crate::engine::Engine;
use crate::network::Network;

/// An engine that runs steps at once or one by one.
#[derive(Debug)]
pub struct Runner<'a> {
    /// The engine, for single steps.
    pub engine: Engine<'a>,
    /// Steps, units and bits of the values of the events to come.
    events: Vec<u32>,
    /// Step and unit of each output spike of the last run.
    spikes: Vec<[u32; 2]>,
    /// `[step][output]`: of a readout.
    membranes: Vec<f32>,
    /// Outputs that have fired in it.
    seen: Vec<bool>,
}

/// How to run.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Whether events have values; without, all are 1.
    pub has_values: bool,
    /// Most steps.
    pub steps: usize,
    /// Ends after the step at which so many outputs have fired.
    pub awaited: usize,
    /// Whether it is followed by a restart, so that units rest where that does not change what fires.
    pub is_whole: bool,
}

impl<'a> Runner<'a> {
    /// An engine before the first step.
    #[must_use]
    pub fn new(network: &'a Network) -> Self {
        let engine = Engine::new(network);
        let seen = vec![false; engine.membranes().len()];
        Self { engine, events: Vec::new(), spikes: Vec::new(), membranes: Vec::new(), seen }
    }

    /// Room for the events of the next run, in order: the steps of all, counted from its start, the units of all, and the bits of all
    /// values.
    #[inline(never)]
    pub fn events(&mut self, count: usize) -> &mut [u32] {
        self.events.resize(3 * count, 0);
        &mut self.events
    }

    /// Runs steps with the events of [`Runner::events`]; returns their number.
    #[inline(never)]
    pub fn run(&mut self, Run { has_values, steps, awaited, is_whole }: Run) -> usize {
        let Self { engine, events, spikes, membranes, seen } = self;
        spikes.clear();
        membranes.clear();
        seen.fill(false);
        let count = events.len() / 3;
        let (times, events) = events.split_at(count);
        let (units, values) = events.split_at(count);
        let is_readout = engine.is_readout();
        let (mut next, mut found) = (0, 0);
        for step in 0..steps {
            let input = engine.next();
            while times.get(next).is_some_and(|&time| time as usize == step) {
                input.units.push(units[next]);
                input.values.push(f32::from_bits(values[next]));
                next += 1;
            }
            let is_silent = is_whole && next == count && engine.rest();
            if is_silent && !is_readout {
                return steps;
            }
            for &unit in engine.step(has_values) {
                found += usize::from(!replace(&mut seen[unit as usize], true));
                spikes.push([step as u32, unit]);
            }
            if is_readout {
                membranes.extend_from_slice(engine.membranes());
            }
            if found >= awaited {
                return step + 1;
            }
        }
        steps
    }

    /// Step and unit of each output spike of the last run, one after the other.
    #[must_use]
    pub fn spikes(&self) -> &[u32] {
        self.spikes.as_flattened()
    }

    /// `[step][output]`: membranes of a readout in the last run.
    #[must_use]
    pub fn membranes(&self) -> &[f32] {
        &self.membranes
    }
}
