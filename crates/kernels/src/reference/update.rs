use super::floor::flushed;
use super::gradient::gather_tile;
use crate::optimizer::MOMENT_FLOOR;
use crate::update::total;
use crate::{AdamStep, Gather, Optimizer, RowGradient, SgdStep, TILE, TileParameters};

/// Twin of [`crate::update_tile`].
#[must_use]
pub fn update_tile(
    gather: &Gather<'_>,
    lanes: usize,
    gradient: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
    live: &mut [bool],
) -> f32 {
    let mut sums = if gradient.is_empty() { vec![0.0; live.len() * lanes] } else { gradient.to_vec() };
    gather_tile(gather, lanes, &mut sums, live);
    update_rows(lanes, &sums, shape, optimizer, parameters)
}

/// Twin of [`crate::update_rows`].
#[must_use]
pub fn update_rows(
    lanes: usize,
    sums: &[f32],
    shape: &RowGradient<'_>,
    optimizer: &Optimizer,
    parameters: &mut TileParameters<'_>,
) -> f32 {
    let mut norm = [0.0; TILE];
    for (i, sum) in sums.iter().enumerate() {
        let lane = i % lanes;
        let g = sum * shape.gain - shape.silent[lane];
        let clipped = g.min(shape.clip).max(-shape.clip);
        let defect = match optimizer {
            Optimizer::Adam(step) => adam(step, clipped, parameters, i),
            Optimizer::Sgd(step) => sgd(step, clipped, parameters, i),
        };
        norm[lane] += g * g + defect;
    }
    total(&norm)
}

/// 0, or not a number where what it leaves is not finite.
fn adam(step: &AdamStep, g: f32, parameters: &mut TileParameters<'_>, i: usize) -> f32 {
    let w = parameters.values[i];
    let g = g + w * step.weight_decay;
    let m = flushed(parameters.first[i] * step.beta1 + g * step.first_share, MOMENT_FLOOR);
    let v = flushed(parameters.second[i] * step.beta2 + (g * g) * step.second_share, MOMENT_FLOOR);
    parameters.first[i] = m;
    parameters.second[i] = v;
    let w = w * step.keep - (m * step.rate) / ((v * step.second_scale).sqrt() + step.epsilon);
    parameters.values[i] = w;
    (w + v) * 0.0
}

/// 0, or not a number where what it leaves is not finite.
fn sgd(step: &SgdStep, g: f32, parameters: &mut TileParameters<'_>, i: usize) -> f32 {
    let w = parameters.values[i];
    let g = g + w * step.weight_decay;
    let u = flushed(parameters.first[i] * step.momentum + g, MOMENT_FLOOR);
    parameters.first[i] = u;
    let w = w - u * step.rate;
    parameters.values[i] = w;
    w * 0.0
}
