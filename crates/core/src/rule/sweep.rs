//! Backward through the layers, from the loss down (spec 5).
//!
//! ```text
//! top:    S̄ = dL/dS,           T̄ = dL/dT
//! below:  S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t]      q, r of the layer above
//! ```

use spikelet_kernels::{AdjointOutput, AdjointTile, Level, Projection, adjoint_tile, dot, project};

pub(crate) use super::trace::SampleTrace;
use super::Sweep;
use super::trace::{record_forward, record_sweep};
use crate::engine::{LayerWork, Slot, Workspace};
use crate::loss::{OutputGradient, SpikeGradient};
use crate::network::{Network, Tile, padded};
use crate::readout::LayerSpikes;

/// Least slope dV/dt that the timing part divides by (spec 1.1).
pub(crate) const SLOPE_FLOOR: f32 = 0.01;

/// Fills the slot's q rows and bias sums from the loss gradient in `work`.
#[expect(clippy::too_many_arguments, reason = "called once, with all of a sample's context")]
pub(crate) fn backward(
    level: Level,
    network: &Network,
    sweeps: &[Sweep],
    input_units: &[u32],
    steps: usize,
    is_traced: bool,
    work: &mut Workspace,
    slot: &mut Slot,
) {
    let end = work.gradient.end;
    for layer in 0..network.shapes.len() {
        let inputs = match layer {
            0 => LayerSpikes { offsets: &work.input_offsets, units: input_units, steps },
            _ => work.layers[layer - 1].spikes(steps),
        };
        slot.layers[layer].plan_rows(&inputs, network.steps, end, padded(network.shapes[layer].units));
    }
    if is_traced {
        slot.trace = Some(record_forward(network, input_units, steps, work));
    }
    let is_single = sweeps.len() == 1 && sweeps[0].weight == 1.0;
    for (index, sweep) in sweeps.iter().enumerate() {
        for layer in (0..network.shapes.len()).rev() {
            let add = if is_single { None } else { Some(index > 0) };
            sweep_layer(level, network, sweep, layer, end, add, work, slot);
        }
        if let (Some(trace), true) = (&mut slot.trace, is_single) {
            record_sweep(network, sweep, end, level, work, trace);
        }
    }
    slot.outcome.is_finite &= slot.layers.iter().all(|layer| layer.bias.iter().all(|sum| sum.is_finite()));
}

/// One layer. `add`: `None` writes the slot, `Some(false)` writes it times the sweep's weight, `Some(true)` adds.
#[expect(clippy::too_many_arguments, reason = "one step of the function above")]
fn sweep_layer(
    level: Level,
    network: &Network,
    sweep: &Sweep,
    layer: usize,
    end: usize,
    add: Option<bool>,
    work: &mut Workspace,
    slot: &mut Slot,
) {
    let steps = network.steps;
    let Workspace { layers, gradient, error, timing, extra, .. } = work;
    let (here, above) = layers[layer..].split_first_mut().expect("the layer exists");
    let above = above.first();
    let stored = &mut slot.layers[layer];
    let stride = here.current.len();
    for (number, tile) in network.layer(layer).iter().enumerate() {
        let spikes = &here.spikes[number * steps..(number + 1) * steps];
        error.clear();
        if sweep.activation != 0.0 {
            fill_error(level, network, tile, end, sweep.activation * sweep.scale, above, gradient, error);
        }
        timing.clear();
        if sweep.timing != 0.0 {
            fill_timing(level, network, tile, spikes, end, above, gradient, here.offsets.as_slice(), &here.units, timing);
        }
        let rows = tile.first * stored.rows..(tile.first + tile.lanes) * stored.rows;
        let lanes = tile.first..tile.first + tile.lanes;
        let mut bias = [0.0; spikelet_kernels::TILE];
        extra.resize(rows.len(), 0.0);
        adjoint_tile(
            level,
            &AdjointTile {
                lanes: tile.lanes,
                end,
                trace: &here.trace[tile.first * steps..(tile.first + tile.lanes) * steps],
                spikes,
                error,
                timing,
                timing_weight: sweep.timing,
                is_gated: sweep.is_gated,
                sharpness: sweep.sharpness,
                slope_floor: SLOPE_FLOOR,
                constants: network.constants,
            },
            &mut AdjointOutput {
                rows: &stored.row_of_step,
                q_rows: if add.is_none() { &mut stored.q[rows.clone()] } else { extra },
                q: &mut here.q,
                r: &mut here.r,
                p: &mut here.p,
                direct: &mut here.direct,
                stride,
                offset: tile.first,
                bias: &mut bias[..tile.lanes],
            },
        );
        match add {
            None => stored.bias[lanes].copy_from_slice(&bias[..tile.lanes]),
            Some(adds) => {
                mix(&mut stored.q[rows], extra, sweep.weight, adds);
                mix(&mut stored.bias[lanes], &bias[..tile.lanes], sweep.weight, adds);
            }
        }
    }
}

