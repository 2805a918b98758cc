//! Work for the thread pool as a promise.

use napi::bindgen_prelude::{AsyncTask, Task, ToNapiValue, TypeName};
use napi::{Env, Result};
use spikelet_session::Error;

use crate::error::thrown;

type Outcome<T> = std::result::Result<T, Error>;

/// `work` on the pool, then `convert` on the JavaScript thread.
pub struct Job<T, J> {
    work: Option<Box<dyn FnOnce() -> Outcome<T> + Send>>,
    convert: fn(T) -> J,
}

impl<T: Send + 'static, J: ToNapiValue + TypeName> Job<T, J> {
    pub(crate) fn start(work: impl FnOnce() -> Outcome<T> + Send + 'static, convert: fn(T) -> J) -> AsyncTask<Self> {
        AsyncTask::new(Self { work: Some(Box::new(work)), convert })
    }
}

impl<T: Send + 'static, J: ToNapiValue + TypeName> Task for Job<T, J> {
    type Output = Outcome<T>;
    type JsValue = J;

    fn compute(&mut self) -> Result<Outcome<T>> {
        let work = self.work.take().ok_or_else(|| napi::Error::from_reason("a job runs once"))?;
        Ok(work())
    }

    fn resolve(&mut self, env: Env, outcome: Outcome<T>) -> Result<J> {
        outcome.map(self.convert).map_err(|error| thrown(env, error))
    }
}
