//! Units forward and backward.

use std::sync::LazyLock;

use spikelet_kernels::{
    ActivityError, BackwardOutput, BackwardTerms, BackwardTile, FIRES_ONCE, Injection, LANES, Level, NO_ROW,
    NeuronKind, ObservedBackward, ProjectedError, ResetPath, SpikeError, SteadyError, Surrogate, SurrogateTable,
    backward_tile, carry_error, forward_tile, reference, spread_error, steady_course,
};

use crate::case::{Case, Forward, LANE_COUNTS, RESETS};
use crate::draw::{Draw, assert_same};

#[test]
fn forward_is_the_plain_loop() {
    let mut fired = 0;
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for steps in 0..=67 {
                let case = Case::new(steps as u32 * 7 + lanes as u32, lanes, steps);
                let expected = case.run(&[0, steps], reference::forward_tile);
                fired += expected.spikes.iter().map(|bits| bits.count_ones()).sum::<u32>();
                for cuts in [vec![0, steps], vec![0, steps / 3, steps]] {
                    let found = case.run(&cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("membrane trace", level, &found.trace, &expected.trace);
                    assert_same("current", level, &found.current, &expected.current);
                    assert_same("membrane", level, &found.membrane, &expected.membrane);
                    assert_eq!(found.spikes, expected.spikes, "spikes at {level}");
                    assert_eq!(found.busy, expected.busy, "busy steps at {level}");
                }
            }
        }
    }
    assert!(fired > 1000, "the cases must fire, got {fired} spikes");
}

#[test]
fn refractory_and_observed_units_and_every_reset_are_the_plain_loop() {
    let mut fired = 0;
    for level in Level::available() {
        for (steps, lanes) in (0..=67).zip(LANE_COUNTS.into_iter().cycle()) {
            let case = Case::new(steps as u32 * 11 + 1, lanes, steps).with_reset(RESETS[steps % RESETS.len()]);
            for refractory in [0, 1, 2, 7, 70, FIRES_ONCE] {
                let expected = case.run_with(refractory, true, &[0, steps], reference::forward_tile);
                fired += expected.spikes.iter().map(|bits| bits.count_ones()).sum::<u32>();
                for cuts in [vec![0, steps], vec![0, steps / 3, steps]] {
                    let found = case.run_with(refractory, true, &cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("observed current", level, &found.observed[0], &expected.observed[0]);
                    assert_same("rise", level, &found.observed[1], &expected.observed[1]);
                    assert_same("membrane trace", level, &found.trace, &expected.trace);
                    assert_same("current", level, &found.current, &expected.current);
                    assert_eq!(found.spikes, expected.spikes, "spikes at {level}");
                }
                let terms = BackwardTerms {
                    factor: 1.0,
                    adaptation_path: true,
                    refractory,
                    bias: &case.bias,
                    ..BackwardTerms::default()
                };
                for variant in [2, 5, 7, 9, 10, 14] {
                    check_backward(level, &case, &expected, variant, SURROGATES[0], terms);
                }
            }
        }
    }
    assert!(fired > 1000, "the cases must fire, got {fired} spikes");
}

#[test]
fn backward_is_the_plain_loop() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            let by_lane = Draw(7).vector(lanes, 0.3);
            for steps in 0..=67 {
                let case =
                    Case::new(steps as u32 * 13 + lanes as u32, lanes, steps).with_reset(RESETS[steps % RESETS.len()]);
                let forward = case.run(&[0, steps], reference::forward_tile);
                // Each variant with every fourth number of steps, and with all of them over the numbers of lanes.
                for variant in (0..16).skip((steps + lanes / LANES) % 4).step_by(4) {
                    let plain = BackwardTerms::default();
                    check_backward(level, &case, &forward, variant, SURROGATES[0], plain);
                    let shape = surrogate(variant as usize + steps);
                    check_backward(level, &case, &forward, variant, shape, plain);
                    let raised = BackwardTerms { activity: activity(1 + steps % 2, lanes, &by_lane), ..plain };
                    check_backward(level, &case, &forward, variant, SURROGATES[0], raised);
                    check_backward(level, &case, &forward, variant, shape, raised);
                }
            }
        }
    }
}

