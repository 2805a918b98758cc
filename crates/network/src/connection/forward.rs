//! A layer's units, run over some steps.

use spikelet_kernels::{ForwardTile, Level, ObservedForward, StepEvents, TileRun, TileState, forward_tile, sum_events};

use super::layout::Site;
use super::sums::DriveSums;
use super::view::LayerView;
use super::{Connection, ConnectionState};
use crate::aligned::Aligned;
use crate::state::UnitState;

/// How much of every step is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// Nothing.
    #[default]
    Spikes,
    /// The membrane, for the backward pass. That of a readout is always kept.
    Trace,
    /// All states, for observers.
    States,
}

/// Steps of a layer that are to be run.
pub struct ForwardRun<'a> {
    pub(crate) level: Level,
    pub(crate) view: LayerView<'a>,
    /// Spikes behind the stages.
    pub(crate) arriving: StepEvents<'a>,
    pub(crate) units: &'a mut UnitState,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) keep: Keep,
}

/// Memory for currents that are summed before the units run.
#[derive(Debug, Default)]
pub struct SumScratch {
    /// 0, 1, 2, …: step t has one row, number t.
    pub(crate) rows: Vec<u32>,
    /// Sums of one input at a site.
    pub(crate) of_input: Aligned,
}

impl SumScratch {
    /// Memory for simulations of so many steps.
    pub(crate) fn new(steps: usize) -> Self {
        Self { rows: (0..=steps as u32).collect(), of_input: Aligned::default() }
    }
}

