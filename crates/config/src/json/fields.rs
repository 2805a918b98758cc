//! The fields of a JSON object on their way into a struct.

use serde_json::{Map, Value};

use super::from_json::{Fault, FromJson, mismatch};
use crate::error::Error;
use crate::ranges::At;

/// A struct that is read from the fields of an object.
pub trait FromFields: Sized {
    /// Takes the fields that it consists of.
    ///
    /// # Errors
    /// The first fault of what does not fit, with the path of the field.
    fn take(fields: &mut Fields<'_>) -> Result<Self, Fault>;
}

/// The fields of an object. The first fault is kept until [`Fields::fault`] asks for it, so that the code of a struct need not branch at
/// each of its fields.
pub struct Fields<'a> {
    fields: Option<&'a Map<String, Value>>,
    at: &'a At<'a>,
    /// Whether the field `type` was read already.
    is_tagged: bool,
    names: &'static [&'static str],
    fault: Option<Fault>,
}

impl<'a> Fields<'a> {
    /// The fields of a value at this position, which must be an object.
    #[must_use]
    pub fn of(value: &'a Value, at: &'a At<'a>) -> Self {
        let fields = value.as_object();
        let fault = if fields.is_none() { Some(mismatch("an object", value, at)) } else { None };
        Self { fields, at, is_tagged: false, names: &[], fault }
    }

    /// The fields of an object whose `type` was read.
    pub(crate) fn beside_tag(fields: &'a Map<String, Value>, at: &'a At<'a>) -> Self {
        Self { fields: Some(fields), at, is_tagged: true, names: &[], fault: None }
    }

    /// Sets the names of the fields, by whose places they are read.
    pub fn name(&mut self, names: &'static [&'static str]) {
        self.names = names;
    }

    /// Sets the names of the fields; any other is a fault.
    #[inline(never)]
    pub fn name_all(&mut self, names: &'static [&'static str]) {
        self.names = names;
        let is_known = |name: &str| names.contains(&name) || self.is_tagged && name == "type";
        if let Some(other) = self.fields.into_iter().flat_map(Map::keys).find(|name| !is_known(name)) {
            self.blame(Error::config(self.at.field(other).to_string(), unknown(other, names)).into());
        }
    }

    /// The field at this place of the names; `default` where it is missing or at fault.
    #[inline(never)]
    pub fn or<T: FromJson>(&mut self, place: usize, default: T) -> T {
        let Some(value) = self.get(place) else { return default };
        match T::read(value, &self.at.field(self.names[place])) {
            Ok(read) => read,
            Err(fault) => {
                self.blame(fault);
                default
            }
        }
    }

    /// The field at this place of the names.
    ///
    /// # Errors
    /// The first fault, such as that the field is missing.
    #[inline(never)]
    pub fn required<T: FromJson>(&mut self, place: usize) -> Result<T, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let at = self.at.field(self.names[place]);
        self.get(place).map_or_else(|| Err(missing(&at)), |value| T::read(value, &at))
    }

    /// Whether there is a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.is_some_and(|fields| fields.contains_key(name))
    }

    /// The fault of a field that may not be there.
    #[must_use]
    pub fn refuse(&self, name: &str, why: &str) -> Fault {
        Error::config(self.at.field(name).to_string(), why).into()
    }

    /// The first fault.
    pub fn fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    #[inline(never)]
    fn get(&self, place: usize) -> Option<&'a Value> {
        self.fields?.get(self.names[place])
    }

    #[inline(never)]
    fn blame(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }
}

#[inline(never)]
fn missing(at: &At<'_>) -> Fault {
    Error::config(at.to_string(), "is missing").into()
}

/// What is said of a field that is none of those known.
fn unknown(name: &str, known: &[&str]) -> String {
    let expected = match known {
        [] => "there are no fields".to_owned(),
        [one] => format!("expected `{one}`"),
        [one, other] => format!("expected `{one}` or `{other}`"),
        all => format!("expected one of `{}`", all.join("`, `")),
    };
    format!("unknown field `{name}`, {expected}")
}