#[test]
fn carried_errors_are_the_plain_loop() {
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            for steps in [1, 2, 15, 16, 17, 67] {
                let mut draw = Draw(steps as u32 + lanes as u32);
                let weights = draw.vector(5 * lanes, 1.0);
                let (offsets, injections) = draw.injections(steps, 5);
                let constants = Case::new(1, lanes, steps).constants();
                let projected = ProjectedError { weights: &weights, offsets: &offsets, injections: &injections };
                let (mut found, mut expected) = (vec![1.0; steps * lanes], vec![2.0; steps * lanes]);
                carry_error(level, &projected, &constants, lanes, &mut found);
                reference::carry_error(&projected, &constants, lanes, &mut expected);
                assert_same("carried error", level, &found, &expected);
                let mut course = vec![0.0; steps];
                steady_course(&constants, &mut course);
                let steady = SteadyError { weights: &weights, injections: &STEADY, course: &course };
                spread_error(level, &steady, lanes, &mut found);
                reference::spread_error(&steady, lanes, &mut expected);
                assert_same("steady error", level, &found, &expected);
                let every_step = STEADY.repeat(steps);
                let offsets: Vec<u32> = (0..=steps).map(|t| (t * STEADY.len()) as u32).collect();
                let projected = ProjectedError { weights: &weights, offsets: &offsets, injections: &every_step };
                reference::carry_error(&projected, &constants, lanes, &mut expected);
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{found} for {expected}");
                }
            }
        }
    }
}

/// Outputs of a backward pass that have a row for every step.
const EVERY_STEP: [usize; 9] = [1, R, 3, 4, 6, 7, 8, 9, R_ROWS];
/// r among the outputs.
const R: usize = 2;
/// Place of the r rows.
const R_ROWS: usize = 11;

/// What is injected at every step.
const STEADY: [Injection; 3] = [
    Injection { unit: 0, membrane: -0.2, current: 0.0 },
    Injection { unit: 2, membrane: 0.1, current: 0.0 },
    Injection { unit: 3, membrane: 0.3, current: 0.0 },
];

const KINDS: [NeuronKind; 2] = [NeuronKind::Alif, NeuronKind::Adlif];

/// Nothing, the same for all lanes but the last three, or a number for each lane.
fn activity(number: usize, lanes: usize, by_lane: &[f32]) -> ActivityError<'_> {
    match number {
        0 => ActivityError::None,
        1 => ActivityError::Same { value: 0.3, units: u64::MAX >> (64 - lanes + 3) },
        _ => ActivityError::ByLane { gradient: by_lane, factor: 0.7 },
    }
}

/// One table by distance and one with two sides, with a 0 and a negative value within.
static TABLES: LazyLock<[SurrogateTable; 2]> = LazyLock::new(|| {
    [
        SurrogateTable::new(0.2, &[1.0, 0.7, 0.0, 0.0, 0.4], None),
        SurrogateTable::new(0.3, &[0.1, -0.2, 1.0, 0.8, 0.5], Some(-0.7)),
    ]
});

/// One of the shapes and tables.
fn surrogate(number: usize) -> Surrogate<'static> {
    let number = number % (SURROGATES.len() + TABLES.len());
    SURROGATES.get(number).copied().unwrap_or_else(|| Surrogate::Table(&TABLES[number - SURROGATES.len()]))
}

const SURROGATES: [Surrogate<'static>; 5] = [
    Surrogate::Exponential { sharpness: 4.3 },
    Surrogate::FastSigmoid { sharpness: 3.0 },
    Surrogate::Arctan { sharpness: 3.1 },
    Surrogate::Triangle { fall: 1.3 },
    Surrogate::Rectangle { half_width: 0.4 },
];

