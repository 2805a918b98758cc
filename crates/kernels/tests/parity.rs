//! Every kernel, at every level of this machine, against its plain-loop twin, bit for bit.

use spikelet_kernels::{
    AdamStep, BackwardOutput, BackwardTerms, BackwardTile, ConstantSums, DelayedRow, FIRES_ONCE, ForwardTile, Gather,
    Injection, LANES, LaneConstants, Level, LifConstants, NO_ROW, ObservedBackward, ObservedForward, Optimizer,
    ProjectedError, Projection, Reset, ResetPath, RowGradient, SgdStep, SpikeError, StepEvents, Surrogate,
    TileParameters, TileState, backward_tile, carry_error, dot, forward_tile, gather_tile, project, project_delayed,
    reference, scatter_tile, update_rows, update_tile,
};

const LANE_COUNTS: [usize; 4] = [16, 32, 48, 64];

/// A small generator (Numerical Recipes' LCG), so that the cases are the same on every target.
struct Draw(u32);

impl Draw {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    fn symmetric(&mut self) -> f32 {
        self.next() as f32 / (1 << 23) as f32 - 1.0
    }

    fn vector(&mut self, length: usize, scale: f32) -> Vec<f32> {
        (0..length).map(|_| self.symmetric() * scale).collect()
    }

