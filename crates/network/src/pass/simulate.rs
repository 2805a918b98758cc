//! Forward simulation of one sample.

use spikelet_data::SampleEvents;
use spikelet_kernels::{Level, StepEvents};

use super::workspace::ForwardWorkspace;
use crate::aligned::Aligned;
use crate::connection::{ConnectionState, ForwardRun, Keep, Layout, SumScratch};
use crate::events::NO_UNIT;
use crate::events::set_steps;
use crate::layer::LayerState;
use crate::network::Network;
use crate::state::{SpikeList, UnitState};

/// Steps between two checks of the output if a sample may end early: one word of busy steps.
const CHUNK: usize = 64;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// After this many steps.
    At(usize),
    /// After the step at which the last output fired for the first time (spec 1.3).
    AllFired,
    /// After the step at which the first output fired.
    FirstFired,
}

/// The forward pass of a sample.
#[derive(Clone, Copy)]
pub struct Simulation<'a> {
    /// SIMD level.
    pub level: Level,
    /// The network.
    pub network: &'a Network,
    /// The input events.
    pub input: SampleEvents<'a>,
    /// What is kept of each step.
    pub keep: Keep,
}

/// Steps that come next.
#[derive(Clone, Copy)]
struct Chunk {
    from: usize,
    to: usize,
    /// End of the simulation.
    last: usize,
}

impl Simulation<'_> {
    /// Runs the layers from the input up, a chunk of steps at a time, and returns the number of simulated steps. Spikes from
    /// there on are dropped.
    pub fn run(&self, end: End, work: &mut ForwardWorkspace) -> usize {
        let network = self.network;
        count_steps(self.input.times, &mut work.input_offsets);
        work.layers.iter_mut().zip(&network.layers).for_each(|(state, layer)| state.start(layer, network.steps));
        let (last, chunk) = match end {
            End::At(steps) => (steps, steps),
            End::AllFired | End::FirstFired => (network.steps, CHUNK),
        };
        let mut waiting = Waiting::new(network.outputs(), end);
        if let Some(graph) = &network.graph {
            work.start_graph(network);
            self.run_graph(graph, (0, last), work);
            let output = &work.layers[network.neurons() - 1].spikes;
            let is_free = !matches!(end, End::At(_));
            let Some(step) = (0..last).find(|&t| is_free && waiting.is_done_after(output, t)) else { return last };
            work.layers.iter_mut().for_each(|layer| drop_from(layer, network.steps, step + 1));
            return step + 1;
        }
        let mut from = 0;
        while from < last {
            let to = last.min(from + chunk);
            for index in 0..work.layers.len() {
                self.run_layer(index, Chunk { from, to, last }, work);
            }
            let output = &work.layers[work.layers.len() - 1].spikes;
            let known = if output.is_complete { last } else { to };
            if !matches!(end, End::At(_))
                && let Some(step) = (from..known).find(|&t| waiting.is_done_after(output, t))
            {
                let steps = step + 1;
                work.layers.iter_mut().for_each(|layer| drop_from(layer, network.steps, steps));
                return steps;
            }
            from = known;
        }
        last
    }

    /// Brings one layer to the end of a chunk, or directly to the last step if all its input is known and has arrived.
    fn run_layer(&self, index: usize, Chunk { from, to, last }: Chunk, work: &mut ForwardWorkspace) {
        let ForwardWorkspace { layers, input_offsets, quiet, sum_scratch, .. } = work;
        let (previous, here) = layers.split_at_mut(index);
        let (state, layer) = (&mut here[0], &self.network.layers[index]);
        if state.spikes.is_complete {
            return;
        }
        let (spikes, is_input_known) = self.input_of(previous, input_offsets);
        let source = self.network.previous(index).map(|layer| layer.as_source());
        let taken_to = if is_input_known { last } else { to };
        let (new_from, new_to) = layer.stages.take(&mut state.stages, source, spikes, taken_to);
        let LayerState { units, stages, connection, spikes: list, sums, .. } = state;
        let arriving = layer.stages.arriving(stages, spikes);
        if new_from < new_to {
            layer.connection.arrive(connection, arriving, new_from, new_to);
        }
        let may_finish = is_input_known && layer.may_finish_early();
        let last_arrival = layer.connection.last_arrival(connection, arriving);
        let driven_to = if may_finish { last_arrival.clamp(units.reached, to) } else { to };
        self.run_units(index, arriving, driven_to, (units, connection, sums), sum_scratch);
        let is_quiet = may_finish && last_arrival <= driven_to;
        if is_quiet && driven_to < last {
            quiet.finish(self.level, &self.network.view(index), last, units);
        }
        list.is_complete = is_quiet || driven_to == last;
        let listed_to = if list.is_complete { last } else { to };
        list_spikes(&layer.layout, self.network.steps, (from, listed_to), units, list);
    }

    /// Spikes that a layer gets, and whether those of every step are known.
    fn input_of<'b>(&'b self, previous: &'b [LayerState], offsets: &'b [u32]) -> (StepEvents<'b>, bool) {
        match previous.last() {
            Some(layer) => {
                let spikes = &layer.spikes;
                (spikes.events(), spikes.is_complete)
            }
            None => (input_events(self.input, offsets), true),
        }
    }

    /// Runs the units of a layer up to step `to`.
    fn run_units(
        &self,
        index: usize,
        arriving: StepEvents<'_>,
        to: usize,
        (units, connection, sums): (&mut UnitState, &mut ConnectionState, &mut Aligned),
        scratch: &mut SumScratch,
    ) {
        let from = units.reached;
        if from >= to {
            return;
        }
        units.reached = to;
        let view = self.network.view(index);
        let mut run = ForwardRun { level: self.level, view, arriving, units, from, to, keep: self.keep };
        run.run(&self.network.layers[index].connection, connection, (sums, scratch));
    }

    /// Continues the traces up to step `end`, for the backward pass; the spikes are there already.
    pub fn extend(&self, end: usize, work: &mut ForwardWorkspace) {
        if let Some(graph) = &self.network.graph {
            return self.extend_graph(graph, end, work);
        }
        for index in 0..work.layers.len() {
            let (previous, here) = work.layers.split_at_mut(index);
            let (spikes, _) = self.input_of(previous, &work.input_offsets);
            let (LayerState { units, stages, connection, sums, .. }, layer) =
                (&mut here[0], &self.network.layers[index]);
            let arriving = layer.stages.arriving(stages, spikes);
            layer.connection.arrive(connection, arriving, 0, end);
            self.run_units(index, arriving, end, (units, connection, sums), &mut work.sum_scratch);
        }
    }
}

