//! Enumerations: the name of a variant, or an object whose one field is a variant with a value.

use serde_json::Value;

use super::fields::Fields;
use super::from_json::{Fault, mismatch};
use crate::error::Error;
use crate::ranges::At;

/// The place of a name among those known.
///
/// # Errors
/// Another name, and what is none.
#[inline(never)]
pub fn name(value: &Value, known: &[&str], at: &At<'_>) -> Result<usize, Fault> {
    let place = value.as_str().and_then(|name| place_of(name, known));
    place.ok_or_else(|| no_variant(known, value, at))
}

/// The place of a variant among those known, and its value unless that is null.
///
/// # Errors
/// Another name, another number of fields than one, and what is neither a string nor an object.
#[inline(never)]
pub fn variant<'a>(value: &'a Value, known: &[&str], at: &At<'_>) -> Result<(usize, Option<&'a Value>), Fault> {
    let Value::Object(fields) = value else { return name(value, known, at).map(|place| (place, None)) };
    let mut fields = fields.iter();
    let Some((name, inner)) = fields.next() else { return Err(no_variant(known, value, at)) };
    let Some(place) = place_of(name, known) else {
        return Err(no_variant(known, &Value::String(name.clone()), &at.field(name)));
    };
    match fields.next() {
        None => Ok((place, Some(inner).filter(|inner| !inner.is_null()))),
        Some((other, _)) => Err(Error::config(at.field(other).to_string(), "does not belong here").into()),
    }
}

/// The fault of a variant with a value that it does not have, or without the one that it has.
#[must_use]
pub fn wrong_content(name: &str, has_value: bool, at: &At<'_>) -> Fault {
    let message = if has_value {
        format!("must be \"{name}\" alone: it has no value")
    } else {
        format!("must be an object: {{ \"{name}\": … }}")
    };
    Error::config(at.to_string(), message).into()
}

/// The place of an object's type among those known, and its other fields; an object without a type is of the type `default`, if there
/// is one.
///
/// # Errors
/// Another type, a type that is missing, and what is no object.
#[inline(never)]
pub fn tag<'a>(
    value: &'a Value,
    known: &[&str],
    default: Option<&str>,
    at: &'a At<'a>,
) -> Result<(usize, Fields<'a>), Fault> {
    let refused = |at: &At<'_>, message: String| Err(Error::config(at.to_string(), message).into());
    let map = match value {
        Value::Object(map) => map,
        Value::String(name) if known.contains(&name.as_str()) => {
            return refused(at, format!("must be an object: {{ \"type\": \"{name}\" }}"));
        }
        _ => return refused(at, format!("must be an object with a \"type\" of {}", known.join(", "))),
    };
    let given = map.get("type");
    match given.map_or(default, Value::as_str).and_then(|name| place_of(name, known)) {
        Some(place) => Ok((place, Fields::beside_tag(map, at))),
        None => match given {
            Some(other) => Err(no_variant(known, other, &at.field("type"))),
            None => refused(&at.field("type"), format!("is missing: one of {}", known.join(", "))),
        },
    }
}

fn place_of(name: &str, known: &[&str]) -> Option<usize> {
    known.iter().position(|&one| one == name)
}

#[inline(never)]
fn no_variant(known: &[&str], found: &Value, at: &At<'_>) -> Fault {
    mismatch(&format!("one of {}", known.join(", ")), found, at)
}

/// Implements `FromJson` for an enumeration of newtype variants that is serialised with a `type` tag; `or` names the type of an object
/// that does not say it, `but` a field of one variant and why the others do not have it.
#[macro_export]
macro_rules! read_tagged {
    ($Name:ident { $($tag:literal => $Variant:ident),+ $(,)? } $(or $default:literal)? $(but $field:literal of $only:literal: $why:literal)?) => {
        impl $crate::json::FromJson for $Name {
            fn read(
                value: &$crate::json::Value,
                at: &$crate::ranges::At<'_>,
            ) -> std::result::Result<Self, $crate::json::Fault> {
                const KNOWN: &[&str] = &[$($tag),+];
                let (place, mut fields) = $crate::json::tag(value, KNOWN, None$(.or(Some($default)))?, at)?;
                $(if KNOWN[place] != $only && fields.has($field) {
                    return Err(fields.refuse($field, $why));
                })?
                let mut next = 0;
                $(
                    if place == next {
                        return $crate::json::FromFields::take(&mut fields).map(Self::$Variant);
                    }
                    next += 1;
                )+
                unreachable!("only known tags have a place: {next}")
            }
        }
    };
}
