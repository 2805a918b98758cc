//! Whole layers, whose units reach each other.

use spikelet_kernels::{
    BackwardOutput, BackwardTerms, BackwardTile, FLOOR, FLOOR_EVERY, ForwardTile, LayerAdjoints, LayerStep, Level,
    LifConstants, NO_ROW, Reset, ResetPath, SpikeError, StepEvents, Surrogate, SurrogateTable, Sweep, TILE, TileRun,
    TileState, activation_parts, forward_step, mark_active, reference, row_dots, sum_events, sweep_back,
    timing_of_spike,
};

use crate::case::{Case, Forward, LANE_COUNTS, RESETS};
use crate::draw::{Draw, assert_same};

const COMPACT: [Surrogate<'static>; 2] = [Surrogate::Triangle { fall: 2.2 }, Surrogate::Rectangle { half_width: 0.4 }];

/// One table by distance and one with two sides, with a 0 and a negative value within.
fn tables() -> [SurrogateTable; 2] {
    [
        SurrogateTable::new(0.2, &[1.0, 0.7, 0.0, 0.0, 0.4], None),
        SurrogateTable::new(0.3, &[0.1, -0.2, 1.0, 0.8, 0.5], Some(-0.7)),
    ]
}

#[test]
fn steps_of_a_layer_are_those_of_its_tiles() {
    for level in Level::available() {
        for (steps, lanes) in (0..=67).zip(LANE_COUNTS.into_iter().cycle()) {
            let case =
                Case::new(steps as u32 * 7 + lanes as u32, lanes, steps).with_reset(RESETS[steps % RESETS.len()]);
            let expected = case.run(&[0, steps], reference::forward_tile);
            for cut in [0, steps / 3] {
                let found = case.run(&[0, cut, steps], |tile, state| run_layer(level, tile, state));
                assert_same("membrane trace", level, &found.trace, &expected.trace);
                assert_same("current", level, &found.current, &expected.current);
                assert_same("membrane", level, &found.membrane, &expected.membrane);
                assert_eq!(found.spikes, expected.spikes, "spikes at {level}");
                assert_eq!(found.busy, expected.busy, "busy steps at {level}");
            }
        }
    }
}

/// Runs a tile as a layer of its own: none, the first half or all of what arrives at a step is summed ahead, in rows that are wider than the
/// tile.
fn run_layer(level: Level, tile: &ForwardTile<'_>, state: &mut TileState<'_>) {
    let (from, to) = (tile.from, tile.to);
    let split = |t: usize| {
        let arriving = tile.events.at(t);
        arriving.split_at(arriving.len() * (t % 3) / 2)
    };
    let mut offsets = vec![0; to + 1];
    let mut outside = Vec::new();
    for t in from..to {
        outside.extend_from_slice(split(t).0);
        offsets[t + 1] = outside.len() as u32;
    }
    let of_outside = ForwardTile { events: StepEvents { offsets: &offsets, units: &outside, values: &[] }, ..*tile };
    let stride = tile.lanes + 16;
    let [mut sums, mut expected] = [(); 2].map(|()| vec![7.0; stride * (to - from)]);
    sum_events(level, &of_outside, (from, to), stride, &mut sums);
    reference::sum_events(&of_outside, (from, to), stride, &mut expected);
    assert_same("sums of what arrives", level, &sums, &expected);
    for values in [vec![1.0; outside.len()], Draw(to as u32 + 3).vector(outside.len(), 2.0)] {
        let events = StepEvents { values: &values, ..of_outside.events };
        let weighted = ForwardTile { events, ..of_outside };
        let [mut found, mut expected] = [(); 2].map(|()| vec![7.0; stride * (to - from)]);
        sum_events(level, &weighted, (from, to), stride, &mut found);
        reference::sum_events(&weighted, (from, to), stride, &mut expected);
        assert_same("sums of what arrives with values", level, &found, &expected);
        if values.iter().all(|&value| value == 1.0) {
            assert_same("sums of what arrives with values of 1", level, &found, &sums);
        }
    }
    let state = TileState {
        current: state.current,
        membrane: state.membrane,
        own: state.own,
        trace: state.trace,
        traces_spikes_only: false,
        own_trace: state.own_trace,
        spikes: state.spikes,
        busy: state.busy,
        observed: None,
    };
    let mut runs = [TileRun { tile: *tile, state }];
    assert!(runs[0].is_plain());
    let mut rows = sums.chunks(stride);
    for t in from..to {
        let (outside, own) = split(t);
        let received = if outside.is_empty() { &[] } else { rows.next().unwrap_or_default() };
        forward_step(level, &mut runs, &LayerStep { t, received, own });
    }
}

#[test]
fn rows_of_a_layer_are_summed_as_in_the_plain_loop() {
    for level in Level::available() {
        for stride in [16, 48, 64, 80, 128, 208] {
            let mut draw = Draw(stride as u32);
            let inputs = 9;
            let x = draw.vector(stride, 1.0);
            let tiles: Vec<Vec<f32>> = x.chunks(TILE).map(|x| draw.vector(inputs * x.len(), 1.0)).collect();
            let tiles: Vec<&[f32]> = tiles.iter().map(Vec::as_slice).collect();
            for count in 0..inputs {
                let wanted: Vec<u32> = (0..count).map(|_| draw.below(inputs) as u32).collect();
                let [mut found, mut expected] = [vec![1.0; count], vec![2.0; count]];
                row_dots(level, &tiles, &wanted, &x, &mut found);
                reference::row_dots(&tiles, &wanted, &x, &mut expected);
                assert_same("sums of rows", level, &found, &expected);
            }
        }
    }
}

#[test]
fn active_lanes_are_those_of_the_plain_loop() {
    let tables = tables();
    let shapes = tables.iter().map(Surrogate::Table).chain(COMPACT);
    let shapes = shapes.chain([Surrogate::Exponential { sharpness: 3.0 }, Surrogate::Given]);
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            let trace = Draw(lanes as u32).vector(23 * lanes, 2.0);
            for surrogate in shapes.clone() {
                let [mut found, mut expected] = [vec![7; 23], vec![9; 23]];
                mark_active(level, surrogate, 1.0, &trace, lanes, &mut found);
                reference::mark_active(surrogate, 1.0, &trace, lanes, &mut expected);
                assert_eq!(found, expected, "{surrogate:?} at {level}");
            }
        }
    }
}

