//! Forward simulation of one sample.

use spikelet_kernels::{ForwardTile, Level, LifConstants, StepEvents, TileState, forward_tile};

use super::workspace::{LayerWork, Workspace, set_steps};
use crate::geometry::NO_UNIT;
use crate::network::Network;
use crate::wiring::Wiring;

/// Steps between two looks at the output when a sample may end early: one word of busy steps.
const CHUNK: usize = 64;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// After this many steps.
    At(usize),
    /// After the step at which the last output fired for the first time (spec 1.3).
    AllFired,
    /// After the step at which the first output fired.
    FirstFired,
}

/// Runs the layers from the bottom up, a chunk of steps at a time, and returns the number of simulated steps. Spikes
/// from there on are dropped.
pub(crate) fn simulate(
    level: Level,
    network: &Network,
    (times, units): (&[u16], &[u32]),
    end: End,
    work: &mut Workspace,
) -> usize {
    count_steps(times, &mut work.input_offsets);
    work.layers.iter_mut().for_each(|layer| layer.start(network.steps));
    let (last, chunk) = match end {
        End::At(steps) => (steps, steps),
        End::AllFired | End::FirstFired => (network.steps, CHUNK),
    };
    let mut waiting = Waiting::new(network.outputs(), end);
    let mut from = 0;
    while from < last {
        let to = last.min(from + chunk);
        for index in 0..work.layers.len() {
            run_layer(level, network, index, units, (from, to, last), work);
        }
        let output = &work.layers[work.layers.len() - 1];
        let known = if output.is_complete { last } else { to };
        if !matches!(end, End::At(_))
            && let Some(step) = (from..known).find(|&t| waiting.is_done_after(output, t))
        {
            let steps = step + 1;
            work.layers.iter_mut().for_each(|layer| drop_from(layer, steps));
            return steps;
        }
        from = known;
    }
    last
}

/// Brings one layer to step `to`, or at once to the last one where all its input is known and has come.
fn run_layer(
    level: Level,
    network: &Network,
    index: usize,
    input: &[u32],
    (from, to, last): (usize, usize, usize),
    work: &mut Workspace,
) {
    let Workspace { layers, input_offsets, quiet, .. } = work;
    let (below, here) = layers.split_at_mut(index);
    let here = &mut here[0];
    if here.is_complete {
        return;
    }
    let (spikes, is_input_known) = match below.last() {
        Some(layer) => (StepEvents { offsets: &layer.offsets, units: &layer.units }, layer.is_complete),
        None => (StepEvents { offsets: input_offsets, units: input }, true),
    };
    let wiring = &network.wirings[index];
    let source = index.checked_sub(1).map(|below| &network.wirings[below]);
    here.arrivals.take(wiring, source, spikes, if is_input_known { last } else { to });
    let last_arrival = last_event(here.arrivals.events(wiring, spikes).offsets);
    // What is known of units without input holds for those that may always fire and that do not drive each other.
    let may_finish = is_input_known && network.refractory == 0 && !wiring.is_recurrent();
    let driven_to = if may_finish { last_arrival.clamp(here.reached, to) } else { to };
    run_sites(level, network, index, spikes, driven_to, here);
    let is_quiet = may_finish && last_arrival <= driven_to;
    if is_quiet && driven_to < last {
        quiet.finish(level, network, index, last, here);
    }
    here.is_complete = is_quiet || driven_to == last;
    let listed_to = if here.is_complete { last } else { to };
    list_spikes(wiring, network.steps, (from, listed_to), here);
}

/// `offsets[t]` = number of spikes before step `t`.
fn count_steps(times: &[u16], offsets: &mut [u32]) {
    offsets.fill(0);
    for &time in times {
        offsets[usize::from(time) + 1] += 1;
    }
    for t in 1..offsets.len() {
        offsets[t] += offsets[t - 1];
    }
}

/// Step after the last one with a spike.
fn last_event(offsets: &[u32]) -> usize {
    let total = offsets[offsets.len() - 1];
    offsets.partition_point(|&before| before < total)
}

/// Continues the membrane traces up to step `end`, for the backward sweep; the spikes are there already.
pub(crate) fn extend_traces(level: Level, network: &Network, units: &[u32], end: usize, work: &mut Workspace) {
    for index in 0..work.layers.len() {
        let (below, here) = work.layers.split_at_mut(index);
        let spikes = match below.last() {
            Some(layer) => StepEvents { offsets: &layer.offsets, units: &layer.units },
            None => StepEvents { offsets: &work.input_offsets, units },
        };
        here[0].arrivals.list_sites(&network.wirings[index], spikes, 0, end);
        run_sites(level, network, index, spikes, end, &mut here[0]);
    }
}

