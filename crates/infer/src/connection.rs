//! Connections: what arrives at the units of a layer.

use alloc::vec;
use alloc::vec::Vec;

use spikelet_infer_loops::{ROWS, add_row, add_rows, add_whole, move_sums, move_whole, plus};

use crate::checks::{product, refuse};
use crate::events::{Events, Sources};
use crate::geometry::{Axis, Shape, Source, Window};
use crate::order::{end_of_block, position_of};
use crate::reader::Reader;

/// A connection with its weights.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What arrives of a spike.
    scale: f32,
    delays: Delays,
    kind: Kind,
    weights: Weights,
    shape: Shape,
    /// Steps that an event may be under way, and one.
    slots: usize,
}

/// Dense `[input][unit]`; of a convolution `[channel of a group][y][x][channel]`; one-to-one `[unit]`.
#[derive(Debug)]
enum Weights {
    Floats(Vec<f32>),
    Whole(Vec<i8>),
}

#[derive(Debug)]
enum Delays {
    None,
    /// `[input]`.
    ByInput(Vec<u16>),
    /// `[input][unit]`.
    ByConnection(Vec<u16>),
}

#[derive(Debug)]
enum Kind {
    Dense,
    Convolution(Convolution),
    OneToOne,
}

#[derive(Debug)]
struct Convolution {
    /// Channels of a group.
    seen: usize,
    seeing: usize,
    places: usize,
    width: usize,
    width_of_output: usize,
    taps: [usize; 2],
    rows: Vec<Vec<Sight>>,
    columns: Vec<Vec<Sight>>,
}

/// An output that sees a place, and the tap by which it does.
type Sight = (usize, usize);

/// A list of events that waits for its step takes as much as so many states.
const SLOT: usize = 12;

/// What is on its way through a connection.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Bits of the sums of the step, or of each slot where connections have delays of their own.
    sums: Vec<u32>,
    /// Events by the slot at which they arrive.
    underway: Vec<Events>,
    now: usize,
    /// Steps since the last event.
    pub(crate) silent: usize,
}

impl Connection {
    /// Reads a connection that has these sources.
    pub(crate) fn read(reader: &mut Reader<'_>, sources: &[Source], shape: Shape, is_whole: bool) -> Self {
        let units = shape.filters * shape.places;
        let scale = if is_whole { 1.0 } else { reader.float() };
        let [delays_by, kind, inputs] = reader.words();
        Source::note(sources, inputs, reader);
        let (kind, length) = match kind {
            0 => (Kind::Dense, product(&[inputs, units])),
            1 => {
                let window = Window::read(reader);
                let (rows, columns) = (window.rows, window.columns);
                let seen = window.channels / window.groups;
                window.demand_shapes(inputs, shape);
                let convolution = Convolution {
                    seen,
                    seeing: shape.filters / window.groups,
                    places: rows.input * columns.input,
                    width: columns.input,
                    width_of_output: columns.output,
                    taps: [rows.taps, columns.taps],
                    rows: seen_by(&rows),
                    columns: seen_by(&columns),
                };
                (Kind::Convolution(convolution), product(&[seen, rows.taps, columns.taps, shape.filters]))
            }
            2 if inputs == units => (Kind::OneToOne, units),
            _ => refuse(),
        };
        let columns = if let Kind::Convolution(_) = kind { shape.filters } else { units };
        let delays = match (delays_by, &kind) {
            (0, _) => Delays::None,
            (1, Kind::Dense | Kind::Convolution(_)) => Delays::ByInput(reader.shorts(inputs)),
            (2, Kind::Dense) => Delays::ByConnection(reader.shorts(length)),
            _ => refuse(),
        };
        let longest = match &delays {
            Delays::None => 0,
            Delays::ByInput(steps) | Delays::ByConnection(steps) => steps.iter().copied().max().unwrap_or(0),
        };
        let slots = 1 + usize::from(longest);
        reader.states(&[slots, if let Delays::ByInput(_) = delays { SLOT } else { units }]);
        let weights = match is_whole {
            true => Weights::Whole(reader.bytes(length).iter().map(|&byte| byte as i8).collect()),
            false => Weights::Floats(reader.weights(length, columns)),
        };
        Self { scale, delays, kind, weights, shape, slots }
    }

    pub(crate) fn sent(&self) -> Sent {
        let units = self.shape.filters * self.shape.places;
        let (sums, underway) = match self.delays {
            Delays::None => (1, 0),
            Delays::ByInput(_) => (1, self.slots),
            Delays::ByConnection(_) => (self.slots, 0),
        };
        Sent {
            sums: vec![0; sums * units],
            underway: (0..underway).map(|_| Events::default()).collect(),
            now: 0,
            silent: usize::MAX,
        }
    }

