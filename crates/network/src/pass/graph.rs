//! Forward simulation of a network that is no chain: block by block, those with a loop step by step (spec 16).

use spikelet_data::SampleEvents;
use spikelet_kernels::StepEvents;

use super::simulate::{Simulation, input_events, list_spikes};
use super::workspace::ForwardWorkspace;
use crate::connection::{DriveSums, ForwardRun, PoolWork};
use crate::events::{LayerSpikes, NO_UNIT, append, set_bits};
use crate::graph::{Graph, Item, Origin, Source};
use crate::layer::LayerState;
use crate::network::Network;
use crate::state::SpikeList;

impl ForwardWorkspace {
    /// Forgets a sample of a graph.
    pub(super) fn start_graph(&mut self, network: &Network) {
        if network.graph.is_none() {
            return;
        }
        self.graph.merged.iter_mut().for_each(SpikeList::clear);
        self.graph.pools.iter_mut().for_each(|pool| pool.spikes.clear());
        for (layer, state) in self.layers.iter_mut().enumerate().take(network.neurons()) {
            if network.is_summed(layer) {
                state.sums.clear();
                state.sums.resize(network.layers[layer].layout.lanes * network.steps);
            }
        }
    }

    /// Starts again at step `kept`, before which are the last steps so far: what they sent may still arrive one step later.
    pub(super) fn start_graph_window(&mut self, network: &Network, kept: usize) {
        if network.graph.is_none() {
            return;
        }
        let window = network.steps;
        let layers = self.layers.iter_mut().take(network.neurons()).map(|layer| &mut layer.spikes);
        let pools = self.graph.pools.iter_mut().map(|pool| &mut pool.spikes);
        let last: Vec<_> = layers.chain(pools).map(|list| list.of_last(window, kept)).collect();
        self.start_graph(network);
        let layers = self.layers.iter_mut().take(network.neurons()).map(|layer| &mut layer.spikes);
        let pools = self.graph.pools.iter_mut().map(|pool| &mut pool.spikes);
        layers.chain(pools).zip(last).for_each(|(list, last)| *list = last);
    }
}

impl ForwardWorkspace {
    /// Spikes that a connection of a graph gets before its stages, of a simulation of so many steps.
    pub fn sent_to<'a>(
        &'a self,
        graph: &Graph,
        connection: usize,
        input: SampleEvents<'a>,
        steps: usize,
    ) -> LayerSpikes<'a> {
        let StepEvents { offsets, units, values } = events(graph, connection, self, input);
        LayerSpikes { offsets, units, values, steps }
    }
}

/// Spikes that a connection gets before its stages.
fn events<'a>(graph: &Graph, connection: usize, work: &'a ForwardWorkspace, input: SampleEvents<'a>) -> StepEvents<'a> {
    match graph.sources[connection][..] {
        [Source { origin, lag: 0 }] => origin_events(origin, work, input),
        _ => work.graph.merged[connection].events(),
    }
}

fn origin_events<'a>(origin: Origin, work: &'a ForwardWorkspace, input: SampleEvents<'a>) -> StepEvents<'a> {
    match origin {
        Origin::Input => input_events(input, &work.input_offsets),
        Origin::Layer(layer) => work.layers[layer].spikes.events(),
        Origin::Pool(pool) => work.graph.pools[pool].spikes.events(),
    }
}

/// Appends what sources send at a step.
fn merge(
    sources: &[Source],
    t: usize,
    work: &ForwardWorkspace,
    input: SampleEvents<'_>,
    (units, values): (&mut Vec<u32>, &mut Vec<f32>),
) {
    for source in sources {
        if let Some(sent) = t.checked_sub(source.lag) {
            let events = origin_events(source.origin, work, input);
            append((units, values), (events.at(sent), events.values_at(sent)));
        }
    }
}

