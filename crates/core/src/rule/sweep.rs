//! Backward through the layers, from the loss down (spec 5).
//!
//! ```text
//! top:    S̄ = dL/dS,           T̄ = dL/dT
//! below:  S̄_i[t] = γ Σ_j W_ji q_j[t],   T̄_i[t] = S_i[t] γ/2 Σ_j W_ji r_j[t]      q, r of the layer above
//! ```

use spikelet_kernels::{
    BackwardOutput, BackwardTile, Level, Projection, SpikeError, TILE, backward_tile, dot, project,
};

use super::convolution::{InputGradient, timing_sum};
use super::recurrent::sweep_recurrent;
use super::trace::{record_forward, record_sweep};
use super::{Lanes, Sweep, Weights};
use crate::aligned::Aligned;
use crate::engine::{LayerWork, Slot, Workspace, set_bits, set_steps};
use crate::geometry::NO_UNIT;
use crate::loss::{OutputGradient, SpikeGradient};
use crate::network::Network;
use crate::readout::LayerSpikes;
use crate::wiring::Wiring;

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
        let arriving = work.layers[layer].arrivals.spikes(&network.wirings[layer], &inputs);
        slot.layers[layer].start(&network.wirings[layer], &arriving, network.steps, end);
    }
    if is_traced {
        slot.trace = Some(record_forward(network, input_units, steps, work));
    }
    let is_single = sweeps.len() == 1 && sweeps[0].is_final();
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
    pub(super) layer: usize,
    /// The layer above, below the top.
    pub(super) above: Option<&'a LayerWork>,
    /// The loss gradient, at the top.
    pub(super) gradient: &'a OutputGradient,
    /// `factor · S̄` of what arrives at a convolution above; else empty.
    pub(super) arriving: &'a InputGradient,
    /// Step from which on there is none.
    pub(super) end: usize,
}

/// One sweep at one layer.
#[derive(Clone, Copy)]
pub(super) struct LayerSweep<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) layer: usize,
    /// Step from which on there is no gradient.
    pub(super) end: usize,
    /// λ_act · scale.
    pub(super) factor: f32,
    sweep: &'a Sweep,
    /// dL/dS at every step, besides what comes from above.
    hidden_slope: f32,
}

