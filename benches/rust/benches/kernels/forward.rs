use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{DIGIT_STEPS, STEPS};
use spikelet_kernels::{Level, TILE, forward_tile, reference};

use crate::tile::{State, Tile};

/// Training keeps the trace of every step; inference keeps none and lets calm lanes rest.
pub(crate) fn bench(criterion: &mut Criterion) {
    let tile = Tile::new();
    for (name, keeps_trace, rests_from) in [("forward, traced", true, STEPS), ("forward, resting", false, DIGIT_STEPS)]
    {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((STEPS * TILE) as u64));
        let forward = tile.forward(rests_from);
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
