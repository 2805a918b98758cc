//! Products of adjoints and weights.

use spikelet_kernels::{
    BatchProjection, LANES, Level, Projection, project as kernel, project_batch as batch, reference,
};

use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

const SCALE: f32 = 0.3;

struct Project {
    weights: Vec<f32>,
    rows: Vec<f32>,
    out: Vec<f32>,
    units: usize,
    lanes: usize,
    steps: usize,
}

pub(crate) fn project(values: &Values<'_>) -> Box<dyn Case> {
    let (units, steps, lanes) = (values.size("units"), values.size("steps"), values.size("lanes"));
    let mut draw = Draw::new(7);
    Box::new(Project {
        weights: draw.vector(units * lanes, 0.04),
        rows: draw.vector(steps * units, 0.01),
        out: vec![0.0; steps * lanes],
        units,
        lanes,
        steps,
    })
}

fn projection<'a>(weights: &'a [f32], rows: &'a [f32], [units, lanes, steps]: [usize; 3]) -> Projection<'a> {
    Projection { weights, lanes, rows, stride: units, units, segments: 1, gap: 0, adds: false, scale: SCALE, steps }
}

impl Case for Project {
    fn run(&mut self, level: Level) {
        kernel(level, &projection(&self.weights, &self.rows, [self.units, self.lanes, self.steps]), &mut self.out);
    }

    fn run_plain(&mut self) {
        let of = projection(&self.weights, &self.rows, [self.units, self.lanes, self.steps]);
        reference::project(&of, &mut self.out);
    }

    fn restart(&mut self) {
        self.out.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("weights", &self.weights), Buffer::f32("rows", &self.rows)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("out", &self.out)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("scale", f64::from(SCALE))]
    }

    fn cost(&self) -> Cost {
        let resident = resident(self);
        Cost { operations: (2 * self.units + 1) * self.lanes * self.steps, bytes: resident, resident, spikes: 0 }
    }
}

struct ProjectBatch {
    weights: Vec<f32>,
    rows: Vec<f32>,
    out: Vec<f32>,
    units: usize,
    samples: usize,
}

pub(crate) fn project_batch(values: &Values<'_>) -> Box<dyn Case> {
    let (units, samples) = (values.size("units"), values.size("samples"));
    let mut draw = Draw::new(8);
    Box::new(ProjectBatch {
        weights: draw.vector(units * LANES, 0.04),
        rows: draw.vector(units * LANES, 0.01),
        out: vec![0.0; samples * LANES],
        units,
        samples,
    })
}

fn batch_projection<'a>(weights: &'a [f32], rows: &'a [f32], samples: usize) -> BatchProjection<'a> {
    BatchProjection { weights, rows, samples, scale: SCALE, out_stride: LANES }
}

impl Case for ProjectBatch {
    fn run(&mut self, level: Level) {
        batch(level, &batch_projection(&self.weights, &self.rows, self.samples), &mut self.out);
    }

    fn run_plain(&mut self) {
        reference::project_batch(&batch_projection(&self.weights, &self.rows, self.samples), &mut self.out);
    }

    fn restart(&mut self) {
        self.out.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("weights", &self.weights), Buffer::f32("rows", &self.rows)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("out", &self.out)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("scale", f64::from(SCALE))]
    }

    fn cost(&self) -> Cost {
        let resident = resident(self);
        let operations = (2 * self.units + 1) * LANES * self.samples;
        Cost {
            operations,
            bytes: floats((self.units + self.samples) * LANES + self.units * self.samples),
            resident,
            spikes: 0,
        }
    }
}