impl LayerSweep<'_> {
    pub(super) fn weights(&self) -> Weights {
        self.sweep.weights[self.layer]
    }

    /// A site, with its trace and spikes, at steps `from..to`.
    pub(super) fn tile<'a>(
        &'a self,
        number: usize,
        (trace, spikes): (&'a [f32], &'a [u64]),
        error: SpikeError<'a>,
        timing: &'a [f32],
        (from, to): (usize, usize),
    ) -> BackwardTile<'a> {
        let Self { network, layer, sweep, .. } = *self;
        let wiring = &network.wirings[layer];
        let site = &wiring.sites[number];
        BackwardTile {
            lanes: site.lanes,
            end: self.end,
            from,
            to,
            trace,
            spikes,
            error,
            timing,
            timing_weight: self.weights().timing,
            is_gated: sweep.is_gated,
            surrogate: sweep.surrogate,
            slope_floor: SLOPE_FLOOR,
            constants: network.constants,
            terms: sweep.options(&Lanes {
                layer,
                in_use: wiring.lanes_in_use(site),
                bias: network.layer(layer)[site.tile].site_bias(site),
                hidden_slope: self.hidden_slope,
                refractory: network.refractory,
            }),
        }
    }
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
    let Workspace {
        layers,
        gradient,
        error,
        timing,
        pushes,
        injections,
        extra,
        tile_gradient,
        input_gradient,
        recurrent,
        ..
    } = work;
    let (here, above) = layers[layer..].split_first_mut().expect("the layer exists");
    let wiring = &network.wirings[layer];
    let weights = sweep.weights[layer];
    let factor = weights.activation * sweep.scale;
    if factor != 0.0 {
        input_gradient.fill(level, network, layer + 1, above.first(), end, factor);
    }
    let source = Source { level, network, layer, above: above.first(), gradient, arriving: input_gradient, end };
    let stored = &mut slot.layers[layer];
    let layer_sweep = LayerSweep { level, network, layer, end, factor, sweep, hidden_slope: gradient.hidden[layer] };
    if wiring.is_recurrent() {
        return sweep_recurrent(&layer_sweep, &source, add, here, recurrent, extra, stored);
    }
    let is_below_output = layer + 2 == network.shapes.len();
    let is_projected = factor != 0.0
        && is_below_output
        && !sweep.is_direct_everywhere(network.refractory)
        && !network.wirings[layer + 1].selects()
        && !network.wirings[layer + 1].is_recurrent()
        && source.above.is_some_and(|output| {
            injections.list(network, sweep, &gradient.spike, output, end, network.drive_gain(layer + 1) * factor)
        });
    for (number, site) in wiring.sites.iter().enumerate() {
        let tile = &network.layer(layer)[site.tile];
        let spikes = &here.spikes[number * steps..(number + 1) * steps];
        error.clear();
        if factor != 0.0 && !is_projected {
            source.fill_error(number, factor, error);
        }
        timing.clear();
        if weights.timing != 0.0 {
            source.fill_timing(number, here, timing);
        }
        let rows = tile.first * stored.rows..(tile.first + site.lanes) * stored.rows;
        let lanes = tile.first..tile.first + site.lanes;
        let mut bias = [0.0; TILE];
        if wiring.convolution.is_some() {
            tile_gradient.plan(wiring, site, here.arrivals.sites.events(number), steps, end);
        } else if add.is_some() {
            extra.resize(rows.len());
        }
        let (row_of_step, q_rows) = match (&wiring.convolution, add) {
            (Some(_), _) => (&tile_gradient.row_of_step, &mut tile_gradient.q_rows[..]),
            (None, None) => (&stored.row_of_step, &mut stored.q[rows.clone()]),
            (None, Some(_)) => (&stored.row_of_step, &mut extra[..]),
        };
        let error = if is_projected {
            SpikeError::Projected(spikelet_kernels::ProjectedError {
                weights: source.upward(number),
                offsets: &injections.offsets,
                injections: &injections.entries,
                membrane_decay: network.constants.membrane_decay,
                current_decay: network.constants.current_decay,
            })
        } else if error.is_empty() {
            SpikeError::None
        } else {
            SpikeError::Given(error)
        };
        let trace = &here.trace[site.lane * steps..(site.lane + site.lanes) * steps];
        backward_tile(
            level,
            &layer_sweep.tile(number, (trace, spikes), error, timing, (0, end)),
            &mut BackwardOutput {
                rows: row_of_step,
                q_rows,
                q: &mut here.q,
                r: &mut here.r,
                p: &mut here.p,
                direct: &mut here.direct,
                stride: wiring.stride,
                offset: site.adjoint,
                bias: &mut bias[..site.lanes],
                carried: [&mut [], &mut []],
                pushes,
                observed: None,
            },
        );
        match (&wiring.convolution, add) {
            (Some(convolution), _) => {
                tile_gradient.add(level, convolution, site, here.arrivals.sites.events(number), &bias);
                if wiring.sites.get(number + 1).is_none_or(|next| next.tile != site.tile) {
                    tile_gradient.finish(convolution, tile, stored, add.map(|adds| (weights.gradient, adds)));
                }
            }
            (None, None) => stored.bias[lanes].copy_from_slice(&bias[..site.lanes]),
            (None, Some(adds)) => {
                mix(&mut stored.q[rows], extra, weights.gradient, adds);
                mix(&mut stored.bias[lanes], &bias[..site.lanes], weights.gradient, adds);
            }
        }
    }
}

/// Writes `from`, times `weight`, or adds it.
pub(super) fn mix(to: &mut [f32], from: &[f32], weight: f32, adds: bool) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = if adds { *to + weight * from } else { weight * from };
    }
}

