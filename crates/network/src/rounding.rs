//! Weights of few bits, in double precision (spec 20.3).
//!
//! ```text
//! W_eff = βᵢ (f W),   scale_j = max(P_j, P_max/8) / L,   L = 2^(bits − 1) − 1
//! w = clamp(round(W_eff / scale), ±L),   W_q = w (scale / (βᵢ f))
//! ```
//!
//! P_j is the largest |W_eff| of unit j over all its inputs, of a readout over the layer. Passes read W_q, the optimiser moves W.

use std::ops::Range;

use spikelet_config::Config;
use spikelet_kernels::TILE;

use crate::graph::Graph;
use crate::layer::Layer;
use crate::parameters::TileParameters;
use crate::pool_factors::input_factors;
use crate::shape::LayerShape;

/// A unit's scale is at least this part of the layer's largest: a row of tiny weights would need states of many bits.
const MIN_PART: f64 = 8.0;

/// L, the largest weight in units of its scale.
#[must_use]
pub fn largest_level(bits: u32) -> f64 {
    f64::from((1i32 << (bits - 1)) - 1)
}

/// Makes scales of the P of each unit or channel; one for all units of a readout, which are compared.
#[inline(never)]
pub fn peaks_to_scales(peaks: &mut [f64], is_readout: bool, largest_level: f64) {
    let mut largest = 0.0;
    for &peak in &*peaks {
        if peak > largest {
            largest = peak;
        }
    }
    for scale in peaks {
        *scale = if is_readout { largest } else { scale.max(largest / MIN_PART) } / largest_level;
        if *scale == 0.0 {
            *scale = 1.0 / largest_level;
        }
    }
}

/// w of an effective weight.
#[must_use]
#[inline]
pub fn level(effective: f64, scale: f64, largest_level: f64) -> f64 {
    round(effective / scale).max(-largest_level).min(largest_level)
}

/// The nearest whole number, halves away from zero; of numbers below 2⁵¹, without a call of the mathematical library, so that loops become
/// vectors.
#[must_use]
#[inline]
pub fn round(value: f64) -> f64 {
    /// Beside it, a number has no room for a fraction.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let magnitude = value.abs() + 0.5;
    let nearest = (magnitude + WHOLE) - WHOLE;
    let floor = if nearest > magnitude { nearest - 1.0 } else { nearest };
    // A sum with 0 has no sign where it is 0.
    floor.copysign(value) + 0.0
}

/// Weights of a network that passes read rounded.
#[derive(Clone, Debug)]
pub struct Rounding {
    layers: Vec<LayerRounding>,
    /// The parameters with W_q for W, as the tiles of the network.
    pub tiles: Vec<TileParameters>,
}

/// How the weights of a layer with neurons are rounded.
#[derive(Clone, Debug)]
struct LayerRounding {
    largest_level: f64,
    is_readout: bool,
    /// βᵢ, `[unit]` or `[channel]`.
    gains: Vec<f64>,
    parts: Vec<Part>,
}

/// Weights of a tile that share f.
#[derive(Clone, Debug)]
struct Part {
    tile: usize,
    weights: Range<usize>,
    factor: f64,
    /// j of each unit of the tile: its channel, where the layer is by channel and its connection by unit.
    owners: Vec<usize>,
}

/// Layers, their tiles, and what rounding reads of both.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoundedLayers<'a> {
    pub(crate) layers: &'a [Layer],
    pub(crate) shapes: &'a [LayerShape],
    pub(crate) tiles: &'a [TileParameters],
    /// First tile of each layer, and the end of the last.
    pub(crate) starts: &'a [usize],
    pub(crate) graph: Option<&'a Graph>,
}

impl Rounding {
    /// The rounding of the network of a valid configuration, if its training has one.
    pub(crate) fn new(config: &Config, network: &RoundedLayers<'_>) -> Option<Box<Self>> {
        let bits = config.training.weight_bits.as_ref()?;
        let factors = input_factors(&config.network, &config.network.graph().ok()?);
        let mut layers = Vec::new();
        for (layer, factors) in factors.iter().enumerate() {
            let (shape, gain) = (&network.shapes[layer], &network.layers[layer].neuron.gains.current);
            let mut gains = Vec::with_capacity(shape.filters);
            for unit in 0..shape.filters {
                gains.push(gain.at(unit));
            }
            layers.push(LayerRounding {
                largest_level: largest_level(bits.at(layer) as u32),
                is_readout: !shape.fires,
                gains,
                parts: parts(network, layer, factors),
            });
        }
        Some(Box::new(Self { layers, tiles: network.tiles.to_vec() }))
    }

    /// Rounds weights; biases are copied.
    #[inline(never)]
    pub(crate) fn refresh(&mut self, tiles: &[TileParameters]) {
        for (to, tile) in self.tiles.iter_mut().zip(tiles) {
            to.biases.copy_from_slice(&tile.biases);
        }
        for layer in &self.layers {
            let mut scales = vec![0.0f64; layer.gains.len()];
            for Part { tile, weights, factor, owners } in &layer.parts {
                let tile = &tiles[*tile];
                let mut largest = [0.0f32; TILE];
                for row in tile.weights[weights.clone()].chunks_exact(tile.lanes) {
                    for (largest, weight) in largest.iter_mut().zip(row) {
                        *largest = largest.max(weight.abs());
                    }
                }
                for (&owner, largest) in owners.iter().zip(largest) {
                    let peak = layer.gains[owner] * (factor * f64::from(largest));
                    scales[owner] = scales[owner].max(peak);
                }
            }
            peaks_to_scales(&mut scales, layer.is_readout, layer.largest_level);
            for Part { tile, weights, factor, owners } in &layer.parts {
                let (to, tile) = (&mut self.tiles[*tile], &tiles[*tile]);
                let mut of_units = [(0.0, 0.0, 0.0); TILE];
                for (of_unit, &owner) in of_units.iter_mut().zip(owners) {
                    let (scale, gain) = (scales[owner], layer.gains[owner]);
                    *of_unit = (scale, gain, scale / (gain * factor));
                }
                let rows = tile.weights[weights.clone()].chunks_exact(tile.lanes);
                for (to, row) in to.weights[weights.clone()].chunks_exact_mut(tile.lanes).zip(rows) {
                    for ((to, weight), (scale, gain, step)) in to.iter_mut().zip(row).zip(&of_units[..tile.units]) {
                        let effective = gain * (factor * f64::from(*weight));
                        *to = (level(effective, *scale, layer.largest_level) * step) as f32;
                    }
                }
            }
        }
    }
}

/// The weights of a layer over all its inputs; in a chain those of its own spikes stand behind the others.
fn parts(network: &RoundedLayers<'_>, layer: usize, factors: &[f64]) -> Vec<Part> {
    let mut parts = Vec::new();
    let connections = network.graph.map_or_else(|| vec![layer], |graph| graph.inputs[layer].clone());
    for (connection, &factor) in connections.into_iter().zip(factors) {
        for tile in network.starts[connection]..network.starts[connection + 1] {
            let &TileParameters { first, units, lanes, ref weights, .. } = &network.tiles[tile];
            let owner = |unit| network.shapes[layer].owner(unit, &network.shapes[connection]);
            let owners: Vec<_> = (first..first + units).map(owner).collect();
            let own = network.shapes[connection].previous_units() * lanes;
            parts.push(Part { tile, weights: 0..own, factor, owners: owners.clone() });
            if own < weights.len() {
                parts.push(Part { tile, weights: own..weights.len(), factor: 1.0, owners });
            }
        }
    }
    parts
}
