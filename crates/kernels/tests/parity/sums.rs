//! Products, updates and sums of weights.

use spikelet_kernels::{
    AdamStep, BatchProjection, DelayedRow, Gather, LANES, Level, NO_ROW, Optimizer, PLANES, Planes, Projection,
    RowGradient, Runs, SgdStep, StepEvents, TILE, TileParameters, add_runs, dot, gather_delayed, gather_tile,
    join_squares, project, project_batch, project_delayed, reference, scatter_runs, scatter_tile, send_delayed,
    shift_back, spread_columns, spread_squares, update_rows, update_tile,
};

use crate::case::{Case, LANE_COUNTS};
use crate::draw::{Draw, assert_same};

#[test]
fn projection_and_dot_are_the_plain_loops() {
    for level in Level::available() {
        for steps in 0..=67 {
            let mut draw = Draw(steps as u32);
            let units = 1 + draw.below(20);
            let stride = units + draw.below(5);
            for lanes in LANE_COUNTS {
                for (segments, gap, adds) in [(1, 0, false), (3, units + 2, true)] {
                    let weights = draw.vector(segments * units * lanes, 1.0);
                    let rows = draw.vector((steps + 1) * stride + segments * gap, 1.0);
                    let projection = Projection {
                        weights: &weights,
                        lanes,
                        rows: &rows,
                        stride,
                        units,
                        segments,
                        gap,
                        adds,
                        scale: 0.3,
                        steps,
                    };
                    let mut expected = draw.vector(steps * lanes, 1.0);
                    let mut found = expected.clone();
                    reference::project(&projection, &mut expected);
                    project(level, &projection, &mut found);
                    assert_same("projection", level, &found, &expected);
                }
            }
            let (a, b) = (draw.vector(steps * LANES, 1.0), draw.vector(steps * LANES, 1.0));
            assert_same("dot", level, &[dot(level, &a, &b)], &[reference::dot(&a, &b)]);
        }
    }
}

#[test]
fn projections_of_batches_are_the_plain_loops() {
    for level in Level::available() {
        for samples in 0..=LANES {
            let mut draw = Draw(samples as u32);
            let units = 1 + draw.below(20);
            let [weights, rows] = [0, 1].map(|_| draw.vector(units * LANES, 1.0));
            let out_stride = LANES + draw.below(5);
            let projection = BatchProjection { weights: &weights, rows: &rows, samples, scale: 0.3, out_stride };
            let mut expected = draw.vector(samples * out_stride, 1.0);
            let mut found = expected.clone();
            reference::project_batch(&projection, &mut expected);
            project_batch(level, &projection, &mut found);
            assert_same("projection of a batch", level, &found, &expected);
        }
    }
}

#[test]
fn squares_are_spread_and_joined_as_in_the_plain_loops() {
    for level in Level::available() {
        for squares in 0..5 {
            for lanes in LANE_COUNTS {
                let mut draw = Draw((squares + lanes) as u32);
                let square = lanes + LANES;
                let planes = Planes { plane: squares * square + 3, square, first: LANES, lanes };
                let mut place = || if draw.below(4) == 0 { NO_ROW } else { draw.below(200) as u32 };
                let read: Vec<[u32; PLANES]> = (0..squares).map(|_| [0; PLANES].map(|_| place())).collect();
                let inside = |place: usize| if place % 5 == 3 { NO_ROW } else { (place * lanes) as u32 };
                let sums: Vec<[u32; 4]> = (0..squares).map(|n| [0, 1, 2, 3].map(|k| inside(4 * n + k))).collect();
                let from = draw.vector(200 + 4 * squares * lanes, 1.0);
                let mut expected = draw.vector(PLANES * planes.plane, 1.0);
                let mut found = expected.clone();
                reference::spread_squares(&from, &read, planes, &mut expected);
                spread_squares(level, &from, &read, planes, &mut found);
                assert_same("spread squares", level, &found, &expected);
                let mut expected = from.clone();
                let mut joined = from;
                reference::join_squares(&found, planes, &sums, &mut expected);
                join_squares(level, &found, planes, &sums, &mut joined);
                assert_same("joined squares", level, &joined, &expected);
            }
        }
    }
}

#[test]
fn sums_over_runs_are_the_plain_loops() {
    for level in Level::available() {
        for (neighbours, apart, steps) in [(0, 1, 3), (1, 1, 1), (5, 1, 4), (4, 2, 3), (9, 3, 2)] {
            let mut draw = Draw((neighbours * 10 + steps) as u32);
            let (stride, distance) = (neighbours * apart + 2, TILE + 7);
            let mut offsets = vec![0];
            (0..steps * stride + 3).for_each(|run| offsets.push(offsets[run] + draw.below(4) as u32));
            let units: Vec<u32> = (0..offsets[offsets.len() - 1]).map(|_| draw.below(9) as u32).collect();
            let runs = Runs { offsets: &offsets, units: &units, first: 2, apart, stride, neighbours, steps };
            let rows = draw.vector(9 * distance, 1.0);
            let sites = draw.vector(neighbours * steps * TILE, 1.0);
            let (mut expected, mut found) = (sites.clone(), sites.clone());
            reference::add_runs(&runs, &rows, distance, &mut expected);
            add_runs(level, &runs, &rows, distance, &mut found);
            assert_same("sums of runs", level, &found, &expected);
            let (mut expected, mut found) = (rows.clone(), rows);
            reference::scatter_runs(&runs, &sites, distance, &mut expected);
            scatter_runs(level, &runs, &sites, distance, &mut found);
            assert_same("scattered runs", level, &found, &expected);
        }
    }
}

