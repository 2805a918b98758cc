//! Stages between the previous layer and a layer's weights: pools, then delays by input. Spikes go in and out by step, errors go back
//! the same way. The cost follows the spikes.

use spikelet_config::{Delays, Image};
use spikelet_kernels::{Level, StepEvents, TILE};

use super::backward::BackwardRun;
use super::input_delays::InputDelays;
use super::layout::{Layout, Site};
use super::pool::{Pool, PoolKind};
use super::sent::SourceSite;
use super::underway::Underway;
use crate::events::NO_UNIT;

/// The stages of a layer, in the order in which spikes pass them.
#[derive(Clone, Debug)]
pub struct Stages {
    pools: Vec<Pool>,
    delays: Option<InputDelays>,
    /// What arrives of a spike: the product of 1 / K² over average pools.
    pub(crate) scale: f32,
    /// Where the spikes of each lane of the previous layer arrive, or [`NO_UNIT`]; empty above the input.
    arrival_of_lane: Vec<u32>,
}

/// Spikes on their way through the stages.
#[derive(Debug, Default)]
pub struct StagesState {
    /// Behind the stages, by step; empty without any.
    offsets: Vec<u32>,
    units: Vec<u32>,
    pools: PoolWork,
    /// Spikes behind the pools that have not arrived.
    underway: Underway,
    /// For each max pool and site of the previous layer, `[step]`: bits of the lanes whose spikes and gradients pass.
    gates: Vec<Vec<u64>>,
    /// Lanes that pass where nothing fired: the first of each square.
    resting_gates: Vec<Vec<u64>>,
    /// Lane of each unit of the previous layer.
    lane_of_unit: Vec<u32>,
    /// Step up to which spikes were taken.
    taken: usize,
    steps: usize,
}

#[derive(Debug, Default)]
struct PoolWork {
    from: Vec<u32>,
    to: Vec<u32>,
    /// Spikes of each input of a max pool.
    counts: Vec<u32>,
    /// The input that a square selects, with its spikes; 0 spikes where none was seen.
    best: Vec<(u32, u32)>,
}

/// The previous layer, as stages see it.
#[derive(Clone, Copy)]
pub struct StageSource<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) units: usize,
    pub(crate) image: Option<Image>,
}

impl Stages {
    pub(crate) fn new(pools: Vec<Pool>, delays: Option<Delays>, source: Option<&Layout>) -> Self {
        let averages = pools.iter().filter(|pool| pool.kind == PoolKind::Average);
        let scale = averages.map(|pool| 1.0 / (pool.window * pool.window) as f32).product();
        let arrive = |unit: u32| pools.iter().fold(unit, |unit, pool| pool.output_of(unit));
        let arrival_of_lane =
            source.map_or_else(Vec::new, |source| source.unit_of_lane.iter().map(|&unit| arrive(unit)).collect());
        Self { pools, delays: delays.map(InputDelays::new), scale, arrival_of_lane }
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

    /// Where the spikes of a site of the previous layer arrive, by lane, or [`NO_UNIT`].
    pub fn arrival_of_lane(&self, site: &Site) -> &[u32] {
        &self.arrival_of_lane[site.lane..site.lane + site.lanes]
    }

    pub(crate) fn state(&self, source: Option<StageSource<'_>>, steps: usize) -> StagesState {
        let mut state = StagesState { steps, ..StagesState::default() };
        if self.is_empty() {
            return state;
        }
        state.offsets.resize(steps + 1, 0);
        state.underway = Underway::new(self.delays().map_or(0, |delays| delays.max as usize));
        let max = || self.pools.iter().filter(|pool| pool.kind == PoolKind::Max);
        state.pools.counts.resize(max().map(|pool| pool.input.units()).max().unwrap_or(0), 0);
        state.pools.best.resize(max().map(|pool| pool.output.units()).max().unwrap_or(0), (0, 0));
        if let (Some(source), true) = (source, self.selects()) {
            state.lane_of_unit = source.layout.lane_of_unit(source.units);
            state.gates = max().map(|_| vec![0; source.layout.sites.len() * steps]).collect();
            state.resting_gates = self.resting_gates(source.layout);
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
            let mut max = 0;
            for pool in &self.pools {
                match pool.kind {
                    PoolKind::Average => state.pools.average(pool),
                    PoolKind::Max => {
                        state.pools.max(pool);
                        if let (Some(source), true) = (source, !state.gates.is_empty()) {
                            state.open(max, pool, source, t);
                        }
                        state.pools.forget(pool);
                        max += 1;
                    }
                }
                std::mem::swap(&mut state.pools.from, &mut state.pools.to);
            }
            match &self.delays {
                None => state.units.extend_from_slice(&state.pools.from),
                Some(delays) => delays.pass(&mut state.underway, &state.pools.from, &mut state.units),
            }
            state.offsets[t + 1] = state.units.len() as u32;
        }
        state.offsets[to..].fill(state.units.len() as u32);
    }

    /// Spikes behind the stages.
    pub(crate) fn arriving<'a>(&self, state: &'a StagesState, spikes: StepEvents<'a>) -> StepEvents<'a> {
        if self.is_empty() { spikes } else { StepEvents { offsets: &state.offsets, units: &state.units } }
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
        state.close(number, source.site.lanes, error);
    }

    /// Writes the gradient of what the stages learn, after the backward pass over the weights.
    pub fn write_gradient(&self, state: &StagesState, run: &mut BackwardRun<'_>) {
        if let Some(stage) = &self.delays {
            stage.write_gradient(run, StepEvents { offsets: &state.offsets, units: &state.units });
        }
    }

    /// For each max pool, bits of the previous layer's lanes, site by site, that are in the first input of a square.
    fn resting_gates(&self, source: &Layout) -> Vec<Vec<u64>> {
        let mut gates = Vec::new();
        for (index, pool) in self.pools.iter().enumerate().filter(|(_, pool)| pool.kind == PoolKind::Max) {
            let before = &self.pools[..index];
            let is_first = |unit: u32| {
                let input = before.iter().fold(unit, |unit, pool| pool.output_of(unit));
                let output = pool.output_of(input);
                output != NO_UNIT && pool.first(output) == input
            };
            let bits = source.sites.iter().map(|site| {
                let units = &source.unit_of_lane[site.lane..site.lane + site.lanes.min(TILE)];
                units.iter().enumerate().fold(0u64, |bits, (lane, &unit)| bits | u64::from(is_first(unit)) << lane)
            });
            gates.push(bits.collect());
        }
        gates
    }
}

impl StagesState {
    /// Forgets a sample.
    pub(crate) fn clear(&mut self) {
        self.underway.clear();
        self.start_window(0);
    }

