//! A session that several threads may hold and that can be freed at any time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use spikelet_session::{Error, ErrorCode, Result, Session, Suppliers};

/// A session behind a lock. Calls wait for each other; a disposed session is dropped by whoever holds it last.
pub(crate) struct Handle {
    session: Mutex<Option<Session>>,
    is_disposed: AtomicBool,
    view: Mutex<View>,
}

/// Values that may be read at any time, as of the last call that ended.
struct View {
    config: String,
    info: String,
    suppliers: Suppliers,
}

impl View {
    fn of(session: &Session) -> Self {
        Self { config: session.config(), info: session.info(), suppliers: session.suppliers() }
    }
}

impl Handle {
    pub(crate) fn new(session: Session) -> Self {
        let view = Mutex::new(View::of(&session));
        Self { session: Mutex::new(Some(session)), is_disposed: AtomicBool::new(false), view }
    }

    /// Calls `work` once no other call holds the session.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let result = self.work_locked(work);
        // `dispose` does not wait for the lock: if it came meanwhile, the session was left for this call to drop.
        self.drop_if_disposed();
        result
    }

    /// [`Handle::with`] for frequent calls that do not change these values.
    pub(crate) fn with_unseen<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let result = self.locked_session(work);
        self.drop_if_disposed();
        result
    }

    fn locked_session<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let mut slot = locked(&self.session);
        self.check()?;
        work(slot.as_mut().ok_or_else(disposed)?)
    }

    fn work_locked<T>(&self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        self.locked_session(|session| {
            let result = work(session);
            *locked(&self.view) = View::of(session);
            result
        })
    }

    pub(crate) fn config(&self) -> Result<String> {
        self.check()?;
        Ok(locked(&self.view).config.clone())
    }

    pub(crate) fn info(&self) -> Result<String> {
        self.check()?;
        Ok(locked(&self.view).info.clone())
    }

    pub(crate) fn suppliers(&self) -> Result<Suppliers> {
        self.check()?;
        Ok(locked(&self.view).suppliers.clone())
    }

    /// Every later call fails; a call that runs ends first.
    pub(crate) fn dispose(&self) {
        self.is_disposed.store(true, Ordering::SeqCst);
        self.drop_if_disposed();
    }

    fn drop_if_disposed(&self) {
        if !self.is_disposed.load(Ordering::SeqCst) {
            return;
        }
        match self.session.try_lock() {
            Ok(mut slot) => drop(slot.take()),
            Err(TryLockError::Poisoned(slot)) => drop(slot.into_inner().take()),
            Err(TryLockError::WouldBlock) => {}
        }
    }

    fn check(&self) -> Result<()> {
        if self.is_disposed.load(Ordering::SeqCst) { Err(disposed()) } else { Ok(()) }
    }
}

fn disposed() -> Error {
    Error::new(ErrorCode::Disposed, "", "was used after dispose()")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
