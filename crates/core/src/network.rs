//! The network: shapes, gains and parameters, cut into tiles.

use std::ops::Range;

use serde::Serialize;
use spikelet_kernels::{LANES, LifConstants, QuietBound, TILE};

use crate::aligned::Aligned;
use crate::config::{Config, NeuronConfig};
use crate::error::{Error, Result};
use crate::geometry::{NO_UNIT, Picture};
use crate::rng::{Purpose, Stream};
use crate::wiring::{SharedWeights, Site, Wiring, wire};

/// Gains in effect (spec 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gains {
    /// Gain of the input drive, βᵢ.
    pub current: f64,
    /// Gain from current to membrane, βᵥ.
    pub membrane: f64,
    /// Gain of the bias, β_b.
    pub bias: f64,
}

impl Gains {
    /// Gains of a neuron in a simulation of `steps` steps.
    ///
    /// `auto`: the membrane's response to one spike over a weight of 1, `βᵥ e[n]` with
    /// `e[n] = Σ_(k=0..n) αᵢᵏ αᵥⁿ⁻ᵏ`, has a peak of 1 within the simulation.
    #[must_use]
    pub fn of(neuron: &NeuronConfig, steps: u32) -> Self {
        if !neuron.has_auto_gain() {
            let given = |gain: Option<f64>| gain.unwrap_or(1.0);
            return Self {
                current: given(neuron.current_gain),
                membrane: given(neuron.membrane_gain),
                bias: given(neuron.bias_gain),
            };
        }
        let (mut current, mut response, mut peak) = (1.0, 0.0, 0.0f64);
        for _ in 0..steps {
            response = response * neuron.membrane_decay + current;
            peak = peak.max(response);
            current *= neuron.current_decay;
        }
        Self { current: 1.0, membrane: 1.0 / peak, bias: 1.0 / peak }
    }
}

/// Size of a spiking layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerShape {
    /// Weights of a unit: the units of the layer below and, in a recurrent layer, then those of this layer; in a convolution channels ×
    /// kernel × kernel.
    pub inputs: usize,
    /// Units of this layer.
    pub units: usize,
    /// Units that have weights of their own: all, or the channels of a convolution.
    pub filters: usize,
    /// Whether its spikes reach it again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub recurrent: bool,
    /// Size of a convolution's output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Side of the square that a convolution's unit sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<usize>,
}

impl LayerShape {
    /// `[units, inputs]`, or `[channels, channels below, kernel, kernel]`.
    #[must_use]
    pub fn weight_shape(&self) -> Vec<usize> {
        match self.kernel {
            None => vec![self.units, self.inputs],
            Some(kernel) => vec![self.filters, self.inputs / (kernel * kernel), kernel, kernel],
        }
    }

    /// Whether units share their weights.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.kernel.is_some()
    }

    /// Units of the layer below, in a layer that is not a convolution.
    pub(crate) fn below(&self) -> usize {
        if self.recurrent { self.inputs - self.units } else { self.inputs }
    }

    /// Number of weights.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.inputs * self.filters
    }
}

/// Up to [`TILE`] units of a layer, or channels of a convolution, with their parameters and moments.
#[derive(Clone, Debug)]
pub(crate) struct Tile {
    pub(crate) layer: usize,
    /// First unit.
    pub(crate) first: usize,
    /// Units, at most `lanes`.
    pub(crate) units: usize,
    pub(crate) lanes: usize,
    /// `[input][lane]`.
    pub(crate) weights: Parameters,
    /// `[lane]`.
    pub(crate) biases: Parameters,
    /// Biases times their gain, `[lane]`.
    pub(crate) drive_bias: Vec<f32>,
    /// V∞, where the bias alone drives the membrane, `[lane]`.
    pub(crate) rest: Vec<f32>,
    /// Rows of the weights that ever had a gradient.
    pub(crate) live: Vec<bool>,
    /// Sums of the groups of a batch so far, `[input][lane]`; empty between batches of one group.
    pub(crate) partial: Aligned,
    /// Σ p of the batch so far, `[lane]`.
    pub(crate) bias_sum: Vec<f32>,
    /// Samples of the batch so far in which a unit stayed silent, `[lane]`.
    pub(crate) silent: Vec<u32>,
    /// Weights of a dense layer above towards this tile, site by site `[upper unit][lane]`; else empty.
    pub(crate) upward: Aligned,
    /// Weights of this layer towards this tile's own spikes, `[unit][lane]`; empty unless it is recurrent.
    pub(crate) returning: Aligned,
    /// What a convolution's sites read; empty in a dense layer.
    pub(crate) shared: SharedWeights,
    /// Σ g² of the last update.
    pub(crate) squared_norm: f32,
}

