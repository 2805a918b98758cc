//! `step-instructions STEPS`: that many training steps of 784-800-10, batch 16, on one thread, for an instruction counter.
//!
//! The SIMD level is SSE2, which every x86-64 machine and every version of valgrind knows, so that counts of different machines
//! can be compared. Two runs with N and 2N steps differ by the cost of N steps: the set-up drops out.

use std::process::ExitCode;

use spikelet_benches::{Digits, STEPS, trainer};
use spikelet_core::{Level, Sequential, Until};

const BATCH: usize = 16;
/// Updates that belong to the set-up.
const WARM_UP: usize = 2;

fn main() -> ExitCode {
    let Some(steps) = std::env::args().nth(1).and_then(|word| word.parse::<usize>().ok()) else {
        eprintln!("usage: step-instructions STEPS");
        return ExitCode::from(2);
    };
    let Some(level) = Level::from_name("sse2") else {
        eprintln!("this machine has no SSE2");
        return ExitCode::FAILURE;
    };
    let data = Digits::new(160).dataset(STEPS);
    let mut trainer = trainer(BATCH, level);
    trainer.begin(data.len()).expect("there are samples");
    for _ in 0..WARM_UP + steps {
        trainer.advance(1, &data, None, &Sequential).expect("training works");
    }
    let fired = trainer.predict(&data, 0..BATCH, Until::End, &Sequential).expect("there are samples").layers;
    let spikes: Vec<usize> = fired.iter().map(|layer| layer.times().len() / BATCH).collect();
    println!("{} updates at {level}, spikes a sample by layer: {spikes:?}", trainer.updates());
    if spikes.contains(&0) {
        eprintln!("a silent network costs less than one that learns");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
