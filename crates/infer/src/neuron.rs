//! The units of a layer.
//!
//! ```text
//! J = αᵢ J + γ X,   V = αᵥ c + J + b,   V ≥ θ fires         c: V after the reset
//! ALIF:   θ = threshold + κ a,   a = ρ a + S
//! adLIF:  V loses (1 − αᵥ) w,   w = ρ w + u,   u = (1 − ρ) (a c + b S) of this step (symplectic), or of the one before
//! ```

use alloc::vec;
use alloc::vec::Vec;

use spikelet_infer_loops::{flush, integrate, integrate_each, reaches};

use crate::checks::demand;
use crate::events::Events;
use crate::geometry::Shape;
use crate::order::position_of;
use crate::reader::Reader;
use crate::reset::{RESET_ALL, RESET_NONE, RESET_SUBTRACT};
use crate::whole::{Bits, Can, Unit, Whole, WholeStates};

pub(crate) const LIF: usize = 0;
const LEAKY: usize = 1;
pub(crate) const ALIF: usize = 2;
const ADLIF: usize = 3;
/// Refractory steps of units that fire once.
pub(crate) const ONCE: usize = 0xffff_ffff;
/// Units that are looked at together.
const BLOCK: usize = 32;
/// Tiny states become 0 every so many steps.
const FLOOR_EVERY: usize = 16;

/// Units with their constants.
#[derive(Debug, Default)]
pub(crate) struct Neurons {
    pub(crate) kind: usize,
    reset: usize,
    pub(crate) refractory: usize,
    /// What takes the place of constants, drives and rests in a network of whole numbers.
    whole: Option<Whole>,
    /// αᵢ, αᵥ, γ, drop, threshold; of an ALIF ρ, κ; of an adLIF ρ, a, b, 1 for the symplectic scheme: one number each, or by position.
    pub(crate) constants: Vec<Vec<f32>>,
    /// By position.
    drives: Vec<f32>,
    /// V∞ by position, to which the bias alone takes the membrane; without end where nothing decays.
    pub(crate) rests: Vec<f32>,
    /// Units by position.
    pub(crate) unit_at: Vec<u32>,
}

/// States of the units, by position.
#[derive(Debug)]
pub(crate) struct States {
    pub(crate) current: Vec<f32>,
    pub(crate) membrane: Vec<f32>,
    adaptation: Vec<f32>,
    arriving: Vec<f32>,
    /// Steps for which a unit stays blocked.
    pub(crate) blocked: Vec<u32>,
    pub(crate) whole: WholeStates,
}

impl Neurons {
    /// Reads units, of whole numbers where bits of states are given.
    pub(crate) fn read(reader: &mut Reader<'_>, Shape { filters, places }: Shape, bits: Option<Bits>) -> Self {
        let [kind, reset, refractory, count] = reader.words();
        let (last_kind, last_reset) = if bits.is_some() { (ALIF, RESET_NONE) } else { (ADLIF, RESET_SUBTRACT) };
        demand(kind <= last_kind && reset <= last_reset && [1, filters].contains(&count));
        let mut unit_at = vec![0; reader.states(&[filters, places])];
        for unit in 0..unit_at.len() {
            unit_at[position_of(unit / places, unit % places, filters, places)] = unit as u32;
        }
        if let Some(bits) = bits {
            let kinds = [3, 2, 5][kind];
            let whole = Some(Whole::read(reader, bits, filters, count, kinds));
            return Self { kind, reset, refractory, whole, unit_at, ..Self::default() };
        }
        let by_position =
            |values: Vec<f32>| -> Vec<f32> { unit_at.iter().map(|&unit| values[unit as usize / places]).collect() };
        let arrays = match kind {
            ALIF => 7,
            ADLIF => 9,
            _ => 5,
        };
        let mut constant = || {
            let values = reader.floats(count);
            if count == 1 { values } else { by_position(values) }
        };
        let constants: Vec<_> = (0..arrays).map(|_| constant()).collect();
        let drives = by_position(reader.floats(filters));
        let rest = |(k, &drive): (usize, &f32)| if drive == 0.0 { 0.0 } else { drive / (1.0 - of(&constants[1], k)) };
        let rests = drives.iter().enumerate().map(rest).collect();
        Self { kind, reset, refractory, whole: None, constants, drives, rests, unit_at }
    }

    pub(crate) fn states(&self) -> States {
        let zeros = || vec![0.0; self.unit_at.len()];
        States {
            current: zeros(),
            membrane: zeros(),
            adaptation: zeros(),
            arriving: zeros(),
            blocked: vec![0; self.unit_at.len()],
            whole: WholeStates::new(if self.whole.is_some() { self.unit_at.len() } else { 0 }),
        }
    }

