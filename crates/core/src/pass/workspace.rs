//! Scratch memory of one thread; its size depends on the network, not on the batch.

use super::injections::Injections;
use super::quiet::Quiet;
use crate::augment::Augmented;
use crate::connection::BackwardScratch;
use crate::layer::LayerState;
use crate::loss::OutputGradient;
use crate::network::Network;
use crate::readout::Readout;

/// State and trace of one sample on its way through the network.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Start of each step in the sample's input units, and the end of the last.
    pub(super) input_offsets: Vec<u32>,
    pub(super) augmented: Augmented,
    pub(super) layers: Vec<LayerState>,
    pub(super) readout: Readout,
    pub(super) gradient: OutputGradient,
    pub(super) scratch: BackwardScratch,
    /// What the output layer's adjoints inject into their projections, by step.
    pub(super) injections: Injections,
    pub(super) quiet: Quiet,
    /// Spikes of each unit of a layer.
    pub(super) counts: Vec<u32>,
}

impl Workspace {
    pub(super) fn new(network: &Network) -> Self {
        let last = network.layers.len() - 1;
        let layers = network
            .layers
            .iter()
            .enumerate()
            .map(|(index, layer)| LayerState::new(layer, network.previous(index), index == last, network.steps));
        Self {
            input_offsets: vec![0; network.steps + 1],
            augmented: Augmented::default(),
            layers: layers.collect(),
            readout: Readout::default(),
            gradient: OutputGradient::default(),
            scratch: BackwardScratch::default(),
            injections: Injections::default(),
            quiet: Quiet::default(),
            counts: Vec::new(),
        }
    }

    /// Makes room for the membrane traces, which only gradients need.
    pub(super) fn keep_trace(&mut self, steps: usize) {
        self.layers.iter_mut().for_each(|layer| layer.units.keep_trace(steps));
    }

    /// Makes room for every state and every adjoint of every layer.
    pub(super) fn observe(&mut self, network: &Network) {
        for (state, layer) in self.layers.iter_mut().zip(&network.layers) {
            state.units.observe(network.steps);
            state.adjoints.observe(network.steps * layer.layout.stride);
        }
    }
}
