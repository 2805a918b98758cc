//! Convolutions of 3 × 3 taps: lists of what arrives at each site, and sums over runs of channels.

use spikelet_kernels::{Level, Runs, SiteRows, TILE, Touch, Touches, add_runs, list_touched, reference, scatter_runs};

use crate::case::{floats, resident};
use crate::events::Events;
use crate::{Buffer, Case, Cost, Draw, Values};

const STEPS: usize = 25;
const SIDE: usize = 3;
const TAPS: usize = SIDE * SIDE;

/// Lists of all sites of a tile, for an image with a border of zeros.
struct Lists {
    events: Events,
    touches: Touches,
    /// Site and row of each of `touches`.
    pairs: Vec<u32>,
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

/// Sites of `side` × `side` places, all in one tile.
fn touches(channels: usize, side: usize) -> Touches {
    let mut touches = Touches {
        places: (side * side) as u32,
        blocks: 1,
        tiles: vec![(0, 1); channels],
        offsets: vec![0],
        all: Vec::new(),
    };
    let seen = |at: usize, tap: usize| (at + 1).checked_sub(tap).filter(|&site| site < side);
    for place in 0..side * side {
        for tap in 0..TAPS {
            let site = (seen(place / side, tap / SIDE), seen(place % side, tap % SIDE));
            if let (Some(y), Some(x)) = site {
                let (site, row) = ((y * side + x) as u32, tap as u32);
                touches.all.push(Touch { site, row, per_channel: TAPS as u32 });
            }
        }
        touches.offsets.push(touches.all.len() as u32);
    }
    touches
}

pub(crate) fn lists(values: &Values<'_>) -> Box<dyn Case> {
    let (channels, side) = (values.size("channels"), values.size("side"));
    let events = Events::draw(&mut Draw::new(20), channels * side * side, STEPS, values.share("density"));
    let touches = touches(channels, side);
    let pairs = touches.all.iter().flat_map(|touch| [touch.site, touch.row]).collect();
    let listed = events.units.iter().map(|&unit| touches.of(unit).count()).sum();
    Box::new(Lists { events, touches, pairs, offsets: vec![0; side * side * (STEPS + 1)], rows: vec![0; listed] })
}

impl Lists {
    fn with(&mut self, run: impl FnOnce(&Touches, &Events, &mut SiteRows<'_>)) {
        let Self { events, touches, offsets, rows, .. } = self;
        run(touches, events, &mut SiteRows { offsets, stride: STEPS + 1, rows, values: &mut Vec::new() });
    }
}

impl Case for Lists {
    /// The kernel has no level: it goes from event to event.
    fn run(&mut self, _level: Level) {
        self.with(|touches, events, lists| {
            list_touched(touches, &events.by_step(), (0, STEPS), lists);
        });
    }

    fn run_plain(&mut self) {
        self.with(|touches, events, lists| {
            reference::list_touched(touches, &events.by_step(), (0, STEPS), lists);
        });
    }

    fn restart(&mut self) {
        self.offsets.fill(0);
        self.rows.fill(0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![
            Buffer::u32("offsets", &self.events.offsets),
            Buffer::u32("units", &self.events.units),
            Buffer::u32("touchOffsets", &self.touches.offsets),
            Buffer::u32("touches", &self.pairs),
        ]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::u32("starts", &self.offsets), Buffer::u32("rows", &self.rows)]
    }

    /// Counts additions of whole numbers: each row is counted and then placed, and each start is a sum.
    fn cost(&self) -> Cost {
        let (listed, spikes) = (self.rows.len(), self.events.count());
        Cost {
            operations: 2 * listed + self.offsets.len(),
            bytes: 4 * (2 * 2 * self.offsets.len() + 2 * 2 * listed + 3 * listed + 2 * spikes),
            resident: resident(self),
            spikes,
        }
    }
}

/// A row of sites that see a block of channels by one tap.
struct Row {
    events: Events,
    /// Rows of weights, or of their gradient.
    rows: Vec<f32>,
    /// What arrives at each site and step, or q there.
    sites: Vec<f32>,
    start: Vec<f32>,
    neighbours: usize,
    is_gradient: bool,
}

pub(crate) fn sums(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Row::new(values, false))
}

pub(crate) fn gradient(values: &Values<'_>) -> Box<dyn Case> {
    Box::new(Row::new(values, true))
}

impl Row {
    fn new(values: &Values<'_>, is_gradient: bool) -> Self {
        let (channels, neighbours) = (values.size("channels"), values.size("sites"));
        let mut draw = Draw::new(21);
        let events = Events::draw(&mut draw, channels, STEPS * neighbours, values.share("density"));
        let rows = draw.vector(channels * TAPS * TILE, 0.04);
        let sites = draw.vector(neighbours * STEPS * TILE, 0.01);
        let start = if is_gradient { rows.clone() } else { sites.clone() };
        Self { events, rows, sites, start, neighbours, is_gradient }
    }

    fn with(
        &mut self,
        sum: impl FnOnce(&Runs<'_>, &[f32], &mut [f32]),
        add: impl FnOnce(&Runs<'_>, &[f32], &mut [f32]),
    ) {
        let runs = Runs {
            offsets: &self.events.offsets,
            units: &self.events.units,
            first: 0,
            apart: 1,
            stride: self.neighbours,
            neighbours: self.neighbours,
            steps: STEPS,
        };
        if self.is_gradient {
            add(&runs, &self.sites, &mut self.rows);
        } else {
            sum(&runs, &self.rows, &mut self.sites);
        }
    }
}

const DISTANCE: usize = TAPS * TILE;

impl Case for Row {
    fn run(&mut self, level: Level) {
        self.with(
            |runs, weights, sums| add_runs(level, runs, weights, DISTANCE, sums),
            |runs, q, gradient| scatter_runs(level, runs, q, DISTANCE, gradient),
        );
    }

    fn run_plain(&mut self) {
        self.with(
            |runs, weights, sums| reference::add_runs(runs, weights, DISTANCE, sums),
            |runs, q, gradient| reference::scatter_runs(runs, q, DISTANCE, gradient),
        );
    }

    fn restart(&mut self) {
        let outputs = if self.is_gradient { &mut self.rows } else { &mut self.sites };
        outputs.copy_from_slice(&self.start);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        let read = if self.is_gradient { Buffer::f32("q", &self.sites) } else { Buffer::f32("weights", &self.rows) };
        vec![Buffer::u32("offsets", &self.events.offsets), Buffer::u32("units", &self.events.units), read]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![if self.is_gradient { Buffer::f32("gradient", &self.rows) } else { Buffer::f32("sums", &self.sites) }]
    }

    fn constants(&self) -> Vec<(&'static str, f64)> {
        vec![("steps", STEPS as f64), ("lanes", TILE as f64), ("distance", DISTANCE as f64)]
    }

    fn cost(&self) -> Cost {
        let (spikes, busy) = (self.events.count(), self.events.busy_steps());
        // A sum is read and written once for all spikes of its run, a row of the gradient for each of them.
        let moved = if self.is_gradient { 2 * spikes + busy } else { spikes + 2 * busy };
        Cost {
            operations: spikes * TILE,
            bytes: floats(moved * TILE) + 4 * (spikes + self.events.offsets.len()),
            resident: resident(self),
            spikes,
        }
    }
}
