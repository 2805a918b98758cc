//! Where the spikes of a layer come from (spec 16).

use serde::Serialize;
use spikelet_fields::fields;

use crate::error::Error;
use crate::json::{Fault, FromJson, Value};
use crate::ranges::At;

/// Names of layers, or `"input"`: one, or a list of those whose spikes add.
///
/// A layer that does not come earlier is feedback: its spikes arrive one step later.
#[fields]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema), ts(untagged), schemars(inline))]
pub enum Sources {
    /// One source.
    One(String),
    /// Sources of one shape; a unit gets the spikes of all, coincident ones as often as they come.
    Each(Vec<String>),
}

impl Sources {
    /// All names, each with its index where they are a list.
    pub(crate) fn names(&self) -> impl Iterator<Item = (Option<usize>, &str)> {
        let (one, each): (Option<&String>, &[String]) = match self {
            Self::One(name) => (Some(name), &[]),
            Self::Each(names) => (None, names),
        };
        let each = each.iter().enumerate().map(|(index, name)| (Some(index), name.as_str()));
        one.map(|name| (None, name.as_str())).into_iter().chain(each)
    }
}

impl FromJson for Sources {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Fault> {
        match value {
            Value::String(name) => Ok(Self::One(name.clone())),
            Value::Array(_) => Vec::read(value, at).map(Self::Each),
            other => {
                let message = format!("must be the name of a layer or a list of names, got {other}");
                Err(Error::config(at.to_string(), message).into())
            }
        }
    }
}

/// What shares a weight of a one-to-one connection.
#[fields]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromJson)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "codegen", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum OneToOneBy {
    /// Nothing: each unit has a weight.
    #[default]
    Unit,
    /// All places of a channel.
    Channel,
}