/// Values with the moments of the optimiser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) values: Aligned,
    pub(crate) first: Aligned,
    /// Empty for gradient descent.
    pub(crate) second: Aligned,
}

impl Parameters {
    fn zeros(length: usize, has_second: bool) -> Self {
        Self {
            values: Aligned::zeros(length),
            first: Aligned::zeros(length),
            second: Aligned::zeros(if has_second { length } else { 0 }),
        }
    }

    fn clear_moments(&mut self) {
        self.first.fill(0.0);
        self.second.fill(0.0);
    }
}

/// Which array of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slice {
    Values,
    First,
    Second,
}

impl Parameters {
    pub(crate) fn slice(&self, slice: Slice) -> &[f32] {
        match slice {
            Slice::Values => &self.values,
            Slice::First => &self.first,
            Slice::Second => &self.second,
        }
    }

    pub(crate) fn slice_mut(&mut self, slice: Slice) -> &mut [f32] {
        match slice {
            Slice::Values => &mut self.values,
            Slice::First => &mut self.first,
            Slice::Second => &mut self.second,
        }
    }
}

/// Layers of tiles.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) steps: usize,
    pub(crate) gains: Gains,
    pub(crate) constants: LifConstants,
    /// Steps after a spike in which a unit is blocked.
    pub(crate) refractory: u32,
    /// Which units can still fire without input.
    pub(crate) quiet: QuietBound,
    pub(crate) shapes: Vec<LayerShape>,
    /// Way to each layer from the one below.
    pub(crate) wirings: Vec<Wiring>,
    /// Tiles of all layers, from the input up.
    pub(crate) tiles: Vec<Tile>,
    /// First tile of each layer, and the end of the last.
    pub(crate) starts: Vec<usize>,
}

/// `units` rounded up to whole lanes.
pub(crate) fn padded(units: usize) -> usize {
    units.div_ceil(LANES) * LANES
}

impl Network {
    /// A network with weights `U(±1/√inputs)` from the seed, `U(±1/√units)` within a recurrent layer, and biases of 0 (spec 7).
    pub(crate) fn new(config: &Config) -> Self {
        let gains = Gains::of(&config.network.neuron, config.network.steps);
        let neuron = &config.network.neuron;
        let wirings = wire(&config.network);
        let shapes: Vec<LayerShape> = wirings.iter().map(|wiring| wiring.shape).collect();
        let has_second = config.optimizer.has_second_moment();
        let mut tiles = Vec::new();
        let mut starts = vec![0];
        for (layer, shape) in shapes.iter().enumerate() {
            for first in (0..shape.filters).step_by(TILE) {
                let units = TILE.min(shape.filters - first);
                let lanes = padded(units);
                tiles.push(Tile {
                    layer,
                    first,
                    units,
                    lanes,
                    weights: Parameters::zeros(shape.inputs * lanes, has_second),
                    biases: Parameters::zeros(lanes, has_second),
                    drive_bias: vec![0.0; lanes],
                    rest: vec![0.0; lanes],
                    live: vec![false; shape.inputs],
                    partial: Aligned::default(),
                    bias_sum: vec![0.0; lanes],
                    silent: vec![0; lanes],
                    upward: Aligned::default(),
                    returning: Aligned::default(),
                    shared: SharedWeights::default(),
                    squared_norm: 0.0,
                });
            }
            starts.push(tiles.len());
        }
        let constants = LifConstants {
            current_decay: neuron.current_decay as f32,
            membrane_decay: neuron.membrane_decay as f32,
            drive_gain: (gains.current * gains.membrane) as f32,
            threshold: neuron.threshold as f32,
        };
        let mut network = Self {
            steps: config.network.steps as usize,
            gains,
            constants,
            refractory: neuron.refractory_steps(),
            quiet: QuietBound::new(&constants, config.network.steps as usize),
            shapes,
            wirings,
            tiles,
            starts,
        };
        for layer in 0..network.shapes.len() {
            let shape = network.shapes[layer];
            let mut stream = Stream::new(config.training.seed, Purpose::Weights, layer as u32);
            let bound = |inputs: usize| (1.0 / (inputs as f64).sqrt()) as f32;
            let (from_below, from_itself) = (bound(shape.below()), bound(shape.units));
            let bound_of = |weight: usize| if weight % shape.inputs < shape.below() { from_below } else { from_itself };
            let weights: Vec<f32> = (0..shape.weights()).map(|weight| stream.symmetric() * bound_of(weight)).collect();
            network.write_weights(layer, Slice::Values, &weights);
        }
        network.refresh();
        network
    }

