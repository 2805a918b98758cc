//! The network: layers, parameters, and what follows from these.

use spikelet_config::{Config, Error, Result};
use spikelet_data::{Purpose, Stream};

use crate::aligned::Aligned;
use crate::connection::LayerView;
use crate::derived::LayerDerived;
use crate::gradient::LayerParameters;
use crate::layer::{Layer, layers};
use crate::learnt::{LearntArray, LearntValues};
use crate::parameters::{Kind, TileParameters, tiles};
use crate::plan::WeightCopies;
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
}

impl Network {
    /// A network with weights `U(±1/√inputs)` from the seed, `U(±1/√units)` within a recurrent layer, and biases of 0 (spec 7).
    pub fn new(config: &Config) -> Self {
        let layers = layers(&config.network);
        let shapes: Vec<LayerShape> = layers.iter().map(|layer| layer.shape).collect();
        let of_layers: Vec<_> = shapes.iter().enumerate().map(|(layer, shape)| tiles(layer, shape)).collect();
        let ends = of_layers.iter().scan(0, |end, tiles| {
            *end += tiles.len();
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        let start = |(number, layer): (usize, &Layer)| {
            let mut draw = Stream::new(config.training.seed, Purpose::Delays, number as u32);
            layer.learnt.iter().map(|array| layer.start(array, &mut draw)).collect()
        };
        let mut network = Self {
            steps: config.network.steps as usize,
            derived: layers.iter().map(|_| LayerDerived::default()).collect(),
            learnt: layers.iter().enumerate().map(start).collect(),
            layers,
            shapes,
            tiles: of_layers.into_iter().flatten().collect(),
            starts,
        };
        for layer in 0..network.layers.len() {
            let weights = network.start(layer, config.training.seed);
            network.write(layer, Kind::Weights, &weights);
        }
        network.refresh();
        network
    }

    /// Weights that a layer starts from, `[unit][input]`.
    fn start(&self, layer: usize, seed: u32) -> Vec<f32> {
        let (shape, connection) = (&self.shapes[layer], &self.layers[layer].connection);
        let mut stream = Stream::new(seed, Purpose::Weights, layer as u32);
        let bounds: Vec<f32> = (0..shape.inputs).map(|input| connection.start_bound(shape, input)).collect();
        (0..shape.weights()).map(|weight| stream.symmetric() * bounds[weight % shape.inputs]).collect()
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

    /// The units of a layer with their parameters.
    pub fn view(&self, layer: usize) -> LayerView<'_> {
        let Layer { shape, layout, neuron, .. } = &self.layers[layer];
        let derived = &self.derived[layer];
        let (tiles, biases, lanes) = (derived.tiles(self.layer(layer)), &derived.biases, &derived.lanes);
        LayerView { shape, layout, neuron, tiles, biases, lanes, steps: self.steps }
    }

    /// The layer before one, unless that is the lowest.
    pub(crate) fn previous(&self, layer: usize) -> Option<&Layer> {
        layer.checked_sub(1).map(|previous| &self.layers[previous])
    }

    /// Tiles of a layer.
    pub fn layer(&self, layer: usize) -> &[TileParameters] {
        &self.tiles[self.starts[layer]..self.starts[layer + 1]]
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
        self.shapes.iter().filter(|shape| shape.fires).count()
    }

    /// Units of the last layer.
    pub fn outputs(&self) -> usize {
        self.shapes[self.shapes.len() - 1].units
    }

    /// Parameters of a layer: weights `[unit][input]`, in a convolution `[channel][channel of the previous layer][y][x]`; biases
    /// `[unit]`; what it learns beside these as the optimiser moves it.
    pub fn read(&self, layer: usize, kind: Kind) -> Vec<f32> {
        match kind {
            Kind::Learnt(array) => self.learnt[layer][array].raw(),
            _ => self.read_from(layer, kind, |_, tile| tile.array(kind)),
        }
    }

    /// Reads arrays that lie beside the parameters, in the order of [`Network::read`].
    pub fn read_from<'a>(
        &'a self,
        layer: usize,
        kind: Kind,
        array: impl Fn(usize, &'a TileParameters) -> &'a Aligned,
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

    /// Replaces the parameters of a layer; what it learns beside weights and biases stays where it is not given.
    pub fn set_parameters(&mut self, layer: usize, given: &LayerParameters) -> Result<()> {
        let shape = *self
            .shapes
            .get(layer)
            .ok_or_else(|| Error::shape("layer", format!("must be below {}, got {layer}", self.shapes.len())))?;
        check("weights", &given.weights, shape.weights())?;
        check("biases", &given.biases, shape.filters)?;
        let places = given.learnt.iter().map(|array| self.place_of(layer, array));
        let mut learnt = self.learnt[layer].clone();
        for (place, array) in places.collect::<Result<Vec<_>>>()?.into_iter().zip(&given.learnt) {
            learnt[place].set(&array.values);
        }
        if let Some((name, index, why)) = self.layers[layer].neuron.refusal(&learnt) {
            return Err(Error::config(format!("learnt.{name}[{index}]"), why));
        }
        self.write(layer, Kind::Weights, &given.weights);
        self.write(layer, Kind::Biases, &given.biases);
        self.learnt[layer] = learnt;
        self.refresh();
        Ok(())
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
        (0..self.layers.len()).for_each(|layer| self.refresh_layer(layer));
    }

    fn refresh_layer(&mut self, layer: usize) {
        let (previous, here) = self.layers[..=layer].split_at_mut(layer);
        let here = &mut here[0];
        let tiles = &self.tiles[self.starts[layer]..self.starts[layer + 1]];
        let derived = &mut self.derived[layer];
        derived.refresh(here, tiles, &self.learnt[layer]);
        if let Some(copies) = derived.kept {
            let source = previous.last().filter(|_| copies.towards).map(|previous| &previous.layout);
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
