//! Errors below a convolution of 3 × 3 taps, by Winograd: squares of adjoints become 16 planes, and products of these become sums.

use spikelet_kernels::{Level, NO_ROW, PLANE_GAP, PLANES, Planes, join_squares, reference, spread_squares};

use crate::case::{floats, resident};
use crate::{Buffer, Case, Cost, Draw, Values};

/// Squares of a row of the image.
const COLUMNS: usize = 8;
/// Rows and columns of the sums of a square, and of what it reads.
const SIDE: usize = 2;
const READ: usize = 4;

/// Sums of a lane of a square: by columns, then by rows.
const OF_SPREAD: usize = 16 + 16;
const OF_JOIN: usize = 16 + 8;

/// A kernel over squares with N places each, and its plain twin.
type Kernel<const N: usize> = fn(Level, &[f32], Planes, &[[u32; N]], &mut [f32]);
type Plain<const N: usize> = fn(&[f32], Planes, &[[u32; N]], &mut [f32]);

struct Winograd<const N: usize> {
    from: Vec<f32>,
    places: Vec<[u32; N]>,
    to: Vec<f32>,
    planes: Planes,
    kernel: Kernel<N>,
    plain: Plain<N>,
    of_lane: usize,
}

pub(crate) fn spread(values: &Values<'_>) -> Box<dyn Case> {
    let (squares, lanes) = (values.size("squares"), values.size("lanes"));
    let planes = planes(squares, lanes);
    Box::new(Winograd::<PLANES> {
        from: Draw::new(22).vector(squares * SIDE * SIDE * lanes, 0.01),
        places: places(squares, lanes, READ, 1),
        to: vec![0.0; PLANES * planes.plane],
        planes,
        kernel: |level, from, planes, places, to| spread_squares(level, from, places, planes, to),
        plain: |from, planes, places, to| reference::spread_squares(from, places, planes, to),
        of_lane: OF_SPREAD,
    })
}

pub(crate) fn join(values: &Values<'_>) -> Box<dyn Case> {
    let (squares, lanes) = (values.size("squares"), values.size("lanes"));
    let planes = planes(squares, lanes);
    Box::new(Winograd::<{ SIDE * SIDE }> {
        from: Draw::new(23).vector(PLANES * planes.plane, 0.01),
        places: places(squares, lanes, SIDE, 0),
        to: vec![0.0; squares * SIDE * SIDE * lanes],
        planes,
        kernel: join_squares,
        plain: reference::join_squares,
        of_lane: OF_JOIN,
    })
}

fn planes(squares: usize, lanes: usize) -> Planes {
    Planes { plane: squares * lanes + PLANE_GAP, square: lanes, first: 0, lanes }
}

/// Where the `side` × `side` places of each square begin in an image `[row][column][lane]`, of which `border` lie before its sums.
fn places<const N: usize>(squares: usize, lanes: usize, side: usize, border: usize) -> Vec<[u32; N]> {
    let (height, width) = (squares / COLUMNS * SIDE, COLUMNS * SIDE);
    let place = |square: usize, number: usize| {
        let y = (square / COLUMNS * SIDE + number / side).checked_sub(border).filter(|&y| y < height);
        let x = (square % COLUMNS * SIDE + number % side).checked_sub(border).filter(|&x| x < width);
        y.zip(x).map_or(NO_ROW, |(y, x)| ((y * width + x) * lanes) as u32)
    };
    (0..squares).map(|square| std::array::from_fn(|number| place(square, number))).collect()
}

impl<const N: usize> Case for Winograd<N> {
    fn run(&mut self, level: Level) {
        (self.kernel)(level, &self.from, self.planes, &self.places, &mut self.to);
    }

    fn run_plain(&mut self) {
        (self.plain)(&self.from, self.planes, &self.places, &mut self.to);
    }

    fn restart(&mut self) {
        self.to.fill(0.0);
    }

    fn inputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("from", &self.from), Buffer::u32("places", self.places.as_flattened())]
    }

    fn outputs(&self) -> Vec<Buffer<'_>> {
        vec![Buffer::f32("to", &self.to)]
    }

    fn cost(&self) -> Cost {
        let (lanes, squares) = (self.planes.lanes, self.places.len());
        let inside = self.places.as_flattened().iter().filter(|&&place| place != NO_ROW).count();
        Cost {
            operations: squares * lanes * self.of_lane,
            bytes: floats((inside + PLANES * squares) * lanes) + 4 * N * squares,
            resident: resident(self),
            spikes: 0,
        }
    }
}
