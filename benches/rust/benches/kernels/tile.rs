//! One tile of the hidden layer, one digit, and the trace that they leave.

use spikelet_benches::{Digits, Draw, INPUTS, STEPS};
use spikelet_kernels::{ForwardTile, LifConstants, Reset, StepEvents, TILE, TileState, reference};

pub(crate) const CONSTANTS: LifConstants =
    LifConstants { current_decay: 0.99, membrane_decay: 0.99, drive_gain: 0.027, threshold: 1.0, reset: Reset::All };

pub(crate) struct Tile {
    weights: Vec<f32>,
    bias: Vec<f32>,
    offsets: Vec<u32>,
    units: Vec<u32>,
}

impl Tile {
    pub(crate) fn new() -> Self {
        let digits = Digits::new(1);
        let mut offsets = vec![0];
        for step in 0..STEPS {
            offsets.push(digits.times.iter().filter(|&&time| usize::from(time) <= step).count() as u32);
        }
        let mut draw = Draw::new(3);
        let weights = (0..INPUTS * TILE).map(|_| draw.symmetric() * 0.05 + 0.005).collect();
        Self { weights, bias: draw.vector(TILE, 0.0), offsets, units: digits.units }
    }

    /// The tile as the kernel takes it, up to step `to`.
    pub(crate) fn forward(&self, to: usize) -> ForwardTile<'_> {
        ForwardTile {
            weights: &self.weights,
            bias: &self.bias,
            lanes: TILE,
            events: StepEvents { offsets: &self.offsets, units: &self.units, values: &[] },
            constants: CONSTANTS,
            by_lane: None,
            refractory: 0,
            from: 0,
            to,
        }
    }

    /// What one simulation leaves.
    pub(crate) fn simulated(&self) -> State {
        let mut state = State::new(true);
        reference::forward_tile(&self.forward(STEPS), &mut state.start());
        assert!(state.spikes.iter().any(|&bits| bits != 0), "the tile must fire");
        state
    }
}

pub(crate) struct State {
    current: Vec<f32>,
    membrane: Vec<f32>,
    pub(crate) trace: Vec<f32>,
    pub(crate) spikes: Vec<u64>,
    busy: Vec<u64>,
}

impl State {
    pub(crate) fn new(keeps_trace: bool) -> Self {
        Self {
            current: vec![0.0; TILE],
            membrane: vec![0.0; TILE],
            trace: vec![0.0; if keeps_trace { STEPS * TILE } else { 0 }],
            spikes: vec![0; STEPS],
            busy: vec![0; STEPS.div_ceil(64)],
        }
    }

    /// Back to step 0. Bits of spikes stay: the same simulation sets the same ones.
    pub(crate) fn start(&mut self) -> TileState<'_> {
        self.current.fill(0.0);
        self.membrane.fill(0.0);
        TileState {
            current: &mut self.current,
            membrane: &mut self.membrane,
            own: &mut [],
            trace: &mut self.trace,
            traces_spikes_only: false,
            own_trace: &mut [],
            spikes: &mut self.spikes,
            busy: &mut self.busy,
            observed: None,
        }
    }
}
