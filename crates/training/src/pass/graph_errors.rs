//! Errors on the way back through a graph: what connections send back, and what of it reaches each layer (spec 16).
//!
//! ```text
//! S̄_s[t] = Σ γ W^kT q[t + lag + n],   T̄_s[t] = S_s[t] Σ γ/2 W^kT r[t + lag + n]      over the connections that read s, and what the loss gives
//! ```

use spikelet_kernels::{Level, TILE};
use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{GraphBackward, Layout, OutputErrors, PassContext, Sent, Site};
use spikelet_network::events::{set_bits, set_steps};
use spikelet_network::graph::{Graph, Item, Reader};
use spikelet_network::network::Network;
use spikelet_network::pass::ForwardWorkspace;
use spikelet_network::state::Adjoints;

use super::broadcast::FromOutput;
use super::output_errors::FromLoss;

/// What a connection sends back for its sources, or what comes back for the outputs of a pool: S̄ of every step, where its pass is over.
#[derive(Debug, Default)]
pub(super) struct FlatErrors {
    /// By tile of the units as a list, `[step][lane]`.
    pub(super) values: Vec<Aligned>,
    /// Whether a connection has sent back; until then a loop asks it unit by unit.
    pub(super) is_filled: bool,
}

/// Errors on the way back through a graph.
#[derive(Debug, Default)]
pub(super) struct GraphErrors {
    pub(super) layers: Vec<LayerErrors>,
    pub(super) connections: Vec<FlatErrors>,
    pub(super) pools: Vec<FlatErrors>,
}

impl FlatErrors {
    /// Forgets a pass.
    pub(super) fn start(&mut self, tiles: usize) {
        self.values.resize_with(tiles, Aligned::default);
        self.is_filled = false;
    }

    /// The error of a unit at step `t`, of an array of so many steps.
    fn at(&self, unit: u32, t: usize, steps: usize) -> f32 {
        let tile = &self.values[unit as usize / TILE];
        tile[t * (tile.len() / steps) + unit as usize % TILE]
    }

    /// Errors of a unit from step `from` on, of so many steps.
    fn of(&self, unit: u32, from: usize, steps: usize) -> impl Iterator<Item = &f32> {
        let tile = &self.values[unit as usize / TILE];
        let lanes = tile.len() / steps.max(1);
        tile.iter().skip(from * lanes + unit as usize % TILE).step_by(lanes.max(1))
    }
}

/// Adjoints that readers sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summed {
    /// q, for S̄.
    Errors,
    /// r, for T̄.
    Times,
}

/// The layers behind an item, whose backward pass is over, or has reached the steps that are read.
pub(super) struct Readers<'a> {
    level: Level,
    network: &'a Network,
    graph: &'a Graph,
    work: &'a ForwardWorkspace,
    connections: &'a [FlatErrors],
    pools: &'a [FlatErrors],
    /// Step from which on there is no gradient.
    end: usize,
    /// Whether readers a step later count.
    follows_recurrence: bool,
}

