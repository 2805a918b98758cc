//! `kernel-instructions KERNEL RUNS LEVEL`: so many runs of a kernel at its standard shape, for an instruction counter; without words,
//! the names of the kernels.
//!
//! Two runs of the program differ by the cost of the runs that one has more: the set-up drops out.

use std::process::ExitCode;

use spikelet_kernel_bench::{Bench, Way, catalogue, kernel};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match &words[..] {
        [] => {
            for kernel in catalogue().iter().filter(|kernel| !kernel.is_ceiling) {
                println!("{}", kernel.name);
            }
            ExitCode::SUCCESS
        }
        [kernel, runs, level] => run(kernel, runs, level).map_or_else(usage, |()| ExitCode::SUCCESS),
        _ => usage(),
    }
}

fn run(name: &str, runs: &str, level: &str) -> Option<()> {
    let (kernel, runs, way) = (kernel(name)?, runs.parse().ok()?, Way::from_name(level)?);
    Bench::open(kernel, &kernel.grid()[0], 1)?.run(way, runs);
    Some(())
}

fn usage() -> ExitCode {
    eprintln!("usage: kernel-instructions KERNEL RUNS LEVEL, a level that this machine has");
    ExitCode::from(2)
}
