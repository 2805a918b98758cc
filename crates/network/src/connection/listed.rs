//! What a dense layer sends back where the layer before reads few of its adjoints, or few of them have a source; listed tile by tile,
//! while the adjoints of the tile are in a cache.

use std::cell::Cell;

use spikelet_kernels::{Injection, Level, SiteInjections, TileAdjoints, add_dots, dot, list_injections};

use super::backward::{PassContext, SiteAdjoints};
use crate::aligned::Aligned;
use crate::gradient::RowInputs;
use crate::parameters::TileParameters;

/// `Σ_j W_ji r_j[t]` of each spike that arrived.
#[derive(Debug, Default)]
pub(crate) struct ArrivalTimes {
    /// Start of each step, and the end of the last.
    offsets: Vec<u32>,
    /// Input unit of each spike.
    inputs: Vec<u32>,
    sums: Vec<f32>,
    /// By step, the place of the spike that is likely asked for next: mostly they are in the order of their arrival.
    next: Vec<Cell<u32>>,
}

/// r of a layer of one tile at the steps at which spikes arrived, so that `Σ_j W_ji r_j[t]` of a spike is one product when it is asked for.
#[derive(Debug, Default)]
pub(crate) struct ArrivalRows {
    row_of_step: Vec<u32>,
    /// `[row][lane]`.
    r: Aligned,
}

/// What the units inject into projections of their adjoints, by step.
#[derive(Debug, Default)]
pub struct Injected {
    /// Start of each step in `entries`, and the end of the last.
    pub offsets: Vec<u32>,
    /// Units with a direct gradient, by step.
    pub entries: Vec<Injection>,
    /// Injections tile by tile; `ends` says where each step of a tile ends.
    by_tile: Vec<Injection>,
    ends: Vec<u32>,
    /// By which they are multiplied.
    factor: f32,
}

impl ArrivalTimes {
    /// Forgets the sums.
    pub(super) fn clear(&mut self) {
        self.offsets.clear();
        self.inputs.clear();
        self.sums.clear();
        self.next.clear();
    }

    /// Adds what a tile with so many `lanes` sends back.
    pub(super) fn add(&mut self, level: Level, weights: &[f32], lanes: usize, site: &SiteAdjoints<'_>) {
        self.sums.resize(site.inputs.1.len(), 0.0);
        add_dots(level, weights, site.r_rows, lanes, site.inputs, &mut self.sums);
    }

    /// Notes at which step each spike arrived, from the row of each step before `end`.
    pub(super) fn finish(&mut self, row_of_step: &[u32], inputs: &RowInputs) {
        self.inputs.extend_from_slice(&inputs.units);
        let mut end = 0;
        self.offsets.push(0);
        for &row in row_of_step {
            end = inputs.ends.get(row as usize).map_or(end, |&end| end);
            self.offsets.push(end);
        }
        self.next.extend(self.offsets.iter().map(|&start| Cell::new(start)));
    }

    /// The sum of a spike.
    pub(crate) fn of(&self, input: u32, t: usize) -> f32 {
        let mut place = self.next[t].get() as usize;
        let end = self.offsets[t + 1] as usize;
        if place >= end || self.inputs[place] != input {
            let start = self.offsets[t] as usize;
            let found = self.inputs[start..end].iter().position(|&arrived| arrived == input);
            place = start + found.expect("the spike arrived");
        }
        self.next[t].set(place as u32 + 1);
        self.sums[place]
    }
}

impl ArrivalRows {
    /// Takes r in exchange for memory, with the row of each step.
    pub(super) fn take(&mut self, r: &mut Aligned, row_of_step: &[u32]) {
        std::mem::swap(&mut self.r, r);
        self.row_of_step.clear();
        self.row_of_step.extend_from_slice(row_of_step);
    }

    /// The sum of a spike.
    pub(crate) fn of(&self, level: Level, tile: &TileParameters, input: u32, t: usize) -> f32 {
        let row = |at: u32| at as usize * tile.lanes..(at as usize + 1) * tile.lanes;
        dot(level, &tile.weights[row(input)], &self.r[row(self.row_of_step[t])])
    }
}

impl Injected {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.offsets.clear();
        self.entries.clear();
        self.by_tile.clear();
        self.ends.clear();
    }

    /// Lists those of a site, which is a tile.
    pub(super) fn add(&mut self, context: &PassContext<'_>, number: usize, of_site: &SiteAdjoints<'_>) {
        let view = &context.view;
        let site = &view.layout.sites[number];
        self.factor = context.plan.factor;
        let spikes = &context.units.spikes[number * view.steps..][..context.end];
        let SiteAdjoints { adjoints, stride, offset, .. } = *of_site;
        let tile = TileAdjoints {
            lanes: site.lanes,
            stride,
            offset,
            steps: context.end,
            first: site.lane as u32,
            direct: &adjoints.direct,
            p: &adjoints.p,
            q: &adjoints.q,
            spikes: if context.pass.is_gated { spikes } else { &[] },
            constants: view.neuron.constants,
            scale: view.drive_gain() * self.factor,
        };
        list_injections(context.level, &tile, &mut self.by_tile, &mut self.ends);
    }

    /// Sorts them by step, and units within a step, of so many steps.
    pub(super) fn finish(&mut self, steps: usize) {
        self.offsets.push(0);
        self.entries.reserve(self.by_tile.len());
        for t in 0..steps {
            for tile in (t..self.ends.len()).step_by(steps) {
                let start = tile.checked_sub(1).map_or(0, |before| self.ends[before]);
                self.entries.extend_from_slice(&self.by_tile[start as usize..self.ends[tile] as usize]);
            }
            self.offsets.push(self.entries.len() as u32);
        }
    }

    /// Injections site by site, each of `steps` steps, before they are sorted.
    pub(super) fn by_site(&self, steps: usize) -> SiteInjections<'_> {
        SiteInjections { entries: &self.by_tile, ends: &self.ends, steps }
    }

    /// What makes an error of theirs one with another factor.
    pub(super) fn correction(&self, factor: f32) -> f32 {
        factor / self.factor
    }

    /// Whether they were listed.
    pub(crate) fn is_listed(&self) -> bool {
        !self.ends.is_empty()
    }
}
