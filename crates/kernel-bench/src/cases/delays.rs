//! Connections with delays of their own.

use spikelet_kernels::{DelayedRow, LANES, Level, project_delayed, reference, send_delayed};

use crate::case::{floats, resident};
use crate::events::Events;
use crate::{Buffer, Case, Cost, Draw, Values};

/// Delays are below this.
const MAX_DELAY: usize = 20;

struct Send {
    events: Events,
    weights: Vec<f32>,
    delays: Vec<u16>,
    arriving: Vec<f32>,
    lanes: usize,
    steps: usize,
}

pub(crate) fn send(values: &Values<'_>) -> Box<dyn Case> {
    let (inputs, steps, lanes) = (values.size("inputs"), values.size("steps"), values.size("lanes"));
    let mut draw = Draw::new(15);
    Box::new(Send {
        events: Events::draw(&mut draw, inputs, steps, values.share("density")),
        weights: draw.vector(inputs * lanes, 0.04),
        delays: (0..inputs * lanes).map(|_| draw.below(MAX_DELAY) as u16).collect(),
        arriving: vec![0.0; steps * lanes],
        lanes,
        steps,
    })
}

impl Case for Send {
    /// The kernel has no level: its loops go from lane to lane.
    fn run(&mut self, _level: Level) {
        let Self { events, weights, delays, arriving, lanes, steps } = self;
        for t in 0..*steps {
            for &unit in events.by_step().at(t) {
                let lanes = unit as usize * *lanes..(unit as usize + 1) * *lanes;
                send_delayed(&DelayedRow { weights: &weights[lanes.clone()], delays: &delays[lanes] }, t, arriving);
            }
        }
    }

    fn run_plain(&mut self) {
        for t in 0..self.steps {
            for &unit in self.events.by_step().at(t) {
                for lane in 0..self.lanes {
                    let at = unit as usize * self.lanes + lane;
                    let arrival = (t + usize::from(self.delays[at])) * self.lanes + lane;
                    if let Some(sum) = self.arriving.get_mut(arrival) {
                        *sum += self.weights[at];
                    }
                }
            }
        }
    }

    fn restart(&mut self) {
        self.arriving.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::u32("offsets", &self.events.offsets),
            Buffer::u32("units", &self.events.units),
            Buffer::f32("weights", &self.weights),
            Buffer::u16("delays", &self.delays),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("arriving", &self.arriving)]
    }

    fn cost(&self) -> Cost {
        let spikes = self.events.count();
        Cost {
            operations: spikes * self.lanes,
            bytes: spikes * self.lanes * (3 * 4 + 2) + 4 * (spikes + self.steps),
            resident: resident(self),
            spikes,
        }
    }
}

struct ProjectDelayed {
    weights: Vec<f32>,
    delays: Vec<u16>,
    adjoints: Vec<f32>,
    sums: Vec<f32>,
    stride: usize,
}

pub(crate) fn project(values: &Values<'_>) -> Box<dyn Case> {
    let (units, steps) = (values.size("units"), values.size("steps").next_multiple_of(LANES));
    let stride = steps + MAX_DELAY;
    let mut draw = Draw::new(16);
    Box::new(ProjectDelayed {
        weights: draw.vector(units, 0.04),
        delays: (0..units).map(|_| draw.below(MAX_DELAY) as u16).collect(),
        adjoints: draw.vector(units * stride, 0.01),
        sums: vec![0.0; steps],
        stride,
    })
}

impl Case for ProjectDelayed {
    fn run(&mut self, level: Level) {
        let row = DelayedRow { weights: &self.weights, delays: &self.delays };
        project_delayed(level, &row, &self.adjoints, self.stride, false, &mut self.sums);
    }

    fn run_plain(&mut self) {
        let row = DelayedRow { weights: &self.weights, delays: &self.delays };
        reference::project_delayed(&row, &self.adjoints, self.stride, false, &mut self.sums);
    }

    fn restart(&mut self) {
        self.sums.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::f32("weights", &self.weights),
            Buffer::u16("delays", &self.delays),
            Buffer::f32("adjoints", &self.adjoints),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("sums", &self.sums)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("stride", self.stride as f64)]
    }

    fn cost(&self) -> Cost {
        let products = self.weights.len() * self.sums.len();
        Cost {
            operations: 2 * products,
            bytes: floats(products + self.sums.len()) + 6 * self.weights.len(),
            resident: resident(self),
            spikes: 0,
        }
    }
}
