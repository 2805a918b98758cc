//! A layer's scratch for one sample; its size depends on the network, not on the batch.

use std::ops::Range;

use spikelet_data::Archive;
use spikelet_kernels::StepEvents;

use crate::aligned::Aligned;
use crate::events::{LayerSpikes, set_steps};

/// States and spikes of the units. Arrays over steps are tile-major, as the kernels read them.
#[derive(Debug, Default)]
pub struct UnitState {
    /// J, `[lane]` of all tiles.
    pub(crate) current: Aligned,
    /// V, `[lane]` of all tiles.
    pub(crate) membrane: Aligned,
    /// The neuron's own states, tile by tile `[state][lane]`; empty where units share their constants.
    pub(crate) own: Aligned,
    /// V before reset: tile by tile `[step][lane]`; empty unless gradients are asked for.
    pub trace: Aligned,
    /// The neuron's own states before the reset: tile by tile `[state][step][lane]`; kept as the trace is.
    pub(crate) own_trace: Aligned,
    /// Whether the trace is read at spikes and the steps before them only.
    pub traces_spikes_only: bool,
    /// Whether J of every step is kept with the trace, for learnt constants.
    pub(crate) keeps_current: bool,
    /// For observers and learnt constants; otherwise empty.
    pub observed: ObservedStates,
    /// Spike bits: tile by tile `[step]`.
    pub spikes: Vec<u64>,
    /// Steps at which a tile fired: tile by tile, a bit for each step.
    pub busy: Vec<u64>,
    /// Step up to which state and trace were simulated.
    pub(crate) reached: usize,
}

/// What else is kept of every step, laid out as the trace.
#[derive(Debug, Default)]
pub struct ObservedStates {
    /// J before reset.
    pub current: Aligned,
    /// `V[t]` less what was carried of `V[t−1]`.
    pub rise: Aligned,
}

/// Spikes by step.
#[derive(Debug, Default)]
pub struct SpikeList {
    /// Start of each step in `units`, and the end of the last.
    pub offsets: Vec<u32>,
    /// Units that fired, by step.
    pub units: Vec<u32>,
    /// Value of each event, where sources send such of the input; else empty.
    pub(crate) values: Vec<f32>,
    /// Whether the spikes of every step are known.
    pub(crate) is_complete: bool,
}

/// Adjoints of every step that are kept in the layer's arrays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptAdjoints {
    pub(crate) q: bool,
    pub(crate) r: bool,
    /// p and G.
    pub(crate) injected: bool,
}

/// Adjoints of every step, `[step · stride + adjoint lane]` (see the layer's sites); empty if nothing reads them.
#[derive(Debug, Default)]
pub struct Adjoints {
    /// Adjoint q (spec 5).
    pub q: Aligned,
    pub(crate) r: Aligned,
    /// Adjoint p (spec 5).
    pub p: Aligned,
    /// G.
    pub direct: Aligned,
    /// Sums for learnt constants; empty without any.
    pub(crate) constants: LaneSums,
    /// For observers; otherwise empty.
    pub observed: ObservedAdjoints,
}

/// Sums for the constants of each lane: site by site `[constant][lane]`.
#[derive(Debug, Default)]
pub(crate) struct LaneSums {
    values: Aligned,
    /// Constants of a lane.
    count: usize,
}

/// What enters the adjoints at every step, laid out as these.
#[derive(Debug, Default)]
pub struct ObservedAdjoints {
    /// The activation part of G.
    pub activation: Aligned,
    /// The timing part of G.
    pub timing: Aligned,
    /// What the reset path takes from dL/dS.
    pub reset_error: Aligned,
    /// What the reset path takes from dL/dT.
    pub reset_slope: Aligned,
}

impl UnitState {
    pub(crate) fn new(lanes: usize, sites: usize, steps: usize) -> Self {
        Self {
            current: Aligned::zeros(lanes),
            membrane: Aligned::zeros(lanes),
            spikes: vec![0; steps * sites],
            busy: vec![0; sites * steps.div_ceil(64)],
            ..Self::default()
        }
    }

    /// Resets to step 0 of a simulation of `steps` steps.
    pub(crate) fn start(&mut self, steps: usize) {
        self.current.fill(0.0);
        self.membrane.fill(0.0);
        self.own.fill(0.0);
        self.clear_spikes(steps, 0);
        self.reached = 0;
    }

