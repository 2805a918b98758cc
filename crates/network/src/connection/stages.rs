//! Stages between the previous layer and a layer's weights: pools, then delays by input. Spikes go in and out by step, errors go back
//! the same way. The cost follows the spikes.

use spikelet_config::Delays;
use spikelet_data::Archive;
use spikelet_kernels::{Level, StepEvents};

use super::backward::BackwardRun;
use super::input_delays::InputDelays;
use super::layout::{Layout, Site};
use super::pool::{Pool, PoolKind, PoolWork};
use super::sent::SourceSite;
use super::underway::Underway;
use crate::events::append;

/// The stages of a layer, in the order in which spikes pass them.
#[derive(Clone, Debug)]
pub struct Stages {
    pools: Vec<Pool>,
    delays: Option<InputDelays>,
    /// What arrives of a spike: the product of one over the units of a window, over average pools.
    pub(crate) scale: f32,
    /// Where the spikes of each lane of the previous layer arrive, or [`NO_UNIT`], by path; empty above the input.
    arrivals: Vec<Vec<u32>>,
}

/// Spikes on their way through the stages.
#[derive(Debug, Default)]
pub struct StagesState {
    /// Behind the stages, by step; empty without any.
    offsets: Vec<u32>,
    units: Vec<u32>,
    values: Vec<f32>,
    pools: PoolWork,
    /// Spikes behind the pools that have not arrived.
    underway: Underway,
    /// For each max pool and each path up to it, site by site of the previous layer `[step]`: bits of the lanes whose spikes and gradients
    /// pass.
    gates: Vec<Vec<Vec<u64>>>,
    /// Lanes that pass where nothing fired: the first of each window.
    resting_gates: Vec<Vec<Vec<u64>>>,
    /// Step up to which spikes were taken.
    taken: usize,
    steps: usize,
}

/// The previous layer, as stages see it.
#[derive(Clone, Copy)]
pub struct StageSource<'a> {
    pub(crate) layout: &'a Layout,
}

impl Stages {
    pub(crate) fn new(pools: Vec<Pool>, delays: Option<Delays>, source: Option<&Layout>) -> Self {
        let averages = pools.iter().filter(|pool| pool.kind == PoolKind::Average);
        let scale = averages.map(|pool| 1.0 / pool.window_units() as f32).product();
        let mut stages = Self { pools, delays: delays.map(InputDelays::new), scale, arrivals: Vec::new() };
        if let Some(source) = source {
            let arrive = |path| {
                let units = source.unit_of_lane.iter();
                units.map(|&unit| stages.input_of(stages.pools.len(), unit, path)).collect()
            };
            stages.arrivals = (0..stages.paths()).map(arrive).collect();
        }
        stages
    }

    /// Paths by which a spike may pass the pools: one for each choice among the windows that overlap. The windows of the first pool
    /// change fastest.
    #[must_use]
    pub fn paths(&self) -> usize {
        self.paths_to(self.pools.len())
    }

    /// Paths through the first pools.
    fn paths_to(&self, pools: usize) -> usize {
        self.pools[..pools].iter().map(Pool::overlap).product()
    }

    /// The unit at which a spike of the source arrives behind the first pools, by a path.
    fn input_of(&self, pools: usize, unit: u32, path: usize) -> u32 {
        let step = |(unit, path): (u32, usize), pool: &Pool| {
            (pool.output_of(unit, path % pool.overlap()), path / pool.overlap())
        };
        self.pools[..pools].iter().fold((unit, path), step).0
    }

    /// Shows the units of the source that arrive at a unit behind the first pools, each with its path; `path` is that behind these.
    #[inline(never)]
    fn sources_of(&self, pools: usize, unit: u32, path: usize, show: &mut dyn FnMut(u32, usize)) {
        let Some(last) = pools.checked_sub(1) else { return show(unit, path) };
        let pool = &self.pools[last];
        for tap in 0..pool.window_units() {
            let input = pool.input_of(unit, tap);
            self.sources_of(last, input, path + pool.window_of(unit, input) * self.paths_to(last), show);
        }
    }

    fn is_empty(&self) -> bool {
        self.pools.is_empty() && self.delays.is_none()
    }

    /// Whether spikes arrive as spikes of other units.
    pub(crate) fn renames(&self) -> bool {
        !self.pools.is_empty()
    }

    /// Delays of the inputs, if they have any.
    pub fn delays(&self) -> Option<&Delays> {
        self.delays.as_ref().map(|stage| &stage.delays)
    }

    /// Pools, in the order in which spikes pass them.
    pub(crate) fn pools(&self) -> &[Pool] {
        &self.pools
    }

    /// Whole steps of the delays of the inputs, if they have any.
    pub(crate) fn delay_steps(&self) -> Option<&[u16]> {
        self.delays.as_ref().map(InputDelays::steps)
    }

