//! The best epoch of a run so far.

use crate::parameters::Kind;

/// The best epoch by validation.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// Counted from 1.
    pub(super) epoch: u32,
    /// The larger the better.
    pub(super) score: f64,
    /// Finished epochs since then that were no better.
    pub(super) stale: u32,
    /// Weights and biases of each layer with which the network predicted.
    pub(super) parameters: Vec<[Vec<f32>; 2]>,
}

/// The arrays of [`Best::parameters`], in their order.
pub(super) const KINDS: [Kind; 2] = [Kind::Weights, Kind::Biases];

impl Best {
    /// A best epoch whose arrays follow.
    pub(super) fn empty(epoch: u32, score: f64, stale: u32, layers: usize) -> Self {
        Self { epoch, score, stale, parameters: vec![Default::default(); layers] }
    }

    pub(super) fn array(&self, layer: usize, kind: Kind) -> &Vec<f32> {
        &self.parameters[layer][usize::from(kind == Kind::Biases)]
    }

    pub(super) fn array_mut(&mut self, layer: usize, kind: Kind) -> &mut Vec<f32> {
        &mut self.parameters[layer][usize::from(kind == Kind::Biases)]
    }
}
