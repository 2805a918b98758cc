//! A network on its way, step by step.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::{swap, take};

use crate::connection::Sent;
use crate::events::Events;
use crate::geometry::Source;
use crate::network::{Layer, Network, Node};
use crate::neuron::States;
use crate::pool::PoolState;
use crate::rest::Awake;

/// A network on its way.
#[derive(Debug)]
pub struct Engine<'a> {
    network: &'a Network,
    input: Events,
    /// What each node sends at this step, and what it sent at the one before.
    sent: Vec<[Events; 2]>,
    states: Vec<NodeState>,
    /// Whether a node can't fire again; and whether there are no more events of the input, so that nodes may rest.
    is_over: Vec<bool>,
    is_input_over: bool,
    step: usize,
    fired: Vec<u32>,
    /// By output, between two looks at what fired.
    has_fired: Vec<bool>,
}

#[derive(Debug)]
enum NodeState {
    Layer(Box<LayerState>),
    Pool(PoolState),
}

#[derive(Debug)]
struct LayerState {
    states: States,
    sent: Vec<Sent>,
    /// Bits of what arrives, by position.
    drive: Vec<u32>,
    /// Units that can still fire, and whether only they are left.
    awake: Awake,
    is_resting: bool,
}

impl<'a> Engine<'a> {
    /// An engine before the first step.
    // Here and below: a function that is inlined in one compiled for speed is compiled so too.
    #[inline(never)]
    #[must_use]
    pub fn new(network: &'a Network) -> Self {
        let state = |node: &Node| match node {
            Node::Layer(layer) => NodeState::Layer(Box::new(LayerState {
                states: layer.neurons.states(),
                sent: layer.connections.iter().map(|(_, connection)| connection.sent()).collect(),
                drive: vec![0; layer.neurons.unit_at.len()],
                awake: Awake::default(),
                is_resting: false,
            })),
            Node::Pool(_, pool) => NodeState::Pool(pool.state()),
        };
        let outputs = network.output().map_or(0, |(_, layer)| layer.neurons.unit_at.len());
        Self {
            network,
            input: Events::default(),
            sent: network.nodes.iter().map(|_| <[Events; 2]>::default()).collect(),
            states: network.nodes.iter().map(state).collect(),
            is_over: vec![false; network.nodes.len()],
            is_input_over: false,
            step: 0,
            fired: Vec::new(),
            has_fired: vec![false; outputs],
        }
    }

    /// Goes back to before the first step.
    #[inline(never)]
    pub fn restart(&mut self) {
        for state in &mut self.states {
            if let NodeState::Layer(state) = state {
                let LayerState { states, sent, drive, is_resting, .. } = &mut **state;
                states.clear(drive.len());
                sent.iter_mut().for_each(Sent::clear);
                *is_resting = false;
            }
        }
        self.sent.iter_mut().flatten().for_each(Events::clear);
        self.input.clear();
        self.is_over.fill(false);
        self.is_input_over = false;
        self.step = 0;
    }

    /// Room for so many events of the next step, whose units [`Engine::step`] takes in order: units, and values.
    #[inline(never)]
    pub fn input(&mut self, events: usize) -> (&mut [u32], &mut [f32]) {
        self.input.units.resize(events, 0);
        self.input.values.resize(events, 1.0);
        (&mut self.input.units, &mut self.input.values)
    }

    /// Takes a step with the events of [`Engine::input`]; without values, all are 1. Returns the outputs that fire, in order.
    #[inline(never)]
    pub fn step(&mut self, has_values: bool) -> &[u32] {
        if !has_values {
            self.input.values.clear();
        }
        for [now, before] in &mut self.sent {
            swap(now, before);
            now.clear();
        }
        for (number, node) in self.network.nodes.iter().enumerate() {
            let mut now = take(&mut self.sent[number][0]);
            self.run_node(node, number, &mut now);
            self.sent[number][0] = now;
        }
        self.step += 1;
        self.input.clear();
        self.fired.clear();
        if let Some((output, _)) = self.network.output() {
            // Units of a convolution fire in the order in which they run.
            for &unit in &self.sent[output][0].units {
                self.has_fired[unit as usize] = true;
            }
            if !self.sent[output][0].is_empty() {
                for (unit, has_fired) in self.has_fired.iter_mut().enumerate() {
                    if take(has_fired) {
                        self.fired.push(unit as u32);
                    }
                }
            }
        }
        &self.fired
    }