#[test]
fn activation_parts_are_those_of_the_plain_loop() {
    let tables = tables();
    let dense = [
        Surrogate::Exponential { sharpness: 3.0 },
        Surrogate::FastSigmoid { sharpness: 2.0 },
        Surrogate::Arctan { sharpness: 2.1 },
    ];
    for level in Level::available() {
        for lanes in LANE_COUNTS {
            let mut draw = Draw(lanes as u32);
            let lanes = 64 + lanes;
            let membrane = draw.vector(lanes, 2.0);
            let errors = [1.0, 1.0, 0.1].map(|size| draw.vector(lanes, size));
            let errors = errors.each_ref().map(|error| &error[..]);
            for surrogate in COMPACT.into_iter().chain(dense).chain(tables.iter().map(Surrogate::Table)) {
                let [mut found, mut expected] = [7.0, 9.0].map(|before| vec![before; lanes]);
                activation_parts(level, surrogate, 0.8, &membrane, errors, &mut found);
                reference::activation_parts(surrogate, 0.8, &membrane, errors, &mut expected);
                assert_same("activation parts", level, &found, &expected);
            }
        }
    }
}

/// Everything that sweeps leave.
#[derive(Debug, Default)]
struct Swept {
    p: Vec<f32>,
    q: Vec<f32>,
    r: Vec<f32>,
    bias: Vec<f32>,
    q_rows: Vec<f32>,
    every_q: Vec<f32>,
    every_r: Vec<f32>,
}