    /// γ of a layer: what a spike below it drives through a weight of 1.
    pub(crate) fn drive_gain(&self, layer: usize) -> f32 {
        self.constants.drive_gain * self.wirings[layer].share
    }

    pub(crate) fn layer(&self, layer: usize) -> &[Tile] {
        &self.tiles[self.starts[layer]..self.starts[layer + 1]]
    }

    fn layer_mut(&mut self, layer: usize) -> &mut [Tile] {
        &mut self.tiles[self.starts[layer]..self.starts[layer + 1]]
    }

    pub(crate) fn outputs(&self) -> usize {
        self.shapes[self.shapes.len() - 1].units
    }

    /// An array of the weights, `[unit][input]`; in a convolution `[channel][channel below][y][x]`.
    pub(crate) fn read_weights(&self, layer: usize, slice: Slice) -> Vec<f32> {
        let shape = self.shapes[layer];
        let mut out = vec![0.0; shape.weights()];
        for tile in self.layer(layer) {
            unpack(tile.weights.slice(slice), tile, shape.inputs, &mut out);
        }
        out
    }

    /// An array of the biases, `[unit]`.
    pub(crate) fn read_biases(&self, layer: usize, slice: Slice) -> Vec<f32> {
        self.layer(layer).iter().flat_map(|tile| tile.biases.slice(slice).iter().take(tile.units).copied()).collect()
    }

    pub(crate) fn write_weights(&mut self, layer: usize, slice: Slice, from: &[f32]) {
        let inputs = self.shapes[layer].inputs;
        for tile in self.layer_mut(layer) {
            let (first, units, lanes) = (tile.first, tile.units, tile.lanes);
            let to = tile.weights.slice_mut(slice);
            for unit in 0..units {
                for input in 0..inputs {
                    to[input * lanes + unit] = from[(first + unit) * inputs + input];
                }
            }
        }
    }

    pub(crate) fn write_biases(&mut self, layer: usize, slice: Slice, from: &[f32]) {
        for tile in self.layer_mut(layer) {
            let (first, units) = (tile.first, tile.units);
            tile.biases.slice_mut(slice)[..units].copy_from_slice(&from[first..first + units]);
        }
    }

    /// Replaces the parameters of a layer and forgets their moments.
    pub(crate) fn set_parameters(&mut self, layer: usize, weights: &[f32], biases: &[f32]) -> Result<()> {
        let shape = *self
            .shapes
            .get(layer)
            .ok_or_else(|| Error::shape("layer", format!("must be below {}, got {layer}", self.shapes.len())))?;
        check("weights", weights, shape.weights())?;
        check("biases", biases, shape.filters)?;
        self.write_weights(layer, Slice::Values, weights);
        self.write_biases(layer, Slice::Values, biases);
        for tile in self.layer_mut(layer) {
            tile.weights.clear_moments();
            tile.biases.clear_moments();
            tile.live.fill(false);
        }
        self.refresh();
        Ok(())
    }

    /// Brings what is derived from the parameters up to date.
    pub(crate) fn refresh(&mut self) {
        let bias_gain = self.gains.bias as f32;
        for tile in &mut self.tiles {
            tile.refresh_bias(bias_gain, &self.constants);
        }
        for layer in 1..self.shapes.len() {
            let (below, above) = self.tiles.split_at_mut(self.starts[layer]);
            let above = &above[..self.starts[layer + 1] - self.starts[layer]];
            let (source, wiring) = (&self.wirings[layer - 1], &self.wirings[layer]);
            for (number, tile) in below[self.starts[layer - 1]..].iter_mut().enumerate() {
                if wiring.is_plain(Some(source)) {
                    transpose(above, tile.first..tile.first + tile.units, tile.lanes, &mut tile.upward);
                } else if wiring.convolution.is_none() {
                    tile.refresh_arriving(number, source, wiring, above);
                }
            }
        }
        for layer in (0..self.shapes.len()).filter(|&layer| self.shapes[layer].recurrent) {
            let tiles = &mut self.tiles[self.starts[layer]..self.starts[layer + 1]];
            for number in 0..tiles.len() {
                let mut returning = std::mem::take(&mut tiles[number].returning);
                let first = self.shapes[layer].below() + tiles[number].first;
                transpose(tiles, first..first + tiles[number].units, tiles[number].lanes, &mut returning);
                tiles[number].returning = returning;
            }
        }
        for (layer, wiring) in self.wirings.iter().enumerate() {
            let Some(convolution) = &wiring.convolution else { continue };
            let tiles = &mut self.tiles[self.starts[layer]..self.starts[layer + 1]];
            for (tile, block) in tiles.iter_mut().zip(&convolution.blocks) {
                let Tile { weights, drive_bias, rest, shared, lanes, .. } = tile;
                shared.refresh(convolution, block, &weights.values, *lanes);
                shared.refresh_biases(convolution, block, drive_bias, rest);
            }
        }
    }

