//! Reads a JSON value and remembers where reading failed.
//!
//! serde_path_to_error does the same for any format, with wrappers around every visitor of every type: a tenth of the WebAssembly. Here only
//! objects and arrays are wrapped, and only of JSON values.

use std::cell::OnceCell;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::{Error, Number, Value};

use super::path::join;

/// Reads a value; an error comes with the path of what it is about, empty for the value itself.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, (String, Error)> {
    let fault = OnceCell::new();
    let reader = Reader { value, path: Path { parent: None, step: Step::Start }, fault: &fault };
    T::deserialize(reader).map_err(|error| of_missing_field(fault.into_inner().unwrap_or_default(), error))
}

/// A missing field is a fault of that field, where serde finds one of the object.
fn of_missing_field(path: String, error: Error) -> (String, Error) {
    let text = error.to_string();
    match text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        Some(field) => (join(&path, field), Error::custom("is missing")),
        None => (path, error),
    }
}

/// Where a value stands, from the top down.
#[derive(Clone, Copy)]
struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Start,
    Field(&'a str),
    Entry(usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match self.step {
            Step::Start => Ok(()),
            Step::Entry(index) => write!(formatter, "[{index}]"),
            Step::Field(name) if self.parent.is_some_and(|parent| !matches!(parent.step, Step::Start)) => {
                write!(formatter, ".{name}")
            }
            Step::Field(name) => formatter.write_str(name),
        }
    }
}

/// A value on its way into a type.
struct Reader<'a> {
    value: Value,
    path: Path<'a>,
    /// Path of the first error, which is the innermost.
    fault: &'a OnceCell<String>,
}

/// One method for each kind of value, since every visitor has an instance of those that its type may be read from.
impl Reader<'_> {
    fn any<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Object(_) => self.object(visitor),
            Value::Array(_) => self.array(visitor),
            _ => self.scalar(visitor),
        }
    }

    #[inline(never)]
    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { value, path, fault } = self;
        let mut fields = Fields { fields: fields_of(value, &visitor)?, current: None, path: &path, fault };
        let read = visitor.visit_map(&mut fields)?;
        fields.end().map(|()| read)
    }

    #[inline(never)]
    fn array<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { value, path, fault } = self;
        let entries = entries_of(value, &visitor)?;
        let length = entries.len();
        let mut entries = Entries { entries: entries.enumerate(), path: &path, fault };
        let read = visitor.visit_seq(&mut entries)?;
        let rest = entries.entries.len();
        if rest == 0 { Ok(read) } else { Err(Error::invalid_length(length, &"fewer elements in array")) }
    }

    #[inline(never)]
    fn scalar<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::String(text) => visitor.visit_string(text),
            Value::Number(number) => match whole(&number) {
                Unexpected::Unsigned(whole) => visitor.visit_u64(whole),
                Unexpected::Signed(whole) => visitor.visit_i64(whole),
                _ => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
            },
            other => Err(Error::invalid_type(unexpected(&other), &visitor)),
        }
    }
}