impl Swept {
    fn new(lanes: usize, rows: usize, steps: usize) -> Self {
        let [p, q, r, bias] = [(); 4].map(|()| vec![0.0; lanes]);
        let [every_q, every_r] = [(); 2].map(|()| vec![0.0; steps * lanes]);
        Self { p, q, r, bias, q_rows: vec![0.0; rows * lanes], every_q, every_r }
    }

    fn adjoints(&mut self) -> LayerAdjoints<'_> {
        let Self { p, q, r, bias, q_rows, every_q, every_r } = self;
        LayerAdjoints { p, q, r, bias, q_rows, every_step: [every_q, every_r] }
    }

    fn assert_same(&self, level: Level, expected: &Self) {
        for (name, found, expected) in [
            ("p", &self.p, &expected.p),
            ("q", &self.q, &expected.q),
            ("r", &self.r, &expected.r),
            ("bias", &self.bias, &expected.bias),
            ("q rows", &self.q_rows, &expected.q_rows),
            ("q of every step", &self.every_q, &expected.every_q),
            ("r of every step", &self.every_r, &expected.every_r),
        ] {
            assert_same(name, level, found, expected);
        }
    }
}

#[test]
fn sweeps_are_the_plain_loop() {
    for level in Level::available() {
        for (lanes, steps) in [16, 48, 64, 112, 192].into_iter().zip([1, 17, 40, 67, 33]) {
            for keeps_all in [false, true] {
                let mut draw = Draw((lanes + steps) as u32);
                let (rows, row_count) = rows_of(steps);
                let kept = if keeps_all { steps } else { 0 };
                let [mut found, mut expected] = [(); 2].map(|()| Swept::new(lanes, row_count, kept));
                let mut to = steps;
                while to > 0 {
                    let from = to - to.min(1 + draw.below(5));
                    let direct = draw.vector(lanes, if to % 3 == 0 { 1e-19 } else { 1.0 });
                    let constants = Case::new(1, 16, 1).constants();
                    let leaves_r = to % 2 == 0;
                    let sweep = Sweep { constants, from, to, direct: &direct, rows: &rows, row_count, leaves_r };
                    sweep_back(level, &sweep, &mut found.adjoints());
                    reference::sweep_back(&sweep, &mut expected.adjoints());
                    to = from;
                }
                found.assert_same(level, &expected);
            }
        }
    }
}

/// A row for two of three steps, and their number.
fn rows_of(steps: usize) -> (Vec<u32>, usize) {
    let mut count = 0;
    let rows = (0..steps).map(|t| {
        count += u32::from(t % 3 != 0);
        if t % 3 == 0 { NO_ROW } else { count - 1 }
    });
    (rows.collect(), count as usize)
}

#[test]
fn gradient_that_enters_at_few_units_is_that_of_the_plain_loop() {
    let tables = tables();
    let (mut spikes, mut active) = (0, 0);
    for level in Level::available() {
        for (steps, lanes) in (1..=67).zip(LANE_COUNTS.into_iter().cycle()) {
            let case = Case::new(steps as u32 * 13 + 5, lanes, steps).with_reset(RESETS[steps % RESETS.len()]);
            let forward = case.run(&[0, steps], reference::forward_tile);
            spikes += forward.spikes.iter().map(|bits| bits.count_ones()).sum::<u32>();
            for (number, timing_path) in
                [ResetPath::Ignore, ResetPath::Full, ResetPath::Window(0.5)].into_iter().enumerate()
            {
                let terms = BackwardTerms { timing_path, bias: &case.bias, ..BackwardTerms::default() };
                let terms = if number > 0 { terms } else { BackwardTerms::default() };
                for surrogate in [None, Some(COMPACT[steps % 2]), Some(Surrogate::Table(&tables[steps % 2]))] {
                    active += check_few(level, &case, &forward, surrogate, terms);
                }
            }
        }
    }
    assert!(spikes > 1000 && active > 1000, "got {spikes} spikes and {active} active units");
}

