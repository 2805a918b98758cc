//! A network of whole numbers on its configuration, which has the sources and the geometry.

use spikelet_config::geometry::{Axis as ConfigAxis, Window as ConfigWindow};
use spikelet_config::{
    Delays as ConfigDelays, DelaysBy, Error, LayerConfig, LayerInput, NetworkConfig, NeuronConfig, Node, OneToOneBy,
    Reset as ConfigReset, Result, Slid, Source as ConfigSource, UnitShape,
};
use spikelet_integer::{
    Adaptation, Axis, Connection, Convolution, Delays, Firing, Input, Layer, MAX_WEIGHT, Model, Neurons, ONE, Pool,
    PoolKind, Reset, Source, StateBits, Window,
};

use crate::integers::{Field, Reader};

/// Range of decays.
const DECAY: (i32, i32) = (0, ONE);
/// Range of thresholds and what else is of the size of a membrane.
const LEVEL: (i32, i32) = (-i32::MAX, i32::MAX);
/// Range of shifts.
const SHIFT: (i32, i32) = (0, 15);

/// Resolves the whole numbers of a network with a valid configuration, which stand one after the other (see [`crate::Integers`]).
///
/// # Errors
/// [`crate::ErrorCode::ShapeMismatch`] with the path of a list of another length, [`crate::ErrorCode::ConfigInvalid`] for numbers out of
/// range, [`crate::ErrorCode::DataFormat`] for too few or too many.
pub fn model(network: &NetworkConfig, numbers: &[f64]) -> Result<Model> {
    let graph = network.graph()?;
    let mut reader = Reader::new(numbers);
    let whole = |name| Field { layer: usize::MAX, input: None, name };
    let bits = reader.whole(whole("stateBits"), None, (0, i32::MAX));
    let state_bits = if bits == 16 { StateBits::Sixteen } else { StateBits::ThirtyTwo };
    if ![16, 32].contains(&bits) {
        reader.fail(Error::config("stateBits", format!("must be 16 or 32, got {bits}")));
    }
    let with_neurons = network.layers.iter().filter(|layer| layer.has_units()).count();
    reader.count(whole("layers"), with_neurons, false);
    let (mut layers, mut number) = (Vec::new(), 0);
    for (index, layer) in network.layers.iter().enumerate() {
        let node = &graph.nodes[index];
        layers.push(if layer.has_units() {
            number += 1;
            let mut builder = Builder { layer, node, index, number: number - 1, reader: &mut reader };
            Layer::Neurons(builder.neurons(&network.neuron_of(index)))
        } else {
            Layer::Pool(pool(layer, node))
        });
    }
    reader.end()?;
    Ok(Model { state_bits, inputs: network.input.units(), layers })
}

/// Makes a layer with neurons.
struct Builder<'a, 'b> {
    layer: &'a LayerConfig,
    node: &'a Node,
    /// Number among all layers.
    index: usize,
    /// Number among those with neurons.
    number: usize,
    reader: &'a mut Reader<'b>,
}

impl Builder<'_, '_> {
    fn neurons(&mut self, neuron: &NeuronConfig) -> Neurons {
        let output = self.node.fitted.output;
        let places = match output {
            UnitShape::Flat(_) => 1,
            UnitShape::Sequence(map) | UnitShape::Image(map) => map.places(),
        };
        let units = output.units();
        let filters = units / places;
        let spiking = if neuron.kind.fires() { filters } else { 0 };
        let adaptive = if neuron.kind.has("adaptationStrength") { filters } else { 0 };
        let weight_shift = self.shift("weightShift");
        let current_shift = self.shift("currentShift");
        let current_decay = self.constants("currentDecay", filters, DECAY);
        let membrane_decay = self.constants("membraneDecay", filters, DECAY);
        let bias = self.constants("bias", filters, LEVEL);
        let threshold = self.constants("threshold", spiking, LEVEL);
        let decay = self.constants("adaptationDecay", adaptive, DECAY);
        let strength = self.constants("adaptationStrength", adaptive, LEVEL);
        self.reader.any_list();
        self.reader.any_list();
        let firing = Firing {
            threshold,
            adaptation: (adaptive > 0).then_some(Adaptation { decay, strength }),
            reset: match neuron.reset {
                ConfigReset::All => Reset::All,
                ConfigReset::Membrane => Reset::Membrane,
                ConfigReset::None => Reset::None,
                // No conversion gives whole numbers of the other one.
                ConfigReset::Subtract | ConfigReset::SubtractAfterDecay => Reset::Subtract,
            },
            refractory: if neuron.single_spike { u32::MAX } else { neuron.refractory },
        };
        Neurons {
            inputs: self.inputs(units, places),
            units,
            places,
            weight_shift,
            current_shift,
            current_decay,
            membrane_decay,
            bias,
            firing: (spiking > 0).then_some(firing),
        }
    }

    fn field(&self, name: &'static str) -> Field {
        Field { layer: self.number, input: None, name }
    }

    fn shift(&mut self, name: &'static str) -> u32 {
        self.reader.whole(self.field(name), None, SHIFT) as u32
    }

    /// A constant of each unit or channel, of which one may have been given for all; of none, nothing.
    #[inline(never)]
    fn constants(&mut self, name: &'static str, filters: usize, range: (i32, i32)) -> Vec<i32> {
        self.reader.list(self.field(name), filters, filters > 0, range)
    }

