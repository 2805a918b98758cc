//! Scratch memory of one thread; its size depends on the network, not on the batch.

use spikelet_data::Augmented;
use spikelet_network::connection::BackwardScratch;
use spikelet_network::network::Network;
use spikelet_network::output_summary::OutputSummary;
use spikelet_network::pass::ForwardWorkspace;

use super::broadcast::Broadcast;
use super::graph_errors::GraphErrors;
use super::injections::Injections;
use crate::loss::OutputGradient;

/// What a sample needs on its way forward and back.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) augmented: Augmented,
    pub(super) forward: ForwardWorkspace,
    pub(super) summary: OutputSummary,
    pub(super) gradient: OutputGradient,
    pub(super) scratch: BackwardScratch,
    /// What the output layer's adjoints inject into their projections, by step.
    pub(super) injections: Injections,
    /// What the output broadcasts to hidden layers.
    pub(super) broadcast: Broadcast,
    /// Errors of the layers of a graph.
    pub(super) graph_errors: GraphErrors,
    /// Spikes of each unit of a layer.
    pub(super) counts: Vec<u32>,
}

impl Workspace {
    pub(super) fn new(network: &Network) -> Self {
        Self {
            augmented: Augmented::default(),
            forward: ForwardWorkspace::new(network),
            summary: OutputSummary::default(),
            gradient: OutputGradient::default(),
            scratch: BackwardScratch::default(),
            injections: Injections::default(),
            broadcast: Broadcast::default(),
            graph_errors: GraphErrors::default(),
            counts: Vec::new(),
        }
    }
}
