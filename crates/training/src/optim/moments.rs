//! Moments of the optimiser. A network that only predicts has none.

use spikelet_network::aligned::Aligned;
use spikelet_network::learnt::LearntArray;
use spikelet_network::network::Network;
use spikelet_network::parameters::{Kind, TileParameters};

/// Moments of all tiles, in the order of the network's.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    pub(crate) tiles: Vec<TileMoments>,
    /// Moments of learnt constants and delays, by layer.
    pub(crate) learnt: Vec<Vec<LearntMoments>>,
}

/// Moments of an array that a layer learns.
pub(crate) type LearntMoments = Pair;

/// Moments of a tile, laid out as its parameters.
#[derive(Clone, Debug)]
pub(crate) struct TileMoments {
    pub(crate) weights: Pair,
    pub(crate) biases: Pair,
    /// Rows of the weights that ever had a gradient.
    pub(crate) live: Vec<bool>,
}

/// The two moments of an array of parameters.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// First moment of Adam, or the momentum.
    pub(crate) first: Aligned,
    /// Second moment of Adam; empty for gradient descent.
    pub(crate) second: Aligned,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    First,
    Second,
}

impl Moments {
    /// Moments of 0.
    pub(crate) fn zeros(network: &Network, has_second: bool) -> Self {
        let of_array = |array: &LearntArray| Pair::zeros(array.moved(), has_second);
        Self {
            tiles: network.tiles.iter().map(|tile| TileMoments::zeros(tile, has_second)).collect(),
            learnt: network.learnt.iter().map(|arrays| arrays.iter().map(of_array).collect()).collect(),
        }
    }

    /// Moments of a layer's parameters, `[unit][input]` or `[unit]`.
    pub(crate) fn read(&self, network: &Network, layer: usize, kind: Kind, order: Order) -> Vec<f32> {
        match kind {
            Kind::Learnt(array) => network.learnt[layer][array].used(self.learnt[layer][array].array(order)),
            _ => network.read_from(layer, kind, &|number, _| self.tiles[number].pair(kind).array(order)),
        }
    }

    /// Replaces moments of a layer; [`Moments::find_live_rows`] follows.
    pub(crate) fn write(&mut self, network: &Network, layer: usize, kind: Kind, order: Order, from: &[f32]) {
        if let Kind::Learnt(array) = kind {
            return self.learnt[layer][array].array_mut(order)[..from.len()].copy_from_slice(from);
        }
        let inputs = kind.inputs(&network.shapes[layer]);
        let range = network.tiles_of(layer);
        for (tile, moments) in network.layer(layer).iter().zip(&mut self.tiles[range]) {
            tile.pack(from, inputs, moments.pair_mut(kind).array_mut(order));
        }
    }

    /// Forgets the moments of a layer.
    pub(crate) fn clear_layer(&mut self, network: &Network, layer: usize) {
        for tile in &mut self.tiles[network.tiles_of(layer)] {
            tile.weights.clear();
            tile.biases.clear();
            tile.live.fill(false);
        }
        self.learnt[layer].iter_mut().for_each(Pair::clear);
    }

    /// Marks the rows whose moments are not all zero, after moments were written.
    pub(crate) fn find_live_rows(&mut self) {
        for TileMoments { weights, live, biases } in &mut self.tiles {
            let lanes = biases.first.len();
            for (input, live) in live.iter_mut().enumerate() {
                let row = input * lanes..(input + 1) * lanes;
                let moves = |moments: &[f32]| moments.get(row.clone()).is_some_and(|row| row.iter().any(|&m| m != 0.0));
                *live = moves(&weights.first) || moves(&weights.second);
            }
        }
    }
}

impl TileMoments {
    fn zeros(tile: &TileParameters, has_second: bool) -> Self {
        Self {
            weights: Pair::zeros(tile.weights.len(), has_second),
            biases: Pair::zeros(tile.biases.len(), has_second),
            live: vec![false; tile.weights.len() / tile.lanes],
        }
    }

    fn pair(&self, kind: Kind) -> &Pair {
        kind.of_tile(&self.weights, &self.biases)
    }

    fn pair_mut(&mut self, kind: Kind) -> &mut Pair {
        kind.of_tile(&mut self.weights, &mut self.biases)
    }
}

impl Pair {
    fn zeros(length: usize, has_second: bool) -> Self {
        Self { first: Aligned::zeros(length), second: Aligned::zeros(if has_second { length } else { 0 }) }
    }

    fn clear(&mut self) {
        self.first.fill(0.0);
        self.second.fill(0.0);
    }

    pub(crate) fn array(&self, order: Order) -> &Aligned {
        match order {
            Order::First => &self.first,
            Order::Second => &self.second,
        }
    }

    pub(crate) fn array_mut(&mut self, order: Order) -> &mut Aligned {
        match order {
            Order::First => &mut self.first,
            Order::Second => &mut self.second,
        }
    }
}
