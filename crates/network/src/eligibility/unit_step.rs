//! What the units of a layer did at a step, as eligibilities take it.

use spikelet_data::Archive;
use spikelet_kernels::eligibility::coefficient;
use spikelet_kernels::{FIRES_ONCE, NeuronKind, Reset, constant, own};

use super::EligibilityRule;
use crate::connection::{LayerView, Site};
use crate::state::UnitState;

/// The units of a layer at a step and the one before, lane by lane of all sites.
#[derive(Debug)]
pub(super) struct UnitStep {
    /// Site by site `[coefficient][lane]`.
    coefficients: Vec<f32>,
    /// First number of each site in `coefficients`.
    starts: Vec<usize>,
    pub(super) before: Lanes,
    pub(super) now: Lanes,
    /// gᵢ of the step before.
    pub(super) opened: Vec<f32>,
    /// Steps that a unit is still blocked.
    blocked: Vec<u32>,
}

/// States of the lanes at a step.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// J.
    pub(super) current: Vec<f32>,
    /// c.
    pub(super) carried: Vec<f32>,
    /// 1 where a unit fired, else 0.
    pub(super) fired: Vec<f32>,
    /// a of an `alif`, w of the step before of an `adlif`; 0 of a LIF.
    pub(super) own: Vec<f32>,
}

impl Lanes {
    fn new(lanes: usize) -> Self {
        let zeros = || vec![0.0; lanes];
        Self { current: zeros(), carried: zeros(), fired: zeros(), own: zeros() }
    }
}

impl UnitStep {
    pub(super) fn new(view: &LayerView<'_>) -> Self {
        let lanes = view.layout.lanes;
        let starts = view.layout.sites.iter().map(|site| site.lane * coefficient::COUNT).collect();
        Self {
            coefficients: vec![0.0; lanes * coefficient::COUNT],
            starts,
            before: Lanes::new(lanes),
            now: Lanes::new(lanes),
            opened: vec![1.0; lanes],
            blocked: vec![0; lanes],
        }
    }

    pub(super) fn clear(&mut self) {
        let Lanes { current, carried, fired, own } = &mut self.before;
        [current, carried, fired, own].into_iter().for_each(|array| array.fill(0.0));
        self.blocked.fill(0);
    }