    /// Takes new delays of the inputs.
    pub(crate) fn refresh(&mut self, delays: &[f32]) {
        if let Some(stage) = &mut self.delays {
            stage.refresh(delays);
        }
    }

    /// Whether spikes and gradients pass by a choice that changes from step to step.
    pub fn selects(&self) -> bool {
        self.pools.iter().any(|pool| pool.kind == PoolKind::Max)
    }

    /// Where the spikes of a site of the previous layer arrive by a path, by lane, or [`crate::events::NO_UNIT`].
    pub fn arrival_of_lane(&self, site: &Site, path: usize) -> &[u32] {
        &self.arrivals[path][site.lane..site.lane + site.lanes]
    }

    pub(crate) fn state(&self, source: Option<StageSource<'_>>, steps: usize) -> StagesState {
        let mut state = StagesState { steps, ..StagesState::default() };
        if self.is_empty() {
            return state;
        }
        state.offsets.resize(steps + 1, 0);
        state.underway = Underway::new(self.delays().map_or(0, |delays| delays.max as usize));
        state.pools = PoolWork::of(self.pools.iter());
        if let (Some(source), true) = (source, self.selects()) {
            state.resting_gates = self.resting_gates(source);
            let gates = |of_pool: &Vec<Vec<u64>>| vec![vec![0; source.layout.sites.len() * steps]; of_pool.len()];
            state.gates = state.resting_gates.iter().map(gates).collect();
        }
        state
    }

    /// Takes spikes up to step `to`, as far as they were not taken before; returns the steps that are new.
    pub(crate) fn take(
        &self,
        state: &mut StagesState,
        source: Option<StageSource<'_>>,
        spikes: StepEvents<'_>,
        to: usize,
    ) -> (usize, usize) {
        let from = state.taken;
        if from < to {
            state.taken = to;
            self.pass(state, source, spikes, from, to);
        }
        (from, to)
    }

    /// Takes spikes of steps `from..to` through the stages.
    fn pass(
        &self,
        state: &mut StagesState,
        source: Option<StageSource<'_>>,
        spikes: StepEvents<'_>,
        from: usize,
        to: usize,
    ) {
        if self.is_empty() {
            return;
        }
        for t in from..to {
            state.pools.from.clear();
            state.pools.from.extend_from_slice(spikes.at(t));
            state.pools.values[0].clear();
            state.pools.values[0].extend_from_slice(spikes.values_at(t));
            let mut max = 0;
            for (number, pool) in self.pools.iter().enumerate() {
                match pool.kind {
                    PoolKind::Average => state.pools.average(pool, number),
                    PoolKind::Max => {
                        state.pools.max(pool, number);
                        if let (Some(source), true) = (source, !state.gates.is_empty()) {
                            state.open(self, (number, max), source, t);
                        }
                        state.pools.forget(pool);
                        max += 1;
                    }
                }
                std::mem::swap(&mut state.pools.from, &mut state.pools.to);
                state.pools.values.swap(0, 1);
            }
            let StagesState { pools, underway, units, values, .. } = &mut *state;
            let passed = (&pools.from[..], &pools.values[0][..]);
            match &self.delays {
                None => append((units, values), passed),
                Some(delays) => delays.pass(underway, passed, (units, values)),
            }
            state.offsets[t + 1] = state.units.len() as u32;
        }
        state.offsets[to..].fill(state.units.len() as u32);
    }

    /// Spikes behind the stages.
    pub fn arriving<'a>(&self, state: &'a StagesState, spikes: StepEvents<'a>) -> StepEvents<'a> {
        if self.is_empty() { spikes } else { state.events() }
    }

    /// Step at which a spike that set out to an input at step `t` arrives.
    pub fn arrival(&self, input: u32, t: usize) -> usize {
        self.delays.as_ref().map_or(t, |stage| t + stage.of(input))
    }

    /// Takes errors, `[step][lane]`, of a site of the previous layer from the steps of arrival to those of its spikes, and zeroes those
    /// of lanes that do not pass.
    pub fn send_back(
        &self,
        state: &StagesState,
        level: Level,
        number: usize,
        source: &SourceSite<'_>,
        error: &mut [f32],
    ) {
        if let Some(stage) = &self.delays {
            stage.send_back(level, source, error);
        }
        state.close(number, source, error);
    }

    /// Writes the gradient of what the stages learn, after the backward pass over the weights.
    pub fn write_gradient(&self, state: &StagesState, run: &mut BackwardRun<'_>) {
        if let Some(stage) = &self.delays {
            stage.write_gradient(run, state.events());
        }
    }

