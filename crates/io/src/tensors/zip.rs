//! ZIP archives of files that are stored as they are, as `torch.save` writes them.
//!
//! The end record (at least 22 bytes, `PK\5\6`) says where the directory is, each of whose records (46 bytes, `PK\1\2`) says where
//! a file's own record (30 bytes, `PK\3\4`) is, which the bytes of the file follow.

use spikelet_config::Result;

use super::take;
use crate::fault::wrong;

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const DIRECTORY: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// Bytes of the comment that may follow the end record.
const MAX_COMMENT: usize = u16::MAX as usize;
/// Stands for what is in a record for larger archives.
const ELSEWHERE: u32 = u32::MAX;

/// A file of an archive.
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    /// Where its bytes begin.
    pub(super) start: usize,
    pub(super) bytes: &'a [u8],
}

pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL)
}

/// The files of an archive in the order of its directory.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<Entry<'_>>> {
    let end = end_record(bytes)?;
    let count = short(bytes, end + 10)?;
    let mut at = offset(bytes, end + 16)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if take(bytes, at, "the directory")? != DIRECTORY {
            return Err(wrong(at, "expected a record of the directory"));
        }
        if short(bytes, at + 10)? != 0 {
            return Err(wrong(at + 10, "the archive is compressed, which torch.save never does"));
        }
        let (size, unpacked) = (offset(bytes, at + 20)?, offset(bytes, at + 24)?);
        if size != unpacked {
            return Err(wrong(at + 20, format!("a stored file has one size, not {size} and {unpacked}")));
        }
        let [name, extra, comment] = [short(bytes, at + 28)?, short(bytes, at + 30)?, short(bytes, at + 32)?];
        let name = part(bytes, at + 46, name)?;
        let start = start_of(bytes, offset(bytes, at + 42)?)?;
        entries.push(Entry { name, start, bytes: part(bytes, start, size)? });
        at += 46 + name.len() + extra + comment;
    }
    Ok(entries)
}

fn end_record(bytes: &[u8]) -> Result<usize> {
    let last = bytes.len().saturating_sub(END_BYTES);
    let first = last.saturating_sub(MAX_COMMENT);
    let found = bytes[first..].windows(END.len()).rposition(|window| window == END).map(|place| first + place);
    found
        .filter(|&place| place <= last)
        .ok_or_else(|| wrong(bytes.len(), "the archive ends without its directory: the file is truncated"))
}

/// Where the bytes of the file begin whose own record is at `at`.
fn start_of(bytes: &[u8], at: usize) -> Result<usize> {
    if take(bytes, at, "a file's record")? != LOCAL {
        return Err(wrong(at, "expected the record of a file"));
    }
    Ok(at + 30 + short(bytes, at + 26)? + short(bytes, at + 28)?)
}

fn part(bytes: &[u8], start: usize, length: usize) -> Result<&[u8]> {
    start
        .checked_add(length)
        .and_then(|end| bytes.get(start..end))
        .ok_or_else(|| wrong(bytes.len(), format!("the file ends here, {length} bytes were to begin at {start}")))
}

fn short(bytes: &[u8], at: usize) -> Result<usize> {
    take(bytes, at, "a record").map(|&bytes| usize::from(u16::from_le_bytes(bytes)))
}

fn offset(bytes: &[u8], at: usize) -> Result<usize> {
    let value = take(bytes, at, "a record").map(|&bytes| u32::from_le_bytes(bytes))?;
    if value == ELSEWHERE {
        return Err(wrong(at, "archives of more than 4 GB are not read"));
    }
    Ok(value as usize)
}
