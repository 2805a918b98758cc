//! What the conversion reads of a network, in double precision.

use spikelet_config::{
    Config, Error, Graph, LayerConfig, LearntConstant, NeuronConfig, NeuronType, Reset, Result, Source,
};
use spikelet_network::gradient::LayerParameters;
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
        let graph = network.graph()?;
        let factors = factors(&network.layers, &graph);
        let mut layers = Vec::new();
        for (index, layer) in network.layers.iter().enumerate() {
            if layer.has_units() {
                let neuron = network.neuron_of(index);
                check(layer, index, &neuron)?;
                let place = Place { layer, graph: &graph, index, factors: &factors };
                let inputs = place.inputs(&parameters[layers.len()]);
                layers.push(float_layer(&neuron, inputs, &parameters[layers.len()], network.steps));
            }
        }
        Ok(Self { layers })
    }
}

fn check(layer: &LayerConfig, index: usize, neuron: &NeuronConfig) -> Result<()> {
    let (field, why) = if neuron.kind == NeuronType::Adlif {
        ("type", "\"adlif\" has no form in whole numbers")
    } else if neuron.kind.fires() && neuron.reset == Reset::SubtractAfterDecay {
        ("reset", "\"subtractAfterDecay\" has no form in whole numbers: train with \"subtract\"")
    } else {
        return Ok(());
    };
    let path = match layer.neuron() {
        Some(_) => format!("network.layers[{index}].neuron.{field}"),
        None => format!("network.neuron.{field}"),
    };
    Err(Error::config(path, why))
}

/// A layer in its network.
struct Place<'a> {
    layer: &'a LayerConfig,
    graph: &'a Graph,
    index: usize,
    factors: &'a [Option<f64>],
}

impl Place<'_> {
    fn inputs(&self, given: &LayerParameters) -> Vec<FloatInput> {
        let node = &self.graph.nodes[self.index];
        let mut inputs = vec![float_input(&given.weights, &given.learnt, factor(self.factors, &node.sources))];
        for input in &given.inputs {
            inputs.push(float_input(&input.weights, &input.learnt, 1.0));
        }
        let mut further = 1;
        if let LayerConfig::Dense(dense) = self.layer
            && dense.recurrent
        {
            further = 2;
            // A chain has the weights of a layer's own spikes behind those of its input, a graph as an input of their own.
            if inputs.len() == 1 {
                let own = split(&mut inputs[0], dense.units as usize);
                inputs.push(own);
            }
        }
        for (number, further_node) in node.further.iter().enumerate() {
            inputs[further + number].factor = factor(self.factors, &further_node.sources);
        }
        inputs
    }
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
    let count = match neuron.kind {
        NeuronType::Leaky => THRESHOLD,
        NeuronType::Alif => CONSTANTS.len(),
        _ => THRESHOLD + 1,
    };
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
    FloatLayer { inputs, biases, gains: Gains::of(neuron, steps), constants }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    let mut doubles = Vec::with_capacity(values.len());
    for &value in values {
        doubles.push(f64::from(value));
    }
    doubles
}

/// An input with the whole steps of its delays; halves to even.
fn float_input(weights: &[f32], learnt: &[LearntValues], factor: f64) -> FloatInput {
    let mut delays = Vec::new();
    for array in learnt.iter().filter(|array| array.name == "delays") {
        delays = doubles(&array.values);
        for steps in &mut delays {
            *steps = steps.round_ties_even();
        }
    }
    FloatInput { weights: doubles(weights), factor, delays }
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

/// What the whole number that each layer sends stands for: sums of average pools stand for means. Sources that add have one factor, as the
/// configuration demands.
fn factors(layers: &[LayerConfig], graph: &Graph) -> Vec<Option<f64>> {
    let mut factors = vec![None; layers.len()];
    // A pool may come before the one that feeds it.
    for _ in layers {
        for (index, node) in graph.nodes.iter().enumerate() {
            let members = match (&layers[index], node.fitted.slid) {
                (LayerConfig::MaxPool2d(_) | LayerConfig::MaxPool1d(_), _) | (_, None) => 1,
                (_, Some(slid)) => slid.window.rows.taps * slid.window.columns.taps,
            };
            factors[index] = if layers[index].has_units() {
                Some(1.0)
            } else {
                known(&factors, &node.sources).map(|before| before / members as f64)
            };
        }
    }
    factors
}

fn known(factors: &[Option<f64>], sources: &[Source]) -> Option<f64> {
    for source in sources {
        let factor = source.layer.map_or(Some(1.0), |layer| factors[layer]);
        if factor.is_some() {
            return factor;
        }
    }
    None
}

/// The factor of the sources of a layer or an input.
fn factor(factors: &[Option<f64>], sources: &[Source]) -> f64 {
    known(factors, sources).unwrap_or(1.0)
}
