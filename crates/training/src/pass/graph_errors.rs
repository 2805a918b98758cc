//! Errors on the way back through a graph: what connections send back, and what of it reaches each layer (spec 16).
//!
//! ```text
//! S̄_s[t] = Σ γ W^kT q[t + lag + n],   T̄_s[t] = S_s[t] Σ γ/2 W^kT r[t + lag + n]      over the connections that read s, and what the loss gives
//! ```

use spikelet_kernels::{Level, TILE};
use spikelet_network::aligned::Aligned;
use spikelet_network::connection::{GraphBackward, Layout, OutputErrors, PassContext, Sent, Site, SourceSite};
use spikelet_network::events::{set_bits, set_steps};
use spikelet_network::graph::{Graph, Item, Reader};
use spikelet_network::network::Network;
use spikelet_network::pass::ForwardWorkspace;
use spikelet_network::state::Adjoints;

use super::broadcast::FromOutput;
use super::output_errors::FromLoss;

/// Where S̄ of what a connection reads is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SentBack {
    /// Nowhere, as its pass is not over: a loop asks it unit by unit.
    #[default]
    Nothing,
    /// With the weights, which give the lanes of a site at once.
    Prepared,
    /// In a list of all units.
    Listed,
}

/// What a connection sends back for its sources, or what comes back for the outputs of a pool: S̄ of every step, where its pass is over.
#[derive(Debug, Default)]
pub(super) struct FlatErrors {
    /// By tile of the units as a list, `[step][lane]`.
    pub(super) values: Vec<Aligned>,
    /// For a connection, whether they are here.
    pub(super) sent: SentBack,
}

/// Errors on the way back through a graph.
#[derive(Debug, Default)]
pub(super) struct GraphErrors {
    pub(super) layers: Vec<LayerErrors>,
    pub(super) connections: Vec<FlatErrors>,
    pub(super) pools: Vec<FlatErrors>,
    /// What one reader sends back to a site, `[step][lane]`.
    pub(super) of_reader: Aligned,
}

impl FlatErrors {
    /// Forgets a pass.
    pub(super) fn start(&mut self, tiles: usize) {
        self.values.resize_with(tiles, Aligned::default);
        self.sent = SentBack::Nothing;
    }

    /// The error of a unit at step `t`, of an array of so many steps.
    fn at(&self, unit: u32, t: usize, steps: usize) -> f32 {
        let tile = &self.values[unit as usize / TILE];
        tile[t * (tile.len() / steps) + unit as usize % TILE]
    }

    /// Errors of a unit, and how far apart those of two steps are, of an array of so many steps.
    fn course_of(&self, unit: u32, steps: usize) -> (&[f32], usize) {
        let tile = &self.values[unit as usize / TILE];
        (tile.get(unit as usize % TILE..).unwrap_or_default(), tile.len() / steps.max(1))
    }