    /// Sends the events that `each` hands over, and adds what arrives to `drive`, bits by position.
    pub(crate) fn send(&self, sent: &mut Sent, each: &Sources<'_>, drive: &mut [u32]) {
        let units = drive.len();
        let Sent { sums, underway, now, .. } = sent;
        let here = *now;
        *now = (here + 1) % self.slots;
        match (&self.kind, &self.delays, &self.weights) {
            (Kind::OneToOne, ..) => each(&mut |unit, value| {
                let Shape { filters, places } = self.shape;
                let at = position_of(unit / places, unit % places, filters, places);
                drive[at] = self.weights.plus(drive[at], unit, value, self.scale);
            }),
            (Kind::Dense, Delays::None, Weights::Floats(weights)) => {
                let row = |unit: usize| &weights[unit * units..(unit + 1) * units];
                let mut waiting = [(&[][..], 0.0); ROWS];
                let mut count = 0;
                each(&mut |unit, value| {
                    waiting[count] = (row(unit), value);
                    count = (count + 1) % ROWS;
                    if count == 0 {
                        add_rows(waiting, sums);
                    }
                });
                waiting[..count].iter().for_each(|(row, value)| add_row(row, *value, sums));
                move_sums(sums, self.scale, drive);
            }
            (_, Delays::None, _) => {
                each(&mut |unit, value| self.add(unit, value, sums));
                self.weights.leave(sums, self.scale, drive);
            }
            (_, Delays::ByInput(steps), _) => {
                each(&mut |unit, value| {
                    underway[(here + usize::from(steps[unit])) % self.slots].push(unit as u32, value);
                });
                let arriving = &mut underway[here];
                arriving.each(&mut |unit, value| self.add(unit, value, sums));
                if !arriving.units.is_empty() {
                    self.weights.leave(sums, self.scale, drive);
                }
                arriving.clear();
            }
            (_, Delays::ByConnection(steps), _) => {
                each(&mut |unit, value| {
                    let row = unit * units;
                    for (k, &steps) in steps[row..row + units].iter().enumerate() {
                        let sum = &mut sums[(here + usize::from(steps)) % self.slots * units + k];
                        *sum = self.weights.plus(*sum, row + k, value, 1.0);
                    }
                });
                self.weights.leave(&mut sums[here * units..(here + 1) * units], self.scale, drive);
            }
        }
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_idle(&self, sent: &Sent) -> bool {
        sent.silent >= self.slots
    }

    /// Adds `value` times the weights of an input to the sums.
    fn add(&self, unit: usize, value: f32, sums: &mut [u32]) {
        match &self.kind {
            Kind::Convolution(convolution) => convolution.add(&self.weights, self.shape, (unit, value), sums),
            _ => self.weights.add(unit * sums.len(), value, sums),
        }
    }
}

impl Weights {
    /// Adds `value` times the weights from `start` on to the sums; whole numbers have no values.
    #[inline(never)]
    fn add(&self, start: usize, value: f32, sums: &mut [u32]) {
        let range = start..start + sums.len();
        match self {
            Self::Floats(weights) => add_row(&weights[range], value, sums),
            Self::Whole(weights) => add_whole(&weights[range], sums),
        }
    }

    /// A sum and `scale (w value)` of the weight at a place.
    fn plus(&self, sum: u32, at: usize, value: f32, scale: f32) -> u32 {
        match self {
            Self::Floats(weights) => plus(sum, scale * (weights[at] * value)),
            Self::Whole(weights) => sum.wrapping_add_signed(weights[at].into()),
        }
    }

    /// Adds `scale` times the sums to the drive, and sets them to 0.
    fn leave(&self, sums: &mut [u32], scale: f32, drive: &mut [u32]) {
        match self {
            Self::Floats(_) => move_sums(sums, scale, drive),
            Self::Whole(_) => move_whole(sums, drive),
        }
    }
}

impl Sent {
    /// Goes back to before the first step.
    pub(crate) fn clear(&mut self) {
        self.sums.fill(0);
        self.underway.iter_mut().for_each(Events::clear);
        self.silent = usize::MAX;
    }
}

impl Convolution {
    /// Adds the weights of a spike to the sums of all places that see it.
    fn add(&self, weights: &Weights, Shape { filters, places }: Shape, (unit, value): (usize, f32), sums: &mut [u32]) {
        let (channel, place) = (unit / self.places, unit % self.places);
        let first = channel / self.seen * self.seeing;
        let [_, taps] = self.taps;
        for &(y, ky) in &self.rows[place / self.width] {
            for &(x, kx) in &self.columns[place % self.width] {
                let row = ((channel % self.seen * self.taps[0] + ky) * taps + kx) * filters;
                let mut filter = first;
                while filter < first + self.seeing {
                    let end = end_of_block(filter).min(first + self.seeing);
                    let at = position_of(filter, y * self.width_of_output + x, filters, places);
                    weights.add(row + filter, value, &mut sums[at..at + end - filter]);
                    filter = end;
                }
            }
        }
    }
}

/// Outputs that see each place of an axis.
fn seen_by(axis: &Axis) -> Vec<Vec<Sight>> {
    let mut places = vec![Vec::new(); axis.input];
    for output in 0..axis.output {
        for tap in 0..axis.taps {
            let end = output as u64 * axis.stride as u64 + tap as u64 * axis.dilation as u64;
            let place = end.checked_sub(axis.padding as u64);
            if let Some(sights) = place.and_then(|place| places.get_mut(usize::try_from(place).ok()?)) {
                sights.push((output, tap));
            }
        }
    }
    places
}
