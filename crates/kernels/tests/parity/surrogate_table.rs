//! Surrogate derivatives from a table.

use spikelet_kernels::SurrogateTable;

#[test]
fn values_are_by_distance_or_from_the_first_on() {
    let by_distance = SurrogateTable::new(0.5, &[1.0, 0.5, 0.25], None);
    for (offset, expected) in [(0.0, 1.0), (0.25, 0.75), (-0.25, 0.75), (0.75, 0.375), (-1.0, 0.25), (1.01, 0.0)] {
        assert_eq!(by_distance.at(offset), expected, "{offset}");
    }
    let signed = SurrogateTable::new(0.5, &[-1.0, 0.5, 0.25], Some(-0.25));
    for (offset, expected) in [(-0.26, 0.0), (-0.25, -1.0), (0.0, -0.25), (0.5, 0.375), (0.75, 0.25), (0.76, 0.0)] {
        assert_eq!(signed.at(offset), expected, "{offset}");
    }
    assert_eq!(signed.at(f32::NAN), 0.0);
}

#[test]
fn a_table_that_ends_above_rest_is_0_there() {
    let table = |first| SurrogateTable::new(0.25, &[1.0, 0.5, 0.25], first);
    assert!(table(None).rests(0.6) && !table(None).rests(0.4));
    assert!(table(Some(-0.3)).rests(0.4) && !table(Some(-0.5)).rests(0.4));
    assert!(table(Some(-1.0)).rests(0.4), "it ends below rest");
}
