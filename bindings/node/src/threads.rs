//! The threads of the addon, which all environments of the process share. They wait for tasks and do not keep the process alive.
//!
//! The four threads of libuv are left to files, name look-ups and other addons.

use std::collections::VecDeque;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};
use std::thread::{Builder, available_parallelism};

use spikelet_session::{Error, ErrorCode, Result};

type Task = Box<dyn FnOnce() + Send>;

/// Threads at least: one that waits for other processes, or prepares samples, leaves some to the rest.
const MIN_THREADS: usize = 4;

static WAITING: Mutex<VecDeque<Task>> = Mutex::new(VecDeque::new());
static ARRIVED: Condvar = Condvar::new();
/// Number of threads that were started.
static STARTED: LazyLock<usize> = LazyLock::new(start_all);

/// Starts the threads as the addon is loaded: they keep the floating-point mode that the loading thread has now.
#[napi_derive::module_init]
fn start_early() {
    LazyLock::force(&STARTED);
}

/// Lets a thread do `task` once the tasks before it have been taken.
pub(crate) fn run(task: Task) -> Result<()> {
    if *STARTED == 0 {
        return Err(Error::new(ErrorCode::BackendUnavailable, "backend", "the system has no thread for the addon"));
    }
    WAITING.lock().unwrap_or_else(PoisonError::into_inner).push_back(task);
    ARRIVED.notify_one();
    Ok(())
}

fn start_all() -> usize {
    let count = available_parallelism().map_or(MIN_THREADS, |cores| cores.get().max(MIN_THREADS));
    (0..count).filter(|index| Builder::new().name(format!("spikelet-{index}")).spawn(work).is_ok()).count()
}

fn work() {
    loop {
        next()();
    }
}

fn next() -> Task {
    let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match waiting.pop_front() {
            Some(task) => return task,
            None => waiting = ARRIVED.wait(waiting).unwrap_or_else(PoisonError::into_inner),
        }
    }
}
