//! The forward pass of a recurrent layer, step by step over all tiles.

use spikelet_kernels::{ForwardTile, LayerStep, Level, StepEvents, TileRun, forward_step, forward_tile, sum_events};

use super::received::Received;
use super::state::{Delayed, RecurrentState, SummedStep};
use crate::connection::delays::DelaySteps;
use crate::connection::view::LayerView;
use crate::events::{append, set_bits};

/// Steps of a layer that come next.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) level: Level,
    pub(super) view: LayerView<'a>,
    pub(super) delays: &'a DelaySteps,
    /// Spikes of the previous layer.
    pub(super) arriving: StepEvents<'a>,
    pub(super) from: usize,
    pub(super) to: usize,
}

impl SummedStep {
    /// Sums what arrives at a tile at step `t`: the weights and the events by which the sums are read.
    #[inline(never)]
    fn sum(&mut self, level: Level, tile: &ForwardTile<'_>, t: usize) -> (&[f32], StepEvents<'_>) {
        let Self { sums, offsets } = self;
        offsets.clear();
        offsets.resize(t + 2, 0);
        sums.resize(tile.lanes);
        if !tile.events.at(t).is_empty() {
            offsets[t + 1] = 1;
            sum_events(level, tile, (t, t + 1), tile.lanes, sums);
        }
        (sums, StepEvents { offsets, units: &[0], values: &[] })
    }
}

impl RecurrentState {
    /// Lists what arrives at step `t`.
    fn hear(&mut self, span: &Span<'_>, sites: &[TileRun<'_>], t: usize) {
        let Span { view, delays, arriving, .. } = span;
        let Self { inputs, values, delayed, .. } = self;
        let first = inputs.len();
        append((inputs, values), (arriving.at(t), arriving.values_at(t)));
        if let Some(before) = t.checked_sub(1) {
            for (site, run) in view.layout.sites.iter().zip(sites) {
                let first = view.shape.previous_units() + site.lane;
                inputs.extend(set_bits(run.state.spikes[before]).map(|lane| (first + lane) as u32));
            }
        }
        if !values.is_empty() {
            values.resize(inputs.len(), 1.0);
        }
        if let Delayed::ByInput(underway) = delayed {
            underway.send((&inputs[first..], values.get(first..).unwrap_or_default()), &delays.by_input);
            inputs.truncate(first);
            values.truncate(first);
            underway.arrive((inputs, values));
        }
        self.offsets[t + 1] = self.inputs.len() as u32;
    }

    /// Takes plain units without delays through some steps.
    pub(super) fn run_plain(&mut self, span: Span<'_>, sites: &mut [TileRun<'_>]) {
        let Span { level, view, arriving, from, to, .. } = span;
        let lanes = view.layout.lanes;
        let at_once = Received::steps(lanes);
        for first in (from..to).step_by(at_once) {
            let end = to.min(first + at_once);
            self.received.sum(level, sites, &view.layout.sites, arriving, (first, end));
            for t in first..end {
                self.hear(&span, sites, t);
                let Self { offsets, inputs, received, .. } = &mut *self;
                let outside = arriving.at(t).len();
                let received = if outside == 0 { &[] } else { received.next(lanes) };
                let own = &inputs[offsets[t] as usize + outside..];
                forward_step(level, sites, &LayerStep { t, received, own });
            }
        }
    }

    /// Takes any units through some steps.
    pub(super) fn run_steps(&mut self, span: Span<'_>, sites: &mut [TileRun<'_>]) {
        let Span { level, view, delays, from, to, .. } = span;
        for t in from..to {
            self.hear(&span, sites, t);
            let Self { offsets, inputs, values, delayed, summed, .. } = &mut *self;
            let events = StepEvents { offsets, units: inputs, values };
            if let Delayed::ByConnection(drive, _) = delayed {
                drive.send(view.tiles, delays, events, t + 1);
            }
            for (site, TileRun { tile, state }) in view.layout.sites.iter().zip(&mut *sites) {
                let (weights, events) = match delayed {
                    Delayed::ByConnection(drive, _) => (drive.site(site), drive.events()),
                    _ if events.is_weighted() => summed.sum(level, &ForwardTile { events, ..*tile }, t),
                    _ => (tile.weights, events),
                };
                forward_tile(level, &ForwardTile { weights, events, from: t, to: t + 1, ..*tile }, state);
            }
        }
    }
}
