//! Weight gradients from spikes.

use spikelet_kernels::{Gather, Level, gather_tile, reference, scatter_tile};

use crate::case::{floats, resident};
use crate::events::Events;
use crate::{Buffer, Case, Cost, Draw, Values};

/// Steps at which inputs fire.
const STEPS: usize = 25;

struct GatherCase {
    offsets: Vec<u32>,
    entries: Vec<u32>,
    q: Vec<f32>,
    gradient: Vec<f32>,
    live: Vec<bool>,
    lanes: usize,
}

pub(crate) fn gather(values: &Values<'_>) -> Box<dyn Case> {
    let (inputs, samples, lanes) = (values.size("inputs"), values.size("samples"), values.size("lanes"));
    let mut draw = Draw::new(9);
    let mut by_input = vec![Vec::new(); inputs];
    for sample in 0..samples as u32 {
        let events = Events::draw(&mut draw, inputs, STEPS, values.share("density"));
        for step in 0..STEPS {
            for &unit in events.by_step().at(step) {
                by_input[unit as usize].push(sample << 16 | step as u32);
            }
        }
    }
    let mut offsets = vec![0];
    for entries in &by_input {
        offsets.push(offsets[offsets.len() - 1] + entries.len() as u32);
    }
    Box::new(GatherCase {
        offsets,
        entries: by_input.concat(),
        q: draw.vector(samples * STEPS * lanes, 0.01),
        gradient: vec![0.0; inputs * lanes],
        live: vec![false; inputs],
        lanes,
    })
}

impl GatherCase {
    fn with(&mut self, run: impl FnOnce(&Gather<'_>, usize, &mut [f32], &mut [bool])) {
        let sources: Vec<&[f32]> = self.q.chunks(STEPS * self.lanes).collect();
        let gather = Gather { offsets: &self.offsets, entries: &self.entries, values: &[], sources: &sources };
        run(&gather, self.lanes, &mut self.gradient, &mut self.live);
    }
}

impl Case for GatherCase {
    fn run(&mut self, level: Level) {
        self.with(|gather, lanes, gradient, live| gather_tile(level, gather, lanes, gradient, live));
    }

    fn run_plain(&mut self) {
        self.with(reference::gather_tile);
    }

    fn restart(&mut self) {
        self.gradient.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::u32("offsets", &self.offsets), Buffer::u32("entries", &self.entries), Buffer::f32("q", &self.q)]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("gradient", &self.gradient)]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("steps", STEPS as f64)]
    }

    fn cost(&self) -> Cost {
        let fired = self.offsets.windows(2).filter(|ends| ends[0] < ends[1]).count();
        Cost {
            operations: self.entries.len() * self.lanes,
            bytes: floats((self.entries.len() + 2 * fired) * self.lanes)
                + 4 * (self.entries.len() + self.offsets.len()),
            resident: resident(self),
            spikes: self.entries.len(),
        }
    }
}

struct Scatter {
    events: Events,
    rows: Vec<u32>,
    q: Vec<f32>,
    gradient: Vec<f32>,
    lanes: usize,
}

pub(crate) fn scatter(values: &Values<'_>) -> Box<dyn Case> {
    let (inputs, steps, lanes) = (values.size("inputs"), values.size("steps"), values.size("lanes"));
    let mut draw = Draw::new(12);
    Box::new(Scatter {
        events: Events::draw(&mut draw, inputs, steps, values.share("density")),
        rows: (0..steps as u32).collect(),
        q: draw.vector(steps * lanes, 0.01),
        gradient: vec![0.0; inputs * lanes],
        lanes,
    })
}

impl Case for Scatter {
    fn run(&mut self, level: Level) {
        scatter_tile(level, &self.events.by_step(), &self.rows, &self.q, self.lanes, &mut self.gradient);
    }

    fn run_plain(&mut self) {
        reference::scatter_tile(&self.events.by_step(), &self.rows, &self.q, self.lanes, &mut self.gradient);
    }

    fn restart(&mut self) {
        self.gradient.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::u32("offsets", &self.events.offsets),
            Buffer::u32("units", &self.events.units),
            Buffer::f32("q", &self.q),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("gradient", &self.gradient)]
    }

    fn cost(&self) -> Cost {
        let spikes = self.events.count();
        Cost {
            operations: spikes * self.lanes,
            bytes: floats((2 * spikes + self.events.busy_steps()) * self.lanes) + 4 * (spikes + self.rows.len()),
            resident: resident(self),
            spikes,
        }
    }
}
