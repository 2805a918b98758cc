//! What reaches a layer of the spikes below it: pooled, and in a convolution listed by site. The cost follows the spikes.

use spikelet_kernels::{StepEvents, TILE};

use crate::geometry::NO_UNIT;
use crate::readout::LayerSpikes;
use crate::wiring::{Convolution, Pool, PoolKind, Wiring};

/// Spikes on their way to one layer.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    /// Behind the pools, by step; empty without pools.
    offsets: Vec<u32>,
    units: Vec<u32>,
    pools: PoolWork,
    /// For each max pool and site of the source, `[step]`: bits of the lanes whose spikes and gradients pass.
    pub(crate) gates: Vec<Vec<u64>>,
    /// Those that pass where nothing fired: the first of each square.
    resting_gates: Vec<Vec<u64>>,
    /// Lane of each unit of the source.
    lane_of_unit: Vec<u32>,
    /// In a convolution.
    pub(crate) sites: SiteLists,
    /// In a recurrent layer.
    own: OwnSpikes,
    /// Step up to which the source's spikes were taken.
    taken: usize,
    steps: usize,
}

/// What arrives at the sites of a convolution.
#[derive(Debug, Default)]
pub(crate) struct SiteLists {
    /// Start of each step in `rows`, site by site `[step]`, and the end of the last.
    offsets: Vec<u32>,
    /// Rows of the tile's weights.
    rows: Vec<u32>,
    /// Steps that the lists hold.
    listed: (usize, usize),
    steps: usize,
}

/// What arrives at a recurrent layer: the spikes from below, then its own of the step before, which come as inputs behind those.
#[derive(Debug, Default)]
struct OwnSpikes {
    /// By step, as far as the layer was run; empty in other layers.
    offsets: Vec<u32>,
    units: Vec<u32>,
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

impl Arrivals {
    pub(crate) fn new(wiring: &Wiring, source: Option<&Wiring>, steps: usize) -> Self {
        let mut arrivals = Self { steps, ..Self::default() };
        if !wiring.pools.is_empty() {
            arrivals.offsets.resize(steps + 1, 0);
            let max = || wiring.pools.iter().filter(|pool| pool.kind == PoolKind::Max);
            arrivals.pools.counts.resize(max().map(|pool| pool.input.units()).max().unwrap_or(0), 0);
            arrivals.pools.best.resize(max().map(|pool| pool.output.units()).max().unwrap_or(0), (0, 0));
            if let (Some(source), true) = (source, wiring.selects()) {
                arrivals.lane_of_unit = source.lane_of_unit();
                arrivals.gates = max().map(|_| vec![0; source.sites.len() * steps]).collect();
                arrivals.resting_gates = wiring.resting_gates(source);
            }
        }
        if wiring.convolution.is_some() {
            arrivals.sites.steps = steps;
            arrivals.sites.offsets.resize(wiring.sites.len() * (steps + 1), 0);
        }
        if wiring.is_recurrent() {
            arrivals.own.offsets.resize(steps + 1, 0);
        }
        arrivals
    }

    /// Forgets a sample.
    pub(crate) fn clear(&mut self) {
        self.offsets.fill(0);
        self.units.clear();
        self.own.offsets.fill(0);
        self.own.units.clear();
        self.sites.listed = (0, 0);
        self.taken = 0;
        for (gates, resting) in self.gates.iter_mut().zip(&self.resting_gates) {
            for (site, &resting) in gates.chunks_exact_mut(self.steps).zip(resting) {
                site.fill(resting);
            }
        }
    }

    /// Takes the source's spikes up to step `to`, as far as they were not taken before.
    pub(crate) fn take(&mut self, wiring: &Wiring, source: Option<&Wiring>, spikes: StepEvents<'_>, to: usize) {
        let from = self.taken;
        if from < to {
            self.taken = to;
            self.pool(wiring, source, spikes, from, to);
            self.list_sites(wiring, spikes, from, to);
        }
    }

    /// Takes spikes of steps `from..to` through the pools.
    fn pool(&mut self, wiring: &Wiring, source: Option<&Wiring>, spikes: StepEvents<'_>, from: usize, to: usize) {
        if wiring.pools.is_empty() {
            return;
        }
        for t in from..to {
            self.pools.from.clear();
            self.pools.from.extend_from_slice(spikes.at(t));
            let mut max = 0;
            for pool in &wiring.pools {
                match pool.kind {
                    PoolKind::Average => self.pools.average(pool),
                    PoolKind::Max => {
                        self.pools.max(pool);
                        if let (Some(source), true) = (source, !self.gates.is_empty()) {
                            self.open(max, pool, source, t);
                        }
                        self.pools.forget(pool);
                        max += 1;
                    }
                }
                std::mem::swap(&mut self.pools.from, &mut self.pools.to);
            }
            self.units.extend_from_slice(&self.pools.from);
            self.offsets[t + 1] = self.units.len() as u32;
        }
        self.offsets[to..].fill(self.units.len() as u32);
    }

    /// Opens the gates of what the squares selected at step `t`, instead of those of their first inputs.
    fn open(&mut self, max: usize, pool: &Pool, source: &Wiring, t: usize) {
        let picture = source.shape.picture.expect("a pool's source is a picture");
        for &output in &self.pools.to {
            let (selected, first) = (self.pools.best[output as usize].0, pool.first(output));
            for (input, opens) in [(first, false), (selected, true)] {
                for unit in pool.members(picture, input) {
                    let lane = self.lane_of_unit[unit as usize] as usize;
                    let number = source.site_of(lane);
                    let bit = 1u64 << (lane - source.sites[number].lane);
                    let gate = &mut self.gates[max][number * self.steps + t];
                    *gate = if opens { *gate | bit } else { *gate & !bit };
                }
            }
        }
    }

