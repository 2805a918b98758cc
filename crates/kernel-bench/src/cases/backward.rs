//! A tile back through time, by the parts of a rule.

use spikelet_kernels::{
    BackwardOutput, BackwardTerms, BackwardTile, Level, NO_ROW, SpikeError, Surrogate, backward_tile, reference,
};

use super::forward::{CONSTANTS, constants};
use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

const SHARPNESS: f32 = 14.4;
const SLOPE_FLOOR: f32 = 0.01;
/// Every so many steps an input fired, so that q is kept.
const KEPT_EVERY: usize = 4;

/// Operations of a lane at a step: p and q.
const OF_RECURRENCE: usize = 4;
/// Operations of a lane at a step: distance to the threshold, power of two, product with the error.
const OF_SURROGATE: usize = 17;
/// Operations of a spike: slope, division, sum.
const OF_TIMING: usize = 6;

#[derive(Clone, Copy)]
struct Parts {
    activation: bool,
    timing: bool,
}

struct Backward {
    trace: Vec<f32>,
    spikes: Vec<u64>,
    error: Vec<f32>,
    timing: Vec<f32>,
    rows: Vec<u32>,
    q_rows: Vec<f32>,
    bias: Vec<f32>,
    terms: Vec<f32>,
    lanes: usize,
    steps: usize,
}

pub(crate) fn antlr(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Backward::new(values, Parts { activation: true, timing: true }))
}

pub(crate) fn activation(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Backward::new(values, Parts { activation: true, timing: false }))
}

pub(crate) fn timing(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Backward::new(values, Parts { activation: false, timing: true }))
}

impl Backward {
    fn new(values: &Values<'_>, parts: Parts) -> Self {
        let (steps, lanes, density) = (values.size("steps"), values.size("lanes"), values.share("fired"));
        let mut draw = Draw::new(5);
        let bound = (density * f64::from(1 << 20)) as usize;
        let mut trace = draw.vector(steps * lanes, 0.45);
        let mut spikes = vec![0; steps];
        for (at, membrane) in trace.iter_mut().enumerate() {
            *membrane += 0.5;
            if draw.below(1 << 20) < bound {
                *membrane += CONSTANTS.threshold;
                spikes[at / lanes] |= 1 << (at % lanes);
            }
        }
        let fired: u32 = spikes.iter().map(|bits: &u64| bits.count_ones()).sum();
        let kept = |step: usize| if step.is_multiple_of(KEPT_EVERY) { (step / KEPT_EVERY) as u32 } else { NO_ROW };
        Self {
            trace,
            spikes,
            error: draw.vector(if parts.activation { steps * lanes } else { 0 }, 0.01),
            timing: draw.vector(if parts.timing { fired as usize } else { 0 }, 0.01),
            rows: (0..steps).map(kept).collect(),
            q_rows: vec![0.0; steps.div_ceil(KEPT_EVERY) * lanes],
            bias: vec![0.0; lanes],
            terms: Vec::new(),
            lanes,
            steps,
        }
    }

    fn with(&mut self, run: impl FnOnce(&BackwardTile<'_>, &mut BackwardOutput<'_>)) {
        let tile = BackwardTile {
            lanes: self.lanes,
            end: self.steps,
            from: 0,
            to: self.steps,
            trace: &self.trace,
            spikes: &self.spikes,
            error: (!self.error.is_empty()).then_some(SpikeError::Given(&self.error)),
            timing: &self.timing,
            timing_weight: 1.0,
            is_gated: true,
            surrogate: Surrogate::Exponential { sharpness: SHARPNESS },
            slope_floor: SLOPE_FLOOR,
            constants: CONSTANTS,
            by_lane: None,
            own_trace: &[],
            current: &[],
            terms: BackwardTerms::default(),
        };
        let mut output = BackwardOutput {
            rows: &self.rows,
            q_rows: &mut self.q_rows,
            q: &mut [],
            r: &mut [],
            r_rows: &mut [],
            p: &mut [],
            direct: &mut [],
            stride: self.lanes,
            offset: 0,
            bias: &mut self.bias,
            carried: [&mut [], &mut [], &mut []],
            constants: None,
            timing_terms: &mut self.terms,
            observed: None,
        };
        run(&tile, &mut output);
    }
}

impl Case for Backward {
    fn run(&mut self, level: Level) {
        self.with(|tile, output| backward_tile(level, tile, output));
    }

    fn run_plain(&mut self) {
        self.with(reference::backward_tile);
    }

    fn restart(&mut self) {
        self.q_rows.fill(0.0);
        self.bias.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::f32("trace", &self.trace),
            Buffer::u64("spikes", &self.spikes),
            Buffer::f32("error", &self.error),
            Buffer::f32("timing", &self.timing),
            Buffer::u32("rows", &self.rows),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("qRows", &self.q_rows), Buffer::f32("bias", &self.bias)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        let own = [("sharpness", f64::from(SHARPNESS)), ("slopeFloor", f64::from(SLOPE_FLOOR))];
        constants().into_iter().chain(own).collect()
    }

    fn cost(&self) -> Cost {
        let sites = self.steps * self.lanes;
        let spikes = self.spikes.iter().map(|bits| bits.count_ones() as usize).sum();
        let (activation, fired) = (self.error.len(), self.timing.len());
        // V is read where the surrogate needs it, and at spikes and the steps before for the slope.
        let membranes = if activation > 0 { sites } else { 2 * fired };
        Cost {
            // Σ p for the bias is one addition more.
            operations: sites * (OF_RECURRENCE + 1) + activation * OF_SURROGATE + fired * OF_TIMING,
            bytes: floats(membranes + activation + fired + self.q_rows.len()) + 12 * self.steps,
            resident: resident(self),
            spikes,
        }
    }
}