    /// Errors of a unit from step `from` on, of an array of so many steps.
    fn of(&self, unit: u32, from: usize, steps: usize) -> impl Iterator<Item = &f32> {
        let (course, stride) = self.course_of(unit, steps);
        course.iter().skip(from * stride).step_by(stride.max(1))
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

    /// Adds to the errors of site `number`, `[step][lane]`, `factor` times what all readers send back, whose passes are over.
    pub(super) fn add_site(
        &self,
        item: Item,
        (layout, number): (&Layout, usize),
        factor: f32,
        (errors, of_reader): (&mut [f32], &mut Aligned),
    ) {
        // Where nothing has a gradient at any step, the arrays of errors are empty.
        if self.end == 0 {
            return;
        }
        let site = &layout.sites[number];
        for (reader, lag) in self.of(item) {
            let values = match reader {
                Reader::Connection(connection) if self.connections[connection].sent == SentBack::Prepared => {
                    self.read_prepared(connection, (layout, number), of_reader);
                    &of_reader[..]
                }
                Reader::Connection(connection) if layout.is_in_order() => {
                    &self.connections[connection].values[site.tile]
                }
                Reader::Connection(connection) => {
                    for (lane, &unit) in layout.units_of(site) {
                        let from = self.connections[connection].of(unit, lag, self.end);
                        let of_lane = errors[lane..].iter_mut().step_by(site.lanes);
                        of_lane.zip(from).for_each(|(error, value)| *error += factor * value);
                    }
                    continue;
                }
                Reader::Pool(pool) => {
                    self.add_pool((pool, lag), (layout, site), factor, errors);
                    continue;
                }
            };
            let later = values.get(lag * site.lanes..).unwrap_or_default();
            errors.iter_mut().zip(later).for_each(|(error, value)| *error += factor * value);
        }
    }

    /// S̄ of the lanes of a site, which the weights of a connection have prepared.
    fn read_prepared(&self, connection: usize, (layout, number): (&Layout, usize), error: &mut Aligned) {
        let (layer, here) = (&self.network.layers[connection], &self.work.layers[connection]);
        let site = &layout.sites[number];
        let adjoints = &self.work.layers[self.graph.layer_of[connection]].adjoints;
        let sent = Sent { level: self.level, view: self.network.view(connection), adjoints, end: self.end };
        let source = SourceSite { site, path: 0, arrival_of_lane: layout.lanes_of(site) };
        error.resize(self.end * site.lanes);
        layer.connection.spike_error(&here.connection, &sent, &source, 1.0, error);
        layer.stages.send_back(&here.stages, self.level, number, &source, error);
    }

    /// Sums the errors of a site, `[step][lane]`, over readers whose passes are over or by way of which an item reads itself.
    pub(super) fn sum_site(&self, item: Item, (layout, site): (&Layout, &Site), errors: &mut [f32]) {
        for (t, row) in errors.chunks_exact_mut(site.lanes).enumerate() {
            let units = layout.units_of(site);
            units.for_each(|(lane, &unit)| row[lane] = self.sum(item, unit, t, Summed::Errors));
        }
    }

    /// Adds to the errors of a site, `[step][lane]`, `factor` times what a pool sends back.
    fn add_pool(&self, (pool, lag): (usize, usize), (layout, site): (&Layout, &Site), factor: f32, errors: &mut [f32]) {
        let (node, state) = (&self.graph.pools[pool], &self.work.graph.pools[pool]);
        let flat = &self.graph.pool_flats[pool];
        for (lane, &unit) in layout.units_of(site) {
            for output in node.outputs_of(unit) {
                let (tile, at) = (output as usize / TILE, output as usize % TILE);
                let (course, stride) = (&self.pools[pool].values[tile][at..], flat.sites[tile].lanes);
                for (t, error) in (lag..self.end).zip(errors[lane..].iter_mut().step_by(site.lanes)) {
                    if state.passes(unit, output, t) {
                        *error += factor * course[t * stride];
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
        if summed == Summed::Errors && self.connections[number].sent == SentBack::Listed {
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
    /// `factor · S̄`, `[step][lane]`: of each site of a layer in a loop, else of the site that is run.
    errors: Vec<Aligned>,
    /// T̄ of each site's spikes, in order of `(step, lane)`; those of steps that were taken are gone.
    times: Vec<Vec<f32>>,
    pub(super) state: GraphBackward,
}

/// Where errors of a layer come from, besides what the loss gives to the output.
pub(super) enum Behind<'a> {
    /// From those that read it.
    Readers(Readers<'a>, Item),
    /// From the output, by weights of its own.
    Broadcast(FromOutput<'a>),
    /// From nowhere.
    Nothing,
}

impl LayerErrors {
    /// Takes T̄ of what the loss gives to the layer, if it is the output; for a layer in a loop S̄, too.
    pub(super) fn start(&mut self, context: &PassContext<'_>, loss: Option<&FromLoss<'_>>, is_loop: bool) {
        let layout = context.view.layout;
        self.errors.resize_with(if is_loop { layout.sites.len() } else { 1 }, Aligned::default);
        self.times.resize_with(layout.sites.len(), Vec::new);
        for (number, times) in self.times.iter_mut().enumerate() {
            times.clear();
            if let Some(loss) = loss {
                loss.spike_times(number, times);
            }
            let fired = context.spikes_of(number).iter().map(|bits| bits.count_ones() as usize).sum();
            times.resize(fired, 0.0);
        }
        for (number, error) in self.errors.iter_mut().enumerate().filter(|_| is_loop) {
            take_loss(context, loss, number, error);
        }
        self.state.start(context);
    }

    /// Takes all sites of a layer in no loop, whose readers are behind it, each just after its errors were added.
    pub(super) fn run(
        &mut self,
        context: &PassContext<'_>,
        (loss, behind): (Option<&FromLoss<'_>>, &Behind<'_>),
        adjoints: &mut Adjoints,
        of_reader: &mut Aligned,
    ) {
        let PassContext { view, pass, end, .. } = *context;
        for number in 0..view.layout.sites.len() {
            let error = &mut self.errors[0];
            take_loss(context, loss, number, error);
            match behind {
                Behind::Readers(readers, item) => {
                    if pass.factor != 0.0 {
                        readers.add_site(*item, (view.layout, number), pass.factor, (error, of_reader));
                    }
                    self.add_times(context, (readers, *item), number, (0, end));
                }
                Behind::Broadcast(broadcast) => broadcast.spike_error(number, pass.factor, error),
                Behind::Nothing => {}
            }
            self.run_site(context, (number, 0), (0, end), adjoints);
        }
    }

    /// Adds what the readers send back for steps `from..to` of a layer in a loop.
    pub(super) fn add_steps(
        &mut self,
        context: &PassContext<'_>,
        (readers, item): (&Readers<'_>, Item),
        (from, to): (usize, usize),
    ) {
        let PassContext { view, pass, .. } = *context;
        for (number, site) in view.layout.sites.iter().enumerate() {
            let rows = self.errors[number].chunks_exact_mut(site.lanes).enumerate();
            for (t, row) in rows.skip(from).take(if pass.factor == 0.0 { 0 } else { to - from }) {
                view.layout.units_of(site).for_each(|(lane, &unit)| {
                    row[lane] += pass.factor * readers.sum(item, unit, t, Summed::Errors);
                });
            }
            self.add_times(context, (readers, item), number, (from, to));
        }
    }

    /// Takes steps `from..to` of a layer in a loop.
    pub(super) fn run_steps(&mut self, context: &PassContext<'_>, steps: (usize, usize), adjoints: &mut Adjoints) {
        for number in 0..context.view.layout.sites.len() {
            self.run_site(context, (number, number), steps, adjoints);
        }
    }

    fn add_times(
        &mut self,
        context: &PassContext<'_>,
        (readers, item): (&Readers<'_>, Item),
        number: usize,
        (from, to): (usize, usize),
    ) {
        let PassContext { view, pass, .. } = *context;
        if pass.timing_weight == 0.0 {
            return;
        }
        let spikes = context.spikes_of(number);
        let units = view.layout.lanes_of(&view.layout.sites[number]);
        let before = self.before(context, number, (from, to));
        let of_steps = (from..to).flat_map(|t| set_bits(spikes[t]).map(move |lane| (t, lane)));
        for (time, (t, lane)) in self.times[number][before..].iter_mut().zip(of_steps) {
            *time += readers.sum(item, units[lane], t, Summed::Times);
        }
    }

    /// Spikes of a site before step `from`, where those of steps from `to` on were taken.
    fn before(&self, context: &PassContext<'_>, number: usize, (from, to): (usize, usize)) -> usize {
        let of_steps = context.spikes_of(number)[from..to].iter().map(|bits| bits.count_ones() as usize);
        self.times[number].len() - of_steps.sum::<usize>()
    }

    /// Takes a site from step `to` down to step `from`, by the errors of a number.
    fn run_site(
        &mut self,
        context: &PassContext<'_>,
        (number, errors): (usize, usize),
        (from, to): (usize, usize),
        adjoints: &mut Adjoints,
    ) {
        let before = self.before(context, number, (from, to));
        let has_times = context.pass.timing_weight != 0.0;
        let times = if has_times { &self.times[number][before..] } else { &[] };
        self.state.run(context, number, (from, to), &self.errors[errors], times, adjoints);
        self.times[number].truncate(before);
    }
}

/// Fills the errors of a site with what the loss gives.
fn take_loss(context: &PassContext<'_>, loss: Option<&FromLoss<'_>>, number: usize, error: &mut Aligned) {
    error.clear();
    if let Some(loss) = loss {
        loss.spike_error(number, context.pass.factor, error);
    }
    error.resize(context.end * context.view.layout.sites[number].lanes);
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
