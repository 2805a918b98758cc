//! A neuron lane by lane, in plain loops: what the twins in [`crate::reference`] ask of it.

use super::constants::LifConstants;
use crate::Reset;
use crate::backward::BackwardTile;

/// Most own states, or own adjoints, of a neuron.
pub(crate) const MAX_OWN: usize = 2;

/// Adjoints of a lane.
#[derive(Clone, Copy, Default)]
pub(crate) struct LaneAdjoints {
    pub(crate) p: f32,
    pub(crate) q: f32,
    pub(crate) own: [f32; MAX_OWN],
    /// Θ of the step last taken.
    pub(crate) threshold: f32,
    /// What a neuron needs of the adjoints of the step after.
    pub(crate) after: [f32; 2],
}

impl LaneAdjoints {
    /// p and q of a LIF, with G of the step.
    pub(crate) fn step_as_lif(&mut self, constants: &LifConstants, direct: f32) {
        self.p = direct + self.p * constants.membrane_decay;
        self.q = self.p + self.q * constants.current_decay;
    }
}

/// One lane of a neuron: the twin of [`super::Neuron`] and [`super::StepBack`]. What is not said is that of a LIF.
pub(crate) trait PlainNeuron {
    fn constants(&self) -> &LifConstants;
    /// Units in which q and Σ p leave.
    fn gains(&self) -> [f32; 2] {
        [1.0; 2]
    }
    /// What drives the membrane beside J and the bias.
    fn own_drive(&self, _own: &[f32]) -> Option<f32> {
        None
    }
    fn threshold(&self, _own: &[f32]) -> f32 {
        self.constants().threshold
    }
    fn threshold_fall(&self, _before: &[f32]) -> f32 {
        0.0
    }
    fn adapt(&self, _own: &mut [f32], _carried: f32, _has_fired: bool) {}

    fn enter(&self, _adjoints: &mut LaneAdjoints) {}
    fn own_error(&self, _adjoints: &LaneAdjoints) -> Option<f32> {
        None
    }
    fn own_time_gradient(&self, _adjoints: &LaneAdjoints) -> Option<f32> {
        None
    }
    fn step_back(&self, _kept: &LaneKept<'_>, _t: usize, adjoints: &mut LaneAdjoints, direct: f32) {
        adjoints.step_as_lif(self.constants(), direct);
    }
    fn delay_gradient(&self, opened: f32, adjoints: &LaneAdjoints) -> f32 {
        let LifConstants { current_decay, membrane_decay, .. } = *self.constants();
        (opened - adjoints.q * current_decay) - adjoints.p * membrane_decay
    }
    fn taken(&self, kept: &LaneKept<'_>, t: usize, next: &LaneAdjoints) -> f32 {
        let LifConstants { current_decay, membrane_decay, reset, .. } = *self.constants();
        match reset {
            Reset::All => {
                (kept.membrane(t) * membrane_decay) * next.p + (kept.current(self, t) * current_decay) * next.q
            }
            Reset::Membrane => (kept.membrane(t) * membrane_decay) * next.p,
            Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => {
                next.p * ((self.threshold(&kept.own(t)) * self.constants().drop()) * membrane_decay)
            }
        }
    }
    fn moved(&self, kept: &LaneKept<'_>, t: usize, next: &LaneAdjoints) -> f32 {
        kept.moved_by_lif(self, t, next)
    }
    fn sum(&self, _kept: &LaneKept<'_>, _t: usize, _adjoints: &LaneAdjoints, _sums: &mut PlainSums<'_>) {}
}

/// Sums of one lane for learnt constants.
pub(crate) struct PlainSums<'a> {
    pub(crate) sums: &'a mut [f32],
    pub(crate) lanes: usize,
    pub(crate) lane: usize,
}

impl PlainSums<'_> {
    pub(crate) fn add(&mut self, constant: usize, value: f32) {
        self.sums[constant * self.lanes + self.lane] += value;
    }
}

/// States of a lane that the forward pass kept; the twin of [`super::Kept`].
#[derive(Clone, Copy)]
pub(crate) struct LaneKept<'a> {
    pub(crate) tile: &'a BackwardTile<'a>,
    pub(crate) lane: usize,
}

impl LaneKept<'_> {
    pub(crate) fn fired(&self, t: usize) -> bool {
        self.tile.spikes[t] >> self.lane & 1 == 1
    }

    pub(crate) fn membrane(&self, t: usize) -> f32 {
        self.tile.trace[t * self.tile.lanes + self.lane]
    }

    pub(crate) fn own(&self, t: usize) -> [f32; MAX_OWN] {
        let rows = self.tile.trace.len();
        let at = |state: usize| state * rows + t * self.tile.lanes + self.lane;
        std::array::from_fn(|state| self.tile.own_trace.get(at(state)).copied().unwrap_or(0.0))
    }

    /// c[t].
    pub(crate) fn carried(&self, neuron: &(impl PlainNeuron + ?Sized), t: usize) -> f32 {
        let membrane = self.membrane(t);
        if self.fired(t) { neuron.constants().carried(membrane, neuron.threshold(&self.own(t))) } else { membrane }
    }

    /// What αᵥ multiplies in V[t+1].
    pub(crate) fn decaying(&self, neuron: &(impl PlainNeuron + ?Sized), t: usize) -> f32 {
        let is_whole = neuron.constants().reset == Reset::SubtractAfterDecay;
        if is_whole { self.membrane(t) } else { self.carried(neuron, t) }
    }

    /// gᵢ[t] J[t], where J was kept.
    pub(crate) fn carried_current(&self, t: usize) -> f32 {
        let resets = self.fired(t) && self.tile.constants.reset == Reset::All;
        if resets { 0.0 } else { self.tile.current[t * self.tile.lanes + self.lane] }
    }

    /// J[t], recovered.
    pub(crate) fn current(&self, neuron: &(impl PlainNeuron + ?Sized), t: usize) -> f32 {
        let before = t.checked_sub(1).map_or(0.0, |before| self.carried(neuron, before));
        let driven = (self.membrane(t) - before * neuron.constants().membrane_decay) - self.tile.terms.bias[self.lane];
        neuron.own_drive(&self.own(t)).map_or(driven, |drive| driven - drive)
    }

    /// Y[t].
    pub(crate) fn drive(&self, neuron: &(impl PlainNeuron + ?Sized), t: usize) -> f32 {
        let before = t.checked_sub(1).filter(|&before| !self.fired(before));
        let carried = before.map_or(0.0, |before| self.current(neuron, before));
        self.current(neuron, t) - carried * neuron.constants().current_decay
    }

    /// 2 r of a LIF.
    pub(crate) fn moved_by_lif(&self, neuron: &(impl PlainNeuron + ?Sized), t: usize, next: &LaneAdjoints) -> f32 {
        let LifConstants { current_decay, membrane_decay, reset, .. } = *neuron.constants();
        let LaneAdjoints { p, q, .. } = *next;
        let bias = self.tile.terms.bias[self.lane];
        match reset {
            Reset::All => {
                let from_bias = bias * p;
                let (now, later) = (self.drive(neuron, t), self.drive(neuron, t + 1));
                (later * q + now * (p * membrane_decay + q * current_decay)) + (from_bias + from_bias * membrane_decay)
            }
            Reset::Membrane => {
                let (now, later) = (self.current(neuron, t), self.current(neuron, t + 1));
                p * ((later + bias) + (now + bias) * membrane_decay)
            }
            Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => {
                let taken = neuron.threshold(&self.own(t)) * neuron.constants().drop();
                p * ((1.0 - membrane_decay * membrane_decay) * taken)
            }
        }
    }
}