    /// Writes or reads what later steps look back to.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let Self { current, membrane, own, spikes, busy, reached, .. } = self;
        for states in [current, membrane, own] {
            archive.array(states);
        }
        archive.array(spikes);
        archive.array(busy);
        archive.count(reached);
    }

    /// Makes room for the trace.
    pub(crate) fn keep_trace(&mut self, steps: usize) {
        self.trace.resize(steps * self.current.len());
        self.own_trace.resize(steps * self.own.len());
        if self.keeps_current {
            self.observed.current.resize(steps * self.current.len());
        }
    }

    /// Makes room for what is observed.
    pub(crate) fn observe(&mut self, steps: usize) {
        self.observed.current.resize(steps * self.current.len());
        self.observed.rise.resize(steps * self.current.len());
    }

    /// Bits of the lanes that fired at all, site by site.
    pub fn fired(&self, steps: usize) -> impl Iterator<Item = u64> {
        let words = steps.div_ceil(64);
        let sites = self.spikes.chunks_exact(steps).zip(self.busy.chunks_exact(words));
        sites.map(|(spikes, busy)| set_steps(busy).fold(0, |all, t| all | spikes[t]))
    }

    /// Forgets the spikes of all tiles from step `from` on.
    pub(crate) fn clear_spikes(&mut self, steps: usize, from: usize) {
        let words = steps.div_ceil(64);
        for (spikes, busy) in self.spikes.chunks_exact_mut(steps).zip(self.busy.chunks_exact_mut(words)) {
            for word in from / 64..words {
                let kept = if word == from / 64 { (1u64 << (from % 64)) - 1 } else { 0 };
                for t in set_steps(&[busy[word] & !kept]) {
                    spikes[word * 64 + t] = 0;
                }
                busy[word] &= kept;
            }
        }
    }
}

impl SpikeList {
    pub(crate) fn new(steps: usize) -> Self {
        Self { offsets: vec![0; steps + 1], ..Self::default() }
    }

    pub(crate) fn clear(&mut self) {
        self.offsets.fill(0);
        self.units.clear();
        self.values.clear();
        self.is_complete = false;
    }

    /// Writes or reads all spikes.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.array(&mut self.offsets);
        archive.list(&mut self.units);
        archive.list(&mut self.values);
        archive.number(&mut self.is_complete);
    }

    /// All spikes.
    pub(crate) fn events(&self) -> StepEvents<'_> {
        StepEvents { offsets: &self.offsets, units: &self.units, values: &self.values }
    }

    /// The spikes of the last step of a window, as those of the step before step `kept`.
    pub(crate) fn of_last(&self, window: usize, kept: usize) -> Self {
        let mut last = Self::new(self.offsets.len() - 1);
        last.units.extend_from_slice(self.events().at(window - 1));
        last.values.extend_from_slice(self.events().values_at(window - 1));
        last.offsets[kept..].fill(last.units.len() as u32);
        last
    }

    /// Forgets the spikes from step `steps` on.
    pub(crate) fn drop_from(&mut self, steps: usize) {
        self.units.truncate(self.offsets[steps] as usize);
        self.values.truncate(self.offsets[steps] as usize);
        self.offsets[steps..].fill(self.units.len() as u32);
    }

    /// The spikes at steps before `steps`.
    pub fn before(&self, steps: usize) -> LayerSpikes<'_> {
        LayerSpikes { offsets: &self.offsets, units: &self.units, values: &self.values, steps }
    }
}

impl LaneSums {
    /// Starts with sums of 0 for so many lanes with `count` constants each.
    pub(crate) fn start(&mut self, lanes: usize, count: usize) {
        self.count = count;
        self.values.clear();
        self.values.resize(lanes * count);
    }

    /// The sums of a site's lanes, `[constant][lane]`; `None` where nothing is learnt.
    pub(crate) fn of(&mut self, lanes: Range<usize>) -> Option<&mut [f32]> {
        let count = self.count;
        (!self.values.is_empty()).then(|| &mut self.values[lanes.start * count..lanes.end * count])
    }

    /// The sums of a site's lanes for one constant, `[lane]`.
    pub(crate) fn array(&self, lanes: Range<usize>, constant: usize) -> &[f32] {
        &self.values[lanes.start * self.count + constant * lanes.len()..][..lanes.len()]
    }
}

impl Adjoints {
    /// r of every step, by which times are summed.
    pub fn r(&self) -> &[f32] {
        &self.r
    }

    /// Makes room for what a pass keeps of every step; `length` is that of an array.
    pub(crate) fn keep(&mut self, kept: KeptAdjoints, length: usize) {
        let Self { q, r, p, direct, .. } = self;
        for (array, is_kept) in [(q, kept.q), (r, kept.r), (p, kept.injected), (direct, kept.injected)] {
            if is_kept {
                array.resize(length);
            }
        }
    }

    /// Makes room for all, and for what is observed.
    pub(crate) fn observe(&mut self, length: usize) {
        let Self { q, r, p, direct, observed, .. } = self;
        let ObservedAdjoints { activation, timing, reset_error, reset_slope } = observed;
        for array in [q, r, p, direct, activation, timing, reset_error, reset_slope] {
            array.resize(length);
        }
    }
}
