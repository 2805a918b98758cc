//! Weights and biases of a network, cut into tiles, without those of the optimiser.

use crate::aligned::{Aligned, padded};
use crate::shape::LayerShape;
use spikelet_kernels::TILE;

/// Up to [`TILE`] units of a layer, or channels of a convolution.
#[derive(Clone, Debug)]
pub(crate) struct TileParameters {
    pub(crate) layer: usize,
    /// Number of the tile in its layer.
    pub(crate) number: usize,
    /// First unit.
    pub(crate) first: usize,
    /// Units, at most `lanes`.
    pub(crate) units: usize,
    pub(crate) lanes: usize,
    /// `[input][lane]`.
    pub(crate) weights: Aligned,
    /// `[lane]`.
    pub(crate) biases: Aligned,
}

/// Which of a layer's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In tiles, `[input][lane]`.
    Weights,
    /// In tiles, `[lane]`.
    Biases,
    /// An array that it learns beside these.
    Learnt(usize),
}

/// The tiles of a layer, all zero.
pub(crate) fn tiles(layer: usize, shape: &LayerShape) -> Vec<TileParameters> {
    let firsts = (0..shape.filters).step_by(TILE).enumerate();
    firsts
        .map(|(number, first)| {
            let units = TILE.min(shape.filters - first);
            let lanes = padded(units);
            TileParameters {
                layer,
                number,
                first,
                units,
                lanes,
                weights: Aligned::zeros(shape.inputs * lanes),
                biases: Aligned::zeros(lanes),
            }
        })
        .collect()
}

impl TileParameters {
    pub(crate) fn array(&self, kind: Kind) -> &Aligned {
        kind.of_tile(&self.weights, &self.biases)
    }

    pub(crate) fn array_mut(&mut self, kind: Kind) -> &mut Aligned {
        kind.of_tile(&mut self.weights, &mut self.biases)
    }

    /// Copies an array of this tile's to its place in `[unit][input]`.
    pub(crate) fn unpack(&self, from: &[f32], inputs: usize, to: &mut [f32]) {
        for unit in 0..self.units {
            for input in 0..inputs {
                to[(self.first + unit) * inputs + input] = from[input * self.lanes + unit];
            }
        }
    }

    /// Copies this tile's part of `[unit][input]` into an array of its own.
    pub(crate) fn pack(&self, from: &[f32], inputs: usize, to: &mut [f32]) {
        for unit in 0..self.units {
            for input in 0..inputs {
                to[input * self.lanes + unit] = from[(self.first + unit) * inputs + input];
            }
        }
    }
}

impl Kind {
    /// The parameters of a layer that learns so many arrays beside weights and biases.
    pub(crate) fn all(learnt: usize) -> impl Iterator<Item = Self> {
        [Self::Weights, Self::Biases].into_iter().chain((0..learnt).map(Self::Learnt))
    }

    /// Number among [`Kind::all`].
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Weights => 0,
            Self::Biases => 1,
            Self::Learnt(array) => 2 + array,
        }
    }

    /// What a tile has of it.
    pub(crate) fn of_tile<T>(self, weights: T, biases: T) -> T {
        match self {
            Self::Weights => weights,
            Self::Biases => biases,
            Self::Learnt(_) => unreachable!("tiles have weights and biases"),
        }
    }

    /// Numbers of a unit: its weights, or its bias.
    pub(crate) fn inputs(self, shape: &LayerShape) -> usize {
        self.of_tile(shape.inputs, 1)
    }
}

/// Copies the weights of `inputs` of a layer's tiles, transposed: `[unit][lane]`, the first input in lane 0.
pub(crate) fn transpose(tiles: &[TileParameters], first: usize, inputs: usize, lanes: usize, to: &mut [f32]) {
    for tile in tiles {
        for lane in 0..inputs {
            let row = &tile.weights[(first + lane) * tile.lanes..][..tile.units];
            for (unit, weight) in row.iter().enumerate() {
                to[(tile.first + unit) * lanes + lane] = *weight;
            }
        }
    }
}
