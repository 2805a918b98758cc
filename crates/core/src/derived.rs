//! What follows from a network's parameters: drives of biases, copies of weights in other orders.

use crate::connection::{Copies, LayerBiases, TileBiases};
use crate::layer::Layer;
use crate::parameters::TileParameters;

/// A bias so low that a unit never fires, however its inputs are: lanes outside the image have it.
const OUTSIDE: f32 = -1e30;

/// What follows from a layer's parameters.
#[derive(Clone, Debug)]
pub(crate) struct LayerDerived {
    pub(crate) biases: LayerBiases,
    pub(crate) copies: Copies,
}

impl LayerDerived {
    pub(crate) fn new(layer: &Layer) -> Self {
        Self { biases: LayerBiases::default(), copies: layer.connection.copies() }
    }

    /// Brings up to date what the forward pass reads.
    pub(crate) fn refresh(&mut self, layer: &Layer, tiles: &[TileParameters]) {
        self.biases.tiles.resize_with(tiles.len(), TileBiases::default);
        let gain = layer.neuron.bias_gain();
        let has_edges = layer.layout.sites.iter().any(|site| site.is_edge);
        for (number, (derived, tile)) in self.biases.tiles.iter_mut().zip(tiles).enumerate() {
            let TileBiases { drive, drive_rest, bias, edge_bias, rest } = derived;
            drive.clear();
            drive.extend(tile.biases.iter().map(|bias| bias * gain));
            drive_rest.clear();
            drive_rest.extend(drive.iter().map(|&drive| layer.neuron.rest(drive)));
            layer.connection.spread(number, drive, None, bias);
            layer.connection.spread(number, drive_rest, None, rest);
            if has_edges {
                layer.connection.spread(number, drive, Some(OUTSIDE), edge_bias);
            }
        }
        layer.connection.refresh(tiles, &mut self.copies);
    }
}
