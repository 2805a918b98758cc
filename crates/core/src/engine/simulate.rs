//! Forward simulation of one sample.

use spikelet_kernels::{ForwardTile, Level, StepEvents, TileState, forward_tile};

use super::workspace::{LayerWork, Workspace, set_steps};
use crate::network::{Network, Tile};

/// Steps between two looks at the output when a sample may end early: one word of busy steps.
const CHUNK: usize = 64;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// After this many steps.
    At(usize),
    /// After the step at which the last output fired for the first time (spec 1.3).
    OutputsFired,
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
        End::OutputsFired => (network.steps, CHUNK),
    };
    let mut waiting = Waiting::new(network.outputs());
    let mut from = 0;
    while from < last {
        let to = last.min(from + chunk);
        for index in 0..work.layers.len() {
            run_layer(level, network, index, units, (from, to, last), work);
        }
        let output = &work.layers[work.layers.len() - 1];
        let known = if output.is_complete { last } else { to };
        if end == End::OutputsFired
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
    let (events, is_input_known) = match below.last() {
        Some(layer) => (StepEvents { offsets: &layer.offsets, units: &layer.units }, layer.is_complete),
        None => (StepEvents { offsets: input_offsets, units: input }, true),
    };
    let driven_to = if is_input_known { last_event(events.offsets).clamp(here.reached, to) } else { to };
    run_tiles(level, network, index, events, driven_to, here);
    let is_quiet = is_input_known && last_event(events.offsets) <= driven_to;
    if is_quiet && driven_to < last {
        quiet.finish(level, network, index, last, here);
    }
    here.is_complete = is_quiet || driven_to == last;
    let listed_to = if here.is_complete { last } else { to };
    list_spikes(network.layer(index), network.steps, (from, listed_to), here);
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
        let events = match below.last() {
            Some(layer) => StepEvents { offsets: &layer.offsets, units: &layer.units },
            None => StepEvents { offsets: &work.input_offsets, units },
        };
        run_tiles(level, network, index, events, end, &mut here[0]);
    }
}

fn run_tiles(level: Level, network: &Network, index: usize, events: StepEvents<'_>, to: usize, layer: &mut LayerWork) {
    let from = layer.reached;
    if from >= to {
        return;
    }
    layer.reached = to;
    let steps = network.steps;
    let words = steps.div_ceil(64);
    for (number, tile) in network.layer(index).iter().enumerate() {
        let lanes = tile.first..tile.first + tile.lanes;
        let trace = if layer.trace.is_empty() { 0..0 } else { tile.first * steps..(tile.first + tile.lanes) * steps };
        forward_tile(
            level,
            &ForwardTile {
                weights: &tile.weights.values,
                bias: &tile.drive_bias,
                lanes: tile.lanes,
                events,
                constants: network.constants,
                from,
                to,
            },
            &mut TileState {
                current: &mut layer.current[lanes.clone()],
                membrane: &mut layer.membrane[lanes],
                trace: &mut layer.trace[trace],
                spikes: &mut layer.spikes[number * steps..(number + 1) * steps],
                busy: &mut layer.busy[number * words..(number + 1) * words],
            },
        );
    }
}

/// Turns the bits of all tiles into lists by step, units in order; `from` starts a word. The cost follows the spikes.
fn list_spikes(tiles: &[Tile], steps: usize, (from, to): (usize, usize), layer: &mut LayerWork) {
    let LayerWork { spikes, busy, offsets, units, .. } = layer;
    let words = steps.div_ceil(64);
    let fired = |visit: &mut dyn FnMut(&Tile, usize, u64)| {
        for (tile, (spikes, busy)) in tiles.iter().zip(spikes.chunks_exact(steps).zip(busy.chunks_exact(words))) {
            let first = from / 64;
            set_steps(&busy[first..to.div_ceil(64)]).for_each(|t| visit(tile, first * 64 + t, spikes[first * 64 + t]));
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
    fired(&mut |tile, t, mut bits| {
        while bits != 0 {
            units[offsets[t + 1] as usize] = tile.first as u32 + bits.trailing_zeros();
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
    left: usize,
}

impl Waiting {
    fn new(outputs: usize) -> Self {
        Self { fired: vec![false; outputs], left: outputs }
    }

    fn is_done_after(&mut self, output: &LayerWork, t: usize) -> bool {
        for &unit in &output.units[output.offsets[t] as usize..output.offsets[t + 1] as usize] {
            let fired = &mut self.fired[unit as usize];
            self.left -= usize::from(!*fired);
            *fired = true;
        }
        self.left == 0
    }
}
