//! A network on its way through the steps.

use alloc::vec;
use alloc::vec::Vec;

use crate::connection::Arrivals;
use crate::model::{Event, Layer, Model, Neurons, Source};
use crate::units::UnitStates;

/// States of a network between two steps.
#[derive(Clone, Debug)]
pub struct Run {
    /// What each layer sends at this step.
    now: Vec<Vec<Event>>,
    /// What it sent at the step before.
    before: Vec<Vec<Event>>,
    layers: Vec<LayerState>,
    /// Scratch of pools: what their sources send, and its sums by unit.
    events: Vec<Event>,
    totals: Vec<u32>,
    clamped: u64,
}

/// States of a layer; a pool has none.
#[derive(Clone, Debug, Default)]
struct LayerState {
    units: UnitStates,
    /// Sums of what arrives, `[step][unit]`, of as many steps as the longest delay and one.
    arriving: Vec<i64>,
    /// Place of this step.
    at: usize,
}

impl LayerState {
    fn new(layer: &Layer) -> Self {
        let Layer::Neurons(neurons) = layer else { return Self::default() };
        Self { units: UnitStates::new(neurons), arriving: vec![0; steps(neurons) * neurons.units], at: 0 }
    }

    /// Takes a step; the number of states that were held within their range.
    fn step(&mut self, layer: &Neurons, model: &Model, spikes: &mut Vec<Event>) -> u64 {
        let here = self.at * layer.units..(self.at + 1) * layer.units;
        let clamped = self.units.step(layer, model.state_bits, &self.arriving[here.clone()], spikes);
        self.arriving[here].fill(0);
        self.at = (self.at + 1) % (self.arriving.len() / layer.units);
        clamped
    }
}

impl Run {
    /// Bytes of the sums of what arrives, which are most of the states where delays are long; saturates at the largest number.
    #[must_use]
    pub fn bytes(model: &Model) -> u64 {
        let mut bytes: u64 = 0;
        for layer in &model.layers {
            if let Layer::Neurons(neurons) = layer {
                let sums = (steps(neurons) as u64).saturating_mul((neurons.units * size_of::<i64>()) as u64);
                bytes = bytes.saturating_add(sums);
            }
        }
        bytes
    }

    /// States before the first step.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self {
            now: model.layers.iter().map(|_| Vec::new()).collect(),
            before: model.layers.iter().map(|_| Vec::new()).collect(),
            layers: model.layers.iter().map(LayerState::new).collect(),
            events: Vec::new(),
            totals: Vec::new(),
            clamped: 0,
        }
    }

    /// Goes back to before the first step.
    pub fn restart(&mut self) {
        self.now.iter_mut().chain(&mut self.before).for_each(Vec::clear);
        for layer in &mut self.layers {
            layer.units.restart();
            layer.arriving.fill(0);
            layer.at = 0;
        }
        self.clamped = 0;
    }

    /// Takes a step with these events of the input, in any order.
    pub fn step(&mut self, model: &Model, input: &[Event]) {
        core::mem::swap(&mut self.now, &mut self.before);
        self.now.iter_mut().for_each(Vec::clear);
        for (index, layer) in model.layers.iter().enumerate() {
            let mut spikes = core::mem::take(&mut self.now[index]);
            match layer {
                Layer::Pool(pool) => {
                    self.events.clear();
                    for source in &pool.sources {
                        self.events.extend_from_slice(sent(&self.now, &self.before, input, source));
                    }
                    pool.run(&self.events, &mut self.totals, &mut spikes);
                }
                Layer::Neurons(neurons) => {
                    let state = &mut self.layers[index];
                    let mut arrivals = Arrivals { sums: &mut state.arriving, at: state.at, units: neurons.units };
                    for given in &neurons.inputs {
                        for source in &given.sources {
                            for &event in sent(&self.now, &self.before, input, source) {
                                arrivals.add(given, event);
                            }
                        }
                    }
                    self.clamped += state.step(neurons, model, &mut spikes);
                }
            }
            self.now[index] = spikes;
        }
    }

    /// Spikes of a layer at the last step; those of a layer with neurons are in order.
    #[must_use]
    pub fn spikes(&self, layer: usize) -> &[Event] {
        &self.now[layer]
    }

    /// Currents I of a layer after the last step, before the reset, `[unit]`; a pool has none.
    #[must_use]
    pub fn currents(&self, layer: usize) -> &[i32] {
        &self.layers[layer].units.current
    }

    /// Membranes V of a layer after the last step, before the reset, `[unit]`; a pool has none.
    #[must_use]
    pub fn membranes(&self, layer: usize) -> &[i32] {
        &self.layers[layer].units.membrane
    }

    /// How often a current or a membrane was held within its range since the start.
    #[must_use]
    pub fn clamped(&self) -> u64 {
        self.clamped
    }
}

/// Steps from which something may arrive later than it was sent, and this one.
fn steps(layer: &Neurons) -> usize {
    let mut longest = 0;
    for input in &layer.inputs {
        longest = longest.max(input.longest_delay());
    }
    longest + 1
}

/// What a source sent for arrival at this step.
fn sent<'a>(now: &'a [Vec<Event>], before: &'a [Vec<Event>], input: &'a [Event], source: &Source) -> &'a [Event] {
    match source.layer {
        None => input,
        Some(layer) if source.is_feedback => &before[layer],
        Some(layer) => &now[layer],
    }
}
