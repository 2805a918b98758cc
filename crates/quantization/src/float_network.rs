//! What the conversion reads of a network, in double precision.

use spikelet_config::{Config, Error, LayerConfig, LearntConstant, NeuronConfig, NeuronType, Reset, Result};
use spikelet_network::gradient::LayerParameters;
use spikelet_network::input_factors;
use spikelet_network::learnt::LearntValues;
use spikelet_network::neuron::Gains;

/// Layers with neurons, from the input up.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatNetwork {
    /// By layer.
    pub layers: Vec<FloatLayer>,
}

/// A layer with neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatLayer {
    /// Bits of the weights that the network is trained for; 8 unless it says otherwise.
    pub weight_bits: u32,
    /// Inputs: the layer's own, that of its own spikes in a recurrent layer, then the further ones.
    pub inputs: Vec<FloatInput>,
    /// `[unit]` or `[channel]`.
    pub biases: Vec<f64>,
    /// Gains in effect.
    pub gains: Gains,
    /// αᵢ, αᵥ, θ, ρ and κ, each `[unit]` or `[channel]`; empty where the layer has none.
    pub constants: [Vec<f64>; 5],
}

/// An input of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatInput {
    /// `[unit][input]`, or as the connection has them.
    pub weights: Vec<f64>,
    /// f, what arrives of a spike behind average pools.
    pub factor: f64,
    /// Whole steps, where it has delays, else empty.
    pub delays: Vec<f64>,
}

impl FloatNetwork {
    /// Reads the layers of a valid configuration with these parameters.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of what has no form in whole numbers: `adlif` and the reset
    /// `subtractAfterDecay`.
    pub fn new(config: &Config, parameters: &[LayerParameters]) -> Result<Self> {
        let network = &config.network;
        let factors = input_factors(network, &network.graph()?);
        let bits = config.training.weight_bits.as_ref();
        let mut layers = Vec::new();
        for (index, layer) in network.layers.iter().enumerate() {
            if layer.has_units() {
                let neuron = network.neuron_of(index);
                check(layer, index, &neuron)?;
                let (number, given) = (layers.len(), &parameters[layers.len()]);
                let inputs = inputs(layer, given, &factors[number]);
                let layer = float_layer(&neuron, inputs, given, network.steps);
                layers.push(FloatLayer { weight_bits: bits.map_or(8, |bits| bits.at(number) as u32), ..layer });
            }
        }
        Ok(Self { layers })
    }
}

fn check(layer: &LayerConfig, index: usize, neuron: &NeuronConfig) -> Result<()> {
    let (field, why) = match (neuron.kind, neuron.reset) {
        (NeuronType::Adlif, _) => ("type", "\"adlif\" has no form in whole numbers"),
        (NeuronType::Lif | NeuronType::Alif, Reset::SubtractAfterDecay) => {
            ("reset", "\"subtractAfterDecay\" has no form in whole numbers: train with \"subtract\"")
        }
        (NeuronType::Lif | NeuronType::Alif | NeuronType::Leaky, _) => return Ok(()),
    };
    let path = match layer.neuron() {
        Some(_) => format!("network.layers[{index}].neuron.{field}"),
        None => format!("network.neuron.{field}"),
    };
    Err(Error::config(path, why))
}

fn inputs(layer: &LayerConfig, given: &LayerParameters, factors: &[f64]) -> Vec<FloatInput> {
    let mut inputs = vec![float_input(&given.weights, &given.learnt)];
    for input in &given.inputs {
        inputs.push(float_input(&input.weights, &input.learnt));
    }
    // A chain has the weights of a layer's own spikes behind those of its input, a graph as an input of their own.
    if let LayerConfig::Dense(dense) = layer
        && inputs.len() < factors.len()
    {
        let own = split(&mut inputs[0], dense.units as usize);
        inputs.push(own);
    }
    for (input, &factor) in inputs.iter_mut().zip(factors) {
        input.factor = factor;
    }
    inputs
}

/// Constants of a layer, in their order.
const CONSTANTS: [LearntConstant; 5] = [
    LearntConstant::CurrentDecay,
    LearntConstant::MembraneDecay,
    LearntConstant::Threshold,
    LearntConstant::AdaptationDecay,
    LearntConstant::AdaptationStrength,
];
/// Place of the threshold among them; ρ and κ follow.
pub(crate) const THRESHOLD: usize = 2;

fn float_layer(neuron: &NeuronConfig, inputs: Vec<FloatInput>, given: &LayerParameters, steps: u32) -> FloatLayer {
    let has = |constant: &&LearntConstant| match constant {
        LearntConstant::Threshold => neuron.kind.fires(),
        _ => neuron.kind.has(constant.name()),
    };
    let count = CONSTANTS.iter().take_while(has).count();
    let biases = doubles(&given.biases);
    let mut constants = <[Vec<f64>; 5]>::default();
    for (constant, values) in CONSTANTS.iter().zip(&mut constants).take(count) {
        let learnt = given.learnt.iter().find(|array| array.name == constant.name());
        for unit in 0..biases.len() {
            values.push(match learnt {
                Some(array) => array.values[unit % array.values.len()].into(),
                None => neuron.constant(*constant).at(unit),
            });
        }
    }
    FloatLayer { weight_bits: 8, inputs, biases, gains: Gains::of(neuron, steps), constants }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    let mut doubles = Vec::with_capacity(values.len());
    for &value in values {
        doubles.push(f64::from(value));
    }
    doubles
}

/// An input with the whole steps of its delays; halves to even.
fn float_input(weights: &[f32], learnt: &[LearntValues]) -> FloatInput {
    let mut delays = Vec::new();
    for array in learnt.iter().filter(|array| array.name == "delays") {
        delays = doubles(&array.values);
        for steps in &mut delays {
            *steps = steps.round_ties_even();
        }
    }
    FloatInput { weights: doubles(weights), factor: 1.0, delays }
}

/// Takes the last `units` inputs of each unit off an input, as an input of their own.
fn split(input: &mut FloatInput, units: usize) -> FloatInput {
    let width = input.weights.len() / units;
    let (weights, delays) = (split_rows(&mut input.weights, width, units), split_rows(&mut input.delays, width, units));
    FloatInput { weights, factor: 1.0, delays }
}

/// Takes the last `count` numbers off each row.
fn split_rows(rows: &mut Vec<f64>, width: usize, count: usize) -> Vec<f64> {
    let (mut kept, mut taken) = (Vec::new(), Vec::new());
    for row in rows.chunks_exact(width) {
        kept.extend_from_slice(&row[..width - count]);
        taken.extend_from_slice(&row[width - count..]);
    }
    *rows = kept;
    taken
}
