//! Scratch memory of the pass forward; its size depends on the network, not on the batch.

use super::graph_state::GraphState;
use super::quiet::Quiet;
use crate::connection::SumScratch;
use crate::layer::LayerState;
use crate::network::Network;

/// State and trace of one sample on its way through the network.
#[derive(Debug)]
pub struct ForwardWorkspace {
    /// Start of each step in the sample's input units, and the end of the last.
    pub input_offsets: Vec<u32>,
    /// States and spikes of the layers, from the input up.
    pub layers: Vec<LayerState>,
    /// Scratch of a graph.
    pub graph: GraphState,
    pub(super) quiet: Quiet,
    pub(super) sum_scratch: SumScratch,
}

impl ForwardWorkspace {
    /// Memory for samples of `network`.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let layers = network.layers.iter().enumerate();
        let layers = layers.map(|(index, layer)| match network.neurons() {
            neurons if index < neurons => LayerState::new(layer, network.previous(index), network.steps),
            _ => LayerState::of_input(layer, network.steps),
        });
        Self {
            input_offsets: vec![0; network.steps + 1],
            layers: layers.collect(),
            graph: GraphState::new(network),
            quiet: Quiet::default(),
            sum_scratch: SumScratch::new(network.steps),
        }
    }

    /// Makes room for the membrane traces, which only gradients need.
    pub fn keep_trace(&mut self, steps: usize) {
        self.layers.iter_mut().for_each(|layer| layer.units.keep_trace(steps));
    }

    /// Makes room for every state of every layer.
    pub fn observe_states(&mut self, network: &Network) {
        self.layers[..network.neurons()].iter_mut().for_each(|layer| layer.units.observe(network.steps));
    }

    /// Makes room for every state and every adjoint of every layer.
    pub fn observe(&mut self, network: &Network) {
        self.observe_states(network);
        for (state, layer) in self.layers.iter_mut().zip(network.with_neurons()) {
            state.adjoints.observe(network.steps * layer.layout.stride);
        }
    }
}
