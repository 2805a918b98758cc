//! The rest of a layer's simulation once its last input has arrived.

use spikelet_kernels::{Level, QuietRun, QuietSpikes, QuietState, TILE, list_restless, pick, run_quiet};

use crate::connection::LayerView;
use crate::events::NO_UNIT;
use crate::events::{set_bits, set_steps};
use crate::neuron::Lanes;
use crate::state::UnitState;

/// Scratch for the units that can still fire.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    units: Vec<u32>,
    current: Vec<f32>,
    membrane: Vec<f32>,
    own: Vec<f32>,
    lanes: Lanes,
    bias: Vec<f32>,
    rest: Vec<f32>,
    /// Spikes by block of units; all 0 between two runs.
    spikes: Vec<u64>,
    busy: Vec<u64>,
}

impl Quiet {
    /// Adds the layer's spikes from the current step up to step `to`, without input. State and trace stay where they are: the
    /// backward pass needs fewer steps than were simulated.
    pub(super) fn finish(&mut self, level: Level, view: &LayerView<'_>, to: usize, state: &mut UnitState) {
        self.list(level, view, state);
        if self.units.is_empty() {
            return;
        }
        self.run(level, view, to, state);
        self.spread(view, state);
    }

    /// Lists the lanes that can still fire.
    fn list(&mut self, level: Level, view: &LayerView<'_>, state: &UnitState) {
        let layout = &view.layout;
        self.units.clear();
        for site in &layout.sites {
            let lanes = site.lane..site.lane + site.lanes;
            let state = QuietState {
                current: &state.current[lanes.clone()],
                membrane: &state.membrane[lanes],
                rest: view.rest(site),
            };
            list_restless(level, &view.neuron.quiet, &state, site.lane as u32, &mut self.units);
        }
        self.units.retain(|&lane| layout.unit_of_lane[lane as usize] != NO_UNIT);
    }

    /// Runs them without input.
    fn run(&mut self, level: Level, view: &LayerView<'_>, to: usize, state: &UnitState) {
        let layout = &view.layout;
        let of_site = |lane: usize| {
            let site = &layout.sites[layout.site_of(lane)];
            (site, lane - site.lane)
        };
        let bias = |lane| {
            let (site, lane) = of_site(lane);
            view.bias(site)[lane]
        };
        let rest = |lane| {
            let (site, lane) = of_site(lane);
            view.rest(site)[lane]
        };
        pick(&self.units, |lane| state.current[lane], &mut self.current);
        pick(&self.units, |lane| state.membrane[lane], &mut self.membrane);
        pick(&self.units, bias, &mut self.bias);
        pick(&self.units, rest, &mut self.rest);
        let by_unit = view.neuron.by_unit.as_ref();
        self.own.clear();
        if let Some(constants) = by_unit {
            let own_states = view.neuron.own_states();
            for array in 0..own_states {
                let of_lane = |lane| {
                    let (site, lane) = of_site(lane);
                    state.own[site.lane * own_states + array * site.lanes + lane]
                };
                self.own.extend(self.units.iter().map(|&lane| of_lane(lane as usize)));
                self.own.resize((array + 1) * self.current.len(), 0.0);
            }
            let neuron = (constants.kind(), view.neuron.constants.reset);
            self.lanes.pick(neuron, self.units.len(), |number, index| {
                let (site, lane) = of_site(self.units[index] as usize);
                view.by_lane(site).map_or(0.0, |lanes| lanes.of(number)[lane])
            });
        }
        let run = QuietRun {
            current: &self.current,
            membrane: &self.membrane,
            own: &self.own,
            bias: &self.bias,
            rest: &self.rest,
            from: state.reached,
            to,
            constants: view.neuron.constants,
            by_lane: by_unit.map(|_| self.lanes.view()),
        };
        let (steps, words) = (view.steps, view.steps.div_ceil(64));
        let blocks = self.current.len().div_ceil(TILE);
        self.spikes.resize(blocks * steps, 0);
        self.busy.resize(blocks * words, 0);
        run_quiet(level, &run, &mut QuietSpikes { spikes: &mut self.spikes, busy: &mut self.busy });
    }

    /// Moves their spikes to the sites.
    fn spread(&mut self, view: &LayerView<'_>, state: &mut UnitState) {
        let layout = &view.layout;
        let (steps, words) = (view.steps, view.steps.div_ceil(64));
        let blocks = self.spikes.chunks_exact_mut(steps).zip(self.busy.chunks_exact_mut(words));
        for ((spikes, busy), units) in blocks.zip(self.units.chunks(TILE)) {
            for t in set_steps(busy) {
                for index in set_bits(std::mem::take(&mut spikes[t])) {
                    let lane = units[index] as usize;
                    let site = layout.site_of(lane);
                    state.spikes[site * steps + t] |= 1 << (lane - layout.sites[site].lane);
                    state.busy[site * words + t / 64] |= 1 << (t % 64);
                }
            }
            busy.fill(0);
        }
    }
}