impl ForwardRun<'_> {
    /// Runs the units on what arrives over a connection, which the gain of the neuron holds the scale of. Currents of events with values are
    /// added up in `sums` first, so that the kernels read rows of weights in one way.
    pub(crate) fn run(
        &mut self,
        connection: &Connection,
        state: &mut ConnectionState,
        (sums, scratch): (&mut Aligned, &mut SumScratch),
    ) {
        if !self.arriving.is_weighted() || connection.takes_values() {
            return connection.forward(state, self);
        }
        let steps = self.view.steps;
        sums.resize(self.view.layout.lanes * steps);
        for site in &self.view.layout.sites {
            sums[site.lane * steps..][self.from * site.lanes..self.to * site.lanes].fill(0.0);
        }
        let SumScratch { rows, of_input } = scratch;
        connection.add_drive(state, self, &mut DriveSums { values: sums, scale: 1.0, scratch: of_input });
        self.run_sums(sums, rows);
    }

    /// Runs all sites, with the weights that each reads, `[row][lane]`, and the rows that its spikes name.
    pub(super) fn run_sites<'b>(
        &'b mut self,
        weights: &dyn Fn(&Site) -> &'b [f32],
        events: &dyn Fn(usize) -> StepEvents<'b>,
    ) {
        let (level, layout, steps) = (self.level, self.view.layout, self.from..self.to);
        for (TileRun { tile, mut state }, site) in self.sites(weights, events).zip(&layout.sites) {
            forward_tile(level, &tile, &mut state);
            if site.is_edge {
                // Huge weights lift lanes outside the image over their bias.
                let in_use = layout.lanes_in_use(site);
                state.spikes[steps.clone()].iter_mut().for_each(|bits| *bits &= in_use);
            }
        }
    }

    /// Adds what arrives at each site to sums, with the weights that it reads and the rows that its spikes name.
    pub(super) fn add_rows<'b>(
        &'b mut self,
        weights: &dyn Fn(&Site) -> &'b [f32],
        events: &dyn Fn(usize) -> StepEvents<'b>,
        sums: &mut DriveSums<'_>,
    ) {
        let (level, layout, steps, (from, to)) = (self.level, self.view.layout, self.view.steps, (self.from, self.to));
        for (TileRun { tile, .. }, site) in self.sites(weights, events).zip(&layout.sites) {
            let busy = (from..to).filter(|&t| !tile.events.at(t).is_empty());
            sums.scratch.resize(busy.clone().count() * site.lanes);
            sum_events(level, &tile, (from, to), site.lanes, sums.scratch);
            for (row, t) in sums.scratch.chunks_exact(site.lanes).zip(busy) {
                let to = &mut sums.values[site.lane * steps + t * site.lanes..][..site.lanes];
                to.iter_mut().zip(row).for_each(|(sum, value)| *sum += sums.scale * value);
            }
        }
    }

    /// Runs all sites on the sums of their inputs, site by site `[step][lane]`; `rows` are 0, 1, 2, ….
    pub(crate) fn run_sums(&mut self, sums: &[f32], rows: &[u32]) {
        let steps = self.view.steps;
        let events = StepEvents { offsets: rows, units: rows, values: &[] };
        self.run_sites(&|site| &sums[site.lane * steps..(site.lane + site.lanes) * steps], &|_| events);
    }

    /// All sites, ready to be run over the steps.
    pub(super) fn sites<'b>(
        &'b mut self,
        weights: impl Fn(&Site) -> &'b [f32],
        events: impl Fn(usize) -> StepEvents<'b>,
    ) -> impl Iterator<Item = TileRun<'b>> {
        let Self { view, from, to, .. } = *self;
        let own_states = view.neuron.own_states();
        let mut rest = self.states();
        view.layout.sites.iter().enumerate().map(move |(number, site)| TileRun {
            tile: ForwardTile {
                weights: weights(site),
                bias: view.bias(site),
                lanes: site.lanes,
                events: events(number),
                constants: view.neuron.constants,
                by_lane: view.by_lane(site),
                refractory: view.neuron.refractory,
                from,
                to,
            },
            state: split_site(&mut rest, site.lanes, view.steps, own_states),
        })
    }

    /// States of all sites, one after the other.
    fn states(&mut self) -> TileState<'_> {
        let UnitState {
            current,
            membrane,
            own,
            trace,
            own_trace,
            keeps_current,
            traces_spikes_only,
            observed,
            spikes,
            busy,
            ..
        } = &mut *self.units;
        let keeps_trace = self.keep != Keep::Spikes || !self.view.neuron.fires;
        let is_observed = self.keep == Keep::States;
        TileState {
            current,
            membrane,
            own,
            trace: if keeps_trace { trace } else { &mut [] },
            traces_spikes_only: *traces_spikes_only,
            own_trace: if keeps_trace { own_trace } else { &mut [] },
            spikes,
            busy,
            observed: (is_observed || keeps_trace && *keeps_current).then(|| ObservedForward {
                current: &mut observed.current,
                rise: if is_observed { &mut observed.rise } else { &mut [] },
            }),
        }
    }
}

/// Takes the states of the next site off `rest`.
fn split_site<'a>(rest: &mut TileState<'a>, lanes: usize, steps: usize, own_states: usize) -> TileState<'a> {
    let of_steps = lanes * steps;
    TileState {
        current: split(&mut rest.current, lanes),
        membrane: split(&mut rest.membrane, lanes),
        own: split(&mut rest.own, lanes * own_states),
        trace: split(&mut rest.trace, of_steps),
        traces_spikes_only: rest.traces_spikes_only,
        own_trace: split(&mut rest.own_trace, of_steps * own_states),
        spikes: split(&mut rest.spikes, steps),
        busy: split(&mut rest.busy, steps.div_ceil(64)),
        observed: rest.observed.as_mut().map(|observed| ObservedForward {
            current: split(&mut observed.current, of_steps),
            rise: split(&mut observed.rise, of_steps),
        }),
    }
}

/// Takes values off the front of an array; an array that is not kept stays empty.
fn split<'a, T>(rest: &mut &'a mut [T], length: usize) -> &'a mut [T] {
    rest.split_off_mut(..length).unwrap_or_default()
}
