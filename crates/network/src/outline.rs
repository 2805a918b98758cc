//! The layers of a configuration and their sizes, without parameters.

use spikelet_config::{Config, Delays, LayerConfig, NetworkConfig};

use crate::build::{build, is_graph};
use crate::feedback::Feedback;
use crate::graph::Graph;
use crate::layer::{Layer, chain, chain_shapes, with_delays};
use crate::learnt::LearntShape;
use crate::neuron::learnt_shapes;
use crate::shape::LayerShape;

/// The layers with neurons of a valid network, from the input up, and its graph with the further inputs behind these, unless it is a chain.
pub(crate) fn layers(network: &NetworkConfig) -> (Vec<Layer>, Option<Graph>) {
    match network.graph() {
        Ok(given) if is_graph(network, &given) => {
            let (layers, graph) = build(network, &given);
            (layers, Some(graph))
        }
        _ => (chain(network), None),
    }
}

/// A network without parameters.
pub(crate) struct Outline {
    pub(crate) layers: Vec<Layer>,
    pub(crate) graph: Option<Graph>,
    pub(crate) feedback: Option<Feedback>,
}

impl Outline {
    pub(crate) fn new(config: &Config) -> Self {
        let (mut layers, graph) = layers(&config.network);
        let feedback = Feedback::new(config, &layers, graph.as_ref());
        feedback.iter().for_each(|feedback| feedback.add_arrays(&mut layers));
        Self { layers, graph, feedback }
    }
}

/// The layers of a valid network that is no chain.
fn beyond_chain(network: &NetworkConfig) -> Option<Vec<Layer>> {
    let (layers, graph) = layers(network);
    graph.map(|_| layers)
}

/// Sizes of a valid network's spiking layers, from the input up, found without allocating the network.
pub fn shapes(network: &NetworkConfig) -> Vec<LayerShape> {
    if let Some(layers) = beyond_chain(network) {
        return layers.into_iter().map(|layer| layer.shape).collect();
    }
    chain_shapes(network)
}

/// Delays of what arrives at each layer of a valid network, from the input up, then at their further inputs.
pub fn delays(network: &NetworkConfig) -> Vec<Option<Delays>> {
    match beyond_chain(network) {
        Some(layers) => layers.iter().map(|layer| layer.delays().copied()).collect(),
        None => network.layers.iter().filter(|layer| layer.has_units()).map(|layer| layer.delays().copied()).collect(),
    }
}

/// What the layers of a valid network have beside weights and biases, from the input up, then their further inputs.
pub fn learnt_arrays(config: &Config) -> Vec<Vec<LearntShape>> {
    let network = &config.network;
    if config.rule.eprop().is_some() {
        return Outline::new(config).layers.into_iter().map(|layer| layer.learnt).collect();
    }
    if let Some(layers) = beyond_chain(network) {
        return layers.into_iter().map(|layer| layer.learnt).collect();
    }
    let filters = shapes(network).into_iter().map(|shape| shape.filters);
    let constants = network.neurons().zip(filters).map(|((_, neuron), filters)| learnt_shapes(&neuron, filters));
    let delays = network.layers.iter().filter(|layer| layer.has_units()).map(LayerConfig::delays);
    let arrays = constants.zip(delays.zip(shapes(network)));
    arrays.map(|(constants, (delays, shape))| with_delays(constants, delays, &shape)).collect()
}
