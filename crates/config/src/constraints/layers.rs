//! Layers must fit to each other and into memory.

use spikelet_kernels::{LANES, TILE};

use super::super::ranges::require;
use super::super::{Conv2d, InputShape, LayerConfig, NetworkConfig, Pool2d};
use crate::error::{Error, Result};
use crate::geometry::{Image, Strip};

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

/// What a layer gets: the output of the previous one.
#[derive(Clone, Copy)]
enum LayerInput {
    Units(u64),
    Image(Image),
}

/// The units of an image that may be too large for memory.
fn units(image: Image) -> u64 {
    (image.channels as u64).saturating_mul(image.height as u64).saturating_mul(image.width as u64)
}

/// The input of each layer.
fn layer_inputs(network: &NetworkConfig) -> Result<Vec<LayerInput>> {
    let mut input = match network.input {
        InputShape::Units(units) => LayerInput::Units(u64::from(units)),
        InputShape::Image(shape) => LayerInput::Image(Image::of(shape)),
    };
    let mut found = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let path = format!("network.layers[{index}]");
        found.push(input);
        input = match (layer, input) {
            (LayerConfig::Dense(dense), LayerInput::Units(_)) => LayerInput::Units(u64::from(dense.units)),
            (LayerConfig::Dense(_), LayerInput::Image(_)) => {
                return Err(Error::config(
                    format!("{path}.type"),
                    "dense needs a flat input: put a flatten layer before it",
                ));
            }
            (LayerConfig::Conv2d(conv), LayerInput::Image(image)) => {
                kernel_fits(&format!("{path}.kernel"), image, conv)?;
                LayerInput::Image(Image { channels: conv.channels as usize, ..image })
            }
            (LayerConfig::AvgPool2d(pool) | LayerConfig::MaxPool2d(pool), LayerInput::Image(image)) => {
                LayerInput::Image(pooled(&format!("{path}.window"), image, pool)?)
            }
            (LayerConfig::Conv2d(_) | LayerConfig::AvgPool2d(_) | LayerConfig::MaxPool2d(_), LayerInput::Units(_)) => {
                return Err(Error::config(
                    format!("{path}.type"),
                    "needs an image as its input: network.input must be [channels, height, width], with no flatten or dense layer in between",
                ));
            }
            (LayerConfig::Flatten(_), LayerInput::Image(image)) => LayerInput::Units(units(image)),
            (LayerConfig::Flatten(_), flat @ LayerInput::Units(_)) => flat,
        };
    }
    Ok(found)
}

/// Checks every layer against the previous one.
pub(super) fn fit(network: &NetworkConfig) -> Result<()> {
    layer_inputs(network)?;
    if !matches!(network.layers.last(), Some(LayerConfig::Dense(_))) {
        let last = network.layers.len() - 1;
        return Err(Error::config(format!("network.layers[{last}].type"), "the last layer must be dense"));
    }
    Ok(())
}

/// Checks the memory of layers that fit to each other.
pub(super) fn fit_into_memory(network: &NetworkConfig) -> Result<()> {
    let Ok(layer_inputs) = layer_inputs(network) else { return Ok(()) };
    let steps = u64::from(network.steps);
    let mut room = Room::WHOLE;
    let inputs = network.input.units() as u64;
    take(&mut room.states, inputs, "network.input", || format!("{inputs} units"))?;
    for (index, (layer, input)) in network.layers.iter().zip(layer_inputs).enumerate() {
        let path = format!("network.layers[{index}]");
        match (layer, input) {
            (LayerConfig::Dense(dense), LayerInput::Units(inputs)) => {
                let own = if dense.recurrent { u64::from(dense.units) } else { 0 };
                let inputs = inputs.saturating_add(own);
                dense_layer(&format!("{path}.units"), inputs, dense.units, steps, &mut room)?;
                if dense.delays.is_some_and(|delays| delays.is_by_connection()) {
                    delays_by_connection(&format!("{path}.delays.by"), inputs, dense.units, steps, &mut room)?;
                }
            }
            (LayerConfig::Conv2d(conv), LayerInput::Image(image)) => convolution(&path, image, conv, steps, &mut room)?,
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

fn convolution(path: &str, input: Image, conv: &Conv2d, steps: u64, room: &mut Room) -> Result<()> {
    let (channels, kernel) = (format!("{path}.channels"), format!("{path}.kernel"));
    let (out, side) = (u64::from(conv.channels), u64::from(conv.kernel));
    let (height, width) = (input.height as u64, input.width as u64);
    let strip = Strip::fit(input.width, conv.channels as usize);
    let blocks = out.div_ceil(TILE as u64);
    let rows = |channels: usize, seen: u64| Strip::fit(input.width, channels).rows(seen as usize, side as usize) as u64;
    // What the sums read: towards the units by input channel, towards the input by output channel.
    let weights = (blocks * TILE as u64).saturating_mul(rows(conv.channels as usize, input.channels as u64));
    let downward = (input.channels as u64).next_multiple_of(TILE as u64).saturating_mul(rows(input.channels, out));
    take(&mut room.weights, weights.saturating_add(downward), &channels, || {
        format!("{out} × {} × {side} × {side} weights", input.channels)
    })?;
    let strips = side.min(width).div_ceil(strip.places as u64) + 1;
    let sights = height.saturating_mul(width).saturating_mul(side.min(height)).saturating_mul(strips * blocks);
    take(&mut room.sights, sights, &kernel, || format!("{side} × {side} places seen from {height} × {width}"))?;
    let bordered = ((height + side) * (width + side)).saturating_mul(out);
    let in_strips = height.saturating_mul((strip.count(input.width) * strip.lanes()) as u64).saturating_mul(blocks);
    take(&mut room.states, steps.saturating_mul(bordered.max(in_strips)), &channels, || {
        format!("{out} × {height} × {width} units × {steps} steps")
    })
}

/// A kernel that covers the whole image is the largest of any use.
fn kernel_fits(path: &str, input: Image, conv: &Conv2d) -> Result<()> {
    let max = (2 * input.height.max(input.width) as u64).saturating_sub(1);
    let rule =
        format!("must be at most {max}, the smallest that covers an image of {} × {}", input.height, input.width);
    require(u64::from(conv.kernel) <= max, path, &rule, conv.kernel)
}

fn pooled(path: &str, input: Image, pool: &Pool2d) -> Result<Image> {
    let side = input.height.min(input.width);
    require(
        pool.window as usize <= side,
        path,
        &format!("must be at most {side} on an image of {} × {}", input.height, input.width),
        pool.window,
    )?;
    Ok(input.pooled(pool.window as usize))
}