    /// Takes a step with what arrives at each position, in bits; `to` gets the units that fire, in order of their positions.
    pub(crate) fn run(&self, states: &mut States, drive: &[u32], step: usize, to: &mut Events) {
        if let Some(whole) = &self.whole {
            return self.run_whole(whole, states, drive, to);
        }
        // Not at the end of the step before: what a readout answers is not flushed.
        if step.is_multiple_of(FLOOR_EVERY) {
            let States { current, membrane, adaptation, arriving, .. } = states;
            [current, membrane, adaptation, arriving].into_iter().for_each(|state| flush(state));
        }
        let [alpha, beta, gamma, _, threshold, ..] = &self.constants[..] else { return };
        let States { current, membrane, .. } = states;
        match ([alpha, beta, gamma], &self.drives[..]) {
            ([alpha, beta, gamma], drives) if alpha.len() == 1 => {
                integrate(current, membrane, drive, drives, [alpha[0], beta[0], gamma[0]]);
            }
            (constants, drives) => {
                integrate_each(current, membrane, drive, drives, constants.map(|values| &values[..]));
            }
        }
        let is_plain = self.kind <= LEAKY && self.refractory == 0;
        let stride = usize::from(threshold.len() > 1);
        let units = states.membrane.len();
        for first in (0..units).step_by(BLOCK) {
            let block = first..units.min(first + BLOCK);
            let thresholds = if stride == 0 { &threshold[..] } else { &threshold[block.clone()] };
            if is_plain && !reaches(&states.membrane[block.clone()], thresholds) {
                continue;
            }
            for k in block {
                if is_plain && states.membrane[k] < threshold[k * stride] {
                    continue;
                }
                if self.unit(states, k, k * stride) {
                    to.units.push(self.unit_at[k]);
                }
            }
        }
    }

    fn run_whole(&self, whole: &Whole, states: &mut States, drive: &[u32], to: &mut Events) {
        let places = self.unit_at.len() / whole.filters();
        for (position, &arriving) in drive.iter().enumerate() {
            let blocked = &mut states.blocked[position];
            let can = match *blocked {
                0 if self.kind == LEAKY => Can::Integrate,
                0 => Can::Fire,
                _ => Can::Rest,
            };
            if can == Can::Rest && self.refractory != ONCE {
                *blocked -= 1;
            }
            let unit = self.unit_at[position];
            let place = Unit { position, filter: unit as usize / places, reset: self.reset };
            if whole.step(&mut states.whole, place, arriving, can) {
                *blocked = self.refractory as u32;
                to.units.push(unit);
            }
        }
    }

    /// Whether units never fire.
    pub(crate) fn is_readout(&self) -> bool {
        self.kind == LEAKY
    }

    /// Becomes a copy of others, in the memory that it has.
    pub(crate) fn copy(&mut self, others: &Self) {
        let Self { kind, reset, refractory, constants, drives, rests, unit_at, whole: _ } = others;
        (self.kind, self.reset, self.refractory) = (*kind, *reset, *refractory);
        self.constants.clone_from(constants);
        self.drives.clone_from(drives);
        self.rests.clone_from(rests);
        self.unit_at.clone_from(unit_at);
    }

    /// Keeps the units at these positions alone, which rise.
    pub(crate) fn keep(&mut self, kept: &[u32]) {
        self.constants.iter_mut().filter(|values| values.len() > 1).for_each(|values| keep(values, kept));
        keep(&mut self.drives, kept);
        keep(&mut self.rests, kept);
        keep(&mut self.unit_at, kept);
    }

    /// The rest of the step of a unit; returns whether it fires.
    fn unit(&self, states: &mut States, k: usize, c: usize) -> bool {
        let constant = |number: usize| self.constants[number][c];
        let adaptation = &mut states.adaptation[k];
        let mut membrane = states.membrane[k];
        if self.kind == ADLIF {
            membrane += 0.0 - (1.0 - constant(1)) * *adaptation;
        }
        let blocked = &mut states.blocked[k];
        if *blocked > 0 {
            membrane = 0.0;
            if self.refractory != ONCE {
                *blocked -= 1;
            }
        }
        let mut threshold = constant(4);
        if self.kind == ALIF {
            threshold += *adaptation * constant(6);
        }
        let fires = membrane >= threshold;
        if fires {
            *blocked = self.refractory as u32;
            if self.reset == RESET_ALL {
                states.current[k] = 0.0;
            }
            membrane = if self.reset == RESET_SUBTRACT { membrane - threshold * constant(3) } else { 0.0 };
        }
        states.membrane[k] = membrane;
        let fired = if fires { 1.0 } else { 0.0 };
        match self.kind {
            ALIF => *adaptation = *adaptation * constant(5) + fired,
            ADLIF => {
                let spike = if fires { constant(7) } else { 0.0 };
                let now = (1.0 - constant(5)) * (constant(6) * membrane + spike);
                let taken = if constant(8) == 0.0 { states.arriving[k] } else { now };
                *adaptation = *adaptation * constant(5) + taken;
                states.arriving[k] = now;
            }
            _ => {}
        }
        fires
    }
}

/// A constant at a position, which all may share.
pub(crate) fn of(constants: &[f32], k: usize) -> f32 {
    constants[if constants.len() > 1 { k } else { 0 }]
}

impl States {
    /// Goes back to so many units before the first step.
    pub(crate) fn clear(&mut self, units: usize) {
        let Self { current, membrane, adaptation, arriving, blocked, whole } = self;
        whole.clear();
        for state in [current, membrane, adaptation, arriving] {
            state.clear();
            state.resize(units, 0.0);
        }
        blocked.clear();
        blocked.resize(units, 0);
    }

    /// Keeps the units at these positions alone, which rise.
    pub(crate) fn keep(&mut self, kept: &[u32]) {
        let Self { current, membrane, adaptation, arriving, blocked, whole: _ } = self;
        [current, membrane, adaptation, arriving].into_iter().for_each(|state| keep(state, kept));
        keep(blocked, kept);
    }
}

/// Keeps the values at these places alone, which rise.
fn keep<T: Copy>(values: &mut Vec<T>, kept: &[u32]) {
    for (to, &from) in kept.iter().enumerate() {
        values[to] = values[from as usize];
    }
    values.truncate(kept.len());
}