    fn injections(&mut self, steps: usize, units: usize) -> (Vec<u32>, Vec<Injection>) {
        let mut offsets = vec![0];
        let mut injections = Vec::new();
        for _ in 0..steps {
            if self.below(3) == 0 {
                injections.push(Injection {
                    unit: self.below(units) as u32,
                    membrane: self.symmetric(),
                    current: self.symmetric(),
                });
            }
            offsets.push(injections.len() as u32);
        }
        (offsets, injections)
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn assert_same(name: &str, level: Level, found: &[f32], expected: &[f32]) {
    let different = bits(found).iter().zip(bits(expected)).position(|(&found, expected)| found != expected);
    assert_eq!(found.len(), expected.len(), "{name} at {level}");
    if let Some(i) = different {
        panic!("{name}[{i}] at {level} is {:e}, the plain loop has {:e}", found[i], expected[i]);
    }
}

const CONSTANTS: LifConstants =
    LifConstants { current_decay: 0.9, membrane_decay: 0.95, drive_gain: 0.4, threshold: 1.0, reset: Reset::All };

struct Forward {
    current: Vec<f32>,
    membrane: Vec<f32>,
    adaptation: Vec<f32>,
    trace: Vec<f32>,
    adaptation_trace: Vec<f32>,
    spikes: Vec<u64>,
    busy: Vec<u64>,
    /// Current and rise of the membrane at every step.
    observed: [Vec<f32>; 2],
}

struct Case {
    lanes: usize,
    steps: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
    offsets: Vec<u32>,
    units: Vec<u32>,
    reset: Reset,
    /// Seven constants of each lane.
    by_lane: Option<[Vec<f32>; 7]>,
}

impl Case {
    fn new(seed: u32, lanes: usize, steps: usize) -> Self {
        let mut draw = Draw(seed);
        let inputs = 1 + draw.below(40);
        let mut offsets = vec![0];
        let mut units = Vec::new();
        for _ in 0..steps {
            for _ in 0..draw.below(4) {
                units.push(draw.below(inputs) as u32);
            }
            offsets.push(units.len() as u32);
        }
        let weights = draw.vector(inputs * lanes, 1.5);
        Self { lanes, steps, weights, bias: draw.vector(lanes, 0.1), offsets, units, reset: Reset::All, by_lane: None }
    }

    /// With constants by lane and thresholds that adapt, but for every third lane.
    fn with_lanes(self, seed: u32) -> Self {
        let mut draw = Draw(seed);
        let mut between = |low: f32, high: f32| -> Vec<f32> {
            (0..self.lanes).map(|_| low + (high - low) * (0.5 + 0.5 * draw.symmetric())).collect()
        };
        let mut constants = [(0.8, 0.99), (0.8, 0.99), (0.2, 0.6), (0.3, 1.0), (0.5, 1.2), (0.0, 0.97), (0.0, 0.5)]
            .map(|(low, high)| between(low, high));
        constants[6].iter_mut().step_by(3).for_each(|strength| *strength = 0.0);
        Self { by_lane: Some(constants), ..self }
    }

    fn lanes(&self) -> Option<LaneConstants<'_>> {
        let [current_decay, membrane_decay, drive_gain, bias_gain, threshold, adaptation_decay, adaptation_strength] =
            self.by_lane.as_ref()?;
        Some(LaneConstants {
            current_decay,
            membrane_decay,
            drive_gain,
            bias_gain,
            threshold,
            adaptation_decay,
            adaptation_strength,
        })
    }

    fn with_reset(self, reset: Reset) -> Self {
        Self { reset, ..self }
    }

    fn constants(&self) -> LifConstants {
        LifConstants { reset: self.reset, ..CONSTANTS }
    }

    fn run(&self, cuts: &[usize], kernel: impl Fn(&ForwardTile<'_>, &mut TileState<'_>)) -> Forward {
        self.run_with(0, false, cuts, kernel)
    }

    fn run_with(
        &self,
        refractory: u32,
        is_observed: bool,
        cuts: &[usize],
        kernel: impl Fn(&ForwardTile<'_>, &mut TileState<'_>),
    ) -> Forward {
        let mut out = Forward {
            current: vec![0.0; self.lanes],
            membrane: vec![0.0; self.lanes],
            adaptation: vec![0.0; if self.by_lane.is_some() { self.lanes } else { 0 }],
            adaptation_trace: vec![0.0; if self.by_lane.is_some() { self.lanes * self.steps } else { 0 }],
            trace: vec![0.0; self.lanes * self.steps],
            spikes: vec![0; self.steps],
            busy: vec![0; self.steps.div_ceil(64)],
            observed: [(); 2].map(|()| vec![0.0; self.lanes * self.steps]),
        };
        for pair in cuts.windows(2).filter(|pair| pair[0] < pair[1]) {
            let tile = ForwardTile {
                weights: &self.weights,
                bias: &self.bias,
                lanes: self.lanes,
                events: StepEvents { offsets: &self.offsets, units: &self.units },
                constants: self.constants(),
                by_lane: self.lanes(),
                refractory,
                from: pair[0],
                to: pair[1],
            };
            let [current, rise] = &mut out.observed;
            kernel(
                &tile,
                &mut TileState {
                    current: &mut out.current,
                    membrane: &mut out.membrane,
                    adaptation: &mut out.adaptation,
                    trace: &mut out.trace,
                    adaptation_trace: &mut out.adaptation_trace,
                    spikes: &mut out.spikes,
                    busy: &mut out.busy,
                    observed: is_observed.then_some(ObservedForward { current, rise }),
                },
            );
        }
        out
    }
}

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
            let case = Case::new(steps as u32 * 11 + 1, lanes, steps).with_reset(RESETS[steps % 3]);
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
                    activation_path: ResetPath::Ignore,
                    timing_path: ResetPath::Ignore,
                    factor: 1.0,
                    steady: 0.0,
                    adaptation_path: true,
                    refractory,
                    units: u64::MAX,
                    bias: &case.bias,
                };
                for variant in [2, 5, 7, 10, 14] {
                    check_backward(level, &case, &expected, variant, SURROGATES[0], Some(terms));
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
            for steps in 0..=67 {
                let case = Case::new(steps as u32 * 13 + lanes as u32, lanes, steps).with_reset(RESETS[steps % 3]);
                let forward = case.run(&[0, steps], reference::forward_tile);
                for variant in 0..12 {
                    check_backward(level, &case, &forward, variant, SURROGATES[0], None);
                    let surrogate = SURROGATES[(variant as usize + steps) % SURROGATES.len()];
                    check_backward(level, &case, &forward, variant, surrogate, None);
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
                let steady: Vec<Injection> =
                    (0..4).map(|unit| Injection { unit, membrane: 0.1 * unit as f32 - 0.2, current: 0.0 }).collect();
                for steady in [&[][..], &steady] {
                    let (mut found, mut expected) = (vec![1.0; steps * lanes], vec![2.0; steps * lanes]);
                    carry_error(level, &projected, steady, &constants, lanes, &mut found);
                    reference::carry_error(&projected, steady, &constants, lanes, &mut expected);
                    assert_same("carried error", level, &found, &expected);
                }
            }
        }
    }
}

const RESETS: [Reset; 3] = [Reset::All, Reset::Membrane, Reset::Subtract];

