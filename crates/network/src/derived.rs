//! What follows from a network's parameters: drives of biases, constants of lanes, scaled tiles. The copies of a layer's weights are in its
//! connection.

use crate::connection::{LayerBiases, Layout, TileBiases};
use crate::layer::Layer;
use crate::learnt::{Learnable, LearntArray};
use crate::neuron::Lanes;
use crate::parameters::TileParameters;
use crate::plan::WeightCopies;

/// A bias so low that no weights but huge ones make a unit fire: for lanes outside the image.
const OUTSIDE: f32 = -1e30;

/// What follows from a layer's parameters.
#[derive(Clone, Debug, Default)]
pub struct LayerDerived {
    pub(crate) biases: LayerBiases,
    /// Constants by lane of a site, tile by tile; empty where all units share them.
    pub(crate) lanes: Vec<Lanes>,
    /// The tiles as passes read them, where that is not as they are learnt.
    scaled: Vec<TileParameters>,
    /// Copies of the weights for backward passes; none before the first pass.
    pub(crate) kept: Option<WeightCopies>,
}

impl LayerDerived {
    /// The tiles as passes read them.
    pub(crate) fn tiles<'a>(&'a self, learnt: &'a [TileParameters]) -> &'a [TileParameters] {
        scaled_or(&self.scaled, learnt)
    }

    /// Brings up to date what the forward pass reads; biases and constants of lanes are those of the layer, not of its further inputs.
    pub(crate) fn refresh(
        &mut self,
        layer: &mut Layer,
        tiles: &[TileParameters],
        learnt: &[LearntArray],
        is_further: bool,
    ) {
        if !is_further {
            self.refresh_units(layer, tiles, learnt);
        }
        if let Some(own) = layer.own_rows() {
            self.scaled.clear();
            self.scaled.extend_from_slice(tiles);
            self.scaled.iter_mut().for_each(|tile| own.scale(tile.lanes, &mut tile.weights));
        }
        let delays = learnt.iter().find(|array| matches!(array.what, Learnable::Delays { .. }));
        let delays = delays.map_or(&[][..], |array| &array.parameters[..array.length]);
        layer.stages.refresh(delays);
        layer.connection.refresh(scaled_or(&self.scaled, tiles), delays);
    }

    fn refresh_units(&mut self, layer: &Layer, tiles: &[TileParameters], learnt: &[LearntArray]) {
        self.biases.tiles.resize_with(tiles.len(), TileBiases::default);
        self.lanes.clear();
        if let Some(constants) = &layer.neuron.by_unit {
            let constants = constants.with(learnt);
            self.lanes.extend(tiles.iter().enumerate().map(|(number, tile)| {
                let spread = |values: &[f32], to: &mut Vec<f32>| layer.connection.spread(number, values, None, to);
                constants.lanes(tile.first, tile.units, tile.lanes, spread)
            }));
        }
        let has_edges = layer.layout.sites.iter().any(|site| site.is_edge);
        for (number, (derived, tile)) in self.biases.tiles.iter_mut().zip(tiles).enumerate() {
            let TileBiases { drive, drive_rest, bias, edge_bias, rest } = derived;
            drive.clear();
            drive.extend(
                tile.biases[..tile.units]
                    .iter()
                    .enumerate()
                    .map(|(unit, &bias)| layer.neuron.bias_drive(tile.first + unit, bias)),
            );
            drive.resize(tile.lanes, 0.0);
            drive_rest.clear();
            let at_rest = |(unit, &drive): (usize, &f32)| layer.neuron.rest(tile.first + unit, drive);
            drive_rest.extend(drive[..tile.units].iter().enumerate().map(at_rest));
            drive_rest.resize(tile.lanes, 0.0);
            layer.connection.spread(number, drive, None, bias);
            layer.connection.spread(number, drive_rest, None, rest);
            if has_edges {
                layer.connection.spread(number, drive, Some(OUTSIDE), edge_bias);
            }
        }
    }

    /// Brings up to date what backward passes read; errors go to `source`, the units of the previous layer.
    pub(crate) fn refresh_backward(
        &self,
        layer: &mut Layer,
        tiles: &[TileParameters],
        source: Option<&Layout>,
        copies: WeightCopies,
    ) {
        let tiles = scaled_or(&self.scaled, tiles);
        let source = source.map(|source| (source, &layer.stages));
        layer.connection.refresh_backward(tiles, source, copies);
    }
}

fn scaled_or<'a>(scaled: &'a [TileParameters], learnt: &'a [TileParameters]) -> &'a [TileParameters] {
    if scaled.is_empty() { learnt } else { scaled }
}
