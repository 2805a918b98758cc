//! What the host is answered.

use spikelet_session::{Error, Events};

/// A value of JavaScript.
pub(crate) enum Value {
    None,
    Number(f64),
    Text(String),
    Bytes(Vec<u8>),
    Shorts(Vec<u16>),
    Words(Vec<u32>),
    Integers(Vec<i32>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    List(Vec<Value>),
    Object(Vec<(&'static str, Value)>),
}

impl Value {
    /// Describes the value in words, in the order in which the host reads them: the kind; of a number its two halves, of a text or an array
    /// length and address, of a list or an object the length and what is in it, names as texts.
    pub(crate) fn describe(&self, to: &mut Vec<u32>) {
        match self {
            Self::None => to.push(0),
            Self::Number(number) => {
                let bits = number.to_bits();
                to.extend([1, bits as u32, (bits >> 32) as u32]);
            }
            Self::Text(text) => describe(2, text.as_bytes(), to),
            Self::Bytes(bytes) => describe(3, bytes, to),
            Self::Shorts(shorts) => describe(4, shorts, to),
            Self::Words(words) => describe(5, words, to),
            Self::Integers(integers) => describe(6, integers, to),
            Self::Floats(floats) => describe(7, floats, to),
            Self::Doubles(doubles) => describe(8, doubles, to),
            Self::List(values) => {
                to.extend([9, values.len() as u32]);
                for value in values {
                    value.describe(to);
                }
            }
            Self::Object(properties) => {
                to.extend([10, properties.len() as u32]);
                for (name, value) in properties {
                    describe(2, name.as_bytes(), to);
                    value.describe(to);
                }
            }
        }
    }

    pub(crate) fn list<T>(items: Vec<T>, convert: fn(T) -> Self) -> Self {
        Self::List(items.into_iter().map(convert).collect())
    }

    pub(crate) fn events(Events { offsets, times, units, values }: Events) -> Self {
        Self::Object(vec![
            ("offsets", Self::Words(offsets)),
            ("times", Self::Shorts(times)),
            ("units", Self::Words(units)),
            ("values", if values.is_empty() { Self::None } else { Self::Floats(values) }),
        ])
    }

    pub(crate) fn error(Error { code, path, message }: Error) -> Self {
        Self::Object(vec![
            ("code", Self::Text(code.as_str().to_owned())),
            ("path", Self::Text(path)),
            ("message", Self::Text(message)),
        ])
    }
}

fn describe<T>(kind: u32, array: &[T], to: &mut Vec<u32>) {
    to.extend([kind, array.len() as u32, array.as_ptr().addr() as u32]);
}