    fn inputs(&mut self, units: usize, places: usize) -> Vec<Input> {
        let (layer, node) = (self.layer, self.node);
        let recurrent = match layer {
            LayerConfig::Dense(dense) if dense.recurrent => Some(dense.delays),
            _ => None,
        };
        let count = 1 + usize::from(recurrent.is_some()) + node.further.len();
        self.reader.count(self.field("inputs"), count, false);
        let own = match layer {
            LayerConfig::Dense(dense) => Wiring::Dense(dense.delays),
            LayerConfig::OneToOne(given) => one_to_one(given.by, places),
            _ => Wiring::Convolution(node.fitted.slid),
        };
        let mut inputs = Vec::new();
        self.input(&mut inputs, sources(&node.sources), own, (node.input.units(), units));
        if let Some(delays) = recurrent {
            let own = vec![Source { layer: Some(self.index), is_feedback: true }];
            self.input(&mut inputs, own, Wiring::Dense(delays), (units, units));
        }
        for (input, further) in layer.inputs().iter().zip(&node.further) {
            let wiring = match input {
                LayerInput::Dense(dense) => Wiring::Dense(dense.delays),
                LayerInput::OneToOne(given) => one_to_one(given.by, places),
                _ => Wiring::Convolution(further.slid),
            };
            self.input(&mut inputs, sources(&further.sources), wiring, (further.input.units(), units));
        }
        inputs
    }

    /// Reads the numbers of an input whose sources have `read` units.
    #[inline(never)]
    fn input(&mut self, to: &mut Vec<Input>, sources: Vec<Source>, wiring: Wiring, (read, units): (usize, usize)) {
        let max = i32::from(MAX_WEIGHT);
        let field = |name| Field { layer: self.number, input: Some(to.len()), name };
        let (mut connection, row, rows) = match wiring {
            Wiring::Dense(_) => (Connection::Dense(Delays::None), read, units),
            Wiring::OneToOne(sharing) => (Connection::OneToOne(sharing), 1, units / sharing),
            Wiring::Convolution(slid) => {
                let slid = slid.expect("a convolution sees a map");
                let source_channels = slid.input.channels / slid.groups;
                let convolution = Convolution {
                    window: window(&slid.window),
                    source_channels,
                    channels: slid.output.channels / slid.groups,
                };
                let row = source_channels * convolution.window.taps();
                (Connection::Convolution(convolution), row, slid.output.channels)
            }
        };
        let weights = transposed(&self.reader.list(field("weights"), row * rows, false, (-max, max)), row);
        let delays = if let Wiring::Dense(delays) = wiring { delays } else { None };
        let by_input = delays.is_some_and(|delays| delays.by == DelaysBy::Input);
        let length = match delays {
            None => 0,
            Some(_) if by_input => read,
            Some(_) => read * units,
        };
        let longest = delays.map_or(0, |delays| delays.max as i32);
        let steps = self.reader.list(field("delays"), length, false, (0, longest));
        if delays.is_some() {
            connection = Connection::Dense(if by_input {
                Delays::ByInput(steps)
            } else {
                Delays::ByConnection(transposed(&steps, read))
            });
        }
        let mut narrow = Vec::with_capacity(weights.len());
        for weight in weights {
            narrow.push(weight as i8);
        }
        to.push(Input { sources, connection, weights: narrow });
    }
}

/// How the spikes of an input reach units.
#[derive(Clone, Copy)]
enum Wiring {
    Dense(Option<ConfigDelays>),
    /// Neighbouring units that share a weight.
    OneToOne(usize),
    Convolution(Option<Slid>),
}

/// `[unit][input]` as `[input][unit]`.
#[inline(never)]
fn transposed(values: &[i32], inputs: usize) -> Vec<i32> {
    let mut to = Vec::with_capacity(values.len());
    for input in 0..inputs {
        for row in values.chunks_exact(inputs) {
            to.push(row[input]);
        }
    }
    to
}

fn one_to_one(by: OneToOneBy, places: usize) -> Wiring {
    Wiring::OneToOne(if by == OneToOneBy::Unit { 1 } else { places })
}

fn pool(layer: &LayerConfig, node: &Node) -> Pool {
    let units = node.input.units();
    let kind = match layer {
        LayerConfig::MaxPool2d(_) | LayerConfig::MaxPool1d(_) => PoolKind::Max,
        LayerConfig::Flatten(_) => PoolKind::Pass,
        _ => PoolKind::Sum,
    };
    Pool {
        sources: sources(&node.sources),
        kind,
        inputs: units,
        units: node.fitted.output.units(),
        window: window(&node.fitted.slid.unwrap_or_else(|| Slid::unit_by_unit(units)).window),
    }
}

#[inline(never)]
fn sources(given: &[ConfigSource]) -> Vec<Source> {
    let mut sources = Vec::with_capacity(given.len());
    for source in given {
        sources.push(Source { layer: source.layer, is_feedback: source.is_feedback });
    }
    sources
}

#[inline(never)]
fn window(given: &ConfigWindow) -> Window {
    let axis = |&ConfigAxis { input, output, taps, stride, dilation, padding }: &ConfigAxis| Axis {
        input,
        output,
        taps,
        stride,
        dilation,
        padding,
    };
    Window { rows: axis(&given.rows), columns: axis(&given.columns) }
}
