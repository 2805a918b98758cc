//! The part of Python's pickle that a dictionary of tensors needs. Nothing is imported and nothing is called: the few functions that
//! `torch.save` names are built in, and every other name is refused where it would be called.

mod calls;
mod machine;
mod reader;

use spikelet_config::Result;

use super::element::Element;
use crate::fault::wrong;

/// Place of an object in [`Pickle::objects`].
pub(super) type Id = usize;

/// What a pickle holds.
pub(super) struct Pickle<'a> {
    pub(super) objects: Vec<Object<'a>>,
    pub(super) root: Id,
    /// Where the bytes after it begin.
    pub(super) end: usize,
}

/// A value, in so far as it matters here.
#[derive(Clone, Debug)]
pub(super) enum Object<'a> {
    /// None or a float.
    Other,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A class or function: module and name.
    Name(&'a str, &'a str),
    Storage(Storage<'a>),
    Tensor(View<'a>),
}

/// The numbers that tensors look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Storage<'a> {
    pub(super) key: &'a str,
    pub(super) element: Element,
}

/// A tensor: entry `[i, j, …]` is number `offset + i · strides[0] + j · strides[1] + …` of the storage.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) storage: Storage<'a>,
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
    /// Byte of the file at which it was made.
    pub(super) at: usize,
}

/// Reads the pickle at the start of `bytes`, which begin at byte `base` of the file.
pub(super) fn parse(bytes: &[u8], base: usize) -> Result<Pickle<'_>> {
    machine::run(reader::Reader { bytes, at: 0, base })
}
