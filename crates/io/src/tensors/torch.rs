//! What `torch.save` writes: since PyTorch 1.6 a ZIP archive of a pickle and of the numbers, one file for each storage; before, pickles
//! one after the other and the numbers after them.

use std::collections::{BTreeMap, BTreeSet};

use spikelet_config::Result;
use spikelet_training::Tensor;

use super::element::Element;
use super::pickle::{self, Id, Object, Pickle, View};
use super::{take, zip};
use crate::fault::wrong;

/// A pickle of the number that older files begin with.
const LEGACY_START: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
/// Dictionaries inside each other.
const MAX_LEVELS: usize = 8;
/// What is read may be larger than the file by this factor: tensors may share their numbers, and half floats grow.
const MAX_GROWTH: usize = 16;
/// What an array takes in memory beside its numbers.
const TENSOR_BYTES: usize = 64;

pub(super) fn is_legacy(bytes: &[u8]) -> bool {
    bytes.starts_with(LEGACY_START)
}

/// `NAME/data.pkl`, and the numbers of storage KEY in `NAME/data/KEY`.
pub(super) fn parse_archive(bytes: &[u8]) -> Result<Vec<Tensor>> {
    const PICKLE: &[u8] = b"data.pkl";
    let entries = zip::entries(bytes)?;
    let file = entries.iter().find(|entry| entry.name == PICKLE || entry.name.ends_with(b"/data.pkl"));
    let file = file.ok_or_else(|| wrong(0, "an archive without data.pkl is not from torch.save"))?;
    let folder = &file.name[..file.name.len() - PICKLE.len()];
    let mut storages = BTreeMap::new();
    for entry in &entries {
        match entry.name.strip_prefix(folder) {
            Some(b"byteorder") if entry.bytes != b"little" => return Err(big_endian(entry.start)),
            Some(name) => {
                if let Some(Ok(key)) = name.strip_prefix(b"data/").map(std::str::from_utf8) {
                    storages.insert(key, entry.bytes);
                }
            }
            None => {}
        }
    }
    tensors(&pickle::parse(file.bytes, file.start)?, &storages, bytes.len())
}

/// Pickles of a number, a version, a description of the machine, the tensors and the keys of the storages; then, for each key, how many
/// numbers there are (i64), and these.
pub(super) fn parse_legacy(bytes: &[u8]) -> Result<Vec<Tensor>> {
    let mut at = LEGACY_START.len();
    let mut next = || {
        let pickle = pickle::parse(&bytes[at..], at)?;
        at += pickle.end;
        Ok((pickle, at))
    };
    next()?;
    let (machine, end) = next()?;
    if says_big_endian(&machine) {
        return Err(big_endian(end));
    }
    let (saved, _) = next()?;
    let (keys, mut at) = next()?;
    let Object::List(ids) = &keys.objects[keys.root] else {
        return Err(wrong(at, "expected the list of storages before this"));
    };
    let elements: BTreeMap<&str, Element> = saved
        .objects
        .iter()
        .filter_map(|object| match object {
            Object::Storage(storage) => Some((storage.key, storage.element)),
            _ => None,
        })
        .collect();
    let mut storages = BTreeMap::new();
    for &id in ids {
        let Object::Text(key) = keys.objects[id] else { return Err(wrong(at, "the key of a storage is a text")) };
        let element = elements.get(key).ok_or_else(|| wrong(at, "a storage that no tensor looks at"))?;
        let numbers = u64::from_le_bytes(*take(bytes, at, "the length of a storage")?);
        let start = at + 8;
        let length = usize::try_from(numbers).ok().and_then(|numbers| numbers.checked_mul(element.width()));
        let end = length.and_then(|length| start.checked_add(length)).filter(|&end| end <= bytes.len());
        let end = end.ok_or_else(|| {
            wrong(bytes.len(), format!("the file ends here, {numbers} numbers were to begin at {start}"))
        })?;
        storages.insert(key, &bytes[start..end]);
        at = end;
    }
    tensors(&saved, &storages, bytes.len())
}

