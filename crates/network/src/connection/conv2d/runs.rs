//! What arrives at a convolution of many channels, in runs: the channels of a block of the input that fire at a place and a step.
//!
//! By a tap, the sites of a row of the output see neighbouring places, with few rows of weights, which stay in a level-1 cache while the
//! row of sites is summed tap by tap. Sums keep the order of events, that of blocks, places and channels, in which each site lists them.

use spikelet_config::geometry::{Axis, Window};
use spikelet_kernels::{ForwardTile, Level, Runs, StepEvents, TILE, TileRun, add_runs, forward_tile, scatter_runs};

use super::copies::SharedWeights;
use super::geometry::{Block, Convolution};
use crate::aligned::Aligned;
use crate::connection::forward::ForwardRun;
use crate::connection::sums::DriveSums;

/// Fewest events of a block at a place and a step, on average, for which runs are faster than lists.
const FEW: usize = 2;

/// Runs of all places.
#[derive(Debug, Default)]
pub(super) struct PlaceRuns {
    /// Start of each run in `channels`, `[step][block][place]`, and the end of the last; empty: nothing is listed.
    offsets: Vec<u32>,
    /// Channels, which count from the first of their block.
    channels: Vec<u32>,
    /// Whether a place has an event, `[step][place]`.
    places: Vec<bool>,
    /// Whether a site sees an event, `[site of a tile][step]`.
    busy: Vec<bool>,
    from: usize,
    to: usize,
}

/// Currents of a row of sites, and the steps at which they have any.
#[derive(Debug, Default)]
pub(super) struct RowSums {
    /// `[site][step][lane]`.
    values: Aligned,
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

/// What a row of sites sees of a block of the input by one tap.
struct Seen<'a> {
    runs: Runs<'a>,
    /// First site of the row that sees a place inside the input.
    site: usize,
    /// First channel of the block.
    channel: usize,
    tap: (usize, usize),
}

impl PlaceRuns {
    /// Forgets a sample.
    pub(super) fn clear(&mut self) {
        self.offsets.clear();
    }

    /// Whether something is listed.
    pub(super) fn are_listed(&self) -> bool {
        !self.offsets.is_empty()
    }

    /// Whether events of steps `from..to` are listed.
    pub(super) fn hold(&self, from: usize, to: usize) -> bool {
        self.are_listed() && self.from <= from && to <= self.to
    }

    /// Lists events of steps `from..to` where they are many, without values, and in order of blocks and places; says whether they are.
    pub(super) fn list(&mut self, convolution: &Convolution, events: StepEvents<'_>, from: usize, to: usize) -> bool {
        self.clear();
        let places = convolution.input.places();
        let runs = convolution.input_blocks.len() * places;
        let count = (events.offsets[to] - events.offsets[from]) as usize;
        if events.is_weighted() || count < FEW * runs * (to - from) {
            return false;
        }
        (self.from, self.to) = (from, to);
        self.channels.clear();
        self.channels.reserve(count);
        self.places.clear();
        self.places.resize(places * (to - from), false);
        for t in from..to {
            let start = (t - from) * runs;
            for &unit in events.at(t) {
                let (channel, place) = (unit as usize / places, unit as usize % places);
                let run = start + channel / TILE * places + place;
                if run + 1 < self.offsets.len() {
                    self.clear();
                    return false;
                }
                self.offsets.resize(run + 1, self.channels.len() as u32);
                self.channels.push((channel % TILE) as u32);
                self.places[(t - from) * places + place] = true;
            }
        }
        self.offsets.resize(runs * (to - from) + 1, self.channels.len() as u32);
        self.mark_busy(convolution);
        true
    }

    fn mark_busy(&mut self, convolution: &Convolution) {
        let Convolution { input, output, window, .. } = convolution;
        let (steps, places) = (self.to - self.from, input.places());
        self.busy.clear();
        self.busy.resize(output.places() * steps, false);
        for y in 0..output.height {
            for (_, row, seen) in taps_seen(window, y) {
                for n in 0..seen.count {
                    let place = row * input.width + seen.place + n * window.columns.stride;
                    let site = y * output.width + seen.site + n;
                    for t in 0..steps {
                        self.busy[site * steps + t] |= self.places[t * places + place];
                    }
                }
            }
        }
    }

