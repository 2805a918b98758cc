//! Layers must fit to each other and into memory.

use spikelet_kernels::{LANES, TILE};

use super::super::{Fitted, LayerConfig, NetworkConfig, Slid, UnitShape};
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

/// Puts each layer onto the previous one.
fn fitted(network: &NetworkConfig) -> Result<Vec<(UnitShape, Fitted)>> {
    let mut input = UnitShape::of(network.input);
    let mut layers = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let fitted = layer.fit(&format!("network.layers[{index}]"), input)?;
        layers.push((input, fitted));
        input = fitted.output;
    }
    Ok(layers)
}

/// The units of the last layer of layers that fit to each other.
pub(super) fn outputs(network: &NetworkConfig) -> usize {
    let Ok(layers) = fitted(network) else { return 0 };
    layers.last().map_or(0, |(_, fitted)| fitted.output.units())
}

/// Checks every layer against the previous one.
pub(super) fn fit(network: &NetworkConfig) -> Result<()> {
    fitted(network)?;
    let last = network.layers.len() - 1;
    let before = last.checked_sub(1).map(|index| &network.layers[index]);
    let has_units = |layer: &LayerConfig| layer.has_units();
    if has_units(&network.layers[last])
        || matches!(network.layers[last], LayerConfig::Flatten(_)) && before.is_some_and(has_units)
    {
        return Ok(());
    }
    let message = "the last layer must have neurons, or be a flatten directly behind one that has";
    Err(Error::config(format!("network.layers[{last}].type"), message))
}

/// Checks the memory of layers that fit to each other.
pub(super) fn fit_into_memory(network: &NetworkConfig) -> Result<()> {
    let Ok(layers) = fitted(network) else { return Ok(()) };
    let steps = u64::from(network.steps);
    let mut room = Room::WHOLE;
    let inputs = network.input.units() as u64;
    take(&mut room.states, inputs, "network.input", || format!("{inputs} units"))?;
    for (index, (layer, (input, fitted))) in network.layers.iter().zip(layers).enumerate() {
        let path = format!("network.layers[{index}]");
        match (layer, fitted.slid) {
            (LayerConfig::Dense(dense), _) => {
                let own = if dense.recurrent { u64::from(dense.units) } else { 0 };
                let inputs = (input.units() as u64).saturating_add(own);
                dense_layer(&format!("{path}.units"), inputs, dense.units, steps, &mut room)?;
                if dense.delays.is_some_and(|delays| delays.is_by_connection()) {
                    delays_by_connection(&format!("{path}.delays.by"), inputs, dense.units, steps, &mut room)?;
                }
            }
            (LayerConfig::Conv2d(_) | LayerConfig::Conv1d(_), Some(slid)) => {
                convolution(&path, &slid, steps, &mut room)?;
            }
            _ => {}
        }
    }
    Ok(())
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

fn convolution(path: &str, slid: &Slid, steps: u64, room: &mut Room) -> Result<()> {
    let (channels, kernel) = (format!("{path}.channels"), format!("{path}.kernel"));
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
    take(&mut room.weights, weights.saturating_add(downward), &channels, || {
        format!("{out} × {} × {} × {} weights", input.channels, rows.taps, columns.taps)
    })?;
    let strips = (columns.taps as u64).min(width).div_ceil(strip.places as u64) + 1;
    let places = (input.height as u64).saturating_mul(input.width as u64);
    let sights = places.saturating_mul((rows.taps as u64).min(height)).saturating_mul(strips * blocks);
    take(&mut room.sights, sights, &kernel, || {
        format!("{} × {} places seen from {height} × {width}", rows.taps, columns.taps)
    })?;
    let bordered = |axis: &Axis, size: u64| size.saturating_add(axis.span() as u64);
    let bordered = bordered(rows, height).saturating_mul(bordered(columns, width)).saturating_mul(out);
    let in_strips = height.saturating_mul((strip.count(output.width) * strip.lanes()) as u64).saturating_mul(blocks);
    take(&mut room.states, steps.saturating_mul(bordered.max(in_strips)), &channels, || {
        format!("{out} × {height} × {width} units × {steps} steps")
    })
}
