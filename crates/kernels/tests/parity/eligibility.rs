//! Eligibilities of the weights of a tile.

use spikelet_kernels::eligibility::{
    EligibilityColumn, EligibilityRows, EligibilityStep, coefficient, step_column, step_eligibility,
};
use spikelet_kernels::{LANES, Level, NeuronKind};

use crate::case::LANE_COUNTS;
use crate::draw::{Draw, assert_same};

const ROWS: usize = 5;
const STEPS: usize = 20;

#[test]
fn eligibilities_of_rows_are_those_of_columns() {
    for level in Level::available() {
        for kind in [None, Some(NeuronKind::Alif), Some(NeuronKind::Adlif)] {
            for lanes in LANE_COUNTS {
                for filter in [None, Some([0.7, 0.9])] {
                    compare(level, kind, lanes, filter);
                }
            }
        }
    }
}

fn compare(level: Level, kind: Option<NeuronKind>, lanes: usize, filter: Option<[f32; 2]>) {
    let mut draw = Draw(lanes as u32);
    let states = EligibilityStep::states(kind, filter.is_some()) * lanes;
    let (mut rows, mut row_sums) = (vec![0.0; ROWS * states], vec![0.0; ROWS * lanes]);
    let (mut columns, mut column_sums) = (rows.clone(), row_sums.clone());
    let mut live = [false; ROWS];
    let none = &vec![0.0; lanes][..];
    for t in 0..STEPS {
        let mut coefficients = draw.vector(coefficient::COUNT * lanes, 0.9);
        for flag in &mut coefficients[coefficient::IS_SYMPLECTIC * lanes..] {
            *flag = if *flag > 0.0 { 1.0 } else { 0.0 };
        }
        let penalty = if t % 3 == 0 { 0.01 } else { 0.0 };
        let coefficients = &coefficients[..];
        let step = EligibilityStep { kind, lanes, coefficients, filter, penalty, flushes: t % 4 == 3 };
        let values: Vec<f32> = (0..ROWS).map(|row| if row > 0 { draw.below(3) as f32 } else { 0.0 }).collect();
        step_eligibility(
            level,
            &step,
            &mut EligibilityRows { values: &values, live: &mut live, states: &mut rows, sums: &mut row_sums },
        );
        let of_columns = columns.chunks_exact_mut(states).zip(column_sums.chunks_exact_mut(lanes));
        for (value, (states, sums)) in values.iter().zip(of_columns) {
            let drive = &coefficients[coefficient::DRIVE * lanes..][..lanes];
            let current: Vec<f32> = drive.iter().map(|drive| drive * value).collect();
            let column = EligibilityColumn { current: &current, membrane: none, threshold: none, adaptation: none };
            step_column(&step, &column, states, sums);
        }
    }
    assert!(row_sums[lanes..].iter().any(|&sum| sum != 0.0));
    assert_eq!(live, [false, true, true, true, true]);
    assert_same("sums", level, &row_sums, &column_sums);
    let blocks = lanes / LANES;
    let by_block: Vec<f32> = (0..rows.len())
        .map(|place| {
            let (row, in_row) = (place / states, place % states);
            let (state, lane) = (in_row / lanes, in_row % lanes);
            let (block, in_block) = (lane / LANES, lane % LANES);
            rows[row * states + (block * (states / lanes) + state) * LANES + in_block]
        })
        .collect();
    assert_eq!(blocks * LANES, lanes);
    assert_same("states", level, &by_block, &columns);
}