const PATHS: [ResetPath; 5] =
    [ResetPath::Ignore, ResetPath::Full, ResetPath::Window(0.5), ResetPath::Lag(1), ResetPath::Lag(5)];

#[test]
fn further_terms_are_the_plain_loop() {
    for level in Level::available() {
        for (index, lanes) in (0..68).zip(LANE_COUNTS.into_iter().cycle()) {
            let by_lane = Draw(7).vector(lanes, 0.3);
            let case =
                Case::new(index * 17 + 3, lanes, index as usize).with_reset(RESETS[index as usize % RESETS.len()]);
            let forward = case.run(&[0, case.steps], reference::forward_tile);
            for (number, (&activation_path, &timing_path)) in
                PATHS.iter().flat_map(|a| PATHS.iter().map(move |b| (a, b))).enumerate()
            {
                let terms = BackwardTerms {
                    activation_path,
                    timing_path,
                    factor: 0.7,
                    activity: activity(number % 3, lanes, &by_lane),
                    adaptation_path: number % 3 != 0,
                    refractory: 0,
                    bias: &case.bias,
                };
                let shape = surrogate(number);
                for variant in [0, 2, 3, 5, 7, 10].into_iter().skip((number + index as usize) % 3).step_by(3) {
                    check_backward(level, &case, &forward, variant, shape, terms);
                }
            }
        }
    }
}

