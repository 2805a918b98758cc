//! Gradients that come back to a recurrent layer from itself (spec 1.5).
//!
//! ```text
//! S̄[t] ← S̄[t] + γ Uᵀ q[t+1],   T̄[t] ← T̄[t] + S[t] γ/2 Uᵀ r[t+1]      U: the weights within the layer
//! ```
//!
//! Every step needs the adjoints of the one after it of all units, so that the sweep goes step by step over all tiles.

use spikelet_kernels::{Level, Projection, SpikeError, backward_tile, dot, project};

use super::sweep::{LayerSweep, Source, mix};
use crate::aligned::Aligned;
use crate::engine::{LayerWork, SlotLayer, set_bits};
use crate::network::Network;
use crate::wiring::Site;

/// Scratch of a sweep.
#[derive(Debug, Default)]
pub(crate) struct RecurrentWork {
    sites: Vec<SiteWork>,
    /// p and q on their way down in time, `[lane]` of all tiles.
    carried: [Aligned; 2],
    /// Σ p, likewise.
    bias: Aligned,
}

#[derive(Debug, Default)]
struct SiteWork {
    /// `factor · S̄`, `[step][lane]`.
    error: Aligned,
    /// T̄ of the spikes, in order of `(step, lane)`.
    timing: Vec<f32>,
    /// What the adjoint kernel makes of them.
    pushes: Vec<f32>,
}

/// A recurrent layer and how its spikes come back.
#[derive(Clone, Copy)]
pub(super) struct Return<'a> {
    pub(super) level: Level,
    pub(super) network: &'a Network,
    pub(super) layer: usize,
}

impl Return<'_> {
    /// Adds `factor · S̄` that comes back at one step to the lanes of a site; `next` is q of the step after it.
    pub(super) fn add_error(&self, site: &Site, next: &[f32], factor: f32, error: &mut [f32]) {
        let wiring = &self.network.wirings[self.layer];
        let projection = Projection {
            weights: &self.network.layer(self.layer)[site.tile].returning,
            lanes: site.lanes,
            rows: next,
            stride: wiring.stride,
            units: wiring.shape.units,
            segments: 1,
            gap: 0,
            adds: true,
            scale: self.network.drive_gain(self.layer) * factor,
            steps: 1,
        };
        project(self.level, &projection, error);
    }

    /// Adds T̄ that comes back at one step to the spikes `fired` of a site; `next` is r of the step after it.
    pub(super) fn add_timing(&self, site: &Site, next: &[f32], fired: u64, timing: &mut [f32]) {
        let below = self.network.shapes[self.layer].below();
        let half_gain = self.network.drive_gain(self.layer) / 2.0;
        for (lane, timing) in set_bits(fired).zip(timing) {
            let input = below + site.lane + lane;
            let sum = self.network.layer(self.layer).iter().fold(0.0, |sum, tile| {
                let weights = &tile.weights.values[input * tile.lanes..][..tile.lanes];
                sum + dot(self.level, weights, &next[tile.first..][..tile.lanes])
            });
            *timing += half_gain * sum;
        }
    }
}

/// One recurrent layer; `add` as for other layers, with q rows in `extra` where they are to be mixed.
pub(super) fn sweep_recurrent(
    sweep: &LayerSweep<'_>,
    source: &Source<'_>,
    add: Option<bool>,
    here: &mut LayerWork,
    work: &mut RecurrentWork,
    extra: &mut Aligned,
    stored: &mut SlotLayer,
) {
    let LayerSweep { level, network, layer, end, factor, .. } = *sweep;
    let (wiring, steps) = (&network.wirings[layer], network.steps);
    let returns = Return { level, network, layer };
    let has_timing = sweep.weights().timing != 0.0;
    let RecurrentWork { sites, carried, bias } = work;
    sites.resize_with(wiring.sites.len(), SiteWork::default);
    for (number, (site, work)) in wiring.sites.iter().zip(&mut *sites).enumerate() {
        work.error.clear();
        if factor != 0.0 {
            source.fill_error(number, factor, &mut work.error);
            work.error.resize(end * site.lanes);
        }
        work.timing.clear();
        if has_timing {
            source.fill_timing(number, here, &mut work.timing);
        }
    }
    for array in carried.iter_mut().chain([&mut *bias]) {
        array.clear();
        array.resize(wiring.lanes);
    }
    let q_rows = match add {
        None => &mut stored.q,
        Some(_) => {
            extra.resize(stored.q.len());
            &mut *extra
        }
    };
    for t in (0..end).rev() {
        let next = (t + 1 < end).then(|| (t + 1) * wiring.stride..(t + 2) * wiring.stride);
        for (number, (site, work)) in wiring.sites.iter().zip(&mut *sites).enumerate() {
            let spikes = &here.spikes[number * steps..(number + 1) * steps];
            let error = if factor == 0.0 { 0..0 } else { t * site.lanes..(t + 1) * site.lanes };
            let count = if has_timing { spikes[t].count_ones() as usize } else { 0 };
            let first = work.timing.len() - count;
            if let Some(next) = next.clone() {
                if factor != 0.0 {
                    returns.add_error(site, &here.q[next.clone()], factor, &mut work.error[error]);
                }
                returns.add_timing(site, &here.r[next], spikes[t], &mut work.timing[first..]);
            }
            let lanes = site.lane..site.lane + site.lanes;
            let error = if factor == 0.0 { SpikeError::None } else { SpikeError::Given(&work.error) };
            let trace = &here.trace[site.lane * steps..(site.lane + site.lanes) * steps];
            let tile = sweep.tile(number, (trace, spikes), error, &work.timing[first..], (t, t + 1));
            let [p, q] = carried;
            backward_tile(
                level,
                &tile,
                &mut spikelet_kernels::BackwardOutput {
                    rows: &stored.row_of_step,
                    q_rows: &mut q_rows[site.lane * stored.rows..(site.lane + site.lanes) * stored.rows],
                    q: &mut here.q,
                    r: &mut here.r,
                    p: &mut here.p,
                    direct: &mut here.direct,
                    stride: wiring.stride,
                    offset: site.adjoint,
                    bias: &mut bias[lanes.clone()],
                    carried: [&mut p[lanes.clone()], &mut q[lanes]],
                    pushes: &mut work.pushes,
                    observed: None,
                },
            );
            work.timing.truncate(first);
        }
    }
    match add {
        None => stored.bias.copy_from_slice(bias),
        Some(adds) => {
            mix(&mut stored.q, extra, sweep.weights().gradient, adds);
            mix(&mut stored.bias, bias, sweep.weights().gradient, adds);
        }
    }
}
