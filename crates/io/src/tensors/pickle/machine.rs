//! Pickle's instructions: a stack of objects, marks on it, and a memory of objects that are met again.

use std::collections::BTreeMap;

use spikelet_config::{Error, Result};

use super::reader::Reader;
use super::{Id, Object, Pickle, wrong};

pub(super) struct Machine<'a> {
    reader: Reader<'a>,
    pub(super) objects: Vec<Object<'a>>,
    stack: Vec<Id>,
    /// Heights of the stack.
    marks: Vec<usize>,
    memory: BTreeMap<u32, Id>,
    /// Byte of the file of the instruction under way.
    pub(super) at: usize,
}

pub(super) fn run(reader: Reader<'_>) -> Result<Pickle<'_>> {
    let mut machine =
        Machine { reader, objects: Vec::new(), stack: Vec::new(), marks: Vec::new(), memory: BTreeMap::new(), at: 0 };
    while machine.step()? {}
    let root = machine.pop()?;
    Ok(Pickle { objects: machine.objects, root, end: machine.reader.at })
}

impl<'a> Machine<'a> {
    /// One instruction; false at the end mark.
    fn step(&mut self) -> Result<bool> {
        self.at = self.reader.offset();
        match self.reader.byte()? {
            b'.' => return Ok(false),
            // The version, the length of a frame: both only say what follows.
            0x80 => drop(self.reader.byte()?),
            0x95 => drop(self.reader.part(8)?),
            b'(' => self.marks.push(self.stack.len()),

            b'N' => self.push(Object::Other),
            0x88 => self.push(Object::Bool(true)),
            0x89 => self.push(Object::Bool(false)),
            b'G' => {
                self.reader.part(8)?;
                self.push(Object::Other);
            }
            b'K' => self.int(|reader| reader.byte().map(i64::from))?,
            b'M' => self.int(|reader| reader.u16().map(i64::from))?,
            b'J' => self.int(|reader| reader.i32().map(i64::from))?,
            0x8a => self.int(Reader::long)?,
            b'X' => self.text(|reader| reader.u32().map(|length| length as usize))?,
            0x8c => self.text(|reader| reader.byte().map(usize::from))?,
            b'c' => {
                let name = Object::Name(self.reader.line()?, self.reader.line()?);
                self.push(name);
            }
            0x93 => {
                let (name, module) = (self.pop_text()?, self.pop_text()?);
                self.push(Object::Name(module, name));
            }

            b')' => self.push(Object::Tuple(Vec::new())),
            count @ 0x85..=0x87 => {
                let items = self.pop_many(usize::from(count - 0x84))?;
                self.push(Object::Tuple(items));
            }
            b't' => {
                let items = self.pop_marked()?;
                self.push(Object::Tuple(items));
            }
            b']' => self.push(Object::List(Vec::new())),
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' => {
                let items = self.pop_marked()?;
                self.append(items)?;
            }
            b'}' => self.push(Object::Dict(Vec::new())),
            b's' => {
                let items = self.pop_many(2)?;
                self.set(&items)?;
            }
            b'u' => {
                let items = self.pop_marked()?;
                self.set(&items)?;
            }

            b'q' => {
                let place = self.reader.byte()?;
                self.remember(u32::from(place))?;
            }
            b'r' => {
                let place = self.reader.u32()?;
                self.remember(place)?;
            }
            0x94 => self.remember(self.memory.len() as u32)?,
            b'h' => {
                let place = self.reader.byte()?;
                self.recall(u32::from(place))?;
            }
            b'j' => {
                let place = self.reader.u32()?;
                self.recall(place)?;
            }

            b'Q' => self.look_up()?,
            // A function with its arguments, or a class with those of a new object.
            b'R' | 0x81 => self.call()?,
            // Attributes of an object, which tensors do not depend on.
            b'b' => drop(self.pop()?),
            other => {
                return Err(self.fault(format!("instruction {other:#04x} is not a part of a dictionary of tensors")));
            }
        }
        Ok(true)
    }

    pub(super) fn fault(&self, message: impl std::fmt::Display) -> Error {
        wrong(self.at, message)
    }

    pub(super) fn push(&mut self, object: Object<'a>) {
        self.stack.push(self.objects.len());
        self.objects.push(object);
    }

    fn int(&mut self, read: impl Fn(&mut Reader<'a>) -> Result<i64>) -> Result<()> {
        let value = read(&mut self.reader)?;
        self.push(Object::Int(value));
        Ok(())
    }

    fn text(&mut self, read_length: impl Fn(&mut Reader<'a>) -> Result<usize>) -> Result<()> {
        let length = read_length(&mut self.reader)?;
        let text = self.reader.text(length)?;
        self.push(Object::Text(text));
        Ok(())
    }

    /// Height of the stack below which the objects under way must not reach.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Id>> {
        let start = self.stack.len().checked_sub(count).filter(|&start| start >= self.floor());
        let start = start.ok_or_else(|| self.fault("the stack is empty"))?;
        Ok(self.stack.split_off(start))
    }

    pub(super) fn pop(&mut self) -> Result<Id> {
        self.pop_many(1).map(|ids| ids[0])
    }

    fn pop_marked(&mut self) -> Result<Vec<Id>> {
        let mark = self.marks.pop().ok_or_else(|| self.fault("there is no mark on the stack"))?;
        Ok(self.stack.split_off(mark))
    }

    fn pop_text(&mut self) -> Result<&'a str> {
        match self.pop().map(|id| &self.objects[id])? {
            Object::Text(text) => Ok(text),
            _ => Err(self.fault("expected a text")),
        }
    }

    fn top(&mut self) -> Result<&mut Object<'a>> {
        match self.stack.last() {
            Some(&id) => Ok(&mut self.objects[id]),
            None => Err(wrong(self.at, "the stack is empty")),
        }
    }

    fn append(&mut self, items: Vec<Id>) -> Result<()> {
        match self.top()? {
            Object::List(list) => list.extend(items),
            _ => return Err(self.fault("expected a list")),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id]) -> Result<()> {
        let (pairs, rest) = items.as_chunks::<2>();
        match self.top()? {
            Object::Dict(dict) if rest.is_empty() => dict.extend(pairs.iter().map(|&[key, value]| (key, value))),
            _ => return Err(self.fault("expected a dictionary, and a value for each key")),
        }
        Ok(())
    }

    fn remember(&mut self, place: u32) -> Result<()> {
        let &id = self.stack.last().ok_or_else(|| self.fault("the stack is empty"))?;
        self.memory.insert(place, id);
        Ok(())
    }

    fn recall(&mut self, place: u32) -> Result<()> {
        let &id = self.memory.get(&place).ok_or_else(|| self.fault(format!("nothing is remembered as {place}")))?;
        self.stack.push(id);
        Ok(())
    }

    /// The tuple on the stack, taken off.
    pub(super) fn pop_tuple(&mut self) -> Result<Id> {
        let id = self.pop()?;
        if matches!(self.objects[id], Object::Tuple(_)) { Ok(id) } else { Err(self.fault("expected a tuple")) }
    }

    /// Entry `place` of a tuple.
    pub(super) fn entry(&self, tuple: Id, place: usize) -> Option<&Object<'a>> {
        match &self.objects[tuple] {
            Object::Tuple(items) => items.get(place).map(|&id| &self.objects[id]),
            _ => None,
        }
    }
}
