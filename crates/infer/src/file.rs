//! Header and sections of a model file.

const MAGIC: u32 = u32::from_le_bytes(*b"SPKM");
const VERSION: u32 = 1;
/// Bytes of magic, version, length and checksum.
const HEADER: usize = 16;

const NETWORK: u32 = 1;
const DATA: u32 = 2;
const INTEGERS: u32 = 3;

/// Contents of the sections of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sections<'a> {
    /// A network in floating-point numbers.
    pub network: Option<&'a [u8]>,
    /// What it was trained on.
    pub data: Option<&'a [u8]>,
    /// A network of whole numbers.
    pub integers: Option<&'a [u8]>,
}

/// Finds the sections of a file; `None` for what is no model file, was changed, or is not whole.
#[must_use]
pub fn sections(file: &[u8]) -> Option<Sections<'_>> {
    let (header, mut left) = file.split_at_checked(HEADER)?;
    let [magic, version, length, checksum] = [0, 4, 8, 12].map(|at| word(&header[at..]));
    let is_whole = magic == Some(MAGIC) && version == Some(VERSION) && length == u32::try_from(file.len()).ok();
    if !is_whole || checksum != Some(crc32(left)) {
        return None;
    }
    let mut sections = Sections::default();
    while !left.is_empty() {
        let (kind, length) = (word(left)?, word(left.get(4..)?)? as usize);
        let contents = left.get(8..)?.get(..length)?;
        left = left.get(8 + length.next_multiple_of(4)..)?;
        match kind {
            NETWORK => sections.network = Some(contents),
            DATA => sections.data = Some(contents),
            INTEGERS => sections.integers = Some(contents),
            _ => {}
        }
    }
    Some(sections)
}

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().copied().map(u32::from_le_bytes)
}

/// CRC-32 as in ZIP and PNG files.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