#[test]
fn errors_move_back_as_in_the_plain_loop() {
    for level in Level::available() {
        for steps in 0..=67 {
            for lanes in LANE_COUNTS {
                let mut draw = Draw((steps + lanes) as u32);
                let longest = draw.below(80);
                let shifts: Vec<usize> = (0..lanes)
                    .map(|lane| if lane < 16 && steps % 2 == 0 { 0 } else { draw.below(longest + 1) })
                    .collect();
                let mut expected = draw.vector(steps * lanes, 1.0);
                let mut found = expected.clone();
                reference::shift_back(&shifts, &mut expected);
                shift_back(level, &shifts, &mut found);
                assert_same("errors", level, &found, &expected);
            }
        }
    }
}

#[test]
fn columns_become_rows_as_in_the_plain_loop() {
    for level in Level::available() {
        for steps in 0usize..=67 {
            for lanes in LANE_COUNTS {
                let mut draw = Draw((steps + lanes) as u32);
                let stride = steps.next_multiple_of(LANES) + LANES * draw.below(2);
                let place = (LANES * draw.below(lanes / LANES), lanes);
                let columns = draw.vector(LANES * stride, 1.0);
                let mut expected = draw.vector(steps * lanes, 1.0);
                let mut found = expected.clone();
                reference::spread_columns(&columns, stride, 0.7, place, &mut expected);
                spread_columns(level, &columns, stride, 0.7, place, &mut found);
                assert_same("rows", level, &found, &expected);
            }
        }
    }
}

#[test]
fn connections_send_and_take_what_their_delays_say() {
    for lanes in LANE_COUNTS {
        for longest in [0, 7, 31, 32, 90] {
            let mut draw = Draw((lanes + longest) as u32);
            let steps = 1 + draw.below(80);
            let weights = draw.vector(lanes, 1.0);
            let delays: Vec<u16> = (0..lanes).map(|_| draw.below(longest + 1) as u16).collect();
            let row = DelayedRow { weights: &weights, delays: &delays };
            let (q, r) = (draw.vector(steps * lanes, 1.0), draw.vector(steps * lanes, 1.0));
            for t in 0..steps {
                let place = |lane: usize| (t + usize::from(delays[lane])) * lanes + lane;
                let mut expected = draw.vector(steps * lanes, 1.0);
                let mut found = expected.clone();
                for (lane, weight) in weights.iter().enumerate().filter(|&(lane, _)| place(lane) < steps * lanes) {
                    expected[place(lane)] += weight;
                }
                send_delayed(&row, t, &mut found);
                assert_eq!(found, expected, "sent at step {t} of {steps}, {lanes} lanes");
                let sums = draw.vector(lanes, 1.0);
                let taken = |adjoints: &[f32]| -> Vec<f32> {
                    let of_lane = |lane: usize| sums[lane] + adjoints.get(place(lane)).copied().unwrap_or(0.0);
                    (0..lanes).map(of_lane).collect()
                };
                let [mut of_q, mut of_r, mut alone] = [(); 3].map(|()| sums.clone());
                gather_delayed(&delays, t, [&q, &r], [&mut of_q, &mut of_r]);
                gather_delayed(&delays, t, [&q], [&mut alone]);
                assert_eq!([&of_q, &of_r, &alone], [&taken(&q), &taken(&r), &taken(&q)], "taken at step {t}");
            }
        }
    }
}

#[test]
fn errors_of_delayed_connections_are_the_plain_loops() {
    for level in Level::available() {
        for vectors in 1..=19 {
            let mut draw = Draw(vectors as u32);
            let (steps, longest) = (vectors * LANES, draw.below(40));
            let units = 1 + draw.below(64);
            let stride = steps + longest;
            let weights = draw.vector(units, 1.0);
            let delays: Vec<u16> = (0..units).map(|_| draw.below(longest + 3) as u16).collect();
            let adjoints = draw.vector(units * stride, 1.0);
            let row = DelayedRow { weights: &weights, delays: &delays };
            for adds in [false, true] {
                let mut expected = draw.vector(steps, 1.0);
                let mut found = expected.clone();
                reference::project_delayed(&row, &adjoints, stride, adds, &mut expected);
                project_delayed(level, &row, &adjoints, stride, adds, &mut found);
                assert_same("delayed projection", level, &found, &expected);
            }
        }
    }
}