const SURROGATES: [Surrogate; 5] = [
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
            let case = Case::new(index * 17 + 3, lanes, index as usize).with_reset(RESETS[index as usize % 3]);
            let forward = case.run(&[0, case.steps], reference::forward_tile);
            for (number, (&activation_path, &timing_path)) in
                PATHS.iter().flat_map(|a| PATHS.iter().map(move |b| (a, b))).enumerate()
            {
                let terms = BackwardTerms {
                    activation_path,
                    timing_path,
                    factor: 0.7,
                    steady: if number % 2 == 0 { 0.0 } else { 0.3 },
                    adaptation_path: number % 3 != 0,
                    refractory: 0,
                    units: u64::MAX >> (64 - lanes + 3),
                    bias: &case.bias,
                };
                let surrogate = SURROGATES[number % SURROGATES.len()];
                for variant in [0, 2, 3, 5, 7, 10] {
                    check_backward(level, &case, &forward, variant, surrogate, Some(terms));
                }
            }
        }
    }
}

#[test]
fn constants_by_lane_and_adaptive_thresholds_are_the_plain_loop() {
    let mut fired = 0;
    for level in Level::available() {
        for (index, lanes) in (0..68).zip(LANE_COUNTS.into_iter().cycle()) {
            let case = Case::new(index * 19 + 5, lanes, index as usize)
                .with_reset(RESETS[index as usize % 3])
                .with_lanes(index + 1000);
            for refractory in [0, 2] {
                let steps = case.steps;
                let expected = case.run_with(refractory, true, &[0, steps], reference::forward_tile);
                fired += expected.spikes.iter().map(|bits| bits.count_ones()).sum::<u32>();
                for cuts in [vec![0, steps], vec![0, steps / 3, steps]] {
                    let found = case.run_with(refractory, true, &cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("membrane trace", level, &found.trace, &expected.trace);
                    assert_same("adaptation trace", level, &found.adaptation_trace, &expected.adaptation_trace);
                    assert_same("adaptation", level, &found.adaptation, &expected.adaptation);
                    assert_same("observed current", level, &found.observed[0], &expected.observed[0]);
                    assert_same("rise", level, &found.observed[1], &expected.observed[1]);
                    assert_eq!(found.spikes, expected.spikes, "spikes at {level}");
                    let unseen =
                        case.run_with(refractory, false, &cuts, |tile, state| forward_tile(level, tile, state));
                    assert_same("membrane trace of the plain pass", level, &unseen.trace, &expected.trace);
                    assert_same("adaptation of the plain pass", level, &unseen.adaptation, &expected.adaptation);
                    assert_eq!(unseen.spikes, expected.spikes, "spikes of the plain pass at {level}");
                }
                for (number, adaptation_path) in [true, false].into_iter().enumerate() {
                    let terms =
                        BackwardTerms { factor: 0.7, adaptation_path, refractory, ..BackwardTerms::none(&case.bias) };
                    for variant in [0, 2, 3, 5, 7, 10, 14] {
                        let surrogate = SURROGATES[(number + index as usize) % SURROGATES.len()];
                        check_backward(level, &case, &expected, variant, surrogate, Some(terms));
                    }
                }
                for (number, path) in PATHS.into_iter().enumerate() {
                    let terms = BackwardTerms {
                        activation_path: path,
                        timing_path: PATHS[(number + refractory as usize + 1) % PATHS.len()],
                        factor: 0.7,
                        steady: if number % 2 == 0 { 0.0 } else { 0.3 },
                        adaptation_path: number != 2,
                        refractory,
                        units: u64::MAX >> (64 - lanes + 3),
                        bias: &case.bias,
                    };
                    for variant in [0, 2, 3, 5, 7] {
                        let surrogate = SURROGATES[number % SURROGATES.len()];
                        check_backward(level, &case, &expected, variant, surrogate, Some(terms));
                    }
                }
            }
        }
    }
    assert!(fired > 1000, "the cases must fire, got {fired} spikes");
}

/// Bits of `variant`: given activation part, timing part, gates, projected activation part.
fn check_backward(
    level: Level,
    case: &Case,
    forward: &Forward,
    variant: u32,
    surrogate: Surrogate,
    terms: Option<BackwardTerms<'_>>,
) {
    let mut draw = Draw(variant + 99);
    let (lanes, steps) = (case.lanes, case.steps);
    let end = steps - steps / 4;
    let spikes: u32 = forward.spikes[..end].iter().map(|bits| bits.count_ones()).sum();
    let given = draw.vector(steps * lanes, 1.0);
    let upper = draw.vector(5 * lanes, 1.0);
    let (offsets, injections) = draw.injections(steps, 5);
    let error = match variant & 9 {
        0 => None,
        1 => Some(SpikeError::Given(&given)),
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
        adaptation: &forward.adaptation_trace,
        current: &forward.observed[0],
        terms,
    };
    let run_with = |keeps_all: bool, is_watched: bool, kernel: &dyn Fn(&mut BackwardOutput<'_>)| {
        let mut out: [Vec<f32>; 14] = Default::default();
        out[0] = vec![0.0; wanted as usize * lanes];
        out[5] = vec![0.0; lanes];
        for array in [1, 2, 3, 4, 6, 7, 8, 9] {
            let array = &mut out[array];
            *array = vec![0.0; if keeps_all { steps * stride } else { 0 }];
        }
        out[10..].fill(vec![0.0; lanes]);
        let [q_rows, q, r, p, direct, bias, activation, timing, reset_error, reset_slope, of_constants @ ..] = &mut out;
        let [current_decay, membrane_decay, threshold, adaptation_strength] = of_constants;
        let constants = ConstantSums { current_decay, membrane_decay, threshold, adaptation_strength };
        let observed = ObservedBackward { activation, timing, reset_error, reset_slope };
        let carried = [&mut [][..], &mut [], &mut []];
        kernel(&mut BackwardOutput {
            rows: &rows,
            q_rows,
            q,
            r,
            p,
            direct,
            stride,
            offset,
            bias,
            carried,
            constants: tile.by_lane.filter(|_| is_watched).map(|_| constants),
            timing_terms: &mut vec![],
            observed: (keeps_all && is_watched && tile.terms.is_some()).then_some(observed),
        });
        out
    };
    let run = |kernel: &dyn Fn(&mut BackwardOutput<'_>)| run_with(true, true, kernel);
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
        "current decay",
        "membrane decay",
        "threshold",
        "adaptation strength",
    ];
    for (name, (found, expected)) in names.into_iter().zip(found.iter().zip(&expected)) {
        assert_same(name, level, found, expected);
    }
    let rows_alone = run_with(false, true, &|output| backward_tile(level, &tile, output));
    for (name, output) in [("q rows alone", 0), ("bias alone", 5), ("membrane decay alone", 11)] {
        assert_same(name, level, &rows_alone[output], &expected[output]);
    }
    let unwatched =
        [true, false].map(|keeps_all| run_with(keeps_all, false, &|output| backward_tile(level, &tile, output)));
    for output in 0..6 {
        assert_same(names[output], level, &unwatched[0][output], &expected[output]);
    }
    for output in [0, 5] {
        assert_same(names[output], level, &unwatched[1][output], &expected[output]);
    }
    let has_lag = |path: ResetPath| matches!(path, ResetPath::Lag(_));
    let is_whole = terms.is_some_and(|of| has_lag(of.activation_path) || has_lag(of.timing_path));
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
    let [mut p, mut q, mut adaptation] = [(); 3].map(|()| vec![0.0; tile.lanes]);
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
            p: all_p,
            direct,
            stride: *stride,
            offset: *offset,
            bias,
            carried: [&mut p, &mut q, &mut adaptation],
            constants: constants.as_mut().map(|sums| ConstantSums {
                current_decay: &mut *sums.current_decay,
                membrane_decay: &mut *sums.membrane_decay,
                threshold: &mut *sums.threshold,
                adaptation_strength: &mut *sums.adaptation_strength,
            }),
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
fn errors_of_delayed_connections_are_the_plain_loops() {
    for level in Level::available() {
        for vectors in 1..=9 {
            let mut draw = Draw(vectors as u32);
            let (steps, longest) = (vectors * LANES, draw.below(40));
            let units = 1 + draw.below(64);
            let stride = steps + longest;
            let weights = draw.vector(units, 1.0);
            let delays: Vec<u16> = (0..units).map(|_| draw.below(longest + 3) as u16).collect();
            let adjoints = draw.vector(units * stride, 1.0);
            let row = DelayedRow { weights: &weights, delays: &delays };
            let mut expected = draw.vector(steps, 1.0);
            let mut found = expected.clone();
            reference::project_delayed(&row, &adjoints, stride, &mut expected);
            project_delayed(level, &row, &adjoints, stride, &mut found);
            assert_same("delayed projection", level, &found, &expected);
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
                let gather = Gather { offsets: &offsets, entries: &entries, sources: &sources };
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
                let events = StepEvents { offsets: &case.offsets, units: &case.units };
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
