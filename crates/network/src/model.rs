//! A network as a runtime reads it that only runs: every constant resolved, in the order of evaluation.
//!
//! `docs/reference/model-file.md` describes the bytes, section *Network*.

mod writer;

use spikelet_config::geometry::Window;
use spikelet_kernels::{LifConstants, NeuronKind, Reset, constant, own};

use crate::connection::{Pool, PoolKind};
use crate::graph::{Graph, Item, Origin, Source};
use crate::network::Network;
use crate::neuron::UnitConstants;

pub use writer::{ModelWriter, Unwritable, WeightType};

/// Number of the input among sources; the n-th node has the number n.
const INPUT: usize = 0;

/// Kinds of nodes.
#[expect(missing_docs, reason = "the names say it")]
pub mod node {
    pub const LAYER: usize = 0;
    pub const AVERAGE_POOL: usize = 1;
    pub const MAX_POOL: usize = 2;
}

/// Kinds of neurons.
#[expect(missing_docs, reason = "the names say it")]
pub mod kind {
    pub const LIF: usize = 0;
    pub const LEAKY: usize = 1;
    pub const ALIF: usize = 2;
    pub const ADLIF: usize = 3;
}

/// Writes the nodes of a network.
///
/// # Errors
/// [`Unwritable`] for a weight that the type of weights does not hold, and for a number that is not finite.
pub fn write_network(network: &Network, to: &mut ModelWriter) -> Result<(), Unwritable> {
    match &network.graph {
        Some(graph) => write_graph(network, graph, to),
        None => write_chain(network, to),
    }
}

fn write_chain(network: &Network, to: &mut ModelWriter) -> Result<(), Unwritable> {
    let pools: usize = network.layers.iter().map(|layer| layer.stages.pools().len()).sum();
    to.words(&[network.layers.len() + pools]);
    let mut number = INPUT;
    for (index, layer) in network.layers.iter().enumerate() {
        for pool in layer.stages.pools() {
            write_pool(pool, to);
            to.words(&[1, number, 0, 0]);
            number += 1;
        }
        write_layer(network, index, to)?;
        to.words(&[1]);
        if layer.connection.drives_itself() {
            to.words(&[2, number, 0, 0, number + 1, 1, network.shapes[index].previous_units()]);
        } else {
            to.words(&[1, number, 0, 0]);
        }
        write_connection(network, index, to)?;
        number += 1;
    }
    Ok(())
}

fn write_graph(network: &Network, graph: &Graph, to: &mut ModelWriter) -> Result<(), Unwritable> {
    let items: Vec<Item> = graph.blocks.iter().flat_map(|block| block.items.iter().copied()).collect();
    to.words(&[items.len()]);
    for item in &items {
        match *item {
            Item::Pool(pool) => {
                write_pool(&graph.pools[pool].pool, to);
                write_sources(&graph.pools[pool].sources, &items, to);
            }
            Item::Layer(layer) => {
                write_layer(network, layer, to)?;
                to.words(&[graph.inputs[layer].len()]);
                for &connection in &graph.inputs[layer] {
                    write_sources(&graph.sources[connection], &items, to);
                    write_connection(network, connection, to)?;
                }
            }
        }
    }
    Ok(())
}

#[inline(never)]
fn write_sources(sources: &[Source], items: &[Item], to: &mut ModelWriter) {
    to.words(&[sources.len()]);
    for source in sources {
        let item = match source.origin {
            Origin::Input => None,
            Origin::Layer(layer) => Some(Item::Layer(layer)),
            Origin::Pool(pool) => Some(Item::Pool(pool)),
        };
        let place = items.iter().position(|&other| Some(other) == item);
        to.words(&[place.map_or(INPUT, |place| place + 1), source.lag, 0]);
    }
}

#[inline(never)]
fn write_pool(pool: &Pool, to: &mut ModelWriter) {
    let channels = pool.slid.input.channels;
    to.words(&[if pool.kind == PoolKind::Max { node::MAX_POOL } else { node::AVERAGE_POOL }]);
    write_window(&pool.slid.window, channels, channels, to);
}

