//! The layers and the graph of a network that is no chain, from its configuration (spec 16).

use spikelet_config::{
    Delays, Graph as Given, LayerConfig, LayerInput, NetworkConfig, Node, Slid, Source as GivenSource, UnitShape,
};

use crate::connection::{Connection, Conv2d, Dense, Layout, OneToOne, Pool, PoolKind, Stages};
use crate::graph::{Graph, Item, Origin, PoolNode, Source};
use crate::layer::{Layer, dense, with_delays};
use crate::neuron::Neuron;
use crate::shape::LayerShape;

/// An input of a layer before the layer is there.
struct Input {
    sources: Vec<Source>,
    shape: LayerShape,
    connection: Connection,
    /// Delays by input, which are a stage before the connection.
    stage: Option<Delays>,
    scale: f32,
    /// Units of the sources.
    read: usize,
    /// Whether the layer itself, a recurrent one, is the source.
    is_own: bool,
}

/// A layer, or a further input of one, with what it reads.
struct Connected {
    layer: Layer,
    sources: Vec<Source>,
    /// Units of the sources.
    read: usize,
}

/// Where the layers of the configuration are among those with neurons and the pools.
struct Places<'a> {
    network: &'a NetworkConfig,
    given: &'a Given,
    items: Vec<Item>,
    /// What arrives of a spike of each.
    scales: Vec<f32>,
}