impl Readers<'_> {
    /// Readers of an item that count, with the lag.
    fn of(&self, item: Item) -> impl Iterator<Item = (Reader, usize)> + '_ {
        let counts = |lag: usize| lag == 0 || self.follows_recurrence;
        self.graph.readers(item).iter().copied().filter(move |&(_, lag)| counts(lag))
    }

    /// Adds to the errors of a site, `[step][lane]`, `factor` times what all readers send back, whose passes are over.
    pub(super) fn add_site(&self, item: Item, (layout, site): (&Layout, &Site), factor: f32, errors: &mut [f32]) {
        for (reader, lag) in self.of(item) {
            match reader {
                Reader::Connection(connection) if layout.is_in_order() => {
                    let from = self.connections[connection].values[site.tile].chunks_exact(site.lanes).skip(lag);
                    for (row, from) in errors.chunks_exact_mut(site.lanes).zip(from) {
                        row.iter_mut().zip(from).for_each(|(error, value)| *error += factor * value);
                    }
                }
                _ => {
                    for (lane, &unit) in layout.units_of(site) {
                        self.add((reader, lag), unit, factor, (&mut errors[lane..], site.lanes));
                    }
                }
            }
        }
    }

    /// Sums the errors of a site, `[step][lane]`, over readers whose passes are over or by way of which an item reads itself.
    pub(super) fn sum_site(&self, item: Item, (layout, site): (&Layout, &Site), errors: &mut [f32]) {
        for (t, row) in errors.chunks_exact_mut(site.lanes).enumerate() {
            let units = layout.units_of(site);
            units.for_each(|(lane, &unit)| row[lane] = self.sum(item, unit, t, Summed::Errors));
        }
    }

    /// Adds to errors of a unit at every step, `stride` apart, `factor` times what one reader sends back.
    fn add(&self, (reader, lag): (Reader, usize), unit: u32, factor: f32, (errors, stride): (&mut [f32], usize)) {
        match reader {
            Reader::Connection(connection) => {
                let from = self.connections[connection].of(unit, lag, self.end);
                errors.iter_mut().step_by(stride).zip(from).for_each(|(error, value)| *error += factor * value);
            }
            Reader::Pool(pool) => {
                let (node, state) = (&self.graph.pools[pool], &self.work.graph.pools[pool]);
                for output in node.outputs_of(unit) {
                    let from = self.pools[pool].of(output, lag, self.end);
                    for (t, (error, value)) in errors.iter_mut().step_by(stride).zip(from).enumerate() {
                        if state.passes(unit, output, t + lag) {
                            *error += factor * value;
                        }
                    }
                }
            }
        }
    }

    /// What all readers send back for a spike of a unit at step `t`.
    fn sum(&self, item: Item, unit: u32, t: usize, summed: Summed) -> f32 {
        let of_reader = |(reader, lag): (Reader, usize)| match reader {
            Reader::Connection(connection) => self.of_connection(connection, unit, t + lag, summed),
            Reader::Pool(pool) => self.of_pool(pool, unit, t + lag, summed),
        };
        self.of(item).map(of_reader).sum()
    }

    fn of_connection(&self, number: usize, unit: u32, t: usize, summed: Summed) -> f32 {
        let layer = &self.network.layers[number];
        let arrival = layer.stages.arrival(unit, t);
        if summed == Summed::Errors && self.connections[number].is_filled {
            return if t < self.end { self.connections[number].at(unit, t, self.end) } else { 0.0 };
        }
        if arrival >= self.end {
            return 0.0;
        }
        let view = self.network.view(number);
        let adjoints = &self.work.layers[self.graph.layer_of[number]].adjoints;
        let sent = Sent { level: self.level, view, adjoints, end: self.end };
        let (array, gain) = match summed {
            Summed::Errors => (&adjoints.q[..], view.drive_gain()),
            Summed::Times => (adjoints.r(), view.drive_gain() / 2.0),
        };
        gain * layer.connection.weighted_sum(&self.work.layers[number].connection, &sent, unit, arrival, array)
    }

    fn of_pool(&self, number: usize, unit: u32, t: usize, summed: Summed) -> f32 {
        if t >= self.end {
            return 0.0;
        }
        let (node, state) = (&self.graph.pools[number], &self.work.graph.pools[number]);
        let outputs = node.outputs_of(unit).filter(|&output| state.passes(unit, output, t));
        outputs.map(|output| self.sum(Item::Pool(number), output, t, summed)).sum()
    }
}

/// Errors of one layer, and where its pass is.
#[derive(Debug, Default)]
pub(super) struct LayerErrors {
    /// `factor · S̄` of each site, `[step][lane]`.
    errors: Vec<Aligned>,
    /// T̄ of each site's spikes, in order of `(step, lane)`; those of steps that were taken are gone.
    times: Vec<Vec<f32>>,
    pub(super) state: GraphBackward,
}

impl LayerErrors {
    /// Takes what the loss gives to the layer, if it is the output.
    pub(super) fn start(&mut self, context: &PassContext<'_>, loss: Option<&FromLoss<'_>>) {
        let layout = context.view.layout;
        self.errors.resize_with(layout.sites.len(), Aligned::default);
        self.times.resize_with(layout.sites.len(), Vec::new);
        for (number, site) in layout.sites.iter().enumerate() {
            let (error, times) = (&mut self.errors[number], &mut self.times[number]);
            error.clear();
            times.clear();
            if let Some(loss) = loss {
                loss.spike_error(number, context.pass.factor, error);
                loss.spike_times(number, times);
            }
            error.resize(context.end * site.lanes);
            let fired = context.spikes_of(number).iter().map(|bits| bits.count_ones() as usize).sum();
            times.resize(fired, 0.0);
        }
        self.state.start(context);
    }

