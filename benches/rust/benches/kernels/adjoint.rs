use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{CLASSES, DIGIT_STEPS, Draw, STEPS};
use spikelet_kernels::{
    BackwardOutput, BackwardTerms, BackwardTile, Injection, Level, NO_ROW, ProjectedError, SpikeError, Surrogate, TILE,
    backward_tile, reference,
};

use crate::tile::{CONSTANTS, State, Tile};

/// The activation part given by step, as below a hidden layer; carried along, as below the output; and the timing part alone.
pub(crate) fn bench(criterion: &mut Criterion) {
    let state = Tile::new().simulated();
    let mut draw = Draw::new(5);
    let given = draw.vector(STEPS * TILE, 0.01);
    let weights = draw.vector(CLASSES * TILE, 0.04);
    let (offsets, injections) = output_injections(&mut draw);
    let spikes: u32 = state.spikes.iter().map(|bits| bits.count_ones()).sum();
    let timing = draw.vector(spikes as usize, 0.01);
    for (name, error, timing) in [
        ("adjoint, given", Some(SpikeError::Given(&given)), &timing[..]),
        (
            "adjoint, projected",
            Some(SpikeError::Projected(ProjectedError {
                weights: &weights,
                offsets: &offsets,
                injections: &injections,
            })),
            &timing[..],
        ),
        ("adjoint, timing alone", None, &timing[..]),
    ] {
        run(criterion, name, &adjoint(&state, error, timing));
    }
}

/// Every output fires once and gets its gradient there.
fn output_injections(draw: &mut Draw) -> (Vec<u32>, Vec<Injection>) {
    let mut fires: Vec<(usize, u32)> = (0..CLASSES as u32).map(|unit| (40 + draw.below(STEPS - 60), unit)).collect();
    fires.sort_unstable();
    let offsets = (0..=STEPS).map(|step| fires.iter().filter(|fire| fire.0 < step).count() as u32).collect();
    let injections = fires
        .iter()
        .map(|&(_, unit)| Injection { unit, membrane: draw.symmetric(), current: draw.symmetric() })
        .collect();
    (offsets, injections)
}

fn adjoint<'a>(state: &'a State, error: Option<SpikeError<'a>>, timing: &'a [f32]) -> BackwardTile<'a> {
    BackwardTile {
        lanes: TILE,
        end: STEPS,
        from: 0,
        to: STEPS,
        trace: &state.trace,
        spikes: &state.spikes,
        error,
        timing,
        timing_weight: 1.0,
        is_gated: true,
        surrogate: Surrogate::Exponential { sharpness: 14.4 },
        slope_floor: 0.01,
        constants: CONSTANTS,
        by_lane: None,
        own_trace: &[],
        current: &[],
        terms: BackwardTerms::default(),
    }
}

fn run(criterion: &mut Criterion, name: &str, tile: &BackwardTile<'_>) {
    let rows: Vec<u32> = (0..STEPS).map(|step| if step < DIGIT_STEPS { step as u32 } else { NO_ROW }).collect();
    let mut q_rows = vec![0.0; DIGIT_STEPS * TILE];
    let mut bias = vec![0.0; TILE];
    let mut output = BackwardOutput {
        rows: &rows,
        q_rows: &mut q_rows,
        q: &mut [],
        r: &mut [],
        r_rows: &mut [],
        p: &mut [],
        direct: &mut [],
        stride: TILE,
        offset: 0,
        bias: &mut bias,
        carried: [&mut [], &mut [], &mut []],
        constants: None,
        timing_terms: &mut Vec::new(),
        observed: None,
    };
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements((STEPS * TILE) as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| backward_tile(level, tile, &mut output));
        });
    }
    group.bench_function("plain", |bencher| bencher.iter(|| reference::backward_tile(tile, &mut output)));
    group.finish();
}
