//! Enumerations told apart by their `type` field, with errors that keep the whole path of the field at fault.
//!
//! Serde's own internally tagged enumerations lose the path below the tag.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::tracked;

const MARK: char = '\u{1}';

/// Splits a message that [`variant`] wrapped around an inner path and joins the paths.
pub(crate) fn locate(outer: &str, message: &str) -> (String, String) {
    let mut path = outer.to_owned();
    let mut rest = message;
    while let Some(inner) = rest.strip_prefix(MARK) {
        let Some((segment, tail)) = inner.split_once(MARK) else { break };
        if !path.is_empty() && !segment.is_empty() && !segment.starts_with('[') {
            path.push('.');
        }
        path.push_str(segment);
        rest = tail;
    }
    let said = if path.is_empty() { rest } else { without_position(rest) };
    (path, said.to_owned())
}

/// Drops the line and column that `serde_json` adds: the path says where.
fn without_position(message: &str) -> &str {
    message.rfind(" at line ").map_or(message, |at| &message[..at])
}

/// Takes the `type` field off an object; an object without one is of the type `default`, if there is one.
pub fn split_tag<'de, D: Deserializer<'de>>(
    deserializer: D,
    known: &[&str],
    default: Option<&str>,
) -> Result<(String, Map<String, Value>), D::Error> {
    use serde::de::Error as _;
    let mut map = match Value::deserialize(deserializer)? {
        Value::Object(map) => map,
        Value::String(name) if known.contains(&name.as_str()) => {
            return Err(D::Error::custom(format!("must be an object: {{ \"type\": \"{name}\" }}")));
        }
        _ => return Err(D::Error::custom(format!("must be an object with a \"type\" of {}", known.join(", ")))),
    };
    match map.remove("type") {
        Some(Value::String(tag)) if known.contains(&tag.as_str()) => Ok((tag, map)),
        Some(other) => {
            Err(D::Error::custom(format!("{MARK}type{MARK}must be one of {}, got {other}", known.join(", "))))
        }
        None => match default {
            Some(tag) => Ok((tag.to_owned(), map)),
            None => Err(D::Error::custom(format!("{MARK}type{MARK}is missing: one of {}", known.join(", ")))),
        },
    }
}

/// Reads the fields of one variant.
pub fn variant<T: DeserializeOwned, E: serde::de::Error>(fields: Map<String, Value>) -> Result<T, E> {
    inner(Value::Object(fields))
}

/// Reads a value that was taken off a deserializer, with the path within it in errors.
pub(crate) fn inner<T: DeserializeOwned, E: serde::de::Error>(value: Value) -> Result<T, E> {
    tracked::read(value).map_err(|(path, error)| E::custom(format!("{MARK}{path}{MARK}{error}")))
}

/// What is wrong with a field of a variant.
pub(crate) fn refused<E: serde::de::Error>(field: &str, why: &str) -> E {
    E::custom(format!("{MARK}{field}{MARK}{why}"))
}

/// Implements `Deserialize` for an enumeration of newtype variants that is serialised with a `type` tag; `or` names the
/// type of an object that does not say it, `but` a field of one variant and why the others do not have it.
#[macro_export]
macro_rules! deserialize_tagged {
    ($name:ident { $($tag:literal => $variant:ident),+ $(,)? } $(or $default:literal)? $(but $field:literal of $only:literal: $why:literal)?) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let (tag, fields) = $crate::json::tagged::split_tag(deserializer, &[$($tag),+], None$(.or(Some($default)))?)?;
                $(if tag != $only && fields.contains_key($field) {
                    return Err($crate::json::tagged::refused($field, $why));
                })?
                match tag.as_str() {
                    $($tag => $crate::json::tagged::variant(fields).map(Self::$variant),)+
                    _ => unreachable!("split_tag only returns known tags"),
                }
            }
        }
    };
}