    /// Writes or reads the step before.
    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        let Lanes { current, carried, fired, own } = &mut self.before;
        [current, carried, fired, own].into_iter().for_each(|array| archive.array(array));
        archive.array(&mut self.blocked);
    }

    /// `[coefficient][lane]` of a site.
    pub(super) fn coefficients(&self, number: usize) -> &[f32] {
        let end = self.starts.get(number + 1).copied().unwrap_or(self.coefficients.len());
        &self.coefficients[self.starts[number]..end]
    }

    /// L of a site's lanes.
    pub(super) fn signal(&mut self, number: usize, lanes: usize) -> &mut [f32] {
        &mut self.coefficients[self.starts[number] + coefficient::SIGNAL * lanes..][..lanes]
    }

    /// Takes step `at` of the window.
    pub(super) fn take(&mut self, view: &LayerView<'_>, units: &UnitState, at: usize, rule: &EligibilityRule<'_>) {
        for (number, site) in view.layout.sites.iter().enumerate() {
            for lane in 0..site.lanes {
                self.take_lane(view, (number, site), lane, (units, at), rule);
            }
        }
    }

    fn take_lane(
        &mut self,
        view: &LayerView<'_>,
        (number, site): (usize, &Site),
        lane: usize,
        (units, at): (&UnitState, usize),
        rule: &EligibilityRule<'_>,
    ) {
        let place = site.lane + lane;
        let in_window = site.lane * view.steps + at * site.lanes + lane;
        let own_states = view.neuron.own_states();
        let by_lane = view.by_lane(site);
        let shared = view.neuron.constants;
        let value = |number: usize, shared: f32| by_lane.map_or(shared, |lanes| lanes.of(number)[lane]);
        let kind = by_lane.map(|lanes| lanes.kind);
        let current_decay = value(constant::CURRENT_DECAY, shared.current_decay);
        let membrane_decay = value(constant::MEMBRANE_DECAY, shared.membrane_decay);
        let adaptation = if own_states == 0 {
            0.0
        } else {
            units.own_trace[site.lane * view.steps * own_states + at * site.lanes + lane]
        };
        let fired = if units.spikes[number * view.steps + at] >> lane & 1 == 1 { 1.0 } else { 0.0 };
        let is_blocked = self.blocked[place] > 0;
        let threshold = value(constant::THRESHOLD, shared.threshold)
            + match kind {
                Some(NeuronKind::Alif) => adaptation * value(own::alif::ADAPTATION_STRENGTH, 0.0),
                _ => 0.0,
            };
        let membrane = units.trace[in_window];
        let reset = shared.reset;
        let open = if is_blocked { 0.0 } else { 1.0 };
        let kept = if reset.keeps_membrane() { 1.0 } else { 1.0 - fired };
        let slope = match view.neuron.fires {
            true => rule.surrogate.times(membrane - threshold, rule.scale),
            false => 1.0,
        };
        let open_before = if reset == Reset::All { 1.0 - self.before.fired[place] } else { 1.0 };
        let fall = if reset == Reset::Subtract { fired } else { 0.0 };
        self.now.current[place] = units.observed.current[in_window];
        self.now.carried[place] = match (is_blocked, fall > 0.0) {
            (true, _) => 0.0,
            (false, true) => membrane - threshold,
            (false, false) => kept * membrane,
        };
        self.opened[place] = open_before;
        self.now.fired[place] = fired;
        self.now.own[place] = adaptation;
        let coefficients = &mut self.coefficients[self.starts[number]..];
        let mut set = |number: usize, value: f32| coefficients[number * site.lanes + lane] = value;
        set(coefficient::CURRENT, current_decay * open_before);
        set(coefficient::MEMBRANE, membrane_decay);
        set(coefficient::SLOPE, slope * open);
        set(coefficient::GATE, kept * open);
        set(coefficient::DRIVE, value(constant::DRIVE_GAIN, 1.0));
        set(coefficient::FALL, fall);
        let path = if rule.adaptation_path { 1.0 } else { 0.0 };
        match kind {
            None => {}
            Some(NeuronKind::Alif) => {
                set(coefficient::DECAY, value(own::alif::ADAPTATION_DECAY, 0.0));
                set(coefficient::STRENGTH, value(own::alif::ADAPTATION_STRENGTH, 0.0));
                set(coefficient::FEED, path);
            }
            Some(NeuronKind::Adlif) => {
                let decay = value(own::adlif::ADAPTATION_DECAY, 0.0);
                set(coefficient::DECAY, decay);
                set(coefficient::STRENGTH, 1.0 - membrane_decay);
                set(coefficient::FEED, (1.0 - decay) * value(own::adlif::SUBTHRESHOLD_COUPLING, 0.0));
                set(coefficient::SPIKE_FEED, path * (1.0 - decay) * value(own::adlif::SPIKE_COUPLING, 0.0));
                set(coefficient::IS_SYMPLECTIC, value(own::adlif::IS_SYMPLECTIC, 0.0));
            }
        }
    }

    /// Makes the step the one before.
    pub(super) fn finish(&mut self, view: &LayerView<'_>) {
        let refractory = view.neuron.refractory;
        for (blocked, &fired) in self.blocked.iter_mut().zip(&self.now.fired) {
            *blocked = match (fired > 0.5, *blocked) {
                (true, _) => refractory,
                (false, FIRES_ONCE) => FIRES_ONCE,
                (false, left) => left.saturating_sub(1),
            };
        }
        std::mem::swap(&mut self.before, &mut self.now);
    }
}
