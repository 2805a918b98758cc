//! What a host calls.
#![allow(unsafe_code, reason = "exports take and return addresses in the memory that the host shares")]

use crate::arguments::Arguments;
use crate::functions;
use crate::value::Value;

/// The last answer, which stays until it is released, and its description.
static mut ANSWER: (Value, Vec<u32>) = (Value::None, Vec::new());

/// Memory for the arguments of a call, which takes it over.
#[unsafe(no_mangle)]
extern "C" fn allocate(words: usize) -> *mut u64 {
    Box::into_raw(vec![0u64; words].into_boxed_slice()).cast()
}

/// Calls the function that the first argument names, and returns the address of the description of its answer, before which stands whether
/// it is an error.
///
/// # Safety
/// `words` words of 8 bytes from `arguments` on are of [`allocate`].
#[unsafe(no_mangle)]
unsafe extern "C" fn call(arguments: *mut u64, words: usize) -> *const u32 {
    // SAFETY: as the caller promises; words consist of bytes.
    let (_words, bytes) = unsafe {
        let words = Box::from_raw(std::ptr::slice_from_raw_parts_mut(arguments, words));
        let bytes = std::slice::from_raw_parts(arguments.cast::<u8>(), 8 * words.len());
        (words, bytes)
    };
    let answer = functions::call(Arguments::new(bytes));
    let mut description = vec![u32::from(answer.is_err())];
    let answer = answer.unwrap_or_else(Value::error);
    answer.describe(&mut description);
    let held = &raw mut ANSWER;
    // SAFETY: the module has one thread, and the host reads between calls.
    unsafe {
        *held = (answer, description);
        (*held).1.as_ptr()
    }
}

/// Frees the last answer.
#[unsafe(no_mangle)]
extern "C" fn release() {
    let held = &raw mut ANSWER;
    // SAFETY: as in `call`.
    unsafe { *held = (Value::None, Vec::new()) };
}
