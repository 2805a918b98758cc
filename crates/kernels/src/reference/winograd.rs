use crate::NO_ROW;
use crate::winograd::{PLANES, Planes};

/// Twin of [`crate::spread_squares`].
pub fn spread_squares(from: &[f32], places: &[[u32; PLANES]], planes: Planes, to: &mut [f32]) {
    for (number, places) in places.iter().enumerate() {
        for lane in 0..planes.lanes {
            let rows = places.map(|place| if place == NO_ROW { 0.0 } else { from[place as usize + lane] });
            let by_column = |k: usize| parts([0, 4, 8, 12].map(|row| rows[row + k]));
            let half = [0, 1, 2, 3].map(by_column);
            for row in 0..4 {
                for (column, value) in parts(half.map(|column| column[row])).into_iter().enumerate() {
                    to[(4 * row + column) * planes.plane + number * planes.square + planes.first + lane] = value;
                }
            }
        }
    }
}

/// Twin of [`crate::join_squares`].
pub fn join_squares(from: &[f32], planes: Planes, places: &[[u32; 4]], to: &mut [f32]) {
    for (number, places) in places.iter().enumerate() {
        for lane in 0..planes.lanes {
            let at = |k: usize| from[k * planes.plane + number * planes.square + planes.first + lane];
            let half = [0, 1, 2, 3].map(|column| sums([0, 4, 8, 12].map(|row| at(row + column))));
            for row in 0..2 {
                for (column, value) in sums(half.map(|column| column[row])).into_iter().enumerate() {
                    if places[2 * row + column] != NO_ROW {
                        to[places[2 * row + column] as usize + lane] = value;
                    }
                }
            }
        }
    }
}

/// Bᵀ of four numbers.
fn parts([a, b, c, d]: [f32; 4]) -> [f32; 4] {
    [a - c, b + c, c - b, b - d]
}

/// Aᵀ of four numbers.
fn sums([a, b, c, d]: [f32; 4]) -> [f32; 2] {
    [a + b + c, b - c - d]
}
