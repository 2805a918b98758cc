//! Reads values of JSON, each at its position in the whole.

use std::fmt;

use serde_json::Value;

use crate::error::Error;
use crate::ranges::At;

/// What is wrong with a value, and where.
pub type Fault = Box<Error>;

/// A type that is read from JSON. `#[derive(FromJson)]` implements it as the attributes of serde say.
pub trait FromJson: Sized {
    /// Reads a value at this position.
    ///
    /// # Errors
    /// The first fault of what does not fit, with the path of the field.
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault>;
}

/// The fault of a value that is not what is expected.
#[inline(never)]
pub(crate) fn mismatch(expected: &str, found: &Value, at: &At<'_>) -> Fault {
    Error::config(at.to_string(), format!("must be {expected}, got {}", Found(found))).into()
}

/// A value as it stands in JSON; of lists and objects the kind.
struct Found<'a>(&'a Value);

impl fmt::Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Array(_) => formatter.write_str("a list"),
            Value::Object(_) => formatter.write_str("an object"),
            other => other.fmt(formatter),
        }
    }
}

/// The fault of a value that is no number of this kind.
#[inline(never)]
fn no_number(expected: &str, found: &Value, at: &At<'_>) -> Fault {
    let mut fault = mismatch(expected, found, at);
    // A number in quotes is meant as the number. Parsing it would bring tables into the WebAssembly.
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if let Some(number) = found.as_str().filter(is_number) {
        fault.message = format!("{}: write {number} without quotes", fault.message);
    }
    fault
}

impl FromJson for f64 {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        value.as_f64().ok_or_else(|| no_number("a number", value, at))
    }
}

/// A whole number up to `max`.
#[inline(never)]
fn whole(value: &Value, max: u64, at: &At<'_>) -> Result<u64, Fault> {
    value.as_u64().filter(|&number| number <= max).ok_or_else(|| no_number("a whole number from 0", value, at))
}

macro_rules! whole_numbers {
    ($($number:ty)+) => {
        $(impl FromJson for $number {
            fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
                whole(value, <$number>::MAX as u64, at).map(|number| number as $number)
            }
        })+
    };
}
whole_numbers!(u32 u64 usize);

impl FromJson for bool {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        value.as_bool().ok_or_else(|| mismatch("true or false", value, at))
    }
}

impl FromJson for String {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        value.as_str().map(str::to_owned).ok_or_else(|| mismatch("a string", value, at))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        if value.is_null() { Ok(None) } else { T::read(value, at).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        let entries = value.as_array().ok_or_else(|| mismatch("a list", value, at))?;
        let mut list = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            list.push(T::read(entry, &at.entry(index))?);
        }
        Ok(list)
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        let list = Vec::read(value, at)?;
        list.try_into().map_err(|list: Vec<T>| {
            Error::config(at.to_string(), format!("must be a list of {N}, got {} entries", list.len())).into()
        })
    }
}

impl<T: FromJson> FromJson for (T, T) {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        <[T; 2]>::read(value, at).map(|[first, second]| (first, second))
    }
}
