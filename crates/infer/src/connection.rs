//! Connections: what arrives at the units of a layer.

use alloc::vec;
use alloc::vec::Vec;

use spikelet_infer_loops::{ROWS, add_row, add_rows, move_sums};

use crate::events::{Events, Sources};
use crate::geometry::{Axis, Shape, Window};
use crate::order::{end_of_block, position_of};
use crate::reader::Reader;

/// A connection with its weights.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What arrives of a spike.
    scale: f32,
    delays: Delays,
    kind: Kind,
    /// Dense `[input][unit]`; of a convolution `[channel of a group][y][x][channel]`; one-to-one `[unit]`.
    weights: Vec<f32>,
    shape: Shape,
    /// Steps that an event may be under way, and one.
    slots: usize,
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

/// What is on its way through a connection.
#[derive(Debug)]
pub(crate) struct Sent {
    /// Sums of the step, or of each slot where connections have delays of their own.
    sums: Vec<f32>,
    /// Events by the slot at which they arrive.
    underway: Vec<Events>,
    now: usize,
    /// Steps since the last event.
    pub(crate) silent: usize,
}

impl Connection {
    pub(crate) fn read(reader: &mut Reader<'_>, shape: Shape) -> Self {
        let units = shape.filters * shape.places;
        let scale = reader.float();
        let [delays_by, kind, inputs] = reader.words();
        let (kind, length) = match kind {
            0 => (Kind::Dense, inputs * units),
            1 => {
                let window = Window::read(reader);
                let (rows, columns) = (window.rows, window.columns);
                let seen = window.channels / window.groups;
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
                (Kind::Convolution(convolution), seen * rows.taps * columns.taps * shape.filters)
            }
            _ => (Kind::OneToOne, units),
        };
        let columns = if let Kind::Convolution(_) = kind { shape.filters } else { units };
        let delays = match delays_by {
            0 => Delays::None,
            1 => Delays::ByInput(reader.shorts(inputs)),
            _ => Delays::ByConnection(reader.shorts(inputs * units)),
        };
        let longest = match &delays {
            Delays::None => 0,
            Delays::ByInput(steps) | Delays::ByConnection(steps) => steps.iter().copied().max().unwrap_or(0),
        };
        let slots = 1 + usize::from(longest);
        Self { scale, delays, kind, weights: reader.weights(length, columns), shape, slots }
    }

    pub(crate) fn sent(&self) -> Sent {
        let units = self.shape.filters * self.shape.places;
        let (sums, underway) = match self.delays {
            Delays::None => (1, 0),
            Delays::ByInput(_) => (1, self.slots),
            Delays::ByConnection(_) => (self.slots, 0),
        };
        Sent {
            sums: vec![0.0; sums * units],
            underway: (0..underway).map(|_| Events::default()).collect(),
            now: 0,
            silent: usize::MAX,
        }
    }

    /// Sends the events that `each` hands over, and adds what arrives to `drive`, by position.
    pub(crate) fn send(&self, sent: &mut Sent, each: &Sources<'_>, drive: &mut [f32]) {
        let units = drive.len();
        let Sent { sums, underway, now, .. } = sent;
        let here = *now;
        *now = (here + 1) % self.slots;
        match (&self.kind, &self.delays) {
            (Kind::OneToOne, _) => each(&mut |unit, value| {
                let Shape { filters, places } = self.shape;
                let at = position_of(unit / places, unit % places, filters, places);
                drive[at] += self.scale * (self.weights[unit] * value);
            }),
            (Kind::Dense, Delays::None) => {
                let row = |unit: usize| &self.weights[unit * units..(unit + 1) * units];
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
            (_, Delays::None) => {
                each(&mut |unit, value| self.add(unit, value, sums));
                move_sums(sums, self.scale, drive);
            }
            (_, Delays::ByInput(steps)) => {
                each(&mut |unit, value| {
                    underway[(here + usize::from(steps[unit])) % self.slots].push(unit as u32, value);
                });
                let arriving = &mut underway[here];
                arriving.each(&mut |unit, value| self.add(unit, value, sums));
                if !arriving.units.is_empty() {
                    move_sums(sums, self.scale, drive);
                }
                arriving.clear();
            }
            (_, Delays::ByConnection(steps)) => {
                each(&mut |unit, value| {
                    let row = unit * units;
                    let row = self.weights[row..row + units].iter().zip(&steps[row..row + units]);
                    for (k, (weight, &steps)) in row.enumerate() {
                        sums[(here + usize::from(steps)) % self.slots * units + k] += weight * value;
                    }
                });
                move_sums(&mut sums[here * units..(here + 1) * units], self.scale, drive);
            }
        }
    }

    /// Whether nothing is on its way.
    pub(crate) fn is_idle(&self, sent: &Sent) -> bool {
        sent.silent >= self.slots
    }

    /// Adds `value` times the weights of an input to the sums.
    fn add(&self, unit: usize, value: f32, sums: &mut [f32]) {
        match &self.kind {
            Kind::Convolution(convolution) => convolution.add(&self.weights, self.shape, (unit, value), sums),
            _ => add_row(&self.weights[unit * sums.len()..(unit + 1) * sums.len()], value, sums),
        }
    }
}

impl Sent {
    /// Goes back to before the first step.
    pub(crate) fn clear(&mut self) {
        self.sums.fill(0.0);
        self.underway.iter_mut().for_each(Events::clear);
        self.silent = usize::MAX;
    }
}

impl Convolution {
    /// Adds the weights of a spike to the sums of all places that see it.
    fn add(&self, weights: &[f32], Shape { filters, places }: Shape, (unit, value): (usize, f32), sums: &mut [f32]) {
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
                    add_row(&weights[row + filter..row + end], value, &mut sums[at..at + end - filter]);
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
            let place = (output * axis.stride + tap * axis.dilation).checked_sub(axis.padding);
            if let Some(sights) = place.and_then(|place| places.get_mut(place)) {
                sights.push((output, tap));
            }
        }
    }
    places
}
