use spikelet_kernels::Level;

use crate::Buffer;

/// What one run needs at least: each array that it goes through counts once for each time that the algorithm reads or writes it; states in
/// registers do not count, and the matrices of a product count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Additions, multiplications, divisions, roots and comparisons of floats.
    pub operations: usize,
    /// Bytes that are read and written.
    pub bytes: usize,
    /// Bytes of the arrays: what a cache has to hold so that the next run finds them there.
    pub resident: usize,
    /// Spikes that are worked on; 0 where there are none.
    pub spikes: usize,
}

/// A kernel with drawn inputs and room for its outputs.
pub trait Case: Send {
    /// Runs the kernel.
    fn run(&mut self, level: Level);

    /// Runs its plain twin.
    fn run_plain(&mut self);

    /// Puts the outputs back to what they are before the first run.
    fn restart(&mut self);

    /// Arrays that are only read.
    fn inputs(&self) -> Vec<Buffer<'_>>;

    /// Arrays that are written.
    fn outputs(&self) -> Vec<Buffer<'_>>;

    /// Numbers besides the parameters that the kernel is given.
    fn constants(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// What a run needs.
    fn cost(&self) -> Cost;
}

/// Bytes of so many numbers in single precision.
pub(crate) fn floats(count: usize) -> usize {
    count * size_of::<f32>()
}

/// Bytes of all arrays of a case.
pub(crate) fn resident(case: &(impl Case + ?Sized)) -> usize {
    let buffers = case.inputs().into_iter().chain(case.outputs());
    buffers.map(|buffer| buffer.numbers.count() * bytes_of(buffer.numbers.type_name())).sum()
}

fn bytes_of(type_name: &str) -> usize {
    match type_name {
        "u16" => 2,
        "u64" => 8,
        _ => 4,
    }
}