    /// Says that there are no more events up to [`Engine::restart`], so that units may rest; returns whether no output will fire.
    pub(crate) fn rest(&mut self) -> bool {
        self.is_input_over = true;
        self.network.output().is_none_or(|(output, _)| self.is_over[output])
    }

    /// Units of the input at the next step.
    pub(crate) fn next(&mut self) -> &mut Events {
        &mut self.input
    }

    /// Whether outputs have membranes, not spikes.
    pub(crate) fn is_readout(&self) -> bool {
        self.network.output().is_some_and(|(_, layer)| layer.neurons.is_readout())
    }

    /// V of each output after the last step: of a readout its answer.
    #[must_use]
    pub fn membranes(&self) -> &[f32] {
        self.output().map_or(&[], |states| &states.membrane)
    }

    /// V of each output of a network of whole numbers after the last step, before the reset; empty in others.
    #[must_use]
    pub fn whole_membranes(&self) -> &[i32] {
        self.output().map_or(&[], |states| &states.whole.membrane)
    }

    /// How often a current or a membrane of whole numbers was held within its range since the start.
    #[must_use]
    pub fn clamped(&self) -> u64 {
        let of_node = |state: &NodeState| match state {
            NodeState::Layer(state) => state.states.whole.clamped,
            NodeState::Pool(_) => 0,
        };
        self.states.iter().map(of_node).sum()
    }

    /// The states of the last layer.
    fn output(&self) -> Option<&States> {
        match self.network.output().map(|(output, _)| &self.states[output]) {
            Some(NodeState::Layer(state)) => Some(&state.states),
            _ => None,
        }
    }

    /// The outputs that fired at the last step, in order.
    #[must_use]
    pub fn fired(&self) -> &[u32] {
        &self.fired
    }

    /// Units of a layer that fired at the last step, in the order in which they run; layers are counted from 0, without pools.
    #[must_use]
    pub fn fired_in(&self, layer: usize) -> &[u32] {
        let layers = self.network.nodes.iter().zip(&self.sent).filter(|(node, _)| matches!(node, Node::Layer(_)));
        layers.map(|(_, [now, _])| &now.units[..]).nth(layer).unwrap_or(&[])
    }

    fn run_node(&mut self, node: &Node, number: usize, to: &mut Events) {
        let Self { input, sent, states, is_over, is_input_over, step, .. } = self;
        let events = |&Source { number, is_late, .. }: &Source| match number.checked_sub(1) {
            None => &*input,
            Some(node) => &sent[node][usize::from(is_late)],
        };
        let each = |sources: &[Source], take: &mut dyn FnMut(usize, f32)| {
            for source in sources {
                events(source).each(&mut |unit, value| take(unit + source.offset, value));
            }
        };
        let are_silent = |sources: &[Source]| sources.iter().all(|source| events(source).is_empty());
        // What was sent at this step may arrive at the next.
        let are_over = |sources: &[Source]| {
            sources.iter().all(|source| match source.number.checked_sub(1) {
                None => *is_input_over,
                Some(node) => is_over[node] && sent[node][0].is_empty(),
            })
        };
        let is_over_now = match (node, &mut states[number]) {
            (Node::Layer(Layer { neurons, rest, connections }), NodeState::Layer(state)) => {
                let LayerState { states, sent, drive, awake, is_resting } = &mut **state;
                if *is_resting {
                    awake.run(rest, states, drive, *step, to)
                } else {
                    drive.fill(0);
                    let mut is_driven = false;
                    for ((sources, connection), sent) in connections.iter().zip(sent) {
                        sent.silent = if are_silent(sources) { sent.silent.saturating_add(1) } else { 0 };
                        if !connection.is_idle(sent) {
                            is_driven = true;
                            connection.send(sent, &|take| each(sources, take), drive);
                        }
                    }
                    neurons.run(states, drive, *step, to);
                    if !is_driven && connections.iter().all(|(sources, _)| are_over(sources)) {
                        *is_resting = awake.begin(rest, neurons, states);
                    }
                    false
                }
            }
            (Node::Pool(sources, pool), NodeState::Pool(state)) => {
                pool.pass(state, &|take| each(sources, take), to);
                are_silent(sources) && are_over(sources)
            }
            _ => false,
        };
        is_over[number] = is_over_now;
    }
}
