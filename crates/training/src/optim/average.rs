//! Weights averaged over a run (spec 7.3).
//!
//! ```text
//! a ← a + share (w − a)
//! ```

use spikelet_config::Averaging;
use spikelet_network::aligned::Aligned;
use spikelet_network::learnt::LearntArray;
use spikelet_network::network::Network;
use spikelet_network::parameters::{Kind, TileParameters};

use crate::executor::Executor;

/// Averages of all parameters, laid out as these.
#[derive(Clone, Debug)]
pub(crate) struct Average {
    tiles: Vec<TileAverage>,
    /// What each layer learns beside weights and biases.
    learnt: Vec<Vec<LearntArray>>,
    /// Number of weights in the average.
    pub(crate) count: u64,
}

#[derive(Clone, Debug)]
struct TileAverage {
    weights: Aligned,
    biases: Aligned,
}

impl Average {
    /// An average of the current weights only.
    pub(crate) fn new(network: &Network) -> Self {
        let copy = |tile: &TileParameters| TileAverage { weights: tile.weights.clone(), biases: tile.biases.clone() };
        Self { tiles: network.tiles.iter().map(copy).collect(), learnt: network.learnt.clone(), count: 1 }
    }

    /// An average of `count` weights whose arrays follow.
    pub(crate) fn of(count: u64, network: &Network) -> Self {
        Self { count, ..Self::new(network) }
    }

    /// Adds the current weights.
    pub(crate) fn add<E: Executor>(&mut self, averaging: &Averaging, network: &Network, executor: &E) {
        let count = self.count as f64;
        let share = match averaging {
            Averaging::Ema(ema) => 1.0 - ema.decay.min((1.0 + count) / (10.0 + count)),
            Averaging::Swa(_) => 1.0 / (count + 1.0),
        };
        let share = share as f32;
        executor.for_each(&mut self.tiles, |number, average| {
            let tile = &network.tiles[number];
            move_towards(&mut average.weights, &tile.weights, share);
            move_towards(&mut average.biases, &tile.biases, share);
        });
        let arrays = self.learnt.iter_mut().flatten().zip(network.learnt.iter().flatten());
        for (average, now) in arrays {
            move_towards(&mut average.parameters, &now.parameters, share);
        }
        // Rounded, an average can lie beside both.
        for (average, layer) in self.learnt.iter_mut().zip(&network.layers) {
            layer.neuron.hold(average);
        }
        self.count += 1;
    }

    /// Exchanges the averages with the parameters of the network; [`Network::refresh`] follows.
    pub(crate) fn swap(&mut self, network: &mut Network) {
        for (average, tile) in self.tiles.iter_mut().zip(&mut network.tiles) {
            std::mem::swap(&mut average.weights, &mut tile.weights);
            std::mem::swap(&mut average.biases, &mut tile.biases);
        }
        std::mem::swap(&mut self.learnt, &mut network.learnt);
    }

    /// Averages of a layer, `[unit][input]` or `[unit]`.
    pub(crate) fn read(&self, network: &Network, layer: usize, kind: Kind) -> Vec<f32> {
        match kind {
            Kind::Learnt(array) => self.learnt[layer][array].raw(),
            _ => network.read_from(layer, kind, &|number, _| self.tiles[number].array(kind)),
        }
    }

    /// Replaces averages of a layer.
    pub(crate) fn write(&mut self, network: &Network, layer: usize, kind: Kind, from: &[f32]) {
        if let Kind::Learnt(array) = kind {
            return self.learnt[layer][array].set_raw(from);
        }
        let inputs = kind.inputs(&network.shapes[layer]);
        let range = network.tiles_of(layer);
        for (tile, average) in network.layer(layer).iter().zip(&mut self.tiles[range]) {
            tile.pack(from, inputs, average.array_mut(kind));
        }
    }
}

// Not compiled into each caller, for size.
#[inline(never)]
fn move_towards(average: &mut [f32], now: &[f32], share: f32) {
    average.iter_mut().zip(now).for_each(|(a, w)| *a += share * (w - *a));
}

impl TileAverage {
    fn array(&self, kind: Kind) -> &Aligned {
        kind.of_tile(&self.weights, &self.biases)
    }

    fn array_mut(&mut self, kind: Kind) -> &mut Aligned {
        kind.of_tile(&mut self.weights, &mut self.biases)
    }
}
