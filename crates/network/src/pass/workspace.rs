//! Scratch memory of the pass forward; its size depends on the network, not on the batch.

use super::quiet::Quiet;
use crate::layer::LayerState;
use crate::network::Network;

/// State and trace of one sample on its way through the network.
#[derive(Debug)]
pub struct ForwardWorkspace {
    /// Start of each step in the sample's input units, and the end of the last.
    pub input_offsets: Vec<u32>,
    /// States and spikes of the layers, from the input up.
    pub layers: Vec<LayerState>,
    pub(super) quiet: Quiet,
}

impl ForwardWorkspace {
    /// Memory for samples of `network`.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let layers = network.layers.iter().enumerate();
        let layers = layers.map(|(index, layer)| LayerState::new(layer, network.previous(index), network.steps));
        Self { input_offsets: vec![0; network.steps + 1], layers: layers.collect(), quiet: Quiet::default() }
    }

    /// Makes room for the membrane traces, which only gradients need.
    pub fn keep_trace(&mut self, steps: usize) {
        self.layers.iter_mut().for_each(|layer| layer.units.keep_trace(steps));
    }

    /// Makes room for every state and every adjoint of every layer.
    pub fn observe(&mut self, network: &Network) {
        for (state, layer) in self.layers.iter_mut().zip(&network.layers) {
            state.units.observe(network.steps);
            state.adjoints.observe(network.steps * layer.layout.stride);
        }
    }
}
