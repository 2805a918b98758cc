pub(super) fn flushed(x: f32, floor: f32) -> f32 {
    if x.abs() < floor { 0.0 } else { x }
}