fn optimizers() -> [Optimizer; 4] {
    let adam = AdamStep {
        beta1: 0.9,
        first_share: 0.1,
        beta2: 0.999,
        second_share: 0.001,
        rate: 0.01,
        second_scale: 10.0,
        epsilon: 1e-8,
        weight_decay: 0.0,
        keep: 1.0,
    };
    [
        Optimizer::Adam(adam),
        Optimizer::Adam(AdamStep { weight_decay: 0.1, ..adam }),
        Optimizer::Adam(AdamStep { keep: 0.99, ..adam }),
        Optimizer::Sgd(SgdStep { rate: 0.05, momentum: 0.9, weight_decay: 0.01 }),
    ]
}

#[test]
fn updates_are_the_plain_loops() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for inputs in 0..=67 {
                let mut draw = Draw(inputs as u32 + 5);
                let sources: Vec<Vec<f32>> = (0..3).map(|_| draw.vector(8 * lanes, 1.0)).collect();
                let sources: Vec<&[f32]> = sources.iter().map(Vec::as_slice).collect();
                let mut offsets = vec![0];
                let mut entries = Vec::new();
                for _ in 0..inputs {
                    for _ in 0..draw.below(3) {
                        entries.push((draw.below(3) as u32) << 16 | draw.below(8) as u32);
                    }
                    offsets.push(entries.len() as u32);
                }
                let gather = Gather { offsets: &offsets, entries: &entries, values: &[], sources: &sources };
                let silent = draw.vector(lanes, 0.1);
                let zeros = vec![0.0; lanes];
                for (optimizer, silent) in optimizers().iter().zip([&zeros, &zeros, &zeros, &silent]) {
                    check_update(level, lanes, inputs, &gather, optimizer, silent, &mut draw);
                }
            }
        }
    }
}

fn check_update(
    level: Level,
    lanes: usize,
    inputs: usize,
    gather: &Gather<'_>,
    optimizer: &Optimizer,
    silent: &[f32],
    draw: &mut Draw,
) {
    let shape = RowGradient { gain: 0.5, silent, clip: 0.4 };
    let start = [draw.vector(inputs * lanes, 1.0), vec![0.0; inputs * lanes], vec![0.0; inputs * lanes]];
    let with = |kernel: &dyn Fn(&mut TileParameters<'_>, &mut [bool]) -> f32| {
        let [mut values, mut first, mut second] = start.clone();
        let mut live = vec![false; inputs];
        let norm =
            kernel(&mut TileParameters { values: &mut values, first: &mut first, second: &mut second }, &mut live);
        [values, first, second, vec![norm]].concat()
    };
    let mut partial = vec![0.0; inputs * lanes];
    let mut expected_partial = partial.clone();
    gather_tile(level, gather, lanes, &mut partial, &mut vec![false; inputs]);
    reference::gather_tile(gather, lanes, &mut expected_partial, &mut vec![false; inputs]);
    assert_same("gather", level, &partial, &expected_partial);
    let values = draw.vector(gather.entries.len(), 2.0);
    let weighted = Gather { values: &values, ..*gather };
    let mut expected = draw.vector(inputs * lanes, 1.0);
    let mut found = expected.clone();
    gather_tile(level, &weighted, lanes, &mut found, &mut vec![false; inputs]);
    reference::gather_tile(&weighted, lanes, &mut expected, &mut vec![false; inputs]);
    assert_same("gather of values", level, &found, &expected);

    for sums in [&[][..], &partial] {
        let expected =
            with(&|parameters, live| reference::update_tile(gather, lanes, sums, &shape, optimizer, parameters, live));
        let found =
            with(&|parameters, live| update_tile(level, gather, lanes, sums, &shape, optimizer, parameters, live));
        assert_same("update", level, &found, &expected);
    }
    let expected = with(&|parameters, _| reference::update_rows(lanes, &partial, &shape, optimizer, parameters));
    let found = with(&|parameters, _| update_rows(level, lanes, &partial, &shape, optimizer, parameters));
    assert_same("row update", level, &found, &expected);
}

#[test]
fn scatter_is_the_plain_loop() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for steps in 0..=67 {
                let case = Case::new(steps as u32 * 5 + lanes as u32, lanes, steps);
                let values = Draw(steps as u32 + 11).vector(case.units.len() * (steps % 2), 2.0);
                let events = StepEvents { offsets: &case.offsets, units: &case.units, values: &values };
                let mut rows = 0..;
                let row_of_step: Vec<u32> = (0..steps)
                    .map(|t| if events.at(t).is_empty() { NO_ROW } else { rows.next().expect("endless") })
                    .collect();
                let mut draw = Draw(steps as u32 + 7);
                let q_rows = draw.vector(steps * lanes, 1.0);
                let mut expected = draw.vector(case.weights.len(), 1.0);
                let mut found = expected.clone();
                reference::scatter_tile(&events, &row_of_step, &q_rows, lanes, &mut expected);
                scatter_tile(level, &events, &row_of_step, &q_rows, lanes, &mut found);
                assert_same("scattered gradient", level, &found, &expected);
            }
        }
    }
}
