//! Parallelism is an argument: the host decides which threads there are.

/// Runs a task for each item of a slice. What a task computes must not depend on the worker that runs it.
pub trait Executor {
    /// The number of workers, at least 1.
    fn workers(&self) -> usize;

    /// Calls `task(worker, index, item)` once for each item, in any order and possibly at the same time; `worker` is below
    /// [`Executor::workers`] and no two tasks that run at the same time share it.
    fn for_each<T: Send>(&self, items: &mut [T], task: impl Fn(usize, usize, &mut T) + Sync);
}

/// The calling thread alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn workers(&self) -> usize {
        1
    }

    fn for_each<T: Send>(&self, items: &mut [T], task: impl Fn(usize, usize, &mut T) + Sync) {
        for (index, item) in items.iter_mut().enumerate() {
            task(0, index, item);
        }
    }
}
