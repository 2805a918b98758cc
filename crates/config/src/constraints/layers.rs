//! Layers must fit to each other and into memory.

use spikelet_kernels::{LANES, TILE};

use super::super::graph::layer_path;
use super::super::{Graph, LayerConfig, LayerInput, NetworkConfig, Slid, Source};
use crate::error::{Error, Result};
use crate::geometry::{Axis, Strip, Window};

/// What the layers of a network may still take, so that a small file cannot ask for all memory.
struct Room {
    /// Weights in whole lanes; each has moments, sums and copies for the layers around it.
    weights: u64,
    /// Units × steps.
    states: u64,
    /// Places of images × strips of units that see them.
    sights: u64,
}

impl Room {
    const WHOLE: Self = Self { weights: 1 << 28, states: 1 << 28, sights: 1 << 26 };
}

fn take(left: &mut u64, count: u64, path: &str, what: impl FnOnce() -> String) -> Result<()> {
    *left = left.checked_sub(count).ok_or_else(|| Error::config(path, format!("{} are too many", what())))?;
    Ok(())
}

fn whole_lanes(units: u64) -> u64 {
    units.next_multiple_of(LANES as u64)
}

/// The units of the last layer of a graph that is one.
pub(super) fn outputs(network: &NetworkConfig) -> usize {
    let Ok(graph) = network.graph() else { return 0 };
    graph.nodes.last().map_or(0, |node| node.fitted.output.units())
}

/// Checks that there is a graph, and its last layer.
pub(super) fn fit(network: &NetworkConfig) -> Result<()> {
    let graph = network.graph()?;
    equal_averages(network, &graph)?;
    let last = network.layers.len() - 1;
    let is_source =
        |source: &Source| source.layer == last.checked_sub(1) && last > 0 && network.layers[last - 1].has_units();
    if network.layers[last].has_units()
        || matches!(network.layers[last], LayerConfig::Flatten(_))
            && graph.nodes[last].sources.len() == 1
            && graph.nodes[last].sources.iter().all(is_source)
    {
        return Ok(());
    }
    let message = "the last layer must have neurons, or be a flatten directly behind one that has";
    Err(Error::config(format!("{}.type", layer_path(last)), message))
}

/// The sources of an input that pass average pools pass windows of as many places: a weight is for spikes of one size.
fn equal_averages(network: &NetworkConfig, graph: &Graph) -> Result<()> {
    // Places over which the spikes of each layer are averaged, as far as that is known.
    let mut averaged: Vec<Option<usize>> = vec![None; network.layers.len()];
    let of = |averaged: &[Option<usize>], source: &Source| source.layer.map_or(Some(1), |layer| averaged[layer]);
    for _ in 0..=network.layers.len() {
        for (index, (layer, node)) in network.layers.iter().zip(&graph.nodes).enumerate() {
            let before = node.sources.iter().find_map(|source| of(&averaged, source));
            let places = node.fitted.slid.map_or(1, |slid| slid.window.rows.taps * slid.window.columns.taps);
            averaged[index] = match layer {
                LayerConfig::AvgPool2d(_) | LayerConfig::AvgPool1d(_) | LayerConfig::GlobalAvgPool(_) => {
                    before.map(|before| before.saturating_mul(places))
                }
                _ if layer.has_units() => Some(1),
                _ => before,
            };
        }
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        let further = node
            .further
            .iter()
            .enumerate()
            .map(|(number, further)| (format!("{}.inputs[{number}]", layer_path(index)), &further.sources));
        for (path, sources) in std::iter::once((layer_path(index), &node.sources)).chain(further) {
            let first = of(&averaged, &sources[0]);
            if sources.iter().any(|source| of(&averaged, source) != first) {
                let why = "its sources must pass average pools over equally many places; give those that do not inputs of their own";
                return Err(Error::config(format!("{path}.from"), why));
            }
        }
    }
    Ok(())
}

