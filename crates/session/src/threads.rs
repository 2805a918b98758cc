//! Threads that the host starts, where the core can start none: in WebAssembly.

use std::sync::{Mutex, PoisonError};

use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};
use spikelet_config::{Error, Result};

#[cfg(target_family = "wasm")]
pub(crate) use shared::shared_pool;
#[cfg(target_family = "wasm")]
pub use shared::{lend_thread, share_threads};

/// The one pool of all sessions.
#[cfg(target_family = "wasm")]
mod shared {
    use std::sync::{Arc, OnceLock};

    use super::*;

    static POOL: OnceLock<Arc<ThreadPool>> = OnceLock::new();
    static MISSING: Missing = Missing::new();

    /// Lets all sessions that are opened from now on run on `count` threads: the calling one, which must be the one that calls the
    /// sessions, and others, each of which has to call [`lend_thread`]. A session waits for those that have not come yet.
    ///
    /// # Errors
    /// `CONFIG_INVALID` for no threads, and when it was called before.
    pub fn share_threads(count: u32) -> Result<()> {
        let pool = MISSING.pool(count)?;
        POOL.set(Arc::new(pool)).map_err(|_| Error::config("threads", "were shared before"))
    }

    /// Works as one of the threads that [`share_threads`] asked for, and does not return.
    ///
    /// # Errors
    /// `CONFIG_INVALID` where all have come.
    pub fn lend_thread() -> Result<()> {
        MISSING.work()
    }

    pub(crate) fn shared_pool() -> Option<Arc<ThreadPool>> {
        POOL.get().cloned()
    }
}

/// Threads of a pool that the host has still to bring.
struct Missing(Mutex<Vec<ThreadBuilder>>);

impl Missing {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// A pool of the calling thread and `count - 1` others, which are missing.
    fn pool(&'static self, count: u32) -> Result<ThreadPool> {
        if count == 0 {
            return Err(Error::config("threads", "must be at least 1, got 0"));
        }
        let later = |thread| {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
            Ok(())
        };
        let pool =
            ThreadPoolBuilder::new().num_threads(count as usize).use_current_thread().spawn_handler(later).build();
        pool.map_err(|error| Error::config("threads", error.to_string()))
    }

    /// Works as one of them until the pool is dropped.
    fn work(&self) -> Result<()> {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        thread.map(ThreadBuilder::run).ok_or_else(|| Error::config("threads", "have all come"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_wait_for_threads_that_come_later() {
        static MISSING: Missing = Missing::new();
        let pool = MISSING.pool(3).unwrap();
        let lent: Vec<_> = (0..2).map(|_| std::thread::spawn(|| MISSING.work())).collect();
        // Each takes a task and waits for the others, so that all three must have come.
        let together = std::sync::Barrier::new(3);
        pool.scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|_| {
                    together.wait();
                });
            }
        });
        assert_eq!(MISSING.work().unwrap_err().path, "threads");
        drop(pool);
        assert!(lent.into_iter().all(|thread| thread.join().unwrap().is_ok()));
    }

    #[test]
    fn a_pool_has_a_thread() {
        static MISSING: Missing = Missing::new();
        assert_eq!(MISSING.pool(0).unwrap_err().path, "threads");
    }
}
