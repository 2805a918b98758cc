//! Injections of a convolution's site, carried to the tiles below.

use spikelet_kernels::{Injection, Landing, Level, SiteInjections, land, reference};

use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

struct LandingCase {
    weights: Vec<f32>,
    landings: Vec<Landing>,
    injections: Vec<Injection>,
    units: Vec<u32>,
    membrane: Vec<f32>,
    current: Vec<f32>,
    p: Vec<f32>,
    q: Vec<f32>,
    lanes: usize,
}

pub(crate) fn landing(values: &Values<'_>) -> Box<dyn Case> {
    let (channels, places, lanes) = (values.size("channels"), values.size("places"), values.size("lanes"));
    let bound = (values.share("density") * f64::from(1 << 20)) as usize;
    let mut draw = Draw::new(14);
    let injections: Vec<Injection> = (0..channels as u32)
        .filter_map(|unit| {
            let [membrane, current] = [draw.symmetric() * 0.01, draw.symmetric() * 0.01];
            (draw.below(1 << 20) < bound).then_some(Injection { unit, membrane, current })
        })
        .collect();
    let landings = (0..places as u32).map(|place| Landing {
        site: 0,
        at: place * lanes as u32,
        from: 0,
        to: channels as u32,
        row: place * channels as u32,
    });
    Box::new(LandingCase {
        weights: draw.vector(places * channels * lanes, 0.04),
        landings: landings.collect(),
        units: injections.iter().map(|one| one.unit).collect(),
        membrane: injections.iter().map(|one| one.membrane).collect(),
        current: injections.iter().map(|one| one.current).collect(),
        injections,
        p: vec![0.0; places * lanes],
        q: vec![0.0; places * lanes],
        lanes,
    })
}

/// Injections of one site at one step.
fn of_site<'a>(entries: &'a [Injection], ends: &'a [u32; 1]) -> (SiteInjections<'a>, usize) {
    (SiteInjections { entries, ends, steps: 1 }, 0)
}

impl Case for LandingCase {
    fn run(&mut self, level: Level) {
        let ends = [self.injections.len() as u32];
        let injections = of_site(&self.injections, &ends);
        land(level, (&self.weights, self.lanes), &self.landings, injections, &mut self.p, &mut self.q);
    }

    fn run_plain(&mut self) {
        let ends = [self.injections.len() as u32];
        let injections = of_site(&self.injections, &ends);
        reference::land((&self.weights, self.lanes), &self.landings, injections, &mut self.p, &mut self.q);
    }

    fn restart(&mut self) {
        self.p.fill(0.0);
        self.q.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::f32("weights", &self.weights),
            Buffer::u32("units", &self.units),
            Buffer::f32("membrane", &self.membrane),
            Buffer::f32("current", &self.current),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("p", &self.p), Buffer::f32("q", &self.q)]
    }

    fn cost(&self) -> Cost {
        let landed = self.injections.len() * self.landings.len();
        let touched = if landed > 0 { 4 * self.p.len() } else { 0 };
        Cost {
            operations: 4 * landed * self.lanes,
            bytes: floats(landed * self.lanes + touched + 3 * self.injections.len()),
            resident: resident(self),
            spikes: self.injections.len(),
        }
    }
}
