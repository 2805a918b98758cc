//! Weights and biases of a network, cut into tiles, without those of the optimiser.

use spikelet_kernels::{TILE, padded};

use crate::aligned::Aligned;
use crate::shape::LayerShape;

/// Up to [`TILE`] units of a layer, or channels of a convolution.
#[derive(Clone, Debug)]
pub struct TileParameters {
    /// Number of the layer.
    pub layer: usize,
    /// Number of the tile in its layer.
    pub number: usize,
    /// First unit.
    pub first: usize,
    /// Units, at most `lanes`.
    pub units: usize,
    /// Lanes, in whole vectors.
    pub lanes: usize,
    /// `[input][lane]`.
    pub weights: Aligned,
    /// `[lane]`.
    pub biases: Aligned,
}

/// Which of a layer's parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
    pub fn unpack(&self, from: &[f32], inputs: usize, to: &mut [f32]) {
        for unit in 0..self.units {
            for input in 0..inputs {
                to[(self.first + unit) * inputs + input] = from[input * self.lanes + unit];
            }
        }
    }

    /// Copies this tile's part of `[unit][input]` into an array of its own.
    pub fn pack(&self, from: &[f32], inputs: usize, to: &mut [f32]) {
        for unit in 0..self.units {
            for input in 0..inputs {
                to[input * self.lanes + unit] = from[(self.first + unit) * inputs + input];
            }
        }
    }
}

impl Kind {
    /// The parameters of a layer that learns so many arrays beside weights and biases.
    pub fn all(learnt: usize) -> impl Iterator<Item = Self> {
        [Self::Weights, Self::Biases].into_iter().chain((0..learnt).map(Self::Learnt))
    }

    /// Number among [`Kind::all`].
    pub fn index(self) -> usize {
        match self {
            Self::Weights => 0,
            Self::Biases => 1,
            Self::Learnt(array) => 2 + array,
        }
    }

    /// What a tile has of it.
    pub fn of_tile<T>(self, weights: T, biases: T) -> T {
        match self {
            Self::Weights => weights,
            Self::Biases => biases,
            Self::Learnt(_) => unreachable!("tiles have weights and biases"),
        }
    }

    /// Numbers of a unit: its weights, or its bias.
    pub fn inputs(self, shape: &LayerShape) -> usize {
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