    /// For each max pool and each path up to it, bits of the previous layer's lanes, site by site, that are in the first input of a window.
    #[inline(never)]
    fn resting_gates(&self, source: StageSource<'_>) -> Vec<Vec<Vec<u64>>> {
        let mut gates = Vec::new();
        for (number, pool) in self.pools.iter().enumerate().filter(|(_, pool)| pool.kind == PoolKind::Max) {
            let mut of_pool = vec![vec![0; source.layout.sites.len()]; self.paths_to(number + 1)];
            for output in 0..pool.slid.output.units() as u32 {
                self.lanes_of(source, number, (pool.input_of(output, 0), output), &mut |path, site, bit| {
                    of_pool[path][site] |= bit;
                });
            }
            gates.push(of_pool);
        }
        gates
    }

    /// Shows the lanes of the source that reach an output of a pool by one of its inputs, each with its path, its site, and its bit there.
    #[inline(never)]
    fn lanes_of(
        &self,
        source: StageSource<'_>,
        number: usize,
        (input, output): (u32, u32),
        show: &mut dyn FnMut(usize, usize, u64),
    ) {
        let path = self.pools[number].window_of(output, input) * self.paths_to(number);
        self.sources_of(number, input, path, &mut |unit, path| {
            let lane = source.layout.lane_of(unit);
            let site = source.layout.site_of(lane);
            show(path, site, 1u64 << (lane - source.layout.sites[site].lane));
        });
    }
}

/// Lanes that a mask lets through together.
const MASKED: usize = 4;
/// By four bits, the lowest for the first lane: what lets those lanes through.
const MASKS: [[u32; MASKED]; 1 << MASKED] = masks();

const fn masks() -> [[u32; MASKED]; 1 << MASKED] {
    let mut masks = [[0; MASKED]; 1 << MASKED];
    let mut at = 0;
    while at < masks.len() * MASKED {
        let (bits, lane) = (at / MASKED, at % MASKED);
        masks[bits][lane] = if bits >> lane & 1 == 1 { u32::MAX } else { 0 };
        at += 1;
    }
    masks
}

/// Zeroes the lanes whose bit is not set.
fn keep_lanes(row: &mut [f32], mut open: u64) {
    for lanes in row.as_chunks_mut::<MASKED>().0 {
        let mask = &MASKS[open as usize % MASKS.len()];
        for lane in 0..MASKED {
            lanes[lane] = f32::from_bits(lanes[lane].to_bits() & mask[lane]);
        }
        open >>= MASKED;
    }
}

impl StagesState {
    /// Spikes behind the stages.
    fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.units, values: &self.values }
    }

    /// Forgets a sample.
    pub(crate) fn clear(&mut self) {
        self.underway.clear();
        self.start_window(0);
    }

    /// Writes or reads what has arrived and what is under way; pools have no state from step to step.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.array(&mut self.offsets);
        archive.list(&mut self.units);
        archive.list(&mut self.values);
        self.underway.archive(archive);
        archive.count(&mut self.taken);
    }

    /// Starts again at step 0 and takes nothing before step `t`; spikes that are under way still arrive.
    pub(crate) fn start_window(&mut self, t: usize) {
        self.offsets.fill(0);
        self.units.clear();
        self.values.clear();
        self.taken = t;
        let paths = self.gates.iter_mut().flatten().zip(self.resting_gates.iter().flatten());
        for (gates, resting) in paths {
            for (site, &resting) in gates.chunks_exact_mut(self.steps).zip(resting) {
                site.fill(resting);
            }
        }
    }

    /// Opens the gates of what the windows of a pool, the `max`-th that selects, selected at step `t`, instead of those of their first
    /// inputs.
    fn open(&mut self, stages: &Stages, (number, max): (usize, usize), source: StageSource<'_>, t: usize) {
        let Self { pools, gates, steps, .. } = self;
        for (output, selected) in pools.selections() {
            let first = pools.first_inputs[number][output as usize];
            for (input, opens) in [(first, false), (selected, true)] {
                stages.lanes_of(source, number, (input, output), &mut |path, site, bit| {
                    let gate = &mut gates[max][path][site * *steps + t];
                    *gate = if opens { *gate | bit } else { *gate & !bit };
                });
            }
        }
    }

    /// Zeroes gradients, `[step][lane]`, of the previous layer's lanes that do not pass.
    fn close(&self, site: usize, source: &SourceSite<'_>, error: &mut [f32]) {
        if self.gates.is_empty() {
            return;
        }
        for (t, row) in error.chunks_exact_mut(source.site.lanes).enumerate() {
            keep_lanes(row, self.gate(site, source.path, t));
        }
    }

    /// Lanes of a site of the previous layer whose spikes and gradients pass by a path at step `t`.
    pub fn gate(&self, site: usize, path: usize, t: usize) -> u64 {
        let of_path = |gates: &Vec<Vec<u64>>| gates[path % gates.len()][site * self.steps + t];
        self.gates.iter().fold(u64::MAX, |open, gates| open & of_path(gates))
    }
}
