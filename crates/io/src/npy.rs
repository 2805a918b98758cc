//! NPY, the format of NumPy arrays: `\x93NUMPY`, two bytes of version, the length of the header as little-endian u16 (version 1)
//! or u32 (2 and 3), the header as a Python dictionary with `descr`, `fortran_order` and `shape`, then the elements.

use spikelet_config::{Error, Result};
use spikelet_data::memory::copied;

use crate::fault::wrong;

const MAGIC: &[u8] = b"\x93NUMPY";
const MAX_DIMENSIONS: usize = 32;

/// An array of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyArray {
    /// Type of the elements as NumPy names it: `bool`, `int8` to `int64`, `uint8` to `uint64`, `float16` to `float64`.
    pub dtype: &'static str,
    /// Length of each dimension, the slowest first; empty for a single number.
    pub shape: Vec<u32>,
    /// Elements, little-endian, row-major.
    pub data: Vec<u8>,
}

/// Reads an NPY file of plain numbers in row-major order.
///
/// # Errors
/// [`spikelet_config::ErrorCode::DataFormat`] with the byte offset for a foreign or truncated file, records, strings, objects,
/// column-major order and bytes beyond the array.
pub fn parse_npy(bytes: &[u8]) -> Result<NpyArray> {
    if !bytes.starts_with(MAGIC) {
        return Err(wrong(0, "an NPY file starts with \\x93NUMPY"));
    }
    let version = bytes.get(6..8).ok_or_else(|| truncated(bytes, 8))?[0];
    let start = match version {
        1 => 10,
        2 | 3 => 12,
        _ => return Err(wrong(6, format!("the version must be 1, 2 or 3, got {version}"))),
    };
    let length = bytes.get(8..start).ok_or_else(|| truncated(bytes, start))?;
    let length = length.iter().rev().fold(0usize, |length, &byte| length << 8 | usize::from(byte));
    let data = start.saturating_add(length);
    let text = bytes.get(start..data).ok_or_else(|| truncated(bytes, data))?;
    let Header { dtype, is_big_endian, is_column_major, shape } = Header::parse(text, start)?;
    let (name, width) = dtype;
    let size = shape.iter().try_fold(width as u128, |size, &length| size.checked_mul(u128::from(length)));
    let end = size.and_then(|size| size.checked_add(data as u128)).unwrap_or(u128::MAX);
    let found = bytes.len() as u128;
    if found < end {
        return Err(wrong(found, format!("the file ends here, {shape:?} of {name} needs {end} bytes")));
    }
    if found > end {
        return Err(wrong(end, format!("the array ends here, but {} bytes follow", found - end)));
    }
    if is_column_major && shape.len() > 1 {
        return Err(wrong(start, "the array is column-major: save np.ascontiguousarray(a)"));
    }
    let mut data = copied(&bytes[data..], "bytes")?;
    if is_big_endian {
        data.chunks_exact_mut(width).for_each(<[u8]>::reverse);
    }
    Ok(NpyArray { dtype: name, shape, data })
}

