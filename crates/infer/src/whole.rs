//! Units with states of whole numbers, exact.
//!
//! ```text
//! I = sat(mul(I, A_i) + 2^F X),   V = sat(mul(c, A_v) + div(I, 2^F') + b),   V ≥ θ + h fires         c: V after the reset
//! ALIF:   h = sat(mul(h, A_ρ) + k S) with S of the step before
//! ```

use alloc::vec;
use alloc::vec::Vec;

use crate::checks::{demand, refuse};
use crate::reader::Reader;
use crate::reset::{RESET_ALL, RESET_NONE, RESET_SUBTRACT};

/// Binary digits of a decay.
const DIGITS: u32 = 15;
const MAX_SHIFT: usize = 15;
/// A_i, A_v, θ, A_ρ, k.
const CONSTANTS: usize = 5;

/// What units of whole numbers have beside those of floating-point numbers.
#[derive(Debug)]
pub(crate) struct Whole {
    /// Largest absolute value of a state.
    max: i64,
    /// F, F'.
    shifts: [u32; 2],
    /// `[unit or channel]`; 0 where the kind of unit has none.
    constants: Vec<[i32; CONSTANTS]>,
    bias: Vec<i32>,
}

/// States by position, as a step leaves them before the reset.
#[derive(Debug, Default)]
pub(crate) struct WholeStates {
    current: Vec<i32>,
    pub(crate) membrane: Vec<i32>,
    adaptation: Vec<i32>,
    fired: Vec<bool>,
    /// How often a current or a membrane was held within its range.
    pub(crate) clamped: u64,
}

/// The bits of the states of a network, 16 or 32.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits(u32);

impl Bits {
    pub(crate) fn new(bits: usize) -> Self {
        match bits {
            16 | 32 => Self(bits as u32),
            _ => refuse(),
        }
    }
}

impl Whole {
    /// Reads units of which so many have constants of their own: `count` of each constant, of these kinds.
    pub(crate) fn read(reader: &mut Reader<'_>, Bits(bits): Bits, filters: usize, count: usize, kinds: usize) -> Self {
        let shifts: [usize; 2] = reader.words();
        demand(shifts.iter().all(|&shift| shift <= MAX_SHIFT));
        let mut constants = vec![[0; CONSTANTS]; filters];
        for number in 0..kinds {
            let values = reader.integers(count);
            for (filter, constants) in constants.iter_mut().enumerate() {
                constants[number] = values[filter % count];
            }
        }
        let is_decay = |decay: i32| (0..=1 << DIGITS).contains(&decay);
        demand(constants.iter().all(|&[current, membrane, _, adaptation, _]| {
            is_decay(current) && is_decay(membrane) && is_decay(adaptation)
        }));
        let bias = reader.integers(filters);
        Self { max: (1 << (bits - 1)) - 1, shifts: shifts.map(|shift| shift as u32), constants, bias }
    }

    /// Units or channels that have constants of their own.
    pub(crate) fn filters(&self) -> usize {
        self.bias.len()
    }

    /// Takes a step of the unit at a position, at which `arriving` X gets to it. Returns whether it fires, if it can.
    pub(crate) fn step(&self, states: &mut WholeStates, unit: Unit, arriving: u32, can: Can) -> bool {
        let Unit { position, filter, reset } = unit;
        let [of_current, of_membrane, threshold, of_adaptation, strength] = self.constants[filter].map(i64::from);
        let sat = |state: i64| state.clamp(-self.max, self.max);
        let mut clamped = 0;
        let mut hold = |exact: i64| {
            clamped += u64::from(sat(exact) != exact);
            sat(exact)
        };
        let WholeStates { current, membrane, adaptation, fired, .. } = states;
        let [mut i, mut c, h] = [&*current, membrane, adaptation].map(|state| i64::from(state[position]));
        let has_fired = fired[position];
        if has_fired {
            (i, c) = match reset {
                RESET_ALL => (0, 0),
                RESET_SUBTRACT => (i, sat(c - threshold - h)),
                RESET_NONE => (i, c),
                _ => (i, 0),
            };
        }
        let [weight_shift, current_shift] = self.shifts;
        i = hold(decayed(i, of_current) + (i64::from(arriving.cast_signed()) << weight_shift));
        let v = hold(decayed(c, of_membrane) + i / (1 << current_shift) + i64::from(self.bias[filter]));
        let h = sat(decayed(h, of_adaptation) + if has_fired { strength } else { 0 });
        let fires = can == Can::Fire && v >= threshold + h;
        current[position] = i as i32;
        membrane[position] = if can == Can::Rest { 0 } else { v as i32 };
        adaptation[position] = h as i32;
        fired[position] = fires;
        states.clamped += clamped;
        fires
    }
}

/// mul(x, A).
fn decayed(state: i64, decay: i64) -> i64 {
    state * decay / (1 << DIGITS)
}

/// The unit that takes a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) position: usize,
    pub(crate) filter: usize,
    pub(crate) reset: usize,
}

/// What a unit can do at a step: one of a readout never fires, a blocked one rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Can {
    Fire,
    Integrate,
    Rest,
}

impl WholeStates {
    pub(crate) fn new(units: usize) -> Self {
        let zeros = || vec![0; units];
        Self { current: zeros(), membrane: zeros(), adaptation: zeros(), fired: vec![false; units], clamped: 0 }
    }

    /// Goes back to before the first step.
    pub(crate) fn clear(&mut self) {
        for state in [&mut self.current, &mut self.membrane, &mut self.adaptation] {
            state.fill(0);
        }
        self.fired.fill(false);
        self.clamped = 0;
    }
}