/// Runs the sites of a layer up to step `to`.
fn run_sites(level: Level, network: &Network, index: usize, spikes: StepEvents<'_>, to: usize, layer: &mut LayerWork) {
    let from = layer.reached;
    if from >= to {
        return;
    }
    layer.reached = to;
    if network.wirings[index].is_recurrent() {
        for t in from..to {
            layer.hear(&network.wirings[index], spikes, t);
            run_steps(level, network, index, spikes, (t, t + 1), layer);
        }
    } else {
        run_steps(level, network, index, spikes, (from, to), layer);
    }
}

/// Runs the sites of a layer over some steps, tile by tile.
fn run_steps(
    level: Level,
    network: &Network,
    index: usize,
    spikes: StepEvents<'_>,
    (from, to): (usize, usize),
    layer: &mut LayerWork,
) {
    let steps = network.steps;
    let words = steps.div_ceil(64);
    let wiring = &network.wirings[index];
    let arriving = layer.arrivals.events(wiring, spikes);
    let constants = LifConstants { drive_gain: network.drive_gain(index), ..network.constants };
    for (number, site) in wiring.sites.iter().enumerate() {
        let tile = &network.layer(index)[site.tile];
        let lanes = site.lane..site.lane + site.lanes;
        let trace = if layer.trace.is_empty() { 0..0 } else { site.lane * steps..(site.lane + site.lanes) * steps };
        let (weights, events) = match &wiring.convolution {
            None => (&tile.weights.values, arriving),
            Some(_) => (&tile.shared.drive, layer.arrivals.sites.events(number)),
        };
        forward_tile(
            level,
            &ForwardTile {
                weights,
                bias: tile.site_bias(site),
                lanes: site.lanes,
                events,
                constants,
                refractory: network.refractory,
                from,
                to,
            },
            &mut TileState {
                current: &mut layer.current[lanes.clone()],
                membrane: &mut layer.membrane[lanes],
                trace: &mut layer.trace[trace],
                spikes: &mut layer.spikes[number * steps..(number + 1) * steps],
                busy: &mut layer.busy[number * words..(number + 1) * words],
                observed: None,
            },
        );
    }
}

/// Turns the bits of all sites into lists by step, units in the order of lanes; `from` starts a word. The cost follows the spikes.
fn list_spikes(wiring: &Wiring, steps: usize, (from, to): (usize, usize), layer: &mut LayerWork) {
    let LayerWork { spikes, busy, offsets, units, .. } = layer;
    let words = steps.div_ceil(64);
    let fired = |visit: &mut dyn FnMut(usize, usize, u64)| {
        let sites = wiring.sites.iter().zip(spikes.chunks_exact(steps).zip(busy.chunks_exact(words)));
        for (site, (spikes, busy)) in sites {
            let first = from / 64;
            set_steps(&busy[first..to.div_ceil(64)])
                .for_each(|t| visit(site.lane, first * 64 + t, spikes[first * 64 + t]));
        }
    };
    let before = units.len() as u32;
    offsets[from + 1..].fill(0);
    fired(&mut |_, t, bits| offsets[t + 1] += bits.count_ones());
    let mut total = before;
    for offset in &mut offsets[from + 1..] {
        let count = *offset;
        *offset = total;
        total += count;
    }
    units.resize(total as usize, 0);
    // Each step's start moves to its end, which is where the next one starts.
    fired(&mut |lane, t, mut bits| {
        while bits != 0 {
            let unit = wiring.unit_of_lane[lane + bits.trailing_zeros() as usize];
            debug_assert!(unit != NO_UNIT, "only units fire");
            units[offsets[t + 1] as usize] = unit;
            offsets[t + 1] += 1;
            bits &= bits - 1;
        }
    });
}

/// Forgets the spikes of a layer from step `steps` on.
fn drop_from(layer: &mut LayerWork, steps: usize) {
    let total = layer.offsets.len() - 1;
    layer.units.truncate(layer.offsets[steps] as usize);
    layer.offsets[steps..].fill(layer.units.len() as u32);
    layer.clear_spikes(total, steps);
}

/// Outputs that have not fired yet.
struct Waiting {
    fired: Vec<bool>,
    /// How many are waited for.
    left: usize,
}

impl Waiting {
    fn new(outputs: usize, end: End) -> Self {
        Self { fired: vec![false; outputs], left: if end == End::FirstFired { 1 } else { outputs } }
    }

    fn is_done_after(&mut self, output: &LayerWork, t: usize) -> bool {
        for &unit in &output.units[output.offsets[t] as usize..output.offsets[t + 1] as usize] {
            let fired = &mut self.fired[unit as usize];
            self.left = self.left.saturating_sub(usize::from(!*fired));
            *fired = true;
        }
        self.left == 0
    }
}