fn says_big_endian(machine: &Pickle<'_>) -> bool {
    let Object::Dict(pairs) = &machine.objects[machine.root] else { return false };
    pairs.iter().any(|&(key, value)| {
        matches!((&machine.objects[key], &machine.objects[value]), (Object::Text("little_endian"), Object::Bool(false)))
    })
}

fn big_endian(at: usize) -> spikelet_config::Error {
    wrong(at, "the file is from a big-endian machine")
}

/// The tensors of a dictionary, and of those inside it with a dot between the keys.
fn tensors(pickle: &Pickle<'_>, storages: &BTreeMap<&str, &[u8]>, file_bytes: usize) -> Result<Vec<Tensor>> {
    let mut reading = Reading {
        pickle,
        storages,
        seen: BTreeSet::new(),
        room: file_bytes.saturating_mul(MAX_GROWTH),
        tensors: Vec::new(),
    };
    reading.collect(pickle.root, "", 0)?;
    Ok(reading.tensors)
}

struct Reading<'p, 'a> {
    pickle: &'p Pickle<'a>,
    storages: &'p BTreeMap<&'a str, &'a [u8]>,
    seen: BTreeSet<Id>,
    /// Bytes that may still be asked for.
    room: usize,
    tensors: Vec<Tensor>,
}

impl Reading<'_, '_> {
    fn collect(&mut self, id: Id, name: &str, level: usize) -> Result<()> {
        match &self.pickle.objects[id] {
            Object::Tensor(view) if !matches!(view.storage.element, Element::Other { .. }) => {
                let data = self.numbers(view)?;
                self.tensors.push(Tensor { name: name.to_owned(), shape: view.shape.clone(), data });
            }
            Object::Dict(pairs) if level < MAX_LEVELS && self.seen.insert(id) => {
                for &(key, value) in pairs {
                    let key = match self.pickle.objects[key] {
                        Object::Text(text) => text.to_owned(),
                        Object::Int(number) => number.to_string(),
                        _ => continue,
                    };
                    self.take(name.len() + key.len() + TENSOR_BYTES)?;
                    let name = if name.is_empty() { key } else { format!("{name}.{key}") };
                    self.collect(value, &name, level + 1)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> Result<()> {
        let what = "what the file describes is larger than the file by far";
        self.room = self.room.checked_sub(bytes).ok_or_else(|| wrong(0, what))?;
        Ok(())
    }

    /// The numbers of a tensor, row-major.
    fn numbers(&mut self, view: &View<'_>) -> Result<Vec<f32>> {
        let View { storage, offset, shape, strides, at } = view;
        let bytes = self.storages.get(storage.key);
        let bytes = bytes.ok_or_else(|| wrong(at, format!("the numbers of storage {:?} are missing", storage.key)))?;
        if shape.len() != strides.len() {
            return Err(wrong(at, format!("a tensor of {} dimensions has {} strides", shape.len(), strides.len())));
        }
        if shape.contains(&0) {
            return Ok(Vec::new());
        }
        let width = storage.element.width();
        let has = bytes.len() / width;
        let count = shape.iter().try_fold(1usize, |count, &length| count.checked_mul(length));
        let last = shape.iter().zip(strides).try_fold(*offset, |last, (&length, &stride)| {
            (length - 1).checked_mul(stride).and_then(|step| last.checked_add(step))
        });
        let (Some(count), true) = (count.filter(|&count| count <= has), last.is_some_and(|last| last < has)) else {
            let message = format!(
                "a tensor of {shape:?} with strides {strides:?} at {offset} needs more than the {has} numbers there are"
            );
            return Err(wrong(at, message));
        };
        self.take(count.saturating_mul(size_of::<f32>()))?;
        let mut places = vec![*offset];
        for (&length, &stride) in shape.iter().zip(strides) {
            places = places.iter().flat_map(|place| (0..length).map(move |index| place + index * stride)).collect();
        }
        Ok(places.into_iter().map(|place| storage.element.read(&bytes[place * width..])).collect())
    }
}
