//! Units that can no longer fire without input.
//!
//! ```text
//! V[t+n] − V∞ = αᵥⁿ x + J c_n,   x = V − V∞,   V∞ = b / (1 − αᵥ),   c_n = Σ_(k=1..n) αᵢᵏ αᵥⁿ⁻ᵏ
//! ```
//!
//! For J > 0 this rises up to one step and falls from there on; otherwise it is at most max(x, 0). It grows with both decays where x ≥ 0.

use alloc::vec::Vec;

use spikelet_infer_loops::bound;

use crate::events::Events;
use crate::neuron::{ALIF, LIF, Neurons, ONCE, States, of};

/// Fraction of the threshold that a resting membrane must stay below, so that rounding cannot make it fire.
const CALM: f32 = 0.999;
/// Steps that membrane and current remember, together, up to which rounding stays within half of that margin.
const MAX_MEMORY: f32 = 1000.0;
/// Steps between two looks which units have come to rest.
const LOOK_EVERY: usize = 32;

/// What is left of a membrane and of a current after n steps, and how much more after the next.
#[derive(Clone, Copy, Debug)]
struct Course {
    now: [f32; 2],
    change: [f32; 2],
}

/// The courses of the largest decays of a layer, `[n]`; empty where units are not known to rest.
#[derive(Debug, Default)]
pub(crate) struct Rest {
    courses: Vec<Course>,
    /// The most that is left of a current.
    most: f32,
    /// Least x: 0 where decays differ.
    lowest: f32,
}

impl Rest {
    /// The courses in a sample of so many steps.
    pub(crate) fn new(neurons: &Neurons, steps: usize) -> Self {
        let [alpha, beta, ..] = &neurons.constants[..] else { return Self::default() };
        let [current, membrane] = [alpha, beta].map(|decays| decays.iter().copied().fold(0.0, f32::max));
        let memory = |decay: f32| (1.0 / (1.0 - decay)).min(steps as f32);
        // Of a readout the membrane is the answer, and that of an adLIF may swing.
        let is_known = matches!(neurons.kind, LIF | ALIF) && memory(current) + memory(membrane) <= MAX_MEMORY;
        let (mut power, mut left) = (1.0, [1.0, 0.0]);
        let course = |_| {
            power *= current;
            let now = left;
            left = [now[0] * membrane, now[1] * membrane + power];
            Course { now, change: [left[0] - now[0], left[1] - now[1]] }
        };
        let courses: Vec<_> = (0..if is_known { steps } else { 0 }).map(course).collect();
        let most = courses.iter().fold(0.0, |most, course| course.now[1].max(most));
        Self { courses, most, lowest: if alpha.len() > 1 { 0.0 } else { f32::NEG_INFINITY } }
    }

    /// The highest membrane to come, V∞ + max(x, αᵥⁿ x + J c_n), of a unit with J > 0.
    fn highest(&self, membrane: f32, rest: f32, current: f32) -> f32 {
        let x = (membrane - rest).max(self.lowest);
        let at = |[of_membrane, of_current]: [f32; 2]| of_membrane * x + of_current * current;
        let peak = self.courses.partition_point(|course| at(course.change) > 0.0);
        let course = self.courses.get(peak).or(self.courses.last());
        course.map_or(f32::NAN, |course| rest + x.max(at(course.now)))
    }
}

/// The units of a layer that can still fire.
#[derive(Debug, Default)]
pub(crate) struct Awake {
    neurons: Neurons,
    kept: Vec<u32>,
    /// An upper bound of each membrane.
    highest: Vec<f32>,
}

impl Awake {
    /// Leaves only the units that can still fire without input; `false` where they are not known.
    pub(crate) fn begin(&mut self, rest: &Rest, neurons: &Neurons, states: &mut States) -> bool {
        let is_known = !rest.courses.is_empty();
        if is_known {
            self.neurons.copy(neurons);
            self.look(rest, states);
        }
        is_known
    }

    /// Takes a step without input; `to` gets the units that fire. Returns whether none can fire any more.
    pub(crate) fn run(
        &mut self,
        rest: &Rest,
        states: &mut States,
        drive: &[u32],
        step: usize,
        to: &mut Events,
    ) -> bool {
        self.neurons.run(states, &drive[..states.current.len()], step, to);
        if step.is_multiple_of(LOOK_EVERY) {
            self.look(rest, states);
        }
        states.current.is_empty()
    }

    fn look(&mut self, rest: &Rest, states: &mut States) {
        let Self { neurons, kept, highest } = self;
        let States { current, membrane, blocked, .. } = states;
        highest.resize(current.len(), 0.0);
        bound(membrane, current, &neurons.rests, rest.most, highest);
        kept.clear();
        for (k, &highest) in highest.iter().enumerate() {
            let calm = CALM * of(&neurons.constants[4], k);
            let is_calm = match blocked[k] {
                0 => {
                    highest <= calm
                        || current[k] > 0.0 && rest.highest(membrane[k], neurons.rests[k], current[k]) <= calm
                }
                _ => neurons.refractory == ONCE,
            };
            if !is_calm {
                kept.push(k as u32);
            }
        }
        neurons.keep(kept);
        states.keep(kept);
    }
}
