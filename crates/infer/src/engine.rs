//! A network on its way, step by step.

use alloc::vec::Vec;
use core::mem::{swap, take};

use crate::connection::Sent;
use crate::events::Events;
use crate::network::{Layer, Network, Node, Source};
use crate::neuron::States;
use crate::pool::PoolState;

/// A network on its way.
#[derive(Debug)]
pub struct Engine<'a> {
    network: &'a Network,
    input: Events,
    /// What each node sends at this step, and what it sent at the one before.
    sent: Vec<[Events; 2]>,
    states: Vec<NodeState>,
    step: usize,
    fired: Vec<u32>,
    /// By output, between two looks at what fired.
    has_fired: Vec<bool>,
}

#[derive(Debug)]
enum NodeState {
    Layer { states: States, sent: Vec<Sent>, drive: Vec<f32> },
    Pool(PoolState),
}

impl<'a> Engine<'a> {
    /// An engine before the first step.
    // Here and below: a function that is inlined in one compiled for speed is compiled so too.
    #[inline(never)]
    #[must_use]
    pub fn new(network: &'a Network) -> Self {
        let state = |node: &Node| match node {
            Node::Layer(layer) => NodeState::Layer {
                states: layer.neurons.states(),
                sent: layer.connections.iter().map(|(_, connection)| connection.sent()).collect(),
                drive: alloc::vec![0.0; layer.neurons.unit_at.len()],
            },
            Node::Pool(_, pool) => NodeState::Pool(pool.state()),
        };
        let outputs = network.nodes.iter().rev().find_map(|node| match node {
            Node::Layer(layer) => Some(layer.neurons.unit_at.len()),
            Node::Pool(..) => None,
        });
        let outputs = outputs.unwrap_or(0);
        Self {
            network,
            input: Events::default(),
            sent: network.nodes.iter().map(|_| <[Events; 2]>::default()).collect(),
            states: network.nodes.iter().map(state).collect(),
            step: 0,
            fired: Vec::new(),
            has_fired: alloc::vec![false; outputs],
        }
    }

    /// Goes back to before the first step.
    #[inline(never)]
    pub fn restart(&mut self) {
        let network = self.network;
        for (node, state) in network.nodes.iter().zip(&mut self.states) {
            if let (Node::Layer(layer), NodeState::Layer { states, sent, .. }) = (node, state) {
                states.clear();
                for ((_, connection), sent) in layer.connections.iter().zip(sent) {
                    *sent = connection.sent();
                }
            }
        }
        self.sent.iter_mut().flatten().for_each(Events::clear);
        self.input.clear();
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
            self.run(node, number, &mut now);
            self.sent[number][0] = now;
        }
        self.step += 1;
        self.input.clear();
        self.fired.clear();
        if let Some(output) = self.output() {
            // Units of a convolution fire in the order in which they run.
            for &unit in &self.sent[output][0].units {
                self.has_fired[unit as usize] = true;
            }
            if !self.sent[output][0].units.is_empty() {
                for (unit, has_fired) in self.has_fired.iter_mut().enumerate() {
                    if take(has_fired) {
                        self.fired.push(unit as u32);
                    }
                }
            }
        }
        &self.fired
    }

    /// V of each output after the last step: of a readout its answer.
    #[must_use]
    pub fn membranes(&self) -> &[f32] {
        match self.output().map(|output| &self.states[output]) {
            Some(NodeState::Layer { states, .. }) => &states.membrane,
            _ => &[],
        }
    }

    /// The outputs that fired at the last step, in order.
    #[must_use]
    pub fn fired(&self) -> &[u32] {
        &self.fired
    }

    /// The last layer.
    fn output(&self) -> Option<usize> {
        self.network.nodes.iter().rposition(|node| matches!(node, Node::Layer(_)))
    }

    fn run(&mut self, node: &Node, number: usize, to: &mut Events) {
        let Self { input, sent, states, step, .. } = self;
        let each = |sources: &[Source], take: &mut dyn FnMut(usize, f32)| {
            for &Source { number, is_late, offset } in sources {
                let events = match number.checked_sub(1) {
                    None => &*input,
                    Some(node) => &sent[node][usize::from(is_late)],
                };
                events.each(&mut |unit, value| take(unit + offset, value));
            }
        };
        match (node, &mut states[number]) {
            (Node::Layer(Layer { neurons, connections }), NodeState::Layer { states, sent, drive }) => {
                drive.fill(0.0);
                for ((sources, connection), sent) in connections.iter().zip(sent) {
                    connection.send(sent, &|take| each(sources, take), drive);
                }
                neurons.run(states, drive, *step, to);
            }
            (Node::Pool(sources, pool), NodeState::Pool(state)) => pool.pass(state, &|take| each(sources, take), to),
            _ => {}
        }
    }
}
