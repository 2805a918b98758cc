//! One training step and one inference of 784-800-10, at every SIMD level, on one and two threads. Throughput counts samples.

use criterion::{BenchmarkId, Criterion, Throughput};
use spikelet_benches::{Digits, WEIGHT_SCALE, configuration};
use spikelet_kernels::Level;
use spikelet_session::{DatasetArrays, Session};

const SAMPLES: usize = 1280;
const BATCHES: [usize; 2] = [16, 128];
const THREADS: [usize; 2] = [1, 2];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    for batch in BATCHES {
        training(&mut criterion, batch);
    }
    inference(&mut criterion);
    criterion.final_summary();
}

fn training(criterion: &mut Criterion, batch: usize) {
    let mut group = criterion.benchmark_group(format!("training step, batch {batch}"));
    group.throughput(Throughput::Elements(batch as u64));
    for (level, threads) in configurations() {
        let (mut session, data) = session(batch, threads, level);
        session.begin(&format!(r#"{{ "train": {data} }}"#)).expect("there are samples");
        group.bench_function(BenchmarkId::new(level.name(), threads), |bencher| {
            bencher.iter(|| session.advance(1).expect("training works"));
        });
    }
    group.finish();
}

fn inference(criterion: &mut Criterion) {
    let batch = 128;
    let mut group = criterion.benchmark_group(format!("inference, batch {batch}"));
    group.throughput(Throughput::Elements(batch as u64));
    for (level, threads) in configurations() {
        let (mut session, data) = session(batch, threads, level);
        group.bench_function(BenchmarkId::new(level.name(), threads), |bencher| {
            bencher.iter(|| session.predict(data, 0, batch as u32, false).expect("there are samples"));
        });
    }
    group.finish();
}

fn configurations() -> impl Iterator<Item = (Level, usize)> {
    Level::available().into_iter().flat_map(|level| THREADS.map(|threads| (level, threads)))
}

fn session(batch: usize, threads: usize, level: Level) -> (Session, u32) {
    let Digits { offsets, times, units, labels } = Digits::new(SAMPLES);
    let arrays = DatasetArrays {
        offsets: Some(offsets),
        times: Some(times),
        units: Some(units),
        labels: Some(labels),
        ..DatasetArrays::default()
    };
    let mut session =
        Session::create(&configuration(batch, threads), Some(level.name()), None).expect("the configuration is valid");
    for layer in 0..2 {
        let mut parameters = session.parameters(layer).expect("the layer exists");
        parameters.weights.iter_mut().for_each(|weight| *weight *= WEIGHT_SCALE);
        session.set_parameters(layer, &parameters).expect("the shape is the same");
    }
    let data = session.add_dataset(r#"{ "inputs": "events" }"#, arrays).expect("the data fit");
    (session, data)
}
