//! Backward through the layers, from the loss down (spec 5).
//!
//! ```text
//! top:    S̄ = dL/dS,           T̄ = dL/dT
//! below:  S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t]      q, r of the layer above
//! ```

use spikelet_kernels::{AdjointOutput, AdjointTile, Level, Projection, SpikeError, TILE, adjoint_tile, dot, project};

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

/// Where a layer's gradients come from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    /// The layer above, below the top.
    pub(super) above: Option<&'a LayerWork>,
    /// The loss gradient, at the top.
    pub(super) gradient: &'a OutputGradient,
    /// Step from which on there is none.
    pub(super) end: usize,
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
    let Workspace { layers, gradient, error, timing, injections, extra, .. } = work;
    let (here, above) = layers[layer..].split_first_mut().expect("the layer exists");
    let source = Source { level, network, above: above.first(), gradient, end };
    let factor = sweep.activation * sweep.scale;
    let is_below_output = layer + 2 == network.shapes.len();
    let is_projected = factor != 0.0
        && is_below_output
        && source.above.is_some_and(|output| {
            injections.list(network, sweep, &gradient.spike, output, end, network.constants.drive_gain * factor)
        });
    let stored = &mut slot.layers[layer];
    let stride = here.current.len();
    for (number, tile) in network.layer(layer).iter().enumerate() {
        let spikes = &here.spikes[number * steps..(number + 1) * steps];
        error.clear();
        if factor != 0.0 && !is_projected {
            source.fill_error(tile, factor, error);
        }
        timing.clear();
        if sweep.timing != 0.0 {
            source.fill_timing(tile, spikes, &here.offsets, &here.units, timing);
        }
        let rows = tile.first * stored.rows..(tile.first + tile.lanes) * stored.rows;
        let lanes = tile.first..tile.first + tile.lanes;
        let mut bias = [0.0; TILE];
        if add.is_some() {
            extra.resize(rows.len(), 0.0);
        }
        adjoint_tile(
            level,
            &AdjointTile {
                lanes: tile.lanes,
                end,
                trace: &here.trace[tile.first * steps..(tile.first + tile.lanes) * steps],
                spikes,
                error: if is_projected {
                    SpikeError::Projected {
                        weights: &tile.upward,
                        offsets: &injections.offsets,
                        injections: &injections.entries,
                    }
                } else if error.is_empty() {
                    SpikeError::None
                } else {
                    SpikeError::Given(error)
                },
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

impl Source<'_> {
    /// `factor · S̄` of a tile, `[step][lane]`; left empty where it is zero at every step.
    pub(super) fn fill_error(&self, tile: &Tile, factor: f32, error: &mut Vec<f32>) {
        let lanes = tile.lanes;
        if let Some(above) = self.above {
            error.resize(self.end * lanes, 0.0);
            let projection = Projection {
                weights: &tile.upward,
                lanes,
                rows: &above.q,
                stride: above.current.len(),
                units: tile.upward.len() / lanes,
                scale: self.network.constants.drive_gain * factor,
                steps: self.end,
            };
            project(self.level, &projection, error);
            return;
        }
        let units = tile.first..tile.first + tile.units;
        let (slopes, stride) = match &self.gradient.spike {
            SpikeGradient::Zero => return,
            SpikeGradient::Constant(slopes) => (slopes, 0),
            SpikeGradient::Dense(slopes) => (slopes, self.network.outputs()),
        };
        error.resize(self.end * lanes, 0.0);
        for (t, row) in error.chunks_exact_mut(lanes).enumerate() {
            for (to, slope) in row.iter_mut().zip(&slopes[t * stride..][units.clone()]) {
                *to = factor * slope;
            }
        }
    }

    /// T̄ of the tile's spikes before the end, in order of `(step, lane)`; `offsets` and `units` list the layer's spikes by step.
    pub(super) fn fill_timing(
        &self,
        tile: &Tile,
        spikes: &[u64],
        offsets: &[u32],
        units: &[u32],
        timing: &mut Vec<f32>,
    ) {
        let Some(above) = self.above else {
            let wanted = tile.first as u32..(tile.first + tile.units) as u32;
            let pairs = units[..offsets[self.end] as usize].iter().zip(&self.gradient.timing);
            timing.extend(pairs.filter(|(unit, _)| wanted.contains(unit)).map(|(_, slope)| slope));
            return;
        };
        let half_gain = self.network.constants.drive_gain / 2.0;
        let stride = above.current.len();
        for (t, &bits) in spikes[..self.end].iter().enumerate() {
            let mut rest = bits;
            while rest != 0 {
                let input = tile.first + rest.trailing_zeros() as usize;
                rest &= rest - 1;
                let sum = self.network.layer(tile.layer + 1).iter().fold(0.0, |sum, upper| {
                    let weights = &upper.weights.values[input * upper.lanes..][..upper.lanes];
                    sum + dot(self.level, weights, &above.r[t * stride + upper.first..][..upper.lanes])
                });
                timing.push(half_gain * sum);
            }
        }
    }
}
