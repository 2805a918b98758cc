use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{Draw, STEPS, UNITS};
use spikelet_kernels::{Level, Projection, TILE, dot, project, reference};

pub(crate) fn bench(criterion: &mut Criterion) {
    projections(criterion);
    dots(criterion);
}

/// A tile below a hidden layer of 800 units, all steps.
fn projections(criterion: &mut Criterion) {
    let mut draw = Draw::new(7);
    let weights = draw.vector(UNITS * TILE, 0.04);
    let rows = draw.vector(STEPS * UNITS, 0.01);
    let projection = Projection {
        weights: &weights,
        lanes: TILE,
        rows: &rows,
        stride: UNITS,
        units: UNITS,
        segments: 1,
        gap: 0,
        adds: false,
        scale: 0.3,
        steps: STEPS,
    };
    let mut out = vec![0.0; STEPS * TILE];
    let mut group = criterion.benchmark_group("project");
    group.throughput(Throughput::Elements((STEPS * UNITS * TILE) as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| project(level, &projection, &mut out));
        });
    }
    group.bench_function("plain", |bencher| bencher.iter(|| reference::project(&projection, &mut out)));
    group.finish();
}

fn dots(criterion: &mut Criterion) {
    let mut draw = Draw::new(8);
    let (a, b) = (draw.vector(UNITS, 1.0), draw.vector(UNITS, 1.0));
    let mut group = criterion.benchmark_group("dot");
    group.throughput(Throughput::Elements(UNITS as u64));
    for level in Level::available() {
        group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
            bencher.iter(|| dot(level, black_box(&a), black_box(&b)));
        });
    }
    group.bench_function("plain", |bencher| bencher.iter(|| reference::dot(black_box(&a), black_box(&b))));
    group.finish();
}
