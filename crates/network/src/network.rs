//! The network: layers, parameters, and what follows from these.

use spikelet_config::{Config, Error, Result};
use spikelet_data::{Purpose, Stream};

use crate::aligned::Aligned;
use crate::connection::LayerView;
use crate::derived::LayerDerived;
use crate::feedback::{self, Feedback};
use crate::gradient::{ConnectionParameters, LayerParameters};
use crate::graph::Graph;
use crate::layer::Layer;
use crate::learnt::{Learnable, LearntArray, LearntShape, LearntValues};
use crate::outline::Outline;
use crate::parameters::{Kind, TileParameters, tiles};
use crate::plan::WeightCopies;
use crate::rounding::{RoundedLayers, Rounding};
use crate::shape::LayerShape;

/// Layers with their parameters.
#[derive(Clone, Debug)]
pub struct Network {
    /// Steps of a simulation.
    pub steps: usize,
    /// Layers, from the input up.
    pub layers: Vec<Layer>,
    /// Sizes of the layers.
    pub shapes: Vec<LayerShape>,
    /// Tiles of all layers, from the input up.
    pub tiles: Vec<TileParameters>,
    /// What each layer learns beside these.
    pub learnt: Vec<Vec<LearntArray>>,
    /// First tile of each layer, and the end of the last.
    starts: Vec<usize>,
    /// What follows from the parameters, by layer.
    pub derived: Vec<LayerDerived>,
    /// The weights that passes read, where these are rounded.
    pub rounding: Option<Box<Rounding>>,
    /// The graph of a network that is no chain; its further inputs follow the layers with neurons.
    pub graph: Option<Box<Graph>>,
    /// How errors at the output reach hidden layers, where the rule broadcasts them.
    pub feedback: Option<Box<Feedback>>,
}

