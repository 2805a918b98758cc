//! Layers that fit one onto the other, and into memory.

use super::validate::{MOST_STATES, MOST_WEIGHTS, at_least, at_most, require};
use super::{Conv2d, InputShape, LayerConfig, NetworkConfig, Pool2d};
use crate::error::{Error, Result};
use crate::geometry::{Picture, Strip};

/// What a layer finds below it.
#[derive(Clone, Copy)]
enum Below {
    Units(u64),
    Picture(Picture),
}

/// Checks every layer against the one below it.
pub(super) fn layers(network: &NetworkConfig) -> Result<()> {
    let steps = u64::from(network.steps);
    let mut below = match network.input {
        InputShape::Units(units) => Below::Units(u64::from(units)),
        InputShape::Picture(shape) => Below::Picture(Picture::of(shape)),
    };
    for (index, layer) in network.layers.iter().enumerate() {
        let path = format!("network.layers[{index}]");
        below = match (layer, below) {
            (LayerConfig::Dense(dense), Below::Units(inputs)) => {
                dense_layer(&format!("{path}.units"), inputs, dense.units, steps)?;
                Below::Units(u64::from(dense.units))
            }
            (LayerConfig::Dense(_), Below::Picture(_)) => {
                return Err(Error::config(
                    format!("{path}.type"),
                    "dense needs a flat input: put a flatten layer before it",
                ));
            }
            (LayerConfig::Conv2d(conv), Below::Picture(picture)) => {
                convolution(&path, picture, conv, steps)?;
                Below::Picture(Picture { channels: conv.channels as usize, ..picture })
            }
            (LayerConfig::AvgPool2d(pool) | LayerConfig::MaxPool2d(pool), Below::Picture(picture)) => {
                Below::Picture(pooled(&format!("{path}.window"), picture, pool)?)
            }
            (LayerConfig::Conv2d(_) | LayerConfig::AvgPool2d(_) | LayerConfig::MaxPool2d(_), Below::Units(_)) => {
                return Err(Error::config(
                    format!("{path}.type"),
                    "needs a picture below it: an input of [channels, height, width], and no flatten or dense layer between",
                ));
            }
            (LayerConfig::Flatten(_), Below::Picture(picture)) => Below::Units(picture.units() as u64),
            (LayerConfig::Flatten(_), flat @ Below::Units(_)) => flat,
        };
    }
    if !matches!(network.layers.last(), Some(LayerConfig::Dense(_))) {
        let last = network.layers.len() - 1;
        return Err(Error::config(format!("network.layers[{last}].type"), "the last layer must be dense"));
    }
    Ok(())
}

fn dense_layer(path: &str, inputs: u64, units: u32, steps: u64) -> Result<()> {
    at_least(path, units, 1)?;
    at_most(path, inputs * u64::from(units), MOST_WEIGHTS)
        .map_err(|_| Error::config(path, format!("{inputs} × {units} weights are too many")))?;
    at_most(path, steps * u64::from(units), MOST_STATES)
        .map_err(|_| Error::config(path, format!("{units} units × {steps} steps are too many")))
}

fn convolution(path: &str, below: Picture, conv: &Conv2d, steps: u64) -> Result<()> {
    let (channels, kernel) = (format!("{path}.channels"), format!("{path}.kernel"));
    at_least(&channels, conv.channels, 1)?;
    require(conv.kernel % 2 == 1, &kernel, "must be odd", conv.kernel)?;
    let most = 2 * below.height.max(below.width) as u64 - 1;
    require(
        u64::from(conv.kernel) <= most,
        &kernel,
        &format!("must be at most {most}, the least that sees all of a picture of {} × {}", below.height, below.width),
        conv.kernel,
    )?;
    let (out, side) = (u64::from(conv.channels), u64::from(conv.kernel));
    let rows = |channels: usize, seen: u64| Strip::fit(below.width, channels).rows(seen as usize, side as usize) as u64;
    // What the sums read: towards the units by input channel, towards the input by output channel.
    let weights = (out.div_ceil(64) * 64).saturating_mul(rows(conv.channels as usize, below.channels as u64));
    let downward = (below.channels as u64).div_ceil(64).saturating_mul(64 * rows(below.channels, out));
    if weights.max(downward) > MOST_WEIGHTS {
        let message = format!("{out} × {} × {side} × {side} weights are too many", below.channels);
        return Err(Error::config(channels, message));
    }
    let padded = (below.height as u64 + side) * (below.width as u64 + side);
    if steps.saturating_mul(padded.saturating_mul(out)) > MOST_STATES {
        let message = format!("{out} × {} × {} units × {steps} steps are too many", below.height, below.width);
        return Err(Error::config(channels, message));
    }
    Ok(())
}

fn pooled(path: &str, below: Picture, pool: &Pool2d) -> Result<Picture> {
    at_least(path, pool.window, 1)?;
    let side = below.height.min(below.width);
    require(
        pool.window as usize <= side,
        path,
        &format!("must be at most {side} on a picture of {} × {}", below.height, below.width),
        pool.window,
    )?;
    Ok(below.pooled(pool.window as usize))
}
