//! Units with inputs, and their way forward.

use spikelet_kernels::{
    ForwardTile, LaneConstants, LifConstants, NeuronKind, ObservedForward, Reset, StepEvents, TileState,
};

use crate::draw::Draw;

pub(crate) const LANE_COUNTS: [usize; 4] = [16, 32, 48, 64];

pub(crate) const RESETS: [Reset; 5] =
    [Reset::All, Reset::Membrane, Reset::Subtract, Reset::SubtractAfterDecay, Reset::None];

pub(crate) const CONSTANTS: LifConstants =
    LifConstants { current_decay: 0.9, membrane_decay: 0.95, drive_gain: 0.4, threshold: 1.0, reset: Reset::All };

pub(crate) struct Forward {
    pub(crate) current: Vec<f32>,
    pub(crate) membrane: Vec<f32>,
    pub(crate) own: Vec<f32>,
    pub(crate) trace: Vec<f32>,
    pub(crate) own_trace: Vec<f32>,
    pub(crate) spikes: Vec<u64>,
    pub(crate) busy: Vec<u64>,
    /// Current and rise of the membrane at every step.
    pub(crate) observed: [Vec<f32>; 2],
}

pub(crate) struct Case {
    pub(crate) lanes: usize,
    pub(crate) steps: usize,
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) units: Vec<u32>,
    pub(crate) reset: Reset,
    /// The neuron, and constants of each lane, `[constant][lane]`.
    pub(crate) by_lane: Option<(NeuronKind, Vec<f32>)>,
}

impl Case {
    pub(crate) fn new(seed: u32, lanes: usize, steps: usize) -> Self {
        let mut draw = Draw(seed);
        let inputs = 1 + draw.below(40);
        let mut offsets = vec![0];
        let mut units = Vec::new();
        for _ in 0..steps {
            for _ in 0..draw.below(4) {
                units.push(draw.below(inputs) as u32);
            }
            offsets.push(units.len() as u32);
        }
        let weights = draw.vector(inputs * lanes, 1.5);
        Self { lanes, steps, weights, bias: draw.vector(lanes, 0.1), offsets, units, reset: Reset::All, by_lane: None }
    }

    /// With constants by lane: thresholds that adapt, or an adaptation current; the gains of every third lane are 0.
    pub(crate) fn with_lanes(self, seed: u32, kind: NeuronKind) -> Self {
        let mut draw = Draw(seed);
        let mut between = |(low, high): (f32, f32)| -> Vec<f32> {
            (0..self.lanes).map(|_| low + (high - low) * (0.5 + 0.5 * draw.symmetric())).collect()
        };
        let mut constants = [(0.8, 0.99), (0.8, 0.99), (0.2, 0.6), (0.3, 1.0), (0.5, 1.2)].map(&mut between).to_vec();
        constants.extend(match kind {
            NeuronKind::Alif => vec![between((0.0, 0.97)), between((0.0, 0.5))],
            NeuronKind::Adlif => {
                let schemes = (0..self.lanes).map(|lane| f32::from(u8::from(lane % 2 == 0))).collect();
                vec![between((0.0, 0.97)), between((-0.5, 2.0)), between((0.0, 3.0)), schemes]
            }
        });
        constants[6].iter_mut().step_by(3).for_each(|gain| *gain = 0.0);
        Self { by_lane: Some((kind, constants.concat())), ..self }
    }

    pub(crate) fn lanes(&self) -> Option<LaneConstants<'_>> {
        self.by_lane.as_ref().map(|(kind, values)| LaneConstants {
            kind: *kind,
            values,
            lanes: self.lanes,
            reset: self.reset,
        })
    }

    fn own_states(&self) -> usize {
        self.by_lane.as_ref().map_or(0, |(kind, _)| kind.states())
    }

    pub(crate) fn with_reset(self, reset: Reset) -> Self {
        Self { reset, ..self }
    }

    pub(crate) fn constants(&self) -> LifConstants {
        LifConstants { reset: self.reset, ..CONSTANTS }
    }

    pub(crate) fn run(&self, cuts: &[usize], kernel: impl Fn(&ForwardTile<'_>, &mut TileState<'_>)) -> Forward {
        self.run_with(0, false, cuts, kernel)
    }

    pub(crate) fn run_with(
        &self,
        refractory: u32,
        is_observed: bool,
        cuts: &[usize],
        kernel: impl Fn(&ForwardTile<'_>, &mut TileState<'_>),
    ) -> Forward {
        let mut out = Forward {
            current: vec![0.0; self.lanes],
            membrane: vec![0.0; self.lanes],
            own: vec![0.0; self.own_states() * self.lanes],
            own_trace: vec![0.0; self.own_states() * self.lanes * self.steps],
            trace: vec![0.0; self.lanes * self.steps],
            spikes: vec![0; self.steps],
            busy: vec![0; self.steps.div_ceil(64)],
            observed: [(); 2].map(|()| vec![0.0; self.lanes * self.steps]),
        };
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let tile = ForwardTile {
                weights: &self.weights,
                bias: &self.bias,
                lanes: self.lanes,
                events: StepEvents { offsets: &self.offsets, units: &self.units, values: &[] },
                constants: self.constants(),
                by_lane: self.lanes(),
                refractory,
                from: pair[0],
                to: pair[1],
            };
            let [current, rise] = &mut out.observed;
            kernel(
                &tile,
                &mut TileState {
                    current: &mut out.current,
                    membrane: &mut out.membrane,
                    own: &mut out.own,
                    trace: &mut out.trace,
                    traces_spikes_only: false,
                    own_trace: &mut out.own_trace,
                    spikes: &mut out.spikes,
                    busy: &mut out.busy,
                    observed: is_observed.then_some(ObservedForward { current, rise }),
                },
            );
        }
        out
    }
}