    /// What the sites of row `y` see at steps `from..to`: block by block, tap by tap.
    fn seen(&self, convolution: &Convolution, y: usize, (from, to): (usize, usize)) -> impl Iterator<Item = Seen<'_>> {
        let (window, input, blocks) = (convolution.window, convolution.input, convolution.input_blocks.len());
        let stride = blocks * input.places();
        (0..blocks).flat_map(move |block| {
            taps_seen(&window, y).map(move |(tap, row, of_row)| {
                let place = block * input.places() + row * input.width + of_row.place;
                let runs = Runs {
                    offsets: &self.offsets,
                    units: &self.channels,
                    first: (from - self.from) * stride + place,
                    apart: window.columns.stride,
                    stride,
                    neighbours: of_row.count,
                    steps: to - from,
                };
                Seen { runs, site: of_row.site, channel: block * TILE, tap }
            })
        })
    }

    /// Runs all sites.
    pub(super) fn forward(
        &self,
        convolution: &Convolution,
        shared: &[SharedWeights],
        sums: &mut RowSums,
        run: &mut ForwardRun<'_>,
    ) {
        let (level, steps, width) = (run.level, (run.from, run.to), convolution.output.width);
        let none = StepEvents { offsets: &[], units: &[], values: &[] };
        let mut sites = run.sites(|_| &[], |_| none);
        for (block, shared) in convolution.blocks.iter().zip(shared) {
            for y in 0..convolution.output.height {
                self.sum(level, convolution, (block, shared), (y, steps), &mut sums.values);
                for (x, TileRun { tile, mut state }) in sites.by_ref().take(width).enumerate() {
                    let (weights, events) = sums.of(x, self.busy_steps(y * width + x, steps), steps);
                    forward_tile(level, &ForwardTile { weights, events, ..tile }, &mut state);
                }
            }
        }
    }

    /// Adds what arrives at all sites to sums.
    pub(super) fn add_drive(
        &self,
        convolution: &Convolution,
        shared: &[SharedWeights],
        row: &mut RowSums,
        run: &ForwardRun<'_>,
        sums: &mut DriveSums<'_>,
    ) {
        let (level, steps, layer_steps) = (run.level, (run.from, run.to), run.view.steps);
        let (width, height) = (convolution.output.width, convolution.output.height);
        for (number, (block, shared)) in convolution.blocks.iter().zip(shared).enumerate() {
            for y in 0..height {
                self.sum(level, convolution, (block, shared), (y, steps), &mut row.values);
                for (x, from) in row.values.chunks_exact((steps.1 - steps.0) * TILE).enumerate() {
                    let site = y * width + x;
                    let lane = (number * width * height + site) * TILE;
                    let to = &mut sums.values[lane * layer_steps + steps.0 * TILE..][..from.len()];
                    let busy = self.busy_steps(site, steps);
                    let rows = to.chunks_exact_mut(TILE).zip(from.chunks_exact(TILE)).zip(busy);
                    for ((to, from), _) in rows.filter(|(_, is_busy)| **is_busy) {
                        to.iter_mut().zip(from).for_each(|(sum, value)| *sum += sums.scale * value);
                    }
                }
            }
        }
    }

    /// Sums what arrives at a row of sites of a tile.
    fn sum(
        &self,
        level: Level,
        convolution: &Convolution,
        (block, shared): (&Block, &SharedWeights),
        (y, steps): (usize, (usize, usize)),
        sums: &mut Aligned,
    ) {
        let of_site = (steps.1 - steps.0) * TILE;
        sums.clear();
        sums.resize(convolution.output.width * of_site);
        let distance = convolution.row(block, 1, 0, 0) * TILE;
        for Seen { runs, site, channel, tap } in self.seen(convolution, y, steps) {
            let row = convolution.row(block, channel, tap.0, tap.1);
            add_runs(level, &runs, &shared.drive[row * TILE..], distance, &mut sums[site * of_site..]);
        }
    }

    /// Adds q of row `y` of sites, `[site][step][lane]` up to step `end`, to the gradient of the rows that each sees.
    pub(super) fn scatter(
        &self,
        level: Level,
        convolution: &Convolution,
        (block, y, end): (&Block, usize, usize),
        q: &[f32],
        gradient: &mut [f32],
    ) {
        let distance = convolution.row(block, 1, 0, 0) * TILE;
        for Seen { runs, site, channel, tap } in self.seen(convolution, y, (0, end)) {
            let row = convolution.row(block, channel, tap.0, tap.1);
            scatter_runs(level, &runs, &q[site * end * TILE..], distance, &mut gradient[row * TILE..]);
        }
    }

    /// Whether something arrives at a site of a tile at each of some steps.
    fn busy_steps(&self, site: usize, (from, to): (usize, usize)) -> &[bool] {
        &self.busy[site * (self.to - self.from)..][from - self.from..to - self.from]
    }
}