impl<'a> Source<'a> {
    /// Weights of a dense layer above towards a site, `[upper unit][lane]`.
    fn upward(&self, number: usize) -> &'a [f32] {
        let site = &self.network.wirings[self.layer].sites[number];
        let length = self.network.shapes[self.layer + 1].units * site.lanes;
        &self.network.layer(self.layer)[site.tile].upward[site.index * length..(site.index + 1) * length]
    }

    /// `factor · S̄` of a site, `[step][lane]`; left empty where it is zero at every step.
    pub(super) fn fill_error(&self, number: usize, factor: f32, error: &mut Aligned) {
        let site = &self.network.wirings[self.layer].sites[number];
        let lanes = site.lanes;
        if let Some(above) = self.above {
            let wiring = &self.network.wirings[self.layer + 1];
            error.resize(self.end * lanes);
            if wiring.convolution.is_some() {
                self.arriving.read(wiring, site, error);
            } else {
                let projection = Projection {
                    weights: self.upward(number),
                    lanes,
                    rows: &above.q,
                    stride: wiring.stride,
                    units: wiring.shape.units,
                    segments: 1,
                    gap: 0,
                    adds: false,
                    scale: self.network.drive_gain(self.layer + 1) * factor,
                    steps: self.end,
                };
                project(self.level, &projection, error);
            }
            above.arrivals.close(number, lanes, error);
            return;
        }
        let (first, units) = (site.lane, self.network.layer(self.layer)[site.tile].units);
        let units = first..first + units;
        let (slopes, stride) = match &self.gradient.spike {
            SpikeGradient::Zero => return,
            SpikeGradient::Constant(slopes) => (slopes, 0),
            SpikeGradient::Dense(slopes) => (slopes, self.network.outputs()),
        };
        error.resize(self.end * lanes);
        for (t, row) in error.chunks_exact_mut(lanes).enumerate() {
            for (to, slope) in row.iter_mut().zip(&slopes[t * stride..][units.clone()]) {
                *to = factor * slope;
            }
        }
    }

    /// T̄ of the site's spikes before the end, in order of `(step, lane)`.
    pub(super) fn fill_timing(&self, number: usize, here: &LayerWork, timing: &mut Vec<f32>) {
        let site = &self.network.wirings[self.layer].sites[number];
        let Some(above) = self.above else {
            let first = site.lane as u32;
            let wanted = first..first + self.network.layer(self.layer)[site.tile].units as u32;
            let pairs = here.units[..here.offsets[self.end] as usize].iter().zip(&self.gradient.timing);
            timing.extend(pairs.filter(|(unit, _)| wanted.contains(unit)).map(|(_, slope)| slope));
            return;
        };
        let wiring = &self.network.wirings[self.layer + 1];
        let half_gain = self.network.drive_gain(self.layer + 1) / 2.0;
        let arrival_of_lane = &wiring.arrival_of_lane[site.lane..site.lane + site.lanes];
        let steps = self.network.steps;
        let words = steps.div_ceil(64);
        let spikes = &here.spikes[number * steps..(number + 1) * steps];
        let busy = &here.busy[number * words..(number + 1) * words];
        for t in set_steps(busy).take_while(|&t| t < self.end) {
            let passes = above.arrivals.gate(number, t);
            for lane in set_bits(spikes[t]) {
                let arrival = arrival_of_lane[lane];
                let sum = if arrival == NO_UNIT || passes >> lane & 1 == 0 {
                    0.0
                } else {
                    self.arrival_timing(above, wiring, arrival, t)
                };
                timing.push(half_gain * sum);
            }
        }
    }

    /// Σ_j W_j r_j[t] over the units above that a spike of `input` reaches.
    fn arrival_timing(&self, above: &LayerWork, wiring: &Wiring, input: u32, t: usize) -> f32 {
        let r = &above.r[t * wiring.stride..(t + 1) * wiring.stride];
        let tiles = self.network.layer(self.layer + 1);
        match &wiring.convolution {
            Some(convolution) => timing_sum(self.level, convolution, tiles, input, r),
            None => tiles.iter().fold(0.0, |sum, upper| {
                let weights = &upper.weights.values[input as usize * upper.lanes..][..upper.lanes];
                sum + dot(self.level, weights, &r[upper.first..][..upper.lanes])
            }),
        }
    }
}
