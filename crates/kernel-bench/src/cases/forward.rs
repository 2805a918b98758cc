//! A tile through time, and the rows that reach it.

use spikelet_kernels::{ForwardTile, Level, LifConstants, Reset, TileState, forward_tile, reference, sum_events};

use crate::case::{floats, resident};
use crate::events::Events;
use crate::{Buffer, Case, Cost, Draw, Values};

pub(crate) const CONSTANTS: LifConstants =
    LifConstants { current_decay: 0.9, membrane_decay: 0.95, drive_gain: 0.1, threshold: 1.0, reset: Reset::All };

/// Operations of a lane at a step: two decays, current, bias, threshold.
const OF_STEP: usize = 5;

/// Weights by which a tile with such an input settles at twice its threshold, with others between 0 and twice these.
fn weights(draw: &mut Draw, inputs: usize, lanes: usize, density: f64) -> Vec<f32> {
    let LifConstants { current_decay, membrane_decay, drive_gain, threshold, .. } = CONSTANTS;
    let arriving = (inputs as f64 * density) as f32;
    let mean = 2.0 * threshold * (1.0 - current_decay) * (1.0 - membrane_decay) / (drive_gain * arriving.max(0.01));
    (0..inputs * lanes).map(|_| (1.0 + draw.symmetric()) * mean).collect()
}

struct Input {
    weights: Vec<f32>,
    bias: Vec<f32>,
    events: Events,
    lanes: usize,
    steps: usize,
}

impl Input {
    fn new(values: &Values<'_>) -> Self {
        let (inputs, steps, lanes) = (values.size("inputs"), values.size("steps"), values.size("lanes"));
        let density = values.share("density");
        let mut draw = Draw::new(3);
        Self {
            weights: weights(&mut draw, inputs, lanes, density),
            bias: draw.vector(lanes, 0.001),
            events: Events::draw(&mut draw, inputs, steps, density),
            lanes,
            steps,
        }
    }

    fn tile(&self) -> ForwardTile<'_> {
        ForwardTile {
            weights: &self.weights,
            bias: &self.bias,
            lanes: self.lanes,
            events: self.events.by_step(),
            constants: CONSTANTS,
            by_lane: None,
            refractory: 0,
            from: 0,
            to: self.steps,
        }
    }

    fn buffers(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::u32("offsets", &self.events.offsets),
            Buffer::u32("units", &self.events.units),
            Buffer::f32("weights", &self.weights),
            Buffer::f32("bias", &self.bias),
        ]
    }
}

struct State {
    current: Vec<f32>,
    membrane: Vec<f32>,
    trace: Vec<f32>,
    spikes: Vec<u64>,
    busy: Vec<u64>,
}

impl State {
    fn new(lanes: usize, steps: usize) -> Self {
        Self {
            current: vec![0.0; lanes],
            membrane: vec![0.0; lanes],
            trace: vec![0.0; steps * lanes],
            spikes: vec![0; steps],
            busy: vec![0; steps.div_ceil(64)],
        }
    }

    /// Back to step 0; a run sets the same bits of spikes again.
    fn start(&mut self) -> TileState<'_> {
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

struct Forward {
    input: Input,
    state: State,
}

pub(crate) fn forward(values: &Values<'_>) -> Box<dyn Case> {
    let input = Input::new(values);
    let state = State::new(input.lanes, input.steps);
    Box::new(Forward { input, state })
}

impl Case for Forward {
    fn run(&mut self, level: Level) {
        forward_tile(level, &self.input.tile(), &mut self.state.start());
    }

    fn run_plain(&mut self) {
        reference::forward_tile(&self.input.tile(), &mut self.state.start());
    }

    fn restart(&mut self) {
        self.state = State::new(self.input.lanes, self.input.steps);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        self.input.buffers()
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("trace", &self.state.trace), Buffer::u64("spikes", &self.state.spikes)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        constants()
    }

    fn cost(&self) -> Cost {
        let Input { events, lanes, steps, .. } = &self.input;
        // Each row is added, and the sum of a step with spikes times the gain to the current.
        let arriving = (events.count() + 2 * events.busy_steps()) * lanes;
        Cost {
            operations: arriving + OF_STEP * steps * lanes,
            bytes: floats((events.count() + steps) * lanes) + 4 * events.count() + 12 * steps,
            resident: resident(self),
            spikes: events.count(),
        }
    }
}

pub(crate) fn constants() -> Vec<(&'static str, f64)> {
    let LifConstants { current_decay, membrane_decay, drive_gain, threshold, .. } = CONSTANTS;
    let of = [current_decay, membrane_decay, drive_gain, threshold].map(f64::from);
    ["currentDecay", "membraneDecay", "driveGain", "threshold"].into_iter().zip(of).collect()
}

struct Arrival {
    input: Input,
    sums: Vec<f32>,
}

pub(crate) fn arrival(values: &Values<'_>) -> Box<dyn Case> {
    let input = Input::new(values);
    let sums = vec![0.0; input.events.busy_steps() * input.lanes];
    Box::new(Arrival { input, sums })
}

impl Case for Arrival {
    fn run(&mut self, level: Level) {
        sum_events(level, &self.input.tile(), (0, self.input.steps), self.input.lanes, &mut self.sums);
    }

    fn run_plain(&mut self) {
        reference::sum_events(&self.input.tile(), (0, self.input.steps), self.input.lanes, &mut self.sums);
    }

    fn restart(&mut self) {
        self.sums.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        self.input.buffers()
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("sums", &self.sums)]
    }

    fn cost(&self) -> Cost {
        let Input { events, lanes, steps, .. } = &self.input;
        Cost {
            operations: events.count() * lanes,
            bytes: floats((events.count() + events.busy_steps()) * lanes) + 4 * (events.count() + steps),
            resident: resident(self),
            spikes: events.count(),
        }
    }
}