/// Takes a tile down by sweeps from one spike or active unit to the next; returns how many were active.
fn check_few(
    level: Level,
    case: &Case,
    forward: &Forward,
    surrogate: Option<Surrogate<'_>>,
    terms: BackwardTerms<'_>,
) -> usize {
    let (lanes, steps) = (case.lanes, case.steps);
    let end = steps - steps / 4;
    let mut draw = Draw(steps as u32);
    let error = draw.vector(end * lanes, 1.0);
    let spikes: u32 = forward.spikes[..end].iter().map(|bits| bits.count_ones()).sum();
    let timing = draw.vector(spikes as usize, 1.0);
    let tile = BackwardTile {
        lanes,
        end,
        from: 0,
        to: end,
        trace: &forward.trace,
        spikes: &forward.spikes,
        error: surrogate.map(|_| SpikeError::Given(&error)),
        timing: &timing,
        timing_weight: 0.7,
        is_gated: true,
        surrogate: surrogate.unwrap_or(Surrogate::Given),
        slope_floor: 0.01,
        constants: case.constants(),
        by_lane: None,
        own_trace: &[],
        current: &[],
        terms,
    };
    let (rows, row_count) = rows_of(steps);
    let mut expected = Swept::new(lanes, row_count, end);
    let Swept { p, q, bias, q_rows, every_q, every_r, .. } = &mut expected;
    reference::backward_tile(
        &tile,
        &mut BackwardOutput {
            rows: &rows,
            q_rows,
            r_rows: &mut [],
            q: every_q,
            r: every_r,
            p: &mut [],
            direct: &mut [],
            stride: lanes,
            offset: 0,
            bias,
            carried: [p, q, &mut []],
            constants: None,
            timing_terms: &mut vec![],
            observed: None,
        },
    );
    let mut active = vec![0; end];
    if let Some(surrogate) = surrogate {
        mark_active(level, surrogate, tile.constants.threshold, tile.trace, lanes, &mut active);
    }
    let mut found = Swept::new(lanes, row_count, end);
    let mut direct = vec![0.0; lanes];
    let mut first_spike = spikes as usize;
    let sweep = |from: usize, to: usize, direct: &[f32], found: &mut Swept| {
        let constants: LifConstants = tile.constants;
        let sweep = Sweep { constants, from, to, direct, rows: &rows, row_count, leaves_r: false };
        sweep_back(level, &sweep, &mut found.adjoints());
    };
    let mut to = end;
    for t in (0..end).rev().filter(|&t| (tile.spikes[t] | active[t]) != 0) {
        sweep(t + 1, to, &direct, &mut found);
        to = t + 1;
        first_spike -= tile.spikes[t].count_ones() as usize;
        let mut spike = first_spike;
        for lane in 0..lanes {
            direct[lane] = 0.0;
            if active[t] >> lane & 1 == 1 {
                let offset = tile.trace[t * lanes + lane] - tile.constants.threshold;
                direct[lane] = tile.surrogate.times(offset, error[t * lanes + lane]);
            }
            if tile.spikes[t] >> lane & 1 == 1 {
                let is_flushed = |adjoint: f32| (t + 1) % FLOOR_EVERY == 0 && adjoint.abs() < FLOOR;
                let next = [found.p[lane], found.q[lane]].map(|a| if is_flushed(a) { 0.0 } else { a });
                direct[lane] += timing_of_spike(&tile, t, lane, timing[spike], next);
                spike += 1;
                found.p[lane] *= if tile.constants.reset.keeps_membrane() { 1.0 } else { 0.0 };
                found.q[lane] *= if tile.constants.reset == Reset::All { 0.0 } else { 1.0 };
            }
        }
    }
    sweep(0, to, &direct, &mut found);
    let [p, q] = [&mut found.p, &mut found.q];
    for adjoint in p.iter_mut().chain(q).filter(|adjoint| adjoint.abs() < FLOOR) {
        *adjoint = 0.0;
    }
    found.r.clone_from(&expected.r);
    found.assert_same(level, &expected);
    active.iter().map(|bits| bits.count_ones() as usize).sum()
}