impl Network {
    /// A network with weights `U(±1/√inputs)` from the seed, `U(±1/√units)` within a recurrent layer, and biases of 0 (spec 7).
    pub fn new(config: &Config) -> Self {
        let Outline { layers, graph, feedback } = Outline::new(config);
        let shapes: Vec<LayerShape> = layers.iter().map(|layer| layer.shape).collect();
        let of_layers: Vec<_> = shapes.iter().enumerate().map(|(layer, shape)| tiles(layer, shape)).collect();
        let ends = of_layers.iter().scan(0, |end, tiles| {
            *end += tiles.len();
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        let fan_in = layers[graph.as_ref().map_or(layers.len(), |graph| graph.inputs.len()) - 1].fan_in;
        let start = |(number, layer): (usize, &Layer)| {
            let draw = |purpose| Stream::new(config.training.seed, purpose, number as u32);
            let (mut delays, mut random) = (draw(Purpose::Delays), draw(Purpose::Feedback));
            let start = |array: &LearntShape| match array.what {
                Learnable::Feedback => feedback::start(array, fan_in, &mut random),
                _ => layer.start(array, &mut delays),
            };
            layer.learnt.iter().map(start).collect()
        };
        let mut network = Self {
            steps: config.network.steps as usize,
            derived: layers.iter().map(|_| LayerDerived::default()).collect(),
            learnt: layers.iter().enumerate().map(start).collect(),
            layers,
            shapes,
            rounding: None,
            graph: graph.map(Box::new),
            feedback: feedback.map(Box::new),
            tiles: of_layers.into_iter().flatten().collect(),
            starts,
        };
        for layer in 0..network.layers.len() {
            let weights = network.start(layer, config.training.seed);
            network.write(layer, Kind::Weights, &weights);
        }
        let Self { layers, shapes, tiles, starts, graph, .. } = &network;
        let rounded = RoundedLayers { layers, shapes, tiles, starts, graph: graph.as_deref() };
        network.rounding = Rounding::new(config, &rounded);
        network.refresh();
        network
    }

    /// Weights that a layer starts from, `[unit][input]`.
    fn start(&self, layer: usize, seed: u32) -> Vec<f32> {
        let (shape, connection) = (&self.shapes[layer], &self.layers[layer].connection);
        let mut stream = Stream::new(seed, Purpose::Weights, layer as u32);
        let bounds: Vec<f32> = match self.is_summed(layer) {
            true => vec![connection.start_bound_of(self.layers[layer].drawn_by); shape.inputs],
            false => (0..shape.inputs).map(|input| connection.start_bound(shape, input)).collect(),
        };
        let value = connection.start_value();
        (0..shape.weights()).map(|weight| value + stream.symmetric() * bounds[weight % shape.inputs]).collect()
    }

    /// Layers with neurons, from the input up.
    pub fn with_neurons(&self) -> &[Layer] {
        &self.layers[..self.neurons()]
    }

    /// Sizes of the layers with neurons.
    pub fn shapes_with_neurons(&self) -> &[LayerShape] {
        &self.shapes[..self.neurons()]
    }

    /// Number of layers with neurons.
    pub fn neurons(&self) -> usize {
        self.graph.as_ref().map_or(self.layers.len(), |graph| graph.inputs.len())
    }

    /// The layer with neurons of a connection.
    pub fn layer_of(&self, connection: usize) -> usize {
        self.graph.as_ref().map_or(connection, |graph| graph.layer_of[connection])
    }

    /// Connections of a layer with neurons: its own, then its further inputs.
    pub fn connections(&self, layer: usize) -> Vec<usize> {
        self.graph.as_ref().map_or_else(|| vec![layer], |graph| graph.inputs[layer].clone())
    }

    /// Number of biases of a connection: none of a further input, whose layer has them.
    pub fn biases(&self, connection: usize) -> usize {
        if connection < self.neurons() { self.shapes[connection].filters } else { 0 }
    }

    /// Whether the current of a connection is added to sums, in a layer with several inputs.
    pub fn is_summed(&self, connection: usize) -> bool {
        let sums = |graph: &Graph| {
            let layer = graph.layer_of[connection];
            graph.sums(layer) || self.layers[layer].connection.always_sums()
        };
        self.graph.as_ref().is_some_and(|graph| sums(graph))
    }

    /// Whether events of the input get to a max pool with no layer between: it takes spikes without values (spec 1.6).
    pub fn input_reaches_max_pool(&self) -> bool {
        match &self.graph {
            Some(graph) => graph.input_reaches_max_pool(),
            None => self.layers.first().is_some_and(|layer| layer.stages.selects()),
        }
    }

    /// Whether samples keep adjoints of every step for the sums over a batch.
    pub fn keeps_steps(&self) -> bool {
        let delays = self.layers.iter().filter_map(|layer| layer.delays());
        delays.into_iter().any(|delays| delays.is_by_connection())
    }

    /// Whole steps of the delays of a tile's connections, `[input][lane]`; empty unless connections have delays of their own.
    pub fn delay_steps(&self, tile: &TileParameters) -> &[u16] {
        self.layers[tile.layer].connection.delay_steps(tile.number)
    }

    /// The units of a layer with the weights of one of its connections.
    pub fn view(&self, layer: usize) -> LayerView<'_> {
        let &Layer { ref shape, ref layout, ref neuron, input_scale, .. } = &self.layers[layer];
        let tiles = self.derived[layer].tiles(&self.effective_tiles()[self.tiles_of(layer)]);
        let LayerDerived { biases, lanes, .. } = &self.derived[self.layer_of(layer)];
        LayerView { shape, layout, neuron, tiles, biases, lanes, steps: self.steps, input_scale }
    }

    /// The layer before one in a chain, unless that is the lowest.
    pub(crate) fn previous(&self, layer: usize) -> Option<&Layer> {
        let before = if self.graph.is_some() { None } else { layer.checked_sub(1) };
        before.map(|previous| &self.layers[previous])
    }

    /// Tiles of a layer.
    pub fn layer(&self, layer: usize) -> &[TileParameters] {
        &self.tiles[self.starts[layer]..self.starts[layer + 1]]
    }

    /// The tiles of all layers with the weights that passes read: rounded ones, where the training rounds them.
    pub fn effective_tiles(&self) -> &[TileParameters] {
        self.rounding.as_ref().map_or(&self.tiles, |rounding| &rounding.tiles)
    }

    fn layer_mut(&mut self, layer: usize) -> &mut [TileParameters] {
        &mut self.tiles[self.starts[layer]..self.starts[layer + 1]]
    }

    /// Numbers of a layer's tiles among those of all.
    pub fn tiles_of(&self, layer: usize) -> std::ops::Range<usize> {
        self.starts[layer]..self.starts[layer + 1]
    }

    /// Layers whose units fire.
    pub fn spiking(&self) -> usize {
        self.shapes_with_neurons().iter().filter(|shape| shape.fires).count()
    }

    /// Units of the last layer.
    pub fn outputs(&self) -> usize {
        self.shapes[self.neurons() - 1].units
    }

    /// Parameters of a layer: weights `[unit][input]`, in a convolution `[channel][channel of the previous layer][y][x]`; biases
    /// `[unit]`; what it learns beside these as the optimiser moves it.
    pub fn read(&self, layer: usize, kind: Kind) -> Vec<f32> {
        match kind {
            Kind::Learnt(array) => self.learnt[layer][array].raw(),
            _ => self.read_from(layer, kind, &|_, tile| tile.array(kind)),
        }
    }

    /// Weights of a layer that passes read, `[unit][input]`.
    pub fn effective_weights(&self, layer: usize) -> Vec<f32> {
        let tiles = self.effective_tiles();
        self.read_from(layer, Kind::Weights, &|number, _| &tiles[number].weights)
    }

    /// Reads arrays that lie beside the parameters, in the order of [`Network::read`].
    pub fn read_from<'a>(
        &'a self,
        layer: usize,
        kind: Kind,
        array: &dyn Fn(usize, &'a TileParameters) -> &'a Aligned,
    ) -> Vec<f32> {
        let (shape, inputs) = (&self.shapes[layer], kind.inputs(&self.shapes[layer]));
        let mut out = vec![0.0; shape.filters * inputs];
        for number in self.tiles_of(layer) {
            let tile = &self.tiles[number];
            tile.unpack(array(number, tile), inputs, &mut out);
        }
        out
    }

    /// Replaces parameters of a layer; [`Network::refresh`] follows.
    pub fn write(&mut self, layer: usize, kind: Kind, from: &[f32]) {
        if let Kind::Learnt(array) = kind {
            return self.learnt[layer][array].set_raw(from);
        }
        let inputs = kind.inputs(&self.shapes[layer]);
        for tile in self.layer_mut(layer) {
            let mut array = std::mem::take(tile.array_mut(kind));
            tile.pack(from, inputs, &mut array);
            *tile.array_mut(kind) = array;
        }
    }

    /// Replaces the parameters of a layer with neurons and its further inputs; what is learnt beside weights and biases stays where it is
    /// not given.
    pub fn set_parameters(&mut self, layer: usize, given: &LayerParameters) -> Result<()> {
        if layer >= self.neurons() {
            return Err(Error::shape("layer", format!("must be below {}, got {layer}", self.neurons())));
        }
        let connections = self.connections(layer);
        if given.inputs.len() + 1 != connections.len() {
            let (wanted, found) = (connections.len() - 1, given.inputs.len());
            return Err(Error::shape("inputs", format!("must have {wanted} entries, got {found}")));
        }
        let parts: Vec<_> = connections.into_iter().zip(given.by_connection()).enumerate().collect();
        let learnt = parts.iter().map(|&(number, (connection, part))| {
            let at = |path: &str| if number == 0 { path.to_owned() } else { format!("inputs[{}].{path}", number - 1) };
            self.fitting(connection, part).map_err(|error| Error { path: at(&error.path), ..error })
        });
        let learnt = learnt.collect::<Result<Vec<_>>>()?;
        for ((_, (connection, part)), learnt) in parts.into_iter().zip(learnt) {
            self.write(connection, Kind::Weights, part.weights);
            if !part.biases.is_empty() {
                self.write(connection, Kind::Biases, part.biases);
            }
            self.learnt[connection] = learnt;
        }
        self.refresh();
        Ok(())
    }

    /// What a connection learns beside weights and biases with parameters that fit it.
    fn fitting(&self, connection: usize, given: ConnectionParameters<'_>) -> Result<Vec<LearntArray>> {
        check("weights", given.weights, self.shapes[connection].weights())?;
        check("biases", given.biases, self.biases(connection))?;
        let places = given.learnt.iter().map(|array| self.place_of(connection, array));
        let mut learnt = self.learnt[connection].clone();
        for (place, array) in places.collect::<Result<Vec<_>>>()?.into_iter().zip(given.learnt) {
            learnt[place].set(&array.values);
        }
        match self.layers[connection].neuron.refusal(&learnt) {
            Some((name, index, why)) => Err(Error::config(format!("learnt.{name}[{index}]"), why)),
            None => Ok(learnt),
        }
    }

    /// Which array of a layer gets these values, if they fit.
    fn place_of(&self, layer: usize, given: &LearntValues) -> Result<usize> {
        let arrays = &self.learnt[layer];
        let path = format!("learnt.{}", given.name);
        let Some(place) = arrays.iter().position(|array| array.what.name() == given.name) else {
            let names: Vec<&str> = arrays.iter().map(|array| array.what.name()).collect();
            return Err(Error::shape(
                path,
                format!("is not learnt by layer {layer}, which learns [{}]", names.join(", ")),
            ));
        };
        check(&path, &given.values, arrays[place].length)?;
        for (index, &value) in given.values.iter().enumerate() {
            if let Some(why) = arrays[place].what.refusal(value) {
                return Err(Error::config(format!("{path}[{index}]"), format!("{why}, got {value}")));
            }
        }
        Ok(place)
    }

    /// From now on keeps copies of a layer's weights for backward passes, besides those that earlier ones read.
    pub fn keep_copies(&mut self, layer: usize, copies: WeightCopies) {
        let earlier = self.derived[layer].kept;
        let copies = earlier.map_or(copies, |earlier| earlier.or(copies));
        if earlier != Some(copies) {
            self.derived[layer].kept = Some(copies);
            self.refresh_layer(layer);
        }
    }

    /// Brings what is derived from the parameters up to date.
    pub fn refresh(&mut self) {
        if let Some(rounding) = &mut self.rounding {
            rounding.refresh(&self.tiles);
        }
        (0..self.layers.len()).for_each(|layer| self.refresh_layer(layer));
        if let Some(mut feedback) = self.feedback.take() {
            feedback.refresh(&self.layers, &self.learnt, |connection| self.view(connection));
            self.feedback = Some(feedback);
        }
    }

    fn refresh_layer(&mut self, layer: usize) {
        let is_further = layer >= self.neurons();
        let (previous, here) = self.layers[..=layer].split_at_mut(layer);
        let here = &mut here[0];
        let tiles = self.rounding.as_ref().map_or(&self.tiles, |rounding| &rounding.tiles);
        let tiles = &tiles[self.starts[layer]..self.starts[layer + 1]];
        let derived = &mut self.derived[layer];
        derived.refresh(here, tiles, &self.learnt[layer], is_further);
        if let Some(copies) = derived.kept {
            let source = match &self.graph {
                Some(graph) => Some(&graph.flats[layer]),
                None => previous.last().map(|previous| &previous.layout),
            };
            let source = source.filter(|_| copies.towards);
            derived.refresh_backward(here, tiles, source, copies);
        }
    }
}

/// Right length and finite.
pub fn check(path: &str, values: &[f32], length: usize) -> Result<()> {
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
