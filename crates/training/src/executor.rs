//! Parallelism is an argument: the host decides which threads there are.

/// Runs a task for each item of a slice. What a task computes must not depend on the thread that runs it, nor on the scratch that it gets.
pub trait Executor {
    /// How many items may be worked at the same time.
    fn threads(&self) -> usize;

    /// Calls `task(scratch, index, item)` once for each item, in any order and possibly at the same time. Each thread that takes an item makes
    /// its scratch with `enter` before its first one and drops it after its last one, so that no two tasks that run at the same time
    /// share one.
    fn for_each_with<T: Send, S>(
        &self,
        items: &mut [T],
        enter: impl Fn() -> S + Sync,
        task: impl Fn(&mut S, usize, &mut T) + Sync,
    );

    /// [`Executor::for_each_with`] for tasks that need no scratch.
    fn for_each<T: Send>(&self, items: &mut [T], task: impl Fn(usize, &mut T) + Sync) {
        self.for_each_with(items, || (), |(), index, item| task(index, item));
    }
}

/// The calling thread alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn threads(&self) -> usize {
        1
    }

    fn for_each_with<T: Send, S>(
        &self,
        items: &mut [T],
        enter: impl Fn() -> S + Sync,
        task: impl Fn(&mut S, usize, &mut T) + Sync,
    ) {
        if items.is_empty() {
            return;
        }
        let mut scratch = enter();
        for (index, item) in items.iter_mut().enumerate() {
            task(&mut scratch, index, item);
        }
    }
}