/// Events of the input, whose steps begin at `offsets`.
pub(super) fn input_events<'a>(input: SampleEvents<'a>, offsets: &'a [u32]) -> StepEvents<'a> {
    StepEvents { offsets, units: input.units, values: input.values }
}

/// `offsets[t]` = number of spikes before step `t`; `times` is in order.
fn count_steps(times: &[u16], offsets: &mut [u32]) {
    let mut t = 0;
    for (before, &time) in times.iter().enumerate() {
        while t <= usize::from(time) {
            offsets[t] = before as u32;
            t += 1;
        }
    }
    offsets[t..].fill(times.len() as u32);
}

/// Turns the bits of all sites into lists by step, units in the order of lanes; `from` starts a word. The cost follows the
/// spikes.
pub(super) fn list_spikes(
    layout: &Layout,
    steps: usize,
    (from, to): (usize, usize),
    state: &UnitState,
    list: &mut SpikeList,
) {
    let UnitState { spikes, busy, .. } = state;
    let SpikeList { offsets, units, .. } = list;
    let words = steps.div_ceil(64);
    let fired = |visit: &mut dyn FnMut(usize, usize, u64)| {
        let sites = layout.sites.iter().zip(spikes.chunks_exact(steps).zip(busy.chunks_exact(words)));
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
            let unit = layout.unit_of_lane[lane + bits.trailing_zeros() as usize];
            debug_assert!(unit != NO_UNIT, "only units fire");
            units[offsets[t + 1] as usize] = unit;
            offsets[t + 1] += 1;
            bits &= bits - 1;
        }
    });
}

/// Forgets the spikes of a layer from step `steps` on.
fn drop_from(layer: &mut LayerState, total: usize, steps: usize) {
    layer.spikes.drop_from(steps);
    layer.units.clear_spikes(total, steps);
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

    fn is_done_after(&mut self, output: &SpikeList, t: usize) -> bool {
        for &unit in &output.units[output.offsets[t] as usize..output.offsets[t + 1] as usize] {
            let fired = &mut self.fired[unit as usize];
            self.left = self.left.saturating_sub(usize::from(!*fired));
            *fired = true;
        }
        self.left == 0
    }
}
