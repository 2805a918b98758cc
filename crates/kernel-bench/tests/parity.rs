//! Every kernel of the catalogue gives the bits of its plain twin at every level, over its grid.

use spikelet_kernel_bench::{Bench, Way, catalogue, catalogue_json, describe, kernel};
use spikelet_kernels::Level;

/// Bytes of streams beyond which a case takes too long for a test.
const LARGE: f64 = 2e6;

#[test]
fn every_case_of_the_grid_has_the_bits_of_its_twin() {
    for kernel in catalogue() {
        for values in kernel.grid().iter().filter(|values| values.iter().all(|&value| value < LARGE)) {
            let mut bench = Bench::open(kernel, values, 1).expect("the grid is within its ranges");
            for level in Level::available() {
                assert_eq!(bench.differences(level), 0, "{} {values:?} {level}", kernel.name);
            }
        }
    }
}

#[test]
fn every_case_changes_its_outputs() {
    for kernel in catalogue() {
        let mut bench = Bench::open(kernel, &kernel.grid()[0], 1).expect("the grid is within its ranges");
        let before: Vec<Vec<u8>> = bench.buffers().1.iter().map(|buffer| buffer.numbers.bytes()).collect();
        let after = bench.once(Way::Plain);
        let changed = before.iter().zip(&after).any(|(before, (_, after))| before != after);
        assert!(changed, "{} computes nothing", kernel.name);
        let again: Vec<Vec<u8>> = bench.buffers().1.iter().map(|buffer| buffer.numbers.bytes()).collect();
        assert_eq!(before, again, "{} does not start again", kernel.name);
    }
}

#[test]
fn a_case_counts_what_it_moves() {
    for kernel in catalogue() {
        let bench = Bench::open(kernel, &kernel.grid()[0], 1).expect("the grid is within its ranges");
        let cost = bench.cost();
        assert!(cost.operations > 0 && cost.bytes > 0 && cost.resident > 0, "{}: {cost:?}", kernel.name);
    }
}

#[test]
fn refuses_values_out_of_range() {
    let forward = kernel("forward").expect("it is in the catalogue");
    for values in [
        vec![784.0, 100.0, 64.0],
        vec![784.0, 100.0, 20.0, 0.01],
        vec![784.0, 100.0, 64.0, 1.5],
        vec![0.5, 100.0, 64.0, 0.1],
    ] {
        assert!(forward.case(&values).is_none(), "{values:?}");
    }
}

#[test]
fn threads_each_run_a_case() {
    let gather = kernel("gather").expect("it is in the catalogue");
    let mut bench = Bench::open(gather, &gather.grid()[0], 2).expect("the grid is within its ranges");
    let gradient = |bench: &Bench| bench.buffers().1[0].numbers.bytes();
    let before = gradient(&bench);
    bench.run(Way::from_name("plain").expect("every machine has it"), 1);
    assert_ne!(before, gradient(&bench));
}

#[test]
fn names_are_plain_text() {
    assert!(catalogue_json().starts_with(r#"[{"name":"forward","about":""#));
    let forward = kernel("forward").expect("it is in the catalogue");
    let bench = Bench::open(forward, &forward.grid()[0], 1).expect("the grid is within its ranges");
    assert!(describe(&bench).contains(r#""inputs":[{"name":"offsets","type":"u32","length":101}"#));
}
