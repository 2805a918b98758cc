//! Threads of a session.

#[cfg(feature = "parallel")]
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use spikelet_config::{Result, Threads};
use spikelet_training::{Executor, Sequential};

/// The threads of a session: the caller's alone, or a pool; in WebAssembly one that all sessions share.
#[derive(Debug)]
pub(crate) enum Workers {
    /// The calling thread.
    Caller,
    #[cfg(feature = "parallel")]
    /// At least two threads; no task of one starts another, so a thread runs one task at a time.
    Pool(Arc<rayon::ThreadPool>),
}

impl Workers {
    /// As many threads as a checkpoint names, but no more than the machine has cores.
    pub(crate) fn at_most_cores(threads: Threads) -> Result<Self> {
        let threads = match threads {
            Threads::Auto => Threads::Auto,
            Threads::Fixed(count) => Threads::Fixed(count.min(u32::try_from(cores()).unwrap_or(u32::MAX))),
        };
        Self::new(threads, "training.threads")
    }

    /// `path` is where the number was given.
    #[cfg(all(feature = "parallel", not(target_family = "wasm")))]
    pub(crate) fn new(threads: Threads, path: &str) -> Result<Self> {
        use spikelet_config::Error;
        let count = match threads {
            Threads::Auto => cores(),
            Threads::Fixed(count) => count as usize,
        };
        if count <= 1 {
            return Ok(Self::Caller);
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .thread_name(|index| format!("spikelet-{index}"))
            .build()
            .map_err(|error| Error::config(path, format!("the system has no {count} threads: {error}")))?;
        Ok(Self::Pool(Arc::new(pool)))
    }

    /// In WebAssembly the host decides, for all sessions.
    #[cfg(all(feature = "parallel", target_family = "wasm"))]
    pub(crate) fn new(_threads: Threads, _path: &str) -> Result<Self> {
        Ok(crate::threads::shared_pool().map_or(Self::Caller, Self::Pool))
    }

    #[cfg(not(feature = "parallel"))]
    pub(crate) fn new(_threads: Threads, _path: &str) -> Result<Self> {
        Ok(Self::Caller)
    }

    /// Calls `work` on a thread of the pool, which saves a switch of threads at each [`Executor::for_each`] inside it, and keeps
    /// the other threads awake meanwhile: the pauses between two phases of a batch are shorter than waking one takes.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Caller => work(),
            #[cfg(feature = "parallel")]
            Self::Pool(pool) => pool.scope(|scope| {
                let is_done = Finish(AtomicBool::new(false).into());
                for _ in 1..pool.current_num_threads() {
                    let is_done = is_done.0.clone();
                    scope.spawn(move |_| stay_awake(&is_done));
                }
                work()
            }),
        }
    }
}

/// Tells the threads that stay awake to stop, also when the work panics.
#[cfg(feature = "parallel")]
struct Finish(Arc<AtomicBool>);

#[cfg(feature = "parallel")]
impl Drop for Finish {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Counts a thread out, also when its task panics.
#[cfg(feature = "parallel")]
struct Leave<'a>(&'a AtomicUsize);

#[cfg(feature = "parallel")]
impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}

/// Works without sleeping until all is done.
#[cfg(feature = "parallel")]
fn stay_awake(is_done: &AtomicBool) {
    while !is_done.load(Ordering::Acquire) {
        look_for_tasks();
    }
}

/// Does a task of the pool, or lets another thread have the core.
#[cfg(feature = "parallel")]
fn look_for_tasks() {
    if rayon::yield_now() != Some(rayon::Yield::Executed) {
        std::thread::yield_now();
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

impl Executor for Workers {
    fn threads(&self) -> usize {
        match self {
            Self::Caller => 1,
            #[cfg(feature = "parallel")]
            Self::Pool(pool) => pool.current_num_threads(),
        }
    }

    /// Items are taken one by one in their order, so that the last ones, which should be the small ones, even out the threads.
    fn for_each_with<T: Send, S>(
        &self,
        items: &mut [T],
        enter: impl Fn() -> S + Sync,
        task: impl Fn(&mut S, usize, &mut T) + Sync,
    ) {
        match self {
            Self::Caller => Sequential.for_each_with(items, enter, task),
            #[cfg(feature = "parallel")]
            Self::Pool(pool) => {
                let helpers = pool.current_num_threads().min(items.len()).saturating_sub(1);
                let queue = Mutex::new(items.iter_mut().enumerate());
                let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let work = || {
                    let Some((index, item)) = next() else { return };
                    let mut scratch = enter();
                    task(&mut scratch, index, item);
                    while let Some((index, item)) = next() {
                        task(&mut scratch, index, item);
                    }
                };
                let at_work = AtomicUsize::new(helpers);
                pool.scope(|scope| {
                    for _ in 0..helpers {
                        scope.spawn(|_| {
                            let _leaves = Leave(&at_work);
                            work();
                        });
                    }
                    work();
                    // The scope would put this thread to sleep, and waking one takes longer than the others need for their last items.
                    while at_work.load(Ordering::Acquire) > 0 {
                        look_for_tasks();
                    }
                });
            }
        }
    }
}

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_item_is_done_once_and_no_scratch_is_shared() {
        for threads in [2, 4, 33, 64, 257] {
            let workers = Workers::new(Threads::Fixed(threads), "threads").unwrap();
            assert_eq!(workers.threads(), threads as usize);
            for length in [0, 1, 5, 500] {
                let entered = AtomicUsize::new(0);
                let at_work = Mutex::new(BTreeSet::new());
                let mut items = vec![0; length];
                workers.run(|| {
                    let enter = || entered.fetch_add(1, Ordering::SeqCst);
                    workers.for_each_with(&mut items, enter, |scratch, index, item| {
                        assert!(at_work.lock().unwrap().insert(*scratch), "scratch {scratch} is in two tasks");
                        *item += index + 1;
                        at_work.lock().unwrap().remove(scratch);
                    });
                });
                assert!(items.iter().enumerate().all(|(index, &item)| item == index + 1));
                assert!(entered.load(Ordering::SeqCst) <= length.min(threads as usize));
            }
        }
    }

    #[test]
    fn a_panic_of_any_task_ends_all() {
        let workers = Workers::new(Threads::Fixed(4), "threads").unwrap();
        for broken in 0..40 {
            let mut items: Vec<usize> = (0..40).collect();
            let all = || workers.for_each(&mut items, |_, item| assert_ne!(*item, broken));
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| workers.run(all)));
            assert!(ended.is_err(), "item {broken} broke, and nobody heard");
        }
    }

    #[test]
    fn one_thread_is_the_caller() {
        assert!(matches!(Workers::new(Threads::Fixed(1), "threads"), Ok(Workers::Caller)));
    }
}