struct Header {
    dtype: (&'static str, usize),
    is_big_endian: bool,
    is_column_major: bool,
    shape: Vec<u32>,
}

impl Header {
    /// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, which stands at byte `start`.
    fn parse(text: &[u8], start: usize) -> Result<Self> {
        let mut reader = Reader { text, at: 0, start };
        let (mut descr, mut order, mut shape) = (None, None, None);
        reader.expect(b'{')?;
        while !reader.takes(b'}') {
            let at = reader.at;
            let key = reader.string()?;
            reader.expect(b':')?;
            match key {
                b"descr" => descr = Some(reader.dtype()?),
                b"fortran_order" => order = Some(reader.boolean()?),
                b"shape" => shape = Some(reader.tuple()?),
                _ => return Err(reader.fault(at, "the keys are descr, fortran_order and shape")),
            }
            if !reader.takes(b',') {
                reader.expect(b'}')?;
                break;
            }
        }
        let missing = |key: &str| wrong(start, format!("the header has no {key}"));
        let (dtype, is_big_endian) = descr.ok_or_else(|| missing("descr"))?;
        let is_column_major = order.ok_or_else(|| missing("fortran_order"))?;
        Ok(Self { dtype, is_big_endian, is_column_major, shape: shape.ok_or_else(|| missing("shape"))? })
    }
}

/// Walks through the header.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    start: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self, at: usize, message: &str) -> Error {
        wrong(self.start + at, message)
    }

    fn skip_space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.skip_space();
        let is_there = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.takes(byte) {
            return Ok(());
        }
        Err(self.fault(self.at, &format!("expected `{}`", char::from(byte))))
    }

    fn string(&mut self) -> Result<&'a [u8]> {
        self.skip_space();
        let quote = match self.text.get(self.at) {
            Some(&quote @ (b'\'' | b'"')) => quote,
            Some(b'[') => return Err(self.fault(self.at, "records are not read: save one array for each field")),
            _ => return Err(self.fault(self.at, "expected a string")),
        };
        let rest = &self.text[self.at + 1..];
        let length = rest
            .iter()
            .position(|&byte| byte == quote)
            .ok_or_else(|| self.fault(self.at, "the string does not end"))?;
        self.at += length + 2;
        Ok(&rest[..length])
    }

    fn boolean(&mut self) -> Result<bool> {
        self.skip_space();
        for (word, value) in [("True", true), ("False", false)] {
            if self.text[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.fault(self.at, "expected True or False"))
    }

    fn tuple(&mut self) -> Result<Vec<u32>> {
        self.expect(b'(')?;
        let mut lengths = Vec::new();
        while !self.takes(b')') {
            let at = self.at;
            lengths.push(self.number()?);
            if lengths.len() > MAX_DIMENSIONS {
                return Err(self.fault(at, &format!("there are more than {MAX_DIMENSIONS} dimensions")));
            }
            if !self.takes(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(lengths)
    }

    fn number(&mut self) -> Result<u32> {
        self.skip_space();
        let at = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        let digits = str::from_utf8(&self.text[at..self.at]).ok();
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| self.fault(at, "expected a length below 2³²"))
    }

    /// `<f4`: byte order, kind and bytes of an element; whether it is big-endian.
    fn dtype(&mut self) -> Result<((&'static str, usize), bool)> {
        self.skip_space();
        let at = self.at;
        let descr = self.string()?;
        let (order, kind) = match descr {
            [order @ (b'<' | b'>' | b'|' | b'='), kind @ ..] => (*order, kind),
            kind => (b'<', kind),
        };
        let dtype = match kind {
            b"b1" | b"?" => ("bool", 1),
            b"i1" => ("int8", 1),
            b"u1" => ("uint8", 1),
            b"i2" => ("int16", 2),
            b"u2" => ("uint16", 2),
            b"i4" => ("int32", 4),
            b"u4" => ("uint32", 4),
            b"i8" => ("int64", 8),
            b"u8" => ("uint64", 8),
            b"f2" => ("float16", 2),
            b"f4" => ("float32", 4),
            b"f8" => ("float64", 8),
            _ => return Err(self.fault(at, "the type must be bool, an integer or a float of at most 8 bytes")),
        };
        Ok((dtype, order == b'>'))
    }
}

fn truncated(bytes: &[u8], needed: usize) -> Error {
    wrong(bytes.len(), format!("the file ends inside the header, which needs {needed} bytes"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([version, 0]);
        match version {
            1 => bytes.extend((header.len() as u16).to_le_bytes()),
            _ => bytes.extend((header.len() as u32).to_le_bytes()),
        }
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn reads_what_numpy_writes() {
        let header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 3), }          \n";
        let array = parse_npy(&file(1, header, &[1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0])).unwrap();
        assert_eq!((array.dtype, &array.shape[..]), ("int16", &[2, 3][..]));
        assert_eq!(array.data[2..4], [2, 0]);
        let one = parse_npy(&file(2, "{'descr': '|u1', 'fortran_order': True, 'shape': (1,)}", &[7])).unwrap();
        assert_eq!((one.dtype, one.shape, one.data), ("uint8", vec![1], vec![7]));
        let swapped =
            parse_npy(&file(3, "{\"shape\": (), \"descr\": \">f4\", \"fortran_order\": False}", &[1, 2, 3, 4]));
        assert_eq!(swapped.unwrap().data, [4, 3, 2, 1]);
    }

    #[test]
    fn errors_name_the_byte() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}";
        let message = |bytes: &[u8]| parse_npy(bytes).unwrap_err().message;
        assert!(message(b"PK\x03\x04").starts_with("byte 0: an NPY file"));
        assert!(message(&file(4, good, &[])).starts_with("byte 6: the version"));
        assert!(message(&file(1, good, &[])[..20]).starts_with("byte 20: the file ends inside the header"));
        assert!(
            message(&file(1, good, &[0; 3])).starts_with("byte 68: the file ends here, [1] of float32 needs 69 bytes")
        );
        assert!(message(&file(1, good, &[0; 5])).starts_with("byte 69: the array ends here, but 1 bytes follow"));
        let changed = |from: &str, to: &str| message(&file(1, &good.replace(from, to), &[0; 4]));
        assert!(changed("'<f4'", "[('x', '<i2')]").starts_with("byte 20: records"));
        assert!(changed("<f4", "<U4").starts_with("byte 20: the type"));
        assert!(changed("(1,)", "(-1,)").starts_with("byte 61: expected a length"));
        assert!(changed("'shape'", "'size'").starts_with("byte 51: the keys"));
        assert!(changed("(1,)", "(4294967295, 4294967295)").contains("the file ends here"));
        let column = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2)}";
        assert!(message(&file(1, column, &[0; 4])).contains("column-major"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_array_of_its_size_or_an_error(header: Vec<u8>, data: Vec<u8>, shape: Vec<u16>) {
            let lengths: Vec<String> = shape.iter().map(u16::to_string).collect();
            let plausible = format!("{{'descr': '<u2', 'fortran_order': False, 'shape': ({}), }}", lengths.join(", "));
            for bytes in [file(1, &plausible, &data), [MAGIC, &header, &data].concat()] {
                if let Ok(array) = parse_npy(&bytes) {
                    prop_assert!(array.data.len() <= bytes.len());
                }
            }
        }
    }
}
