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
    /// A best epoch, with the parameters of a network.
    pub(super) fn of(epoch: u32, score: f64, stale: u32, network: &Network) -> Self {
        let of_layer =
            |(layer, arrays): (usize, &Vec<_>)| Kind::all(arrays.len()).map(|kind| network.read(layer, kind)).collect();
        Self { epoch, score, stale, parameters: network.learnt.iter().enumerate().map(of_layer).collect() }
    }

    pub(super) fn array(&self, layer: usize, kind: Kind) -> &Vec<f32> {
        &self.parameters[layer][kind.index()]
    }

    pub(super) fn array_mut(&mut self, layer: usize, kind: Kind) -> &mut Vec<f32> {
        &mut self.parameters[layer][kind.index()]
    }
}