    /// Marks the rows whose moments are not all zero, after moments were written.
    pub(crate) fn restore_live_rows(&mut self) {
        for tile in &mut self.tiles {
            for (input, live) in tile.live.iter_mut().enumerate() {
                let row = input * tile.lanes..(input + 1) * tile.lanes;
                let moves = |moments: &[f32]| moments.get(row.clone()).is_some_and(|row| row.iter().any(|&m| m != 0.0));
                *live = moves(&tile.weights.first) || moves(&tile.weights.second);
            }
        }
    }
}

impl Tile {
    /// A bias b alone drives the membrane to `b / (1 − αᵥ)`, without end where nothing decays.
    fn refresh_bias(&mut self, gain: f32, constants: &LifConstants) {
        for ((drive, rest), bias) in self.drive_bias.iter_mut().zip(&mut self.rest).zip(self.biases.values.iter()) {
            *drive = bias * gain;
            *rest = if *drive == 0.0 { 0.0 } else { *drive / (1.0 - constants.membrane_decay) };
        }
    }

    /// The drive of the bias at each step, `[lane]` of a site.
    pub(crate) fn site_bias(&self, site: &Site) -> &[f32] {
        match (self.shared.bias.is_empty(), site.is_edge) {
            (true, _) => &self.drive_bias,
            (false, false) => &self.shared.bias,
            (false, true) => &self.shared.edge_bias,
        }
    }

    /// V∞, `[lane]` of a site; of places outside the picture too, which never fire.
    pub(crate) fn site_rest(&self) -> &[f32] {
        if self.shared.bias.is_empty() { &self.rest } else { &self.shared.rest }
    }

    /// Copies the weights of a dense layer above, where each lane's spikes arrive, site by site `[upper unit][lane]`.
    fn refresh_arriving(&mut self, number: usize, source: &Wiring, wiring: &Wiring, above: &[Self]) {
        let upper = wiring.shape.units;
        let sites = source.sites.iter().filter(|site| site.tile == number);
        self.upward.resize(upper * sites.clone().map(|site| site.lanes).sum::<usize>());
        let mut start = 0;
        for site in sites {
            for (lane, &input) in wiring.arrival_of_lane[site.lane..site.lane + site.lanes].iter().enumerate() {
                if input == NO_UNIT {
                    continue;
                }
                for tile in above {
                    let row = &tile.weights.values[input as usize * tile.lanes..][..tile.units];
                    for (unit, weight) in row.iter().enumerate() {
                        self.upward[start + (tile.first + unit) * site.lanes + lane] = *weight;
                    }
                }
            }
            start += upper * site.lanes;
        }
    }
}

/// Copies the weights of `inputs` of a layer's tiles, transposed: `[unit][lane]`, the first input in lane 0.
fn transpose(tiles: &[Tile], inputs: Range<usize>, lanes: usize, to: &mut Aligned) {
    let units: usize = tiles.iter().map(|tile| tile.units).sum();
    to.resize(units * lanes);
    for tile in tiles {
        for (lane, input) in inputs.clone().enumerate() {
            let row = &tile.weights.values[input * tile.lanes..][..tile.units];
            for (unit, weight) in row.iter().enumerate() {
                to[(tile.first + unit) * lanes + lane] = *weight;
            }
        }
    }
}

/// Copies `[input][lane]` of a tile to its place in `[unit][input]`.
pub(crate) fn unpack(from: &[f32], tile: &Tile, inputs: usize, to: &mut [f32]) {
    for unit in 0..tile.units {
        for input in 0..inputs {
            to[(tile.first + unit) * inputs + input] = from[input * tile.lanes + unit];
        }
    }
}

/// Right length and finite.
pub(crate) fn check(path: &str, values: &[f32], length: usize) -> Result<()> {
    if values.len() != length {
        return Err(Error::shape(path, format!("must have {length} entries, got {}", values.len())));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => {
            Err(Error::non_finite(format!("{path}[{index}]"), format!("must be finite, got {}", values[index])))
        }
        None => Ok(()),
    }
}