/// Writes a window that slides over an image.
pub(crate) fn write_window(window: &Window, channels: usize, groups: usize, to: &mut ModelWriter) {
    to.words(&[channels, groups]);
    for axis in [window.rows, window.columns] {
        to.words(&[axis.input, axis.output, axis.taps, axis.stride, axis.dilation, axis.padding]);
    }
}

/// Writes the units of a layer.
#[inline(never)]
fn write_layer(network: &Network, layer: usize, to: &mut ModelWriter) -> Result<(), Unwritable> {
    let (shape, neuron) = (&network.shapes[layer], &network.layers[layer].neuron);
    let by_unit = neuron.by_unit.as_ref().map(|constants| constants.with(&network.learnt[layer]));
    let adapts = |constants: &UnitConstants| {
        (0..shape.filters).any(|filter| constants.of(filter, own::alif::ADAPTATION_STRENGTH) != 0.0)
    };
    let kind = match by_unit.as_ref().map(|constants| (constants.kind(), constants)) {
        _ if !neuron.fires => kind::LEAKY,
        Some((NeuronKind::Adlif, _)) => kind::ADLIF,
        Some((NeuronKind::Alif, constants)) if adapts(constants) => kind::ALIF,
        Some((NeuronKind::Alif, _)) | None => kind::LIF,
    };
    let reset = match neuron.constants.reset {
        Reset::All => 0,
        Reset::Membrane => 1,
        // The drop of the threshold tells them apart.
        Reset::Subtract | Reset::SubtractAfterDecay | Reset::None => 2,
    };
    let rows = if by_unit.is_some() { shape.filters } else { 1 };
    to.words(&[node::LAYER, shape.filters, shape.units / shape.filters, kind, reset]);
    to.words(&[neuron.refractory as usize, rows]);
    let LifConstants { current_decay, membrane_decay, drive_gain, threshold, .. } = neuron.constants;
    let shared = [current_decay, membrane_decay, drive_gain, 0.0, threshold];
    let of = |filter: usize, number: usize| match &by_unit {
        Some(constants) => constants.of(filter, number),
        None => shared[number],
    };
    let count = if kind >= kind::ALIF { by_unit.as_ref().map_or(0, UnitConstants::count) } else { constant::OWN };
    for number in 0..count {
        for filter in 0..rows {
            // Drives have the gain of the biases.
            to.float(match number {
                constant::BIAS_GAIN => neuron.constants.reset.drop(of(filter, constant::MEMBRANE_DECAY)),
                _ => of(filter, number),
            });
        }
    }
    for (tile, biases) in network.layer(layer).iter().zip(&network.derived[layer].biases.tiles) {
        to.floats(&biases.drive[..tile.units]).map_err(|value| Unwritable { connection: layer, value })?;
    }
    Ok(())
}

/// Writes a connection behind its sources, with its weights, `[input][filter]` as passes read them.
#[inline(never)]
fn write_connection(network: &Network, connection: usize, to: &mut ModelWriter) -> Result<(), Unwritable> {
    let layer = &network.layers[connection];
    let tiles = network.view(connection).tiles;
    to.float(layer.input_scale);
    let by_input = layer.stages.delay_steps().unwrap_or_else(|| layer.connection.input_delay_steps());
    let is_by_connection = !layer.connection.delay_steps(0).is_empty();
    to.words(&[if is_by_connection { 2 } else { usize::from(!by_input.is_empty()) }]);
    layer.connection.write_geometry(&layer.shape, to);
    to.shorts(by_input);
    for row in 0..if is_by_connection { layer.shape.inputs } else { 0 } {
        for tile in tiles {
            to.shorts(&layer.connection.delay_steps(tile.number)[row * tile.lanes..][..tile.units]);
        }
    }
    to.fill();
    let mut weights = Vec::with_capacity(layer.shape.weights());
    for row in 0..layer.shape.inputs {
        for tile in tiles {
            weights.extend_from_slice(&tile.weights[row * tile.lanes..][..tile.units]);
        }
    }
    to.weights(&weights, layer.shape.filters).map_err(|value| Unwritable { connection, value })
}
