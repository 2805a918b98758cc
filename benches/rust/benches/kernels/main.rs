//! Every kernel at every SIMD level of this machine, next to its plain loop, on one tile of 784-800-10 and one digit.
//!
//! Throughput counts neuron-steps (forward, adjoint), synaptic operations (projection, gather, dot) or parameters (updates).

mod adjoint;
mod forward;
mod products;
mod tile;
mod update;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    forward::bench(&mut criterion);
    adjoint::bench(&mut criterion);
    products::bench(&mut criterion);
    update::bench(&mut criterion);
    criterion.final_summary();
}
