use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{DIGIT_STEPS, STEPS};
use spikelet_kernels::{Level, TILE, forward_tile, reference};

use crate::tile::{State, Tile};

/// Training keeps the trace of the steps that have a gradient; without one, a tile runs only while there is input.
pub(crate) fn bench(criterion: &mut Criterion) {
    let tile = Tile::new();
    for (name, keeps_trace, to) in [("forward, traced", true, STEPS), ("forward, input only", false, DIGIT_STEPS)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((to * TILE) as u64));
        let forward = tile.forward(to);
        let mut state = State::new(keeps_trace);
        for level in Level::available() {
            group.bench_function(BenchmarkId::from_parameter(level), |bencher| {
                bencher.iter(|| forward_tile(level, &forward, &mut state.start()));
            });
        }
        group.bench_function("plain", |bencher| bencher.iter(|| reference::forward_tile(&forward, &mut state.start())));
        group.finish();
    }
}