impl RowSums {
    /// Currents of a site, and the events that name them.
    fn of(&mut self, x: usize, busy: &[bool], (from, to): (usize, usize)) -> (&[f32], StepEvents<'_>) {
        self.offsets.resize(to + 1, 0);
        self.rows.clear();
        self.offsets[from] = 0;
        for (row, &is_busy) in busy.iter().enumerate() {
            if is_busy {
                self.rows.push(row as u32);
            }
            self.offsets[from + row + 1] = self.rows.len() as u32;
        }
        let events = StepEvents { offsets: &self.offsets, units: &self.rows, values: &[] };
        (&self.values[x * (to - from) * TILE..][..(to - from) * TILE], events)
    }
}

/// Sites of a row that see a place inside the input by a tap.
#[derive(Clone, Copy)]
struct OfRow {
    /// The first of them.
    site: usize,
    /// Column of the input that it sees.
    place: usize,
    count: usize,
}

impl OfRow {
    fn new(columns: &Axis, tap: usize) -> Self {
        let (ahead, stride) = (tap * columns.dilation, columns.stride);
        let site = columns.padding.saturating_sub(ahead).div_ceil(stride);
        let place = (site * stride + ahead).saturating_sub(columns.padding);
        let count = columns.input.saturating_sub(place).div_ceil(stride).min(columns.output.saturating_sub(site));
        Self { site, place, count }
    }
}

/// Taps by which row `y` of the sites sees the input, in their order, each with the row of the input.
fn taps_seen(window: &Window, y: usize) -> impl Iterator<Item = ((usize, usize), usize, OfRow)> + use<> {
    let Window { rows, columns } = *window;
    let seen = (0..rows.taps).filter_map(move |ky| {
        let row = (y * rows.stride + ky * rows.dilation).checked_sub(rows.padding)?;
        (row < rows.input).then_some((ky, row))
    });
    seen.flat_map(move |(ky, row)| {
        (0..columns.taps).map(move |kx| ((ky, kx), row, OfRow::new(&columns, kx))).filter(|(_, _, seen)| seen.count > 0)
    })
}

#[cfg(test)]
mod tests {
    use spikelet_config::Slid;
    use spikelet_config::geometry::Image;
    use spikelet_kernels::scatter_tile;

    use super::super::geometry::Border;
    use super::super::lists::SiteLists;
    use super::*;

    const STEPS: usize = 3;

    fn slid(stride: usize, dilation: usize, padding: usize) -> Slid {
        let axis = |input: usize, taps: usize| Axis {
            input,
            output: (input + 2 * padding - dilation * (taps - 1) - 1) / stride + 1,
            taps,
            stride,
            dilation,
            padding,
        };
        let input = Image { channels: 2 * TILE, height: 7, width: 6 };
        let window = Window { rows: axis(7, 3), columns: axis(6, 2) };
        Slid { input, output: input.through(&window, 2 * TILE), window, groups: 1 }
    }