    /// Lists what arrives at steps `from..to` by the sites of a convolution, unless it is listed already.
    pub(crate) fn list_sites(&mut self, wiring: &Wiring, spikes: StepEvents<'_>, from: usize, to: usize) {
        if let Some(convolution) = &wiring.convolution {
            let pooled = StepEvents { offsets: &self.offsets, units: &self.units };
            self.sites.list(convolution, if wiring.pools.is_empty() { spikes } else { pooled }, from, to);
        }
    }

    /// Lists what arrives at a recurrent layer at step `t`; `fired` are its units that fired at the step before.
    pub(crate) fn hear(&mut self, wiring: &Wiring, spikes: StepEvents<'_>, t: usize, fired: impl Iterator<Item = u32>) {
        let below = wiring.shape.below() as u32;
        let Self { offsets, units, own, .. } = self;
        let from_below = if wiring.pools.is_empty() { spikes } else { StepEvents { offsets, units } };
        own.units.extend_from_slice(from_below.at(t));
        own.units.extend(fired.map(|unit| below + unit));
        own.offsets[t + 1] = own.units.len() as u32;
    }

    /// What arrives, by step; at a recurrent layer as far as it was run.
    pub(crate) fn events<'a>(&'a self, wiring: &Wiring, spikes: StepEvents<'a>) -> StepEvents<'a> {
        if wiring.is_recurrent() {
            StepEvents { offsets: &self.own.offsets, units: &self.own.units }
        } else if wiring.pools.is_empty() {
            spikes
        } else {
            StepEvents { offsets: &self.offsets, units: &self.units }
        }
    }

    /// The same for a pass over all steps.
    pub(crate) fn spikes<'a>(&'a self, wiring: &Wiring, spikes: &LayerSpikes<'a>) -> LayerSpikes<'a> {
        let StepEvents { offsets, units } =
            self.events(wiring, StepEvents { offsets: spikes.offsets, units: spikes.units });
        LayerSpikes { offsets, units, steps: spikes.steps }
    }

    /// Zeroes gradients, `[step][lane]`, of the source's lanes that do not pass.
    pub(crate) fn close(&self, site: usize, lanes: usize, error: &mut [f32]) {
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

    /// Lanes of a site of the source whose spikes and gradients pass all max pools at step `t`.
    pub(crate) fn gate(&self, site: usize, t: usize) -> u64 {
        self.gates.iter().fold(u64::MAX, |open, gates| open & gates[site * self.steps + t])
    }
}

impl SiteLists {
    fn list(&mut self, convolution: &Convolution, events: StepEvents<'_>, from: usize, to: usize) {
        if self.listed.0 <= from && to <= self.listed.1 {
            return;
        }
        self.listed = (from, to);
        let stride = self.steps + 1;
        for site in self.offsets.chunks_exact_mut(stride) {
            site[from..=to].fill(0);
        }
        for t in from..to {
            for &unit in events.at(t) {
                convolution.touched(unit).for_each(|(site, _)| self.offsets[site * stride + t + 1] += 1);
            }
        }
        let mut total = 0;
        for site in self.offsets.chunks_exact_mut(stride) {
            // Filling moves each step's start to its end, which is where the next one starts.
            for offset in &mut site[from..=to] {
                let count = *offset;
                *offset = total;
                total += count;
            }
        }
        self.rows.resize(total as usize, 0);
        for t in from..to {
            for &unit in events.at(t) {
                for (site, row) in convolution.touched(unit) {
                    let at = &mut self.offsets[site * stride + t + 1];
                    self.rows[*at as usize] = row;
                    *at += 1;
                }
            }
        }
    }

    /// What a site sees, as far as it is listed.
    pub(crate) fn events(&self, site: usize) -> StepEvents<'_> {
        let stride = self.steps + 1;
        StepEvents { offsets: &self.offsets[site * stride..(site + 1) * stride], units: &self.rows }
    }
}

impl PoolWork {
    /// A spike of each input goes on.
    fn average(&mut self, pool: &Pool) {
        self.to.clear();
        self.to.extend(self.from.iter().map(|&unit| pool.above(unit)).filter(|&unit| unit != NO_UNIT));
    }

    /// The spikes of the input with most of them go on, of the first one on ties. `best` keeps the selection.
    fn max(&mut self, pool: &Pool) {
        self.to.clear();
        for &unit in &self.from {
            self.counts[unit as usize] += 1;
        }
        for &unit in &self.from {
            let output = pool.above(unit);
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

impl Wiring {
    /// For each max pool, bits of the source's lanes, site by site, that are in the first input of a square.
    fn resting_gates(&self, source: &Self) -> Vec<Vec<u64>> {
        let mut gates = Vec::new();
        for (index, pool) in self.pools.iter().enumerate().filter(|(_, pool)| pool.kind == PoolKind::Max) {
            let below = &self.pools[..index];
            let is_first = |unit: u32| {
                let input = below.iter().fold(unit, |unit, pool| pool.above(unit));
                let output = pool.above(input);
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
