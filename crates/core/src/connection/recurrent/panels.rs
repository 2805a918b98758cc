//! Recurrent weights as their products read them.

use std::slice::ChunksExact;

use spikelet_kernels::LANES;

use crate::aligned::Aligned;
use crate::parameters::{TileParameters, transpose};

/// U towards the units of the layer, 16 lanes after another, `[unit][lane]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Panels {
    weights: Aligned,
    units: usize,
}

impl Panels {
    /// Copies U, which are the columns of the weights behind those of the previous layer.
    pub(super) fn refresh(&mut self, tiles: &[TileParameters]) {
        self.units = tiles.iter().map(|tile| tile.units).sum();
        let previous = tiles.first().map_or(0, |tile| tile.weights.len() / tile.lanes - self.units);
        self.weights.resize(self.units.next_multiple_of(LANES) * self.units);
        for (number, panel) in self.weights.chunks_exact_mut(self.units * LANES).enumerate() {
            let first = number * LANES;
            transpose(tiles, previous + first, LANES.min(self.units - first), LANES, panel);
        }
    }

    pub(super) fn each(&self) -> ChunksExact<'_, f32> {
        self.weights.chunks_exact(self.units * LANES)
    }
}
