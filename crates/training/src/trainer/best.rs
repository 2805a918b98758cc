//! The best epoch of a run so far.

use spikelet_network::network::Network;
use spikelet_network::parameters::Kind;

/// The best epoch by validation.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// Counted from 1.
    pub(super) epoch: u32,
    /// The larger the better.
    pub(super) score: f64,
    /// Finished epochs since then that were no better.
    pub(super) stale: u32,
    /// Parameters of each layer with which the network predicted, in the order of [`Kind::all`]; only of a run that may stop early.
    pub(super) parameters: Vec<Vec<Vec<f32>>>,
}

impl Best {
    /// A best epoch whose arrays follow.
    pub(super) fn empty(epoch: u32, score: f64, stale: u32, network: &Network) -> Self {
        let parameters = network.learnt.iter().map(|arrays| vec![Vec::new(); Kind::all(arrays.len()).count()]);
        Self { epoch, score, stale, parameters: parameters.collect() }
    }

    pub(super) fn array(&self, layer: usize, kind: Kind) -> &Vec<f32> {
        &self.parameters[layer][kind.index()]
    }

    pub(super) fn array_mut(&mut self, layer: usize, kind: Kind) -> &mut Vec<f32> {
        &mut self.parameters[layer][kind.index()]
    }
}
