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
    let (mut layers, mut further) = (Vec::new(), Vec::new());
    let (mut sources, mut inputs, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut pools = Vec::new();
    for (index, (config, node)) in network.layers.iter().zip(&given.nodes).enumerate() {
        if !config.has_units() {
            pools.push(PoolNode { pool: pool(config, node), sources: places.sources(&node.sources) });
            continue;
        }
        let mut of_layer = places.inputs(index);
        let sums = of_layer.len() > 1 || of_layer.iter().any(|input| input.connection.always_sums());
        let own = of_layer.remove(0);
        let neuron = network.neuron_of(index);
        let fires = neuron.kind.fires();
        let image = own.shape.image;
        let layout = layout(&own.connection, own.shape.units);
        let neuron = Neuron::new(&neuron, own.shape.filters, network.steps, if sums { 1.0 } else { own.scale });
        let fan_in = own.shape.inputs + of_layer.iter().map(|input| input.shape.inputs).sum::<usize>();
        let of_own = of_layer.iter().filter(|input| input.is_own).map(|input| input.shape.inputs).sum::<usize>();
        let whole = |input: Input, neuron: Neuron, to: &mut Vec<(Vec<Source>, usize)>| {
            to.push((input.sources, input.read));
            let shape = LayerShape { fires, image, ..input.shape };
            let mut stages = Stages::new(Vec::new(), input.stage, None);
            stages.scale = if sums { 1.0 } else { input.scale };
            let delays = stages.delays().or_else(|| input.connection.delays());
            let learnt = with_delays(neuron.learnt.clone(), delays, &shape);
            let input_scale = if sums { input.scale } else { 1.0 };
            let (connection, layout) = (input.connection, layout.clone());
            let drawn_by = if input.is_own { of_own } else { fan_in - of_own };
            Layer { shape, layout, stages, connection, neuron, learnt, input_scale, fan_in, drawn_by }
        };
        let without_learnt = Neuron { learnt: Vec::new(), ..neuron.clone() };
        let mut of_own = Vec::new();
        layers.push(whole(own, neuron, &mut of_own));
        for (of_it, units) in of_own {
            sources.push(of_it);
            read.push(units);
        }
        let mut of_further = Vec::new();
        let whole = of_layer.into_iter().map(|input| whole(input, without_learnt.clone(), &mut of_further));
        let whole: Vec<_> = whole.collect();
        further.push(whole.into_iter().zip(of_further).collect::<Vec<_>>());
    }
    let mut next = layers.len();
    for (layer, further) in further.into_iter().enumerate() {
        inputs.push(std::iter::once(layer).chain(next..next + further.len()).collect());
        next += further.len();
        for (connection, (of_it, units)) in further {
            layers.push(connection);
            sources.push(of_it);
            read.push(units);
        }
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

    /// The inputs of a layer: its own, the one of its own spikes, the further ones.
    fn inputs(&self, index: usize) -> Vec<Input> {
        let (config, node) = (&self.network.layers[index], &self.given.nodes[index]);
        let units = node.fitted.output.units();
        let slids: Vec<Slid> =
            node.fitted.slid.into_iter().chain(node.further.iter().filter_map(|further| further.slid)).collect();
        let of_convolution = |slid: &Slid, is_of_sequence: bool| {
            let connection = Connection::Conv2d(Conv2d::beside(slid, slids.iter()));
            (connection, None, Conv2d::shape(slid, is_of_sequence))
        };
        let own = match (config, node.fitted.slid) {
            (LayerConfig::Dense(given), _) => of_dense(node.input.units(), units, given.delays),
            (_, Some(slid)) => of_convolution(&slid, matches!(node.input, UnitShape::Sequence(_))),
            (_, None) => of_units(node.input),
        };
        let mut inputs = vec![self.input(&node.sources, node.input.units(), own)];
        if is_recurrent(config) {
            let own = [GivenSource { layer: Some(index), is_feedback: true }];
            let LayerConfig::Dense(given) = config else { return inputs };
            inputs.push(Input { is_own: true, ..self.input(&own, units, of_dense(units, units, given.delays)) });
        }
        for (given, further) in config.inputs().iter().zip(&node.further) {
            let parts = match (given, further.slid) {
                (LayerInput::Dense(dense_input), _) => of_dense(further.input.units(), units, dense_input.delays),
                (LayerInput::Conv1d(_), Some(slid)) => of_convolution(&slid, true),
                (_, Some(slid)) => of_convolution(&slid, matches!(further.input, UnitShape::Sequence(_))),
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