impl Simulation<'_> {
    /// Runs all layers and pools from step `first` up to step `last`.
    pub(super) fn run_graph(&self, graph: &Graph, (first, last): (usize, usize), work: &mut ForwardWorkspace) {
        for block in &graph.blocks {
            let at_once = if block.is_loop { 1 } else { last.max(1) };
            for from in (first..last).step_by(at_once) {
                let steps = (from, last.min(from + at_once));
                for &item in &block.items {
                    match item {
                        Item::Pool(pool) => self.run_pool(graph, pool, steps, work),
                        Item::Layer(layer) => self.run_item(graph, layer, steps, work),
                    }
                }
            }
        }
    }

    fn run_pool(&self, graph: &Graph, pool: usize, (from, to): (usize, usize), work: &mut ForwardWorkspace) {
        let node = &graph.pools[pool];
        for t in from..to {
            let PoolWork { from, values: [values, _], .. } = &mut work.graph.pools[pool].work;
            let (mut arrived, mut of_arrived) = (std::mem::take(from), std::mem::take(values));
            arrived.clear();
            of_arrived.clear();
            merge(&node.sources, t, work, self.input, (&mut arrived, &mut of_arrived));
            let state = &mut work.graph.pools[pool];
            (state.work.from, state.work.values[0]) = (arrived, of_arrived);
            state.take(node, t);
        }
    }

    /// Runs a layer over some steps, all of whose input is known.
    fn run_item(&self, graph: &Graph, layer: usize, steps: (usize, usize), work: &mut ForwardWorkspace) {
        let network = self.network;
        let mut units = std::mem::take(&mut work.layers[layer].units);
        let mut sums = std::mem::take(&mut work.layers[layer].sums);
        let mut scratch = std::mem::take(&mut work.sum_scratch);
        let is_summed = network.is_summed(layer);
        for &number in &graph.inputs[layer] {
            self.merge_input(graph, number, steps, work);
            let mut stages = std::mem::take(&mut work.layers[number].stages);
            let mut state = std::mem::take(&mut work.layers[number].connection);
            let here = &network.layers[number];
            let sent = events(graph, number, work, self.input);
            here.stages.take(&mut stages, None, sent, steps.1);
            let arriving = here.stages.arriving(&stages, sent);
            here.connection.arrive(&mut state, arriving, steps.0, steps.1);
            let mut run = ForwardRun {
                level: self.level,
                view: network.view(number),
                arriving,
                units: &mut units,
                from: steps.0,
                to: steps.1,
                keep: self.keep,
            };
            if is_summed {
                let mut sums = DriveSums { values: &mut sums, scale: here.input_scale, scratch: &mut scratch.of_input };
                here.connection.add_drive(&mut state, &mut run, &mut sums);
            } else {
                run.run(&here.connection, &mut state, (&mut sums, &mut scratch));
            }
            work.layers[number].stages = stages;
            work.layers[number].connection = state;
        }
        if is_summed {
            let nothing = StepEvents { offsets: &[], units: &[], values: &[] };
            let mut run = ForwardRun {
                level: self.level,
                view: network.view(layer),
                arriving: nothing,
                units: &mut units,
                from: steps.0,
                to: steps.1,
                keep: self.keep,
            };
            run.run_sums(&sums, &scratch.rows);
        }
        units.reached = steps.1;
        work.sum_scratch = scratch;
        let LayerState { spikes, .. } = &mut work.layers[layer];
        let layout = &network.layers[layer].layout;
        if steps == (0, network.steps) {
            list_spikes(layout, network.steps, steps, &units, spikes);
        } else {
            for t in steps.0..steps.1 {
                for (site, of_site) in layout.sites.iter().zip(units.spikes.chunks_exact(network.steps)) {
                    let fired = set_bits(of_site[t]).map(|lane| layout.unit_of_lane[site.lane + lane]);
                    spikes.units.extend(fired.inspect(|&unit| debug_assert!(unit != NO_UNIT, "only units fire")));
                }
                spikes.offsets[t + 1] = spikes.units.len() as u32;
            }
        }
        work.layers[layer].units = units;
        work.layers[layer].sums = sums;
    }

    /// Lists what the sources of a connection send at some steps, unless one list has it already.
    fn merge_input(&self, graph: &Graph, connection: usize, (from, to): (usize, usize), work: &mut ForwardWorkspace) {
        let sources = &graph.sources[connection];
        if let [Source { lag: 0, .. }] = sources[..] {
            return;
        }
        let mut merged = std::mem::take(&mut work.graph.merged[connection]);
        for t in from..to {
            merge(sources, t, work, self.input, (&mut merged.units, &mut merged.values));
            merged.offsets[t + 1] = merged.units.len() as u32;
        }
        work.graph.merged[connection] = merged;
    }

    /// Has every connection list all that arrived before step `end`, for the backward pass.
    pub(super) fn extend_graph(&self, graph: &Graph, end: usize, work: &mut ForwardWorkspace) {
        for (number, layer) in self.network.layers.iter().enumerate() {
            let mut state = std::mem::take(&mut work.layers[number].connection);
            let arriving = layer.stages.arriving(&work.layers[number].stages, events(graph, number, work, self.input));
            layer.connection.arrive(&mut state, arriving, 0, end);
            work.layers[number].connection = state;
        }
    }
}
