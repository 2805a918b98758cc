//! States of the units of a layer, and their step (spec 20.2).

use alloc::vec;
use alloc::vec::Vec;

use crate::arithmetic::{StateBits, decayed};
use crate::model::{Event, Firing, Neurons, Reset};

/// States of a layer's units, as a step leaves them before the reset.
#[derive(Clone, Debug, Default)]
pub(crate) struct UnitStates {
    /// I.
    pub(crate) current: Vec<i32>,
    /// V, 0 where a unit is blocked.
    pub(crate) membrane: Vec<i32>,
    /// h; empty where thresholds do not adapt.
    adaptation: Vec<i32>,
    /// S.
    fired: Vec<bool>,
    /// Steps to come in which a unit is blocked.
    blocked: Vec<u32>,
}

/// A unit blocked for good.
const FOR_GOOD: u32 = u32::MAX;

impl UnitStates {
    pub(crate) fn new(layer: &Neurons) -> Self {
        let adapts = layer.firing.as_ref().is_some_and(|firing| firing.adaptation.is_some());
        Self {
            current: vec![0; layer.units],
            membrane: vec![0; layer.units],
            adaptation: vec![0; if adapts { layer.units } else { 0 }],
            fired: vec![false; layer.units],
            blocked: vec![0; layer.units],
        }
    }

    /// Back to before the first step.
    pub(crate) fn restart(&mut self) {
        self.current.fill(0);
        self.membrane.fill(0);
        self.adaptation.fill(0);
        self.fired.fill(false);
        self.blocked.fill(0);
    }

    /// Takes a step of all units, at which `arriving` X gets to them, and lists the spikes; the number of states that were held within
    /// their range.
    pub(crate) fn step(&mut self, layer: &Neurons, bits: StateBits, arriving: &[i64], spikes: &mut Vec<Event>) -> u64 {
        let mut clamped = 0;
        for (unit, &arriving) in arriving.iter().enumerate() {
            let constants = unit / layer.places;
            let (current, carried) = self.after_reset(layer, constants, unit, bits);

            let exact = decayed(current, layer.current_decay[constants]) + (arriving << layer.weight_shift);
            let current = bits.saturate(exact);
            clamped += u64::from(exact != i64::from(current));

            let driven = i64::from(current) / (1 << layer.current_shift) + i64::from(layer.bias[constants]);
            let exact = decayed(carried, layer.membrane_decay[constants]) + driven;
            let membrane = bits.saturate(exact);
            clamped += u64::from(exact != i64::from(membrane));

            self.current[unit] = current;
            self.membrane[unit] = membrane;
            if let Some(firing) = &layer.firing
                && self.fires(firing, constants, unit, bits)
            {
                spikes.push(Event { unit: unit as u32, count: 1 });
            }
        }
        clamped
    }

    /// I and c, what the last step left of current and membrane.
    fn after_reset(&self, layer: &Neurons, constants: usize, unit: usize, bits: StateBits) -> (i32, i32) {
        let (current, membrane) = (self.current[unit], self.membrane[unit]);
        match &layer.firing {
            Some(firing) if self.fired[unit] => match firing.reset {
                Reset::All => (0, 0),
                Reset::Membrane => (current, 0),
                Reset::Subtract => {
                    let threshold = self.threshold(firing, constants, unit);
                    (current, bits.saturate(i64::from(membrane) - threshold))
                }
                Reset::None => (current, membrane),
            },
            _ => (current, membrane),
        }
    }

    /// θ + h.
    fn threshold(&self, firing: &Firing, constants: usize, unit: usize) -> i64 {
        let raised = self.adaptation.get(unit).copied().unwrap_or(0);
        i64::from(firing.threshold[constants]) + i64::from(raised)
    }

    /// Adapts the threshold of a unit, and whether it fires.
    fn fires(&mut self, firing: &Firing, constants: usize, unit: usize, bits: StateBits) -> bool {
        if let Some(adaptation) = &firing.adaptation {
            let raise = if self.fired[unit] { adaptation.strength[constants] } else { 0 };
            let raised = decayed(self.adaptation[unit], adaptation.decay[constants]) + i64::from(raise);
            self.adaptation[unit] = bits.saturate(raised);
        }
        let blocked = self.blocked[unit];
        if blocked > 0 {
            self.membrane[unit] = 0;
            self.fired[unit] = false;
            self.blocked[unit] = if blocked == FOR_GOOD { FOR_GOOD } else { blocked - 1 };
            return false;
        }
        let fires = i64::from(self.membrane[unit]) >= self.threshold(firing, constants, unit);
        self.fired[unit] = fires;
        if fires {
            self.blocked[unit] = firing.refractory;
        }
        fires
    }
}