    /// Takes what the output broadcasts to the layer.
    pub(super) fn take(&mut self, context: &PassContext<'_>, broadcast: &FromOutput<'_>) {
        for (number, error) in self.errors.iter_mut().enumerate() {
            broadcast.spike_error(number, context.pass.factor, error);
        }
    }

    /// Adds what the readers send back for steps `from..to`; all of them are behind a layer that is in no loop.
    pub(super) fn add(
        &mut self,
        context: &PassContext<'_>,
        readers: &Readers<'_>,
        (item, is_loop): (Item, bool),
        (from, to): (usize, usize),
    ) {
        let PassContext { view, pass, .. } = *context;
        for (number, site) in view.layout.sites.iter().enumerate() {
            if pass.factor != 0.0 && !is_loop {
                readers.add_site(item, (view.layout, site), pass.factor, &mut self.errors[number]);
            } else if pass.factor != 0.0 {
                let rows = self.errors[number].chunks_exact_mut(site.lanes).enumerate();
                for (t, row) in rows.skip(from).take(to - from) {
                    view.layout.units_of(site).for_each(|(lane, &unit)| {
                        row[lane] += pass.factor * readers.sum(item, unit, t, Summed::Errors);
                    });
                }
            }
            if pass.timing_weight != 0.0 {
                let spikes = context.spikes_of(number);
                let units = view.layout.lanes_of(site);
                let before = self.before(context, number, (from, to));
                let of_steps = (from..to).flat_map(|t| set_bits(spikes[t]).map(move |lane| (t, lane)));
                for (time, (t, lane)) in self.times[number][before..].iter_mut().zip(of_steps) {
                    *time += readers.sum(item, units[lane], t, Summed::Times);
                }
            }
        }
    }

    /// Spikes of a site before step `from`, where those of steps from `to` on were taken.
    fn before(&self, context: &PassContext<'_>, number: usize, (from, to): (usize, usize)) -> usize {
        let of_steps = context.spikes_of(number)[from..to].iter().map(|bits| bits.count_ones() as usize);
        self.times[number].len() - of_steps.sum::<usize>()
    }

    /// Takes all sites from step `to` down to step `from`.
    pub(super) fn run(&mut self, context: &PassContext<'_>, adjoints: &mut Adjoints, (from, to): (usize, usize)) {
        for number in 0..context.view.layout.sites.len() {
            let before = self.before(context, number, (from, to));
            let has_times = context.pass.timing_weight != 0.0;
            let times = if has_times { &self.times[number][before..] } else { &[] };
            self.state.run(context, number, (from, to), &self.errors[number], times, adjoints);
            self.times[number].truncate(before);
        }
    }
}

impl Readers<'_> {
    /// S̄ of all units of a layer, `[step][unit]`, and T̄ at its spikes, without what the loss gives.
    pub(super) fn observed(&self, layer: usize, errors: &mut [f32], times: Option<&mut [f32]>) {
        let view = self.network.view(layer);
        let (units, item) = (view.shape.units, Item::Layer(layer));
        for (t, row) in errors.chunks_exact_mut(units).enumerate().take(self.end) {
            row.iter_mut().enumerate().for_each(|(unit, sum)| *sum += self.sum(item, unit as u32, t, Summed::Errors));
        }
        let Some(times) = times else { return };
        let words = view.steps.div_ceil(64);
        let state = &self.work.layers[layer].units;
        for (number, site) in view.layout.sites.iter().enumerate() {
            let busy = &state.busy[number * words..(number + 1) * words];
            for t in set_steps(busy).take_while(|&t| t < self.end) {
                for lane in set_bits(state.spikes[number * view.steps + t]) {
                    let unit = view.layout.lanes_of(site)[lane];
                    times[t * units + unit as usize] += self.sum(item, unit, t, Summed::Times);
                }
            }
        }
    }

    pub(super) fn new<'a>(
        level: Level,
        (network, graph): (&'a Network, &'a Graph),
        work: &'a ForwardWorkspace,
        errors: &'a GraphErrors,
        (end, follows_recurrence): (usize, bool),
    ) -> Readers<'a> {
        let GraphErrors { connections, pools, .. } = errors;
        Readers { level, network, graph, work, connections, pools, end, follows_recurrence }
    }
}
