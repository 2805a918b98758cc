use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{DIGIT_STEPS, Digits, Draw, INPUTS};
use spikelet_kernels::{
    AdamStep, Gather, Level, Optimizer, RowGradient, SgdStep, TILE, TileParameters, gather_tile, reference,
    update_rows, update_tile,
};

/// Samples whose gradients a tile gathers at once.
const SAMPLES: usize = 16;

pub(crate) fn bench(criterion: &mut Criterion) {
    let spikes = Spikes::new();
    let sources: Vec<&[f32]> = spikes.rows.iter().map(Vec::as_slice).collect();
    let gather = Gather { offsets: &spikes.offsets, entries: &spikes.entries, values: &[], sources: &sources };
    gathers(criterion, &gather);
    for (name, optimizer) in optimizers() {
        updates(criterion, name, &gather, &optimizer);
        rows(criterion, name, &optimizer);
    }
}

/// The spikes of some digits by input, and q at each of their steps.
struct Spikes {
    offsets: Vec<u32>,
    entries: Vec<u32>,
    rows: Vec<Vec<f32>>,
}

impl Spikes {
    fn new() -> Self {
        let digits = Digits::new(SAMPLES);
        let mut by_input = vec![Vec::new(); INPUTS];
        for sample in 0..SAMPLES {
            for event in digits.offsets[sample] as usize..digits.offsets[sample + 1] as usize {
                by_input[digits.units[event] as usize].push((sample as u32) << 16 | u32::from(digits.times[event]));
            }
        }
        let mut offsets = vec![0];
        for entries in &by_input {
            offsets.push(offsets[offsets.len() - 1] + entries.len() as u32);
        }
        let mut draw = Draw::new(9);
        let rows = (0..SAMPLES).map(|_| draw.vector(DIGIT_STEPS * TILE, 0.01)).collect();
        Self { offsets, entries: by_input.concat(), rows }
    }
}

fn optimizers() -> [(&'static str, Optimizer); 2] {
    let adam = AdamStep {
        beta1: 0.9,
        first_share: 0.1,
        beta2: 0.999,
        second_share: 0.001,
        rate: 1e-3,
        second_scale: 1.0,
        epsilon: 1e-8,
        weight_decay: 0.0,
        keep: 1.0,
    };
    let sgd = SgdStep { rate: 1e-3, momentum: 0.9, weight_decay: 0.0 };
    [("Adam", Optimizer::Adam(adam)), ("SGD", Optimizer::Sgd(sgd))]
}

/// Weights of a tile with their moments.
struct Parameters([Vec<f32>; 3]);

impl Parameters {
    fn new() -> Self {
        let length = INPUTS * TILE;
        Self([Draw::new(10).vector(length, 0.04), vec![0.0; length], vec![1e-6; length]])
    }

    fn of_tile(&mut self) -> TileParameters<'_> {
        let [values, first, second] = &mut self.0;
        TileParameters { values, first, second }
    }
}

const SILENT: [f32; TILE] = [0.0; TILE];
const SHAPE: RowGradient<'static> = RowGradient { gain: 0.027, silent: &SILENT, clip: 1.0 };

fn gathers(criterion: &mut Criterion, gather: &Gather<'_>) {
    let mut gradient = vec![0.0; INPUTS * TILE];
    let mut live = vec![false; INPUTS];
    let mut group = criterion.benchmark_group("gather");
    group.throughput(Throughput::Elements((gather.entries.len() * TILE) as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| gather_tile(level, gather, TILE, &mut gradient, &mut live));
        });
    }
    group.bench_function("plain", |bencher| {
        bencher.iter(|| reference::gather_tile(gather, TILE, &mut gradient, &mut live));
    });
    group.finish();
}

fn updates(criterion: &mut Criterion, name: &str, gather: &Gather<'_>, optimizer: &Optimizer) {
    let mut parameters = Parameters::new();
    let mut live = vec![true; INPUTS];
    let mut group = criterion.benchmark_group(format!("gather and {name}"));
    group.throughput(Throughput::Elements((INPUTS * TILE) as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| {
                update_tile(level, gather, TILE, &[], &SHAPE, optimizer, &mut parameters.of_tile(), &mut live)
            });
        });
    }
    group.bench_function("plain", |bencher| {
        bencher.iter(|| {
            reference::update_tile(gather, TILE, &[], &SHAPE, optimizer, &mut parameters.of_tile(), &mut live)
        });
    });
    group.finish();
}

fn rows(criterion: &mut Criterion, name: &str, optimizer: &Optimizer) {
    let mut parameters = Parameters::new();
    let sums = Draw::new(11).vector(INPUTS * TILE, 0.01);
    let mut group = criterion.benchmark_group(format!("{name} on sums"));
    group.throughput(Throughput::Elements((INPUTS * TILE) as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| update_rows(level, TILE, &sums, &SHAPE, optimizer, &mut parameters.of_tile()));
        });
    }
    group.bench_function("plain", |bencher| {
        bencher.iter(|| reference::update_rows(TILE, &sums, &SHAPE, optimizer, &mut parameters.of_tile()));
    });
    group.finish();
}
