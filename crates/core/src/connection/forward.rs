//! A layer's units, run over some steps.

use spikelet_kernels::{ForwardTile, Level, ObservedForward, StepEvents, TileState, forward_tile};

use super::layout::Site;
use super::view::LayerView;
use crate::state::UnitState;

/// How much of every step is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Nothing.
    #[default]
    Spikes,
    /// The membrane, for the backward pass. That of a readout is always kept.
    Trace,
    /// All states, for those who look.
    States,
}

/// Steps of a layer that are to be run.
pub(crate) struct ForwardRun<'a> {
    pub(crate) level: Level,
    pub(crate) view: LayerView<'a>,
    /// Spikes behind the stages.
    pub(crate) arriving: StepEvents<'a>,
    pub(crate) units: &'a mut UnitState,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) keep: Keep,
}

impl ForwardRun<'_> {
    /// Runs all sites over some of the steps, with the weights that each reads, `[row][lane]`, and the rows that its spikes name.
    pub(super) fn run_sites<'b>(
        &mut self,
        (from, to): (usize, usize),
        weights: impl Fn(&Site) -> &'b [f32],
        events: impl Fn(usize) -> StepEvents<'b>,
    ) {
        let Self { level, view, units, keep, .. } = self;
        let steps = view.steps;
        let words = steps.div_ceil(64);
        for (number, site) in view.layout.sites.iter().enumerate() {
            let lanes = site.lane..site.lane + site.lanes;
            let of_steps = site.lane * steps..(site.lane + site.lanes) * steps;
            let UnitState {
                current,
                membrane,
                adaptation,
                trace,
                adaptation_trace,
                keeps_current,
                observed,
                spikes,
                busy,
                ..
            } = &mut **units;
            let by_lane = view.by_lane(site);
            let keeps_trace = *keep != Keep::Spikes || view.neuron.is_readout;
            let is_observed = *keep == Keep::States;
            let observed = (is_observed || keeps_trace && *keeps_current).then(|| ObservedForward {
                current: &mut observed.current[of_steps.clone()],
                rise: if is_observed { &mut observed.rise[of_steps.clone()] } else { &mut [] },
            });
            let tile = ForwardTile {
                weights: weights(site),
                bias: view.bias(site),
                lanes: site.lanes,
                events: events(number),
                constants: view.neuron.constants,
                by_lane,
                refractory: view.neuron.refractory,
                from,
                to,
            };
            forward_tile(
                *level,
                &tile,
                &mut TileState {
                    current: &mut current[lanes.clone()],
                    membrane: &mut membrane[lanes.clone()],
                    adaptation: if by_lane.is_some() { &mut adaptation[lanes] } else { &mut [] },
                    adaptation_trace: if keeps_trace && by_lane.is_some() {
                        &mut adaptation_trace[of_steps.clone()]
                    } else {
                        &mut []
                    },
                    trace: if keeps_trace { &mut trace[of_steps] } else { &mut [] },
                    spikes: &mut spikes[number * steps..(number + 1) * steps],
                    busy: &mut busy[number * words..(number + 1) * words],
                    observed,
                },
            );
        }
    }
}