macro_rules! reads {
    ($kind:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$kind(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    reads! { any: deserialize_any deserialize_identifier deserialize_ignored_any }
    reads! { object: deserialize_map }
    reads! { array: deserialize_seq }
    reads! {
        scalar: deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_char deserialize_str deserialize_string
        deserialize_bytes deserialize_byte_buf deserialize_unit
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.scalar(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.array(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.array(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.object(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Self { value, path, fault } = self;
        match value {
            Value::String(name) => visitor.visit_enum(name.into_deserializer()),
            Value::Object(fields) => {
                let mut fields = Fields { fields: fields.into_iter(), current: None, path: &path, fault };
                let read = visitor.visit_enum(MapAccessDeserializer::new(&mut fields))?;
                fields.end().map(|()| read)
            }
            other => Err(Error::invalid_type(unexpected(&other), &"a string or an object")),
        }
    }
}

/// The fields of a value that must be an object.
#[inline(never)]
fn fields_of(value: Value, expected: &dyn Expected) -> Result<serde_json::map::IntoIter, Error> {
    match value {
        Value::Object(fields) => Ok(fields.into_iter()),
        other => Err(Error::invalid_type(unexpected(&other), expected)),
    }
}

/// The entries of a value that must be an array.
#[inline(never)]
fn entries_of(value: Value, expected: &dyn Expected) -> Result<std::vec::IntoIter<Value>, Error> {
    match value {
        Value::Array(entries) => Ok(entries.into_iter()),
        other => Err(Error::invalid_type(unexpected(&other), expected)),
    }
}

/// A value as errors name it.
fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(flag) => Unexpected::Bool(*flag),
        Value::Number(number) => whole(number),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

/// A number, whole where it can be.
fn whole(number: &Number) -> Unexpected<'static> {
    match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => Unexpected::Unsigned(whole),
        (None, Some(whole)) => Unexpected::Signed(whole),
        (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// Keeps a path as that of the first error, unless there was one.
#[inline(never)]
fn blame(fault: &OnceCell<String>, path: &Path<'_>) {
    drop(fault.set(path.to_string()));
}

struct Entries<'a> {
    entries: std::iter::Enumerate<std::vec::IntoIter<Value>>,
    path: &'a Path<'a>,
    fault: &'a OnceCell<String>,
}

impl<'de> SeqAccess<'de> for &mut Entries<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((index, value)) = self.entries.next() else { return Ok(None) };
        let path = Path { parent: Some(self.path), step: Step::Entry(index) };
        seed.deserialize(Reader { value, path, fault: self.fault }).map(Some).inspect_err(|_| blame(self.fault, &path))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

struct Fields<'a> {
    fields: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
    path: &'a Path<'a>,
    fault: &'a OnceCell<String>,
}

impl Fields<'_> {
    /// Goes on to the next field, whose name it returns.
    #[inline(never)]
    fn advance(&mut self) -> Option<&str> {
        self.current = self.fields.next();
        self.current.as_ref().map(|(name, _)| name.as_str())
    }

    /// The field at which it is.
    #[inline(never)]
    fn take(&mut self) -> (String, Value) {
        self.current.take().expect("a key comes before its value")
    }

    /// Refuses what was not read.
    #[inline(never)]
    fn end(mut self) -> Result<(), Error> {
        let Some((name, _)) = self.fields.next() else { return Ok(()) };
        drop(self.fault.set(Path { parent: Some(self.path), step: Step::Field(&name) }.to_string()));
        Err(Error::custom("does not belong here"))
    }
}

impl<'de> MapAccess<'de> for &mut Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let (fault, parent) = (self.fault, self.path);
        let Some(name) = self.advance() else { return Ok(None) };
        let blamed = |_: &Error| blame(fault, &Path { parent: Some(parent), step: Step::Field(name) });
        seed.deserialize(name.into_deserializer()).map(Some).inspect_err(blamed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (name, value) = self.take();
        let path = Path { parent: Some(self.path), step: Step::Field(&name) };
        seed.deserialize(Reader { value, path, fault: self.fault }).inspect_err(|_| blame(self.fault, &path))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Way {
        Short,
        Long { lag: u32 },
    }

    #[derive(Debug, Deserialize)]
    struct Trip {
        way: Way,
        #[serde(rename = "stops")]
        _stops: Vec<Trip>,
    }

    fn fault(value: Value) -> (String, String) {
        let (path, error) = read::<Trip>(value).expect_err("it is refused");
        (path, error.to_string())
    }

    fn error(path: &str, message: &str) -> (String, String) {
        (path.to_owned(), message.to_owned())
    }

    #[test]
    fn a_value_of_several_kinds_has_one() {
        let trip = read::<Trip>(json!({ "way": { "long": { "lag": 2 } }, "stops": [] })).expect("it is whole");
        assert!(matches!(trip.way, Way::Long { lag: 2 }));
        let strange = json!({ "way": { "long": { "lag": 2 }, "short": null }, "stops": [] });
        assert_eq!(fault(strange), error("way.short", "does not belong here"));
        let strange = json!({ "way": { "short": null, "zigzag": 1 }, "stops": [] });
        assert_eq!(fault(strange), error("way.zigzag", "does not belong here"));
    }

    #[test]
    fn a_missing_field_is_named_by_its_path() {
        assert_eq!(fault(json!({ "stops": [] })), error("way", "is missing"));
        let inner = json!({ "way": "short", "stops": [{ "way": "short", "stops": [] }, { "way": "short" }] });
        assert_eq!(fault(inner), error("stops[1].stops", "is missing"));
        assert_eq!(fault(json!({ "way": { "long": {} }, "stops": [] })), error("way.long.lag", "is missing"));
    }
}