#[test]
fn constants_by_lane_and_adaptation_are_the_plain_loop() {
    let mut fired = 0;
    for level in Level::available() {
        for (index, lanes) in (0..68).zip(LANE_COUNTS.into_iter().cycle()) {
            let by_lane = Draw(7).vector(lanes, 0.3);
            let case = Case::new(index * 19 + 5, lanes, index as usize)
                .with_reset(RESETS[index as usize % RESETS.len()])
                .with_lanes(index + 1000, KINDS[index as usize / 4 % 2]);
            for refractory in [0, 2] {
                let steps = case.steps;
                let expected = case.run_with(refractory, true, &[0, steps], reference::forward_tile);
                fired += expected.spikes.iter().map(|bits| bits.count_ones()).sum::<u32>();
                for cuts in [vec![0, steps], vec![0, steps / 3, steps]] {
                    let found = case.run_with(refractory, true, &cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("membrane trace", level, &found.trace, &expected.trace);
                    assert_same("own trace", level, &found.own_trace, &expected.own_trace);
                    assert_same("own state", level, &found.own, &expected.own);
                    assert_same("observed current", level, &found.observed[0], &expected.observed[0]);
                    assert_same("rise", level, &found.observed[1], &expected.observed[1]);
                    assert_eq!(found.spikes, expected.spikes, "spikes at {level}");
                    let unseen =
                        case.run_with(refractory, false, &cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("membrane trace of the plain pass", level, &unseen.trace, &expected.trace);
                    assert_same("own state of the plain pass", level, &unseen.own, &expected.own);
                    assert_eq!(unseen.spikes, expected.spikes, "spikes of the plain pass at {level}");
                }
                for (number, adaptation_path) in [true, false].into_iter().enumerate() {
                    let terms = BackwardTerms {
                        factor: 0.7,
                        adaptation_path,
                        refractory,
                        bias: &case.bias,
                        ..BackwardTerms::default()
                    };
                    for variant in [0, 2, 3, 5, 7, 10, 14].into_iter().skip(index as usize % 2).step_by(2) {
                        let shape = surrogate(number + index as usize);
                        check_backward(level, &case, &expected, variant, shape, terms);
                    }
                }
                // A lag is not defined for an adaptation current.
                let paths =
                    if case.lanes().is_some_and(|of| of.kind == NeuronKind::Adlif) { &PATHS[..3] } else { &PATHS };
                for (number, &path) in paths.iter().enumerate() {
                    let terms = BackwardTerms {
                        activation_path: path,
                        timing_path: paths[(number + refractory as usize + 1) % paths.len()],
                        factor: 0.7,
                        activity: activity(number % 3, lanes, &by_lane),
                        adaptation_path: number != 2,
                        refractory,
                        bias: &case.bias,
                    };
                    for variant in [0, 2, 3, 5, 7].into_iter().skip((number + index as usize) % 2).step_by(2) {
                        let shape = surrogate(number);
                        check_backward(level, &case, &expected, variant, shape, terms);
                    }
                }
            }
        }
    }
    assert!(fired > 1000, "the cases must fire, got {fired} spikes");
}

/// Bits of `variant`: given activation part, timing part, gates, projected activation part; given and projected: steady.
fn check_backward(
    level: Level,
    case: &Case,
    forward: &Forward,
    variant: u32,
    surrogate: Surrogate<'_>,
    terms: BackwardTerms<'_>,
) {
    let mut draw = Draw(variant + 99);
    let (lanes, steps) = (case.lanes, case.steps);
    let end = steps - steps / 4;
    let spikes: u32 = forward.spikes[..end].iter().map(|bits| bits.count_ones()).sum();
    let given = draw.vector(steps * lanes, 1.0);
    let upper = draw.vector(5 * lanes, 1.0);
    let (offsets, injections) = draw.injections(steps, 5);
    let mut course = vec![0.0; end];
    steady_course(&case.constants(), &mut course);
    let error = match variant & 9 {
        0 => None,
        1 => Some(SpikeError::Given(&given)),
        9 => Some(SpikeError::Steady(SteadyError { weights: &upper, injections: &STEADY, course: &course })),
        _ => {
            Some(SpikeError::Projected(ProjectedError { weights: &upper, offsets: &offsets, injections: &injections }))
        }
    };
    let timing = if variant & 2 == 2 { draw.vector(spikes as usize, 1.0) } else { Vec::new() };
    let mut rows = vec![NO_ROW; steps];
    let mut wanted = 0;
    for row in rows.iter_mut().step_by(3) {
        *row = wanted;
        wanted += 1;
    }
    let (stride, offset) = (lanes + 32, 16);
    let tile = BackwardTile {
        lanes,
        end,
        from: 0,
        to: end,
        trace: &forward.trace,
        spikes: &forward.spikes,
        error,
        timing: &timing,
        timing_weight: 0.7,
        is_gated: variant & 4 == 4,
        surrogate,
        slope_floor: 0.01,
        constants: case.constants(),
        by_lane: case.lanes(),
        own_trace: &forward.own_trace,
        current: &forward.observed[0],
        terms,
    };
    let is_observed = tile.terms != BackwardTerms::default();
    let run_with = |kept: &[usize], is_watched: bool, kernel: &dyn Fn(&mut BackwardOutput<'_>)| {
        let mut out: [Vec<f32>; 12] = Default::default();
        out[0] = vec![0.0; wanted as usize * lanes];
        out[5] = vec![0.0; lanes];
        for &array in kept {
            out[array] = vec![0.0; if array == R_ROWS { wanted as usize * lanes } else { steps * stride }];
        }
        out[10] = vec![0.0; tile.by_lane.map_or(0, |of| of.kind.constants() * lanes)];
        let [q_rows, q, r, p, direct, bias, activation, timing, reset_error, reset_slope, constants, r_rows] = &mut out;
        let observed = ObservedBackward { activation, timing, reset_error, reset_slope };
        let carried = [&mut [][..], &mut [], &mut []];
        kernel(&mut BackwardOutput {
            rows: &rows,
            q_rows,
            q,
            r,
            r_rows,
            p,
            direct,
            stride,
            offset,
            bias,
            carried,
            constants: tile.by_lane.filter(|_| is_watched).map(|_| &mut constants[..]),
            timing_terms: &mut vec![],
            observed: (kept == EVERY_STEP && is_watched && is_observed).then_some(observed),
        });
        out
    };
    let run = |kernel: &dyn Fn(&mut BackwardOutput<'_>)| run_with(&EVERY_STEP, true, kernel);
    let expected = run(&|output| reference::backward_tile(&tile, output));
    let found = run(&|output| backward_tile(level, &tile, output));
    let names = [
        "q rows",
        "q",
        "r",
        "p",
        "direct",
        "bias",
        "activation part",
        "timing part",
        "reset's part of the error",
        "reset's part of the slope",
        "learnt constants",
        "r rows",
    ];
    for (name, (found, expected)) in names.into_iter().zip(found.iter().zip(&expected)) {
        assert_same(name, level, found, expected);
    }
    let rows_alone = run_with(&[], true, &|output| backward_tile(level, &tile, output));
    for (name, output) in [("q rows alone", 0), ("bias alone", 5), ("learnt constants alone", 10)] {
        assert_same(name, level, &rows_alone[output], &expected[output]);
    }
    let unwatched = |kept: &[usize]| run_with(kept, false, &|output| backward_tile(level, &tile, output));
    for (kept, outputs) in [
        (&EVERY_STEP[..], &[0, 1, 2, 3, 4, 5, R_ROWS][..]),
        (&[], &[0, 5]),
        (&[R], &[0, R, 5]),
        (&[R_ROWS], &[0, 5, R_ROWS]),
    ] {
        let found = unwatched(kept);
        for &output in outputs {
            assert_same(names[output], level, &found[output], &expected[output]);
        }
    }
    let has_lag = |path: ResetPath| matches!(path, ResetPath::Lag(_));
    let is_whole = has_lag(terms.activation_path) || has_lag(terms.timing_path);
    if steps % 6 == 5 && !is_whole && !matches!(error, Some(SpikeError::Projected(_))) {
        for (name, is_plain) in [("pieces of the plain loop", true), ("pieces", false)] {
            let found = run(&|output| in_pieces(level, is_plain, &tile, output));
            for (found, expected) in found.iter().zip(&expected) {
                assert_same(name, level, found, expected);
            }
        }
    }
}

/// Passes of one to three steps that carry p and q along.
fn in_pieces(level: Level, is_plain: bool, tile: &BackwardTile<'_>, output: &mut BackwardOutput<'_>) {
    let [mut p, mut q] = [(); 2].map(|()| vec![0.0; tile.lanes]);
    let mut own = vec![0.0; tile.by_lane.map_or(0, |of| of.kind.adjoints() * tile.lanes)];
    let mut timing = tile.timing;
    let mut to = tile.end;
    while to > 0 {
        let from = to - to.min(1 + to % 3);
        let fired: u32 = tile.spikes[from..to].iter().map(|bits| bits.count_ones()).sum();
        let (rest, here) = timing.split_at(timing.len() - (fired as usize).min(timing.len()));
        timing = rest;
        let BackwardOutput {
            rows,
            q_rows,
            q: all_q,
            r,
            r_rows,
            p: all_p,
            direct,
            stride,
            offset,
            bias,
            constants,
            observed,
            ..
        } = &mut *output;
        let mut part = BackwardOutput {
            rows,
            q_rows,
            q: all_q,
            r,
            r_rows,
            p: all_p,
            direct,
            stride: *stride,
            offset: *offset,
            bias,
            carried: [&mut p, &mut q, &mut own],
            constants: constants.as_deref_mut(),
            timing_terms: &mut vec![],
            observed: observed.as_mut().map(|observed| ObservedBackward {
                activation: &mut *observed.activation,
                timing: &mut *observed.timing,
                reset_error: &mut *observed.reset_error,
                reset_slope: &mut *observed.reset_slope,
            }),
        };
        let piece = BackwardTile { from, to, timing: here, ..*tile };
        if is_plain {
            reference::backward_tile(&piece, &mut part);
        } else {
            backward_tile(level, &piece, &mut part);
        }
        to = from;
    }
}
