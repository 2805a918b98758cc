//! `step-instructions CASE STEPS LEVEL`: so many training steps of a case, or answers to a batch, on one thread, for an instruction
//! counter.
//!
//! The SIMD level is given, so that counts of different machines can be compared. Two runs with N and 2N steps differ by the cost
//! of N steps: the set-up drops out.

use std::process::ExitCode;

use spikelet_benches::{Case, Digits};
use spikelet_training::{Level, Sequential, Until};

/// Steps that belong to the set-up.
const WARM_UP: usize = 2;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let case = words.next().and_then(|name| Case::from_name(&name));
    let steps = words.next().and_then(|word| word.parse::<usize>().ok());
    let level = words.next().and_then(|name| Level::from_name(&name));
    let (Some(case), Some(steps), Some(level)) = (case, steps, level) else {
        eprintln!("usage: step-instructions CASE STEPS LEVEL, a level that this machine has");
        return ExitCode::from(2);
    };
    let batch = case.batch;
    let data = Digits::new(160).dataset(case.steps);
    let mut trainer = case.trainer(level);
    trainer.begin(data.len()).expect("there are samples");
    for _ in 0..WARM_UP + steps {
        if case.is_inference {
            trainer.predict(&data, 0..batch, Until::End, &Sequential).expect("there are samples");
        } else {
            trainer.advance(1, &data, None, &Sequential).expect("training works");
        }
    }
    let fired = trainer.predict(&data, 0..batch, Until::End, &Sequential).expect("there are samples").layers;
    let spikes: Vec<usize> = fired.iter().map(|layer| layer.times().len() / batch).collect();
    println!("{} updates at {level}, spikes per sample by layer: {spikes:?}", trainer.updates());
    if spikes.contains(&0) {
        eprintln!("a silent network costs less than one that learns");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