/// Checks the memory of layers that fit to each other.
pub(super) fn fit_into_memory(network: &NetworkConfig) -> Result<()> {
    let Ok(graph) = network.graph() else { return Ok(()) };
    let steps = u64::from(network.steps);
    let mut room = Room::WHOLE;
    let inputs = network.input.units() as u64;
    take(&mut room.states, inputs, "network.input", || format!("{inputs} units"))?;
    for (index, (layer, node)) in network.layers.iter().zip(graph.nodes).enumerate() {
        let path = layer_path(index);
        let units = node.fitted.output.units();
        match (layer, node.fitted.slid) {
            (LayerConfig::Dense(dense), _) => {
                let own = if dense.recurrent { u64::from(dense.units) } else { 0 };
                let inputs = (node.input.units() as u64).saturating_add(own);
                dense_layer(&format!("{path}.units"), inputs, dense.units, steps, &mut room)?;
                if dense.delays.is_some_and(|delays| delays.is_by_connection()) {
                    delays_by_connection(&format!("{path}.delays.by"), inputs, dense.units, steps, &mut room)?;
                }
            }
            (LayerConfig::Conv2d(_) | LayerConfig::Conv1d(_), Some(slid)) => {
                convolution([&format!("{path}.channels"), &format!("{path}.kernel")], &slid, steps, &mut room)?;
            }
            (LayerConfig::OneToOne(_), _) => states(&format!("{path}.from"), units as u64, steps, &mut room)?,
            _ if layer.from().is_some() => states(&path, units as u64, steps, &mut room)?,
            _ => {}
        }
        for (number, (given, further)) in layer.inputs().iter().zip(node.further).enumerate() {
            let path = format!("{path}.inputs[{number}]");
            let from = format!("{path}.from");
            let inputs = further.input.units() as u64;
            match (given, further.slid) {
                (LayerInput::Conv2d(_) | LayerInput::Conv1d(_), Some(slid)) => {
                    convolution([&format!("{path}.kernel"); 2], &slid, steps, &mut room)?;
                }
                (LayerInput::Dense(dense), _) => {
                    let units = u32::try_from(units).unwrap_or(u32::MAX);
                    dense_layer(&from, inputs, units, steps, &mut room)?;
                    if dense.delays.is_some_and(|delays| delays.is_by_connection()) {
                        delays_by_connection(&format!("{path}.delays.by"), inputs, units, steps, &mut room)?;
                    }
                }
                _ => states(&from, inputs, steps, &mut room)?,
            }
        }
    }
    Ok(())
}

fn states(path: &str, units: u64, steps: u64, room: &mut Room) -> Result<()> {
    take(&mut room.states, steps.saturating_mul(whole_lanes(units)), path, || format!("{units} units × {steps} steps"))
}

fn dense_layer(path: &str, inputs: u64, units: u32, steps: u64, room: &mut Room) -> Result<()> {
    let lanes = whole_lanes(u64::from(units));
    take(&mut room.weights, inputs.saturating_mul(lanes), path, || format!("{inputs} × {units} weights"))?;
    take(&mut room.states, steps.saturating_mul(lanes), path, || format!("{units} units × {steps} steps"))
}

/// As many delays as weights, and sums of what arrives at each step.
fn delays_by_connection(path: &str, inputs: u64, units: u32, steps: u64, room: &mut Room) -> Result<()> {
    let lanes = whole_lanes(u64::from(units));
    take(&mut room.weights, inputs.saturating_mul(lanes), path, || format!("{inputs} × {units} delays"))?;
    take(&mut room.states, steps.saturating_mul(lanes), path, || format!("{units} units × {steps} steps with delays"))
}

fn convolution([channels, kernel]: [&str; 2], slid: &Slid, steps: u64, room: &mut Room) -> Result<()> {
    let Slid { input, output, window: Window { rows, columns }, .. } = slid;
    let (out, height, width) = (output.channels as u64, output.height as u64, output.width as u64);
    let strip = Strip::fit(output.width, output.channels);
    let blocks = out.div_ceil(TILE as u64);
    let seen =
        |places: usize, channels: usize, seen: usize| Strip::fit(places, channels).rows(seen, &slid.window) as u64;
    // What the sums read: towards the units by input channel, towards the input by output channel.
    let weights = (blocks * TILE as u64).saturating_mul(seen(output.width, output.channels, input.channels));
    let downward = (input.channels as u64).next_multiple_of(TILE as u64);
    let downward = downward.saturating_mul(seen(input.width, input.channels, output.channels));
    take(&mut room.weights, weights.saturating_add(downward), channels, || {
        format!("{out} × {} × {} × {} weights", input.channels, rows.taps, columns.taps)
    })?;
    let strips = (columns.taps as u64).min(width).div_ceil(strip.places as u64) + 1;
    let places = (input.height as u64).saturating_mul(input.width as u64);
    let sights = places.saturating_mul((rows.taps as u64).min(height)).saturating_mul(strips * blocks);
    take(&mut room.sights, sights, kernel, || {
        format!("{} × {} places seen from {height} × {width}", rows.taps, columns.taps)
    })?;
    let bordered = |axis: &Axis, size: u64| size.saturating_add(axis.span() as u64);
    let bordered = bordered(rows, height).saturating_mul(bordered(columns, width)).saturating_mul(out);
    let in_strips = height.saturating_mul((strip.count(output.width) * strip.lanes()) as u64).saturating_mul(blocks);
    take(&mut room.states, steps.saturating_mul(bordered.max(in_strips)), channels, || {
        format!("{out} × {height} × {width} units × {steps} steps")
    })
}