    /// Starts again at step 0 and takes nothing before step `t`; spikes that are under way still arrive.
    pub(crate) fn start_window(&mut self, t: usize) {
        self.offsets.fill(0);
        self.units.clear();
        self.taken = t;
        for (gates, resting) in self.gates.iter_mut().zip(&self.resting_gates) {
            for (site, &resting) in gates.chunks_exact_mut(self.steps).zip(resting) {
                site.fill(resting);
            }
        }
    }

    /// Opens the gates of what the squares selected at step `t`, instead of those of their first inputs.
    fn open(&mut self, max: usize, pool: &Pool, source: StageSource<'_>, t: usize) {
        let image = source.image.expect("a pool's source is an image");
        for &output in &self.pools.to {
            let (selected, first) = (self.pools.best[output as usize].0, pool.first(output));
            for (input, opens) in [(first, false), (selected, true)] {
                for unit in pool.members(image, input) {
                    let lane = self.lane_of_unit[unit as usize] as usize;
                    let number = source.layout.site_of(lane);
                    let bit = 1u64 << (lane - source.layout.sites[number].lane);
                    let gate = &mut self.gates[max][number * self.steps + t];
                    *gate = if opens { *gate | bit } else { *gate & !bit };
                }
            }
        }
    }

    /// Zeroes gradients, `[step][lane]`, of the previous layer's lanes that do not pass.
    fn close(&self, site: usize, lanes: usize, error: &mut [f32]) {
        if self.gates.is_empty() {
            return;
        }
        for (t, row) in error.chunks_exact_mut(lanes).enumerate() {
            let open = self.gate(site, t);
            for (lane, value) in row.iter_mut().enumerate() {
                *value = if open >> lane & 1 == 1 { *value } else { 0.0 };
            }
        }
    }

    /// Lanes of a site of the previous layer whose spikes and gradients pass at step `t`.
    pub fn gate(&self, site: usize, t: usize) -> u64 {
        self.gates.iter().fold(u64::MAX, |open, gates| open & gates[site * self.steps + t])
    }
}

impl PoolWork {
    /// A spike of each input is passed on.
    fn average(&mut self, pool: &Pool) {
        self.to.clear();
        self.to.extend(self.from.iter().map(|&unit| pool.output_of(unit)).filter(|&unit| unit != NO_UNIT));
    }

    /// The spikes of the input with the most spikes are passed on, on ties those of the first. `best` keeps the selection.
    fn max(&mut self, pool: &Pool) {
        self.to.clear();
        for &unit in &self.from {
            self.counts[unit as usize] += 1;
        }
        for &unit in &self.from {
            let output = pool.output_of(unit);
            if output == NO_UNIT {
                continue;
            }
            let (count, best) = (self.counts[unit as usize], &mut self.best[output as usize]);
            if best.1 == 0 {
                self.to.push(output);
            }
            if count > best.1 || count == best.1 && unit < best.0 {
                *best = (unit, count);
            }
        }
    }

    /// Repeats each output as often as its selected input fired, and forgets the selection.
    fn forget(&mut self, pool: &Pool) {
        for &unit in &self.from {
            self.counts[unit as usize] = 0;
        }
        for index in 0..self.to.len() {
            let output = self.to[index];
            debug_assert!((output as usize) < pool.output.units(), "an output of the pool");
            let count = std::mem::take(&mut self.best[output as usize]).1;
            self.to.extend(std::iter::repeat_n(output, count as usize - 1));
        }
    }
}
