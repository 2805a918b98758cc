//! Recurrent weights as backward passes read them.

use std::slice::ChunksExact;

use spikelet_kernels::LANES;

use crate::aligned::Aligned;
use crate::connection::view::LayerView;
use crate::parameters::{TileParameters, transpose};
use crate::plan::WeightCopies;

/// Whether rows are copied. WebAssembly, whose size counts, goes without.
const COPIES_ROWS: bool = cfg!(not(target_arch = "wasm32"));

/// U, which are the rows of the weights behind those of the previous layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Panels {
    /// Towards the units of the layer, 16 lanes after another, `[unit][lane]`, for products.
    weights: Aligned,
    /// From each unit, `[unit][lane]` of all tiles, for dots: in a tile each row is on a page of memory with few others.
    rows: Aligned,
    units: usize,
}

impl Panels {
    /// Copies U for those who read it.
    pub(super) fn refresh(&mut self, tiles: &[TileParameters], copies: WeightCopies) {
        self.units = tiles.iter().map(|tile| tile.units).sum();
        let previous = tiles.first().map_or(0, |tile| tile.weights.len() / tile.lanes - self.units);
        let lanes = self.units.next_multiple_of(LANES);
        if copies.panels {
            self.weights.resize(lanes * self.units);
            for (number, panel) in self.weights.chunks_exact_mut(self.units * LANES).enumerate() {
                let first = number * LANES;
                transpose(tiles, previous + first, LANES.min(self.units - first), LANES, panel);
            }
        }
        if COPIES_ROWS && copies.rows {
            self.rows.resize(lanes * self.units);
            for tile in tiles {
                let of_tile = tile.weights[previous * tile.lanes..].chunks_exact(tile.lanes);
                for (row, weights) in self.rows.chunks_exact_mut(lanes).zip(of_tile) {
                    row[tile.first..tile.first + tile.lanes].copy_from_slice(weights);
                }
            }
        }
    }

    /// The weights towards 16 lanes after another.
    pub(super) fn each(&self) -> ChunksExact<'_, f32> {
        self.weights.chunks_exact(self.units * LANES)
    }

    /// The weights from each unit, of all tiles at once or tile by tile.
    pub(super) fn rows<'a>(&'a self, view: &LayerView<'a>) -> Vec<&'a [f32]> {
        if COPIES_ROWS { vec![&self.rows] } else { own_rows(view) }
    }
}

/// The weights from input `first` on, tile by tile `[input][lane]`.
pub(super) fn tile_rows<'a>(view: &LayerView<'a>, first: usize) -> Vec<&'a [f32]> {
    view.tiles.iter().map(|tile| &tile.weights[first * tile.lanes..]).collect()
}

/// Weights from each unit of the layer, by tile.
pub(super) fn own_rows<'a>(view: &LayerView<'a>) -> Vec<&'a [f32]> {
    tile_rows(view, view.shape.previous_units())
}