/// Layers with neurons, then their further inputs; and the graph.
pub(crate) fn build(network: &NetworkConfig, given: &Given) -> (Vec<Layer>, Graph) {
    let places = Places::new(network, given);
    let (mut own, mut further): (Vec<Connected>, Vec<Vec<Connected>>) = Default::default();
    let mut pools = Vec::new();
    for (index, (config, node)) in network.layers.iter().zip(&given.nodes).enumerate() {
        if !config.has_units() {
            pools.push(PoolNode::new(pool(config, node), places.sources(&node.sources)));
            continue;
        }
        let mut of_layer = places.connect(index).into_iter();
        own.extend(of_layer.next());
        further.push(of_layer.collect());
    }
    let mut next = own.len();
    let number = |(layer, further): (usize, &Vec<Connected>)| {
        let first = next;
        next += further.len();
        std::iter::once(layer).chain(first..next).collect()
    };
    let inputs = further.iter().enumerate().map(number).collect();
    let (mut layers, mut sources, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for connected in own.into_iter().chain(further.into_iter().flatten()) {
        layers.push(connected.layer);
        sources.push(connected.sources);
        read.push(connected.read);
    }
    (layers, Graph::new(sources, &read, pools, inputs, &places.items))
}

/// Whether a network is run as a graph: it is no chain, or has a one-to-one layer, which the passes over a chain do not have.
pub(crate) fn is_graph(network: &NetworkConfig, given: &Given) -> bool {
    !given.is_chain() || network.layers.iter().any(|layer| matches!(layer, LayerConfig::OneToOne(_)))
}

/// What the further inputs of each layer with neurons are, in the order of their connections: the layer, and the input's number in the
/// configuration, `None` for the spikes of a recurrent layer.
pub fn further_inputs(network: &NetworkConfig) -> Vec<(usize, Option<usize>)> {
    let Ok(given) = network.graph() else { return Vec::new() };
    if !is_graph(network, &given) {
        return Vec::new();
    }
    let layers = network.layers.iter().filter(|layer| layer.has_units()).enumerate();
    layers
        .flat_map(|(layer, config)| {
            let own = is_recurrent(config).then_some((layer, None));
            own.into_iter().chain((0..config.inputs().len()).map(move |number| (layer, Some(number))))
        })
        .collect()
}

/// Whether the spikes of a layer are a further input of it.
fn is_recurrent(config: &LayerConfig) -> bool {
    matches!(config, LayerConfig::Dense(dense) if dense.recurrent)
}

fn layout(connection: &Connection, units: usize) -> Layout {
    match connection {
        Connection::Conv2d(convolution) => convolution.layout(),
        _ => Dense::layout(units),
    }
}

fn pool(config: &LayerConfig, node: &Node) -> Pool {
    let kind = match config {
        LayerConfig::MaxPool2d(_) | LayerConfig::MaxPool1d(_) => PoolKind::Max,
        _ => PoolKind::Average,
    };
    Pool::new(kind, &node.fitted.slid.unwrap_or_else(|| Slid::unit_by_unit(node.input.units())))
}

impl<'a> Places<'a> {
    fn new(network: &'a NetworkConfig, given: &'a Given) -> Self {
        let (mut layers, mut pools) = (0.., 0..);
        let item = |config: &LayerConfig| match config.has_units() {
            true => Item::Layer(layers.next().expect("numbers do not end")),
            false => Item::Pool(pools.next().expect("numbers do not end")),
        };
        let items = network.layers.iter().map(item).collect();
        let mut places = Self { network, given, items, scales: vec![1.0; given.nodes.len()] };
        // A pool may come before the one that feeds it back.
        for _ in 0..given.nodes.len() {
            for (index, node) in given.nodes.iter().enumerate() {
                if !network.layers[index].has_units() {
                    let pool = pool(&network.layers[index], node);
                    let own = if pool.kind == PoolKind::Average { 1.0 / pool.window_units() as f32 } else { 1.0 };
                    let first = node.sources.iter().find(|source| !source.is_feedback).or(node.sources.first());
                    places.scales[index] = own * first.map_or(1.0, |source| places.scale(source));
                }
            }
        }
        places
    }

    fn scale(&self, source: &GivenSource) -> f32 {
        source.layer.map_or(1.0, |layer| self.scales[layer])
    }

    fn sources(&self, given: &[GivenSource]) -> Vec<Source> {
        given
            .iter()
            .map(|source| Source {
                origin: match source.layer.map(|layer| self.items[layer]) {
                    None => Origin::Input,
                    Some(Item::Layer(layer)) => Origin::Layer(layer),
                    Some(Item::Pool(pool)) => Origin::Pool(pool),
                },
                lag: usize::from(source.is_feedback),
            })
            .collect()
    }

    /// A layer and its further inputs.
    fn connect(&self, index: usize) -> Vec<Connected> {
        let inputs = self.inputs(index);
        let sums = inputs.len() > 1 || inputs.iter().any(|input| input.connection.always_sums());
        let (LayerShape { units, filters, image, .. }, own_scale) = (inputs[0].shape, inputs[0].scale);
        let layout = layout(&inputs[0].connection, units);
        let config = self.network.neuron_of(index);
        let fires = config.kind.fires();
        let neuron = Neuron::new(&config, filters, self.network.steps, if sums { 1.0 } else { own_scale });
        let weights = |is_own: bool| {
            let inputs = inputs.iter().filter(|input| input.is_own == is_own);
            inputs.map(|input| input.shape.inputs).sum::<usize>()
        };
        let (by_others, by_itself) = (weights(false), weights(true));
        let connected = |(number, input): (usize, Input)| {
            let shape = LayerShape { fires, image, ..input.shape };
            let mut stages = Stages::new(Vec::new(), input.stage, None);
            stages.scale = if sums { 1.0 } else { input.scale };
            let learnt = if number == 0 { neuron.learnt.clone() } else { Vec::new() };
            let neuron = Neuron { learnt: learnt.clone(), ..neuron.clone() };
            let learnt = with_delays(learnt, stages.delays().or_else(|| input.connection.delays()), &shape);
            let layer = Layer {
                shape,
                layout: layout.clone(),
                stages,
                connection: input.connection,
                neuron,
                learnt,
                input_scale: if sums { input.scale } else { 1.0 },
                fan_in: by_others + by_itself,
                drawn_by: if input.is_own { by_itself } else { by_others },
            };
            Connected { layer, sources: input.sources, read: input.read }
        };
        inputs.into_iter().enumerate().map(connected).collect()
    }

    /// The inputs of a layer: its own, the one of its own spikes, the further ones.
    fn inputs(&self, index: usize) -> Vec<Input> {
        let (config, node) = (&self.network.layers[index], &self.given.nodes[index]);
        let units = node.fitted.output.units();
        let slids: Vec<Slid> =
            node.fitted.slid.into_iter().chain(node.further.iter().filter_map(|further| further.slid)).collect();
        let of_convolution = |slid: &Slid, is_of_sequence: bool, is_one_to_one: bool| {
            let connection = Conv2d::beside(slid, slids.iter());
            let connection = if is_one_to_one { connection.one_to_one() } else { connection };
            (Connection::Conv2d(connection), None, Conv2d::shape(slid, is_of_sequence))
        };
        let own = match (config, node.fitted.slid) {
            (LayerConfig::Dense(given), _) => of_dense(node.input.units(), units, given.delays),
            (_, Some(slid)) => {
                let is_one_to_one = matches!(config, LayerConfig::OneToOne(_));
                of_convolution(&slid, matches!(node.input, UnitShape::Sequence(_)), is_one_to_one)
            }
            (_, None) => of_units(node.input),
        };
        let mut inputs = vec![self.input(&node.sources, node.input.units(), own)];
        if let LayerConfig::Dense(given) = config
            && given.recurrent
        {
            let own = [GivenSource { layer: Some(index), is_feedback: true }];
            inputs.push(Input { is_own: true, ..self.input(&own, units, of_dense(units, units, given.delays)) });
        }
        for (given, further) in config.inputs().iter().zip(&node.further) {
            let parts = match (given, further.slid) {
                (LayerInput::Dense(dense_input), _) => of_dense(further.input.units(), units, dense_input.delays),
                (_, Some(slid)) => {
                    let is_one_to_one = matches!(given, LayerInput::OneToOne(_));
                    of_convolution(&slid, matches!(further.input, UnitShape::Sequence(_)), is_one_to_one)
                }
                (_, None) => of_units(node.fitted.output),
            };
            inputs.push(self.input(&further.sources, further.input.units(), parts));
        }
        inputs
    }

    fn input(
        &self,
        sources: &[GivenSource],
        read: usize,
        (connection, stage, shape): (Connection, Option<Delays>, LayerShape),
    ) -> Input {
        let scale = self.scale(&sources[0]);
        Input { sources: self.sources(sources), shape, connection, stage, scale, read, is_own: false }
    }
}

fn of_dense(inputs: usize, units: usize, delays: Option<Delays>) -> (Connection, Option<Delays>, LayerShape) {
    let (connection, stage) = dense(false, delays);
    (connection, stage, Dense::shape(inputs, units))
}

fn of_units(shape: UnitShape) -> (Connection, Option<Delays>, LayerShape) {
    let (units, places) = match shape {
        UnitShape::Flat(units) => (units, 1),
        UnitShape::Sequence(map) | UnitShape::Image(map) => (map.units(), map.places()),
    };
    (Connection::OneToOne(OneToOne::new(places)), None, OneToOne::shape(units))
}