fn mix(to: &mut [f32], from: &[f32], weight: f32, adds: bool) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = if adds { *to + weight * from } else { weight * from };
    }
}

/// `factor · S̄` of a tile; left empty where it is zero at every step.
#[expect(clippy::too_many_arguments, reason = "one step of the function above")]
pub(super) fn fill_error(
    level: Level,
    network: &Network,
    tile: &Tile,
    end: usize,
    factor: f32,
    above: Option<&LayerWork>,
    gradient: &OutputGradient,
    error: &mut Vec<f32>,
) {
    let lanes = tile.lanes;
    if let Some(above) = above {
        error.resize(end * lanes, 0.0);
        let projection = Projection {
            weights: &tile.upward,
            lanes,
            rows: &above.q,
            stride: above.current.len(),
            units: tile.upward.len() / lanes,
            scale: network.constants.drive_gain * factor,
            steps: end,
        };
        project(level, &projection, error);
        return;
    }
    let units = tile.first..tile.first + tile.units;
    let outputs = network.outputs();
    match &gradient.spike {
        SpikeGradient::Zero => {}
        SpikeGradient::Constant(slopes) => {
            error.resize(end * lanes, 0.0);
            for row in error.chunks_exact_mut(lanes) {
                for (to, slope) in row.iter_mut().zip(&slopes[units.clone()]) {
                    *to = factor * slope;
                }
            }
        }
        SpikeGradient::Dense(slopes) => {
            error.resize(end * lanes, 0.0);
            for (row, slopes) in error.chunks_exact_mut(lanes).zip(slopes.chunks_exact(outputs)) {
                for (to, slope) in row.iter_mut().zip(&slopes[units.clone()]) {
                    *to = factor * slope;
                }
            }
        }
    }
}

/// T̄ of the tile's spikes before `end`, in order of `(step, lane)`.
#[expect(clippy::too_many_arguments, reason = "one step of the function above")]
pub(super) fn fill_timing(
    level: Level,
    network: &Network,
    tile: &Tile,
    spikes: &[u64],
    end: usize,
    above: Option<&LayerWork>,
    gradient: &OutputGradient,
    offsets: &[u32],
    units: &[u32],
    timing: &mut Vec<f32>,
) {
    let Some(above) = above else {
        let wanted = tile.first as u32..(tile.first + tile.units) as u32;
        let listed = offsets[end] as usize;
        let pairs = units[..listed].iter().zip(&gradient.timing);
        timing.extend(pairs.filter(|(unit, _)| wanted.contains(unit)).map(|(_, slope)| slope));
        return;
    };
    let half_gain = network.constants.drive_gain / 2.0;
    let stride = above.current.len();
    for (t, &bits) in spikes[..end].iter().enumerate() {
        let mut rest = bits;
        while rest != 0 {
            let input = tile.first + rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let sum = network.layer(tile.layer + 1).iter().fold(0.0, |sum, upper| {
                let weights = &upper.weights.values[input * upper.lanes..][..upper.lanes];
                sum + dot(level, weights, &above.r[t * stride + upper.first..][..upper.lanes])
            });
            timing.push(half_gain * sum);
        }
    }
}