    fn drawn(length: usize) -> Aligned {
        let mut state = 1_u32;
        let mut values = Aligned::zeros(length);
        values.iter_mut().for_each(|value| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
        });
        values
    }

    /// Events of every third unit in order of blocks, places and channels, and none at the second step.
    fn events(input: Image) -> (Vec<u32>, Vec<u32>) {
        let (mut offsets, mut units) = (vec![0], Vec::new());
        for t in 0..STEPS {
            for first in (0..input.channels).step_by(TILE).filter(|_| t != 1) {
                for place in 0..input.places() {
                    let channels = (first..first + TILE).filter(|channel| (channel + place * 2 + t) % 3 == 0);
                    units.extend(channels.map(|channel| (channel * input.places() + place) as u32));
                }
            }
            offsets.push(units.len() as u32);
        }
        (offsets, units)
    }

    #[test]
    fn rows_of_sites_have_the_sums_and_the_gradient_of_their_lists() {
        for slid in [slid(1, 1, 1), slid(1, 1, 0), slid(2, 1, 1), slid(1, 2, 2), slid(3, 1, 0), slid(1, 1, 3)] {
            let convolution = Convolution::new(&slid, Border::of(&slid));
            let (offsets, units) = events(slid.input);
            let events = StepEvents { offsets: &offsets, units: &units, values: &[] };
            let mut runs = PlaceRuns::default();
            assert!(convolution.fills_tiles() && runs.list(&convolution, events, 0, STEPS));
            let sites = convolution.sites().0;
            let mut lists = SiteLists::new(convolution.listed_sites(sites.len()), STEPS);
            lists.list(&convolution, events, 0, STEPS);
            let level = Level::detect();
            let mut steps_with_sums = 0;
            for (number, block) in convolution.blocks.iter().enumerate() {
                let mut shared = SharedWeights::default();
                let rows = convolution.rows(block);
                shared.refresh(&convolution, block, &drawn(rows * TILE), TILE);
                let (mut by_lists, mut by_runs) = (Aligned::zeros(rows * TILE), Aligned::zeros(rows * TILE));
                let (width, height) = (slid.output.width, slid.output.height);
                for y in 0..height {
                    let mut sums = Aligned::default();
                    runs.sum(level, &convolution, (block, &shared), (y, (0, STEPS)), &mut sums);
                    let q = drawn(width * STEPS * TILE);
                    for x in 0..width {
                        let site = y * width + x;
                        let events = lists.events(number * width * height + site);
                        let q = &q[x * STEPS * TILE..][..STEPS * TILE];
                        scatter_tile(level, &events, &[0, 1, 2], q, TILE, &mut by_lists);
                        for (t, &is_busy) in runs.busy_steps(site, (0, STEPS)).iter().enumerate() {
                            let mut expected = [0.0; TILE];
                            for &row in events.at(t) {
                                let row = &shared.drive[row as usize * TILE..][..TILE];
                                expected.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight);
                            }
                            assert_eq!(sums[(x * STEPS + t) * TILE..][..TILE], expected, "{slid:?} {y} {x} {t}");
                            assert_eq!(is_busy, !events.at(t).is_empty());
                            steps_with_sums += usize::from(is_busy);
                        }
                    }
                    runs.scatter(level, &convolution, (block, y, STEPS), &q, &mut by_runs);
                }
                assert_eq!(by_runs[..], by_lists[..], "{slid:?}");
            }
            assert!(steps_with_sums > 0);
        }
    }

    #[test]
    fn events_in_another_order_or_few_are_left_to_lists() {
        let slid = slid(1, 1, 1);
        let convolution = Convolution::new(&slid, Border::of(&slid));
        let (offsets, mut units) = events(slid.input);
        let mut runs = PlaceRuns::default();
        let few = StepEvents { offsets: &[0, 2, 2, 2], units: &units, values: &[] };
        assert!(!runs.list(&convolution, few, 0, STEPS) && !runs.are_listed());
        units.swap(0, 200);
        assert!(!runs.list(&convolution, StepEvents { offsets: &offsets, units: &units, values: &[] }, 0, STEPS));
        assert!(!runs.are_listed());
    }
}
