//! Header and sections of a model file.

const MAGIC: u32 = u32::from_le_bytes(*b"SPKM");
const VERSIONS: [u32; 2] = [1, 2];
/// Bytes of magic, version, length and checksum.
const HEADER: usize = 16;

/// Names of sections; version 1 has the numbers 1, 2 and 3 in their place.
const NETWORK: u32 = u32::from_le_bytes(*b"NETW");
const DATA: u32 = u32::from_le_bytes(*b"info");
const INTEGERS: u32 = u32::from_le_bytes(*b"INTG");
const NUMBERED: [u32; 3] = [NETWORK, DATA, INTEGERS];
/// Names from this letter on, the first of a name, are of sections that one can do without.
const OPTIONAL: u32 = b'a' as u32;

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

/// Finds the sections of a file; `None` for what is no model file, was changed, is not whole, or needs a section that is not known here.
#[must_use]
pub fn sections(file: &[u8]) -> Option<Sections<'_>> {
    let (header, mut left) = file.split_at_checked(HEADER)?;
    let [magic, version, length, checksum] = [0, 4, 8, 12].map(|at| word(&header[at..]));
    let version = version.filter(|version| VERSIONS.contains(version))?;
    let is_whole = magic == Some(MAGIC) && length == u32::try_from(file.len()).ok();
    if !is_whole || checksum != Some(crc32(left)) {
        return None;
    }
    let mut sections = Sections::default();
    while !left.is_empty() {
        let (name, length) = (word(left)?, word(left.get(4..)?)? as usize);
        let contents = left.get(8..)?.get(..length)?;
        left = left.get(8 + length.next_multiple_of(4)..)?;
        match if version == 1 { numbered(name) } else { name } {
            NETWORK => sections.network = Some(contents),
            DATA => sections.data = Some(contents),
            INTEGERS => sections.integers = Some(contents),
            unknown if unknown & 0xff < OPTIONAL => return None,
            _ => {}
        }
    }
    Some(sections)
}

/// The name of a section of version 1, which can do without those that are not known.
fn numbered(kind: u32) -> u32 {
    NUMBERED.into_iter().zip(1..).find_map(|(name, number)| (number == kind).then_some(name)).unwrap_or(OPTIONAL)
}

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().copied().map(u32::from_le_bytes)
}

/// CRC-32 as in ZIP and PNG files.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
