//! What pages rarely use, as a module of its own that is fetched when it is first called: files of other programs and
//! networks of whole numbers. A host passes addresses in the module's memory. A panic is a trap, after which the host drops the module.

#[cfg(target_arch = "wasm32")]
mod arguments;
#[cfg(target_arch = "wasm32")]
mod exports;
#[cfg(target_arch = "wasm32")]
mod functions;
#[cfg(target_arch = "wasm32")]
mod value;
