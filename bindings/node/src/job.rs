//! Work for the threads of the addon as a promise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};
use spikelet_session::{DatasetArrays, Error, ErrorCode, Result, Samples};

use crate::error::thrown;
use crate::handle::Handle;
use crate::threads;

/// Values that own their memory, so that they can wait for a thread. What JavaScript lends is none: it may be freed or change its
/// length meanwhile.
pub(crate) trait Owned: Send + 'static {}

impl Owned for () {}
impl Owned for bool {}
impl Owned for u8 {}
impl Owned for u16 {}
impl Owned for u32 {}
impl Owned for f32 {}
impl Owned for f64 {}
impl Owned for String {}
impl Owned for DatasetArrays {}
impl Owned for Samples {}
impl Owned for Arc<Handle> {}
impl<T: Owned> Owned for Option<T> {}
impl<T: Owned> Owned for Vec<T> {}
impl<A: Owned, B: Owned> Owned for (A, B) {}
impl<A: Owned, B: Owned, C: Owned> Owned for (A, B, C) {}
impl<A: Owned, B: Owned, C: Owned, D: Owned> Owned for (A, B, C, D) {}
impl<A: Owned, B: Owned, C: Owned, D: Owned, E: Owned> Owned for (A, B, C, D, E) {}

/// A promise of what `work` makes of `given` on a thread of the addon, converted on the JavaScript thread. `work` is a function
/// that captures nothing, so that `given` is all that crosses.
pub(crate) fn start<G: Owned, T: Send + 'static, J: ToNapiValue + 'static>(
    env: &Env,
    given: Result<G>,
    work: fn(G) -> Result<T>,
    convert: fn(T) -> J,
) -> napi::Result<Object<'_>> {
    let given = given.map_err(|error| thrown(*env, error))?;
    let (deferred, promise) = env.create_deferred()?;
    let task = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(given))).unwrap_or_else(|_| Err(defect()));
        deferred.resolve(move |env: Env| outcome.map(convert).map_err(|error| thrown(env, error)));
    };
    threads::run(Box::new(task)).map_err(|error| thrown(*env, error))?;
    Ok(promise)
}

fn defect() -> Error {
    Error::new(ErrorCode::Internal, "", "a defect of this library, please report it")
}
