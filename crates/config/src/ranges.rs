//! Ranges of single fields, as `#[range(…)]` at the field declares them: errors and the bounds of the schema follow from the one
//! value.

use std::fmt;

use crate::error::{Error, Result};

/// The largest single-precision number. Kernels take every number in single precision, so none may be beyond.
const MAX_SINGLE: f64 = f32::MAX as f64;
/// The smallest number that stays above 0 in single precision: 2⁻¹⁵⁰ itself becomes 0.
const MIN_SINGLE: f64 = f64::from_bits(0x3690_0000_0000_0001);

/// One side of a range.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// What the type of the number allows.
    Open,
    /// The bound itself is allowed.
    Included(f64),
    /// The bound itself is not allowed.
    Excluded(f64),
}

/// Values that a number may have.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Lower side.
    pub lower: Bound,
    /// Upper side.
    pub upper: Bound,
    /// Whether only odd numbers are allowed.
    pub is_odd: bool,
}

impl Range {
    /// The rule that a value breaks, in words.
    fn broken(&self, value: f64) -> Option<String> {
        match self.lower {
            Bound::Included(min) if value < min => return Some(format!("must be at least {min}")),
            Bound::Excluded(bound) if value <= bound || (bound == 0.0 && value < MIN_SINGLE) => {
                return Some(format!("must be above {bound}"));
            }
            _ => {}
        }
        match self.upper {
            Bound::Included(max) if value > max => Some(format!("must be at most {max}")),
            Bound::Excluded(bound) if value >= bound => Some(format!("must be below {bound}")),
            _ if self.is_odd && value % 2.0 != 1.0 => Some("must be odd".to_owned()),
            _ => None,
        }
    }

    fn check(&self, value: f64, at: &At<'_>) -> Result<()> {
        self.broken(value).map_or(Ok(()), |rule| Err(Error::config(at.to_string(), format!("{rule}, got {value}"))))
    }
}

/// Position of a value in the configuration, from the top down; written as a path such as `network.layers[0].units`.
#[derive(Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Entry(usize),
}

impl<'a> At<'a> {
    /// The path of what is checked; empty for the top.
    pub fn path(path: &'a str) -> Self {
        Self { parent: None, step: Step::Field(path) }
    }

    /// A field of the value at this position.
    pub fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    pub(crate) fn entry(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Entry(index) }
    }

    fn is_top(&self) -> bool {
        self.parent.is_none() && matches!(self.step, Step::Field(""))
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parent = self.parent.filter(|parent| !parent.is_top());
        if let Some(parent) = parent {
            parent.fmt(formatter)?;
        }
        match self.step {
            Step::Field(name) if parent.is_some() => write!(formatter, ".{name}"),
            Step::Field(name) => formatter.write_str(name),
            Step::Entry(index) => write!(formatter, "[{index}]"),
        }
    }
}

/// What is made of fields with ranges; `#[fields]` implements it.
pub trait Check {
    /// Checks every range.
    fn check(&self, at: &At<'_>) -> Result<()>;
}

impl Check for bool {
    fn check(&self, _: &At<'_>) -> Result<()> {
        Ok(())
    }
}

impl Check for String {
    fn check(&self, _: &At<'_>) -> Result<()> {
        Ok(())
    }
}

impl<T: Check> Check for Option<T> {
    fn check(&self, at: &At<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |inner| inner.check(at))
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, at: &At<'_>) -> Result<()> {
        self.iter().enumerate().try_for_each(|(index, entry)| entry.check(&at.entry(index)))
    }
}

/// Checks that a list has an entry.
pub(crate) fn non_empty<T>(list: &[T], at: &At<'_>) -> Result<()> {
    if list.is_empty() { Err(Error::config(at.to_string(), "must have at least 1 entry, got 0")) } else { Ok(()) }
}

/// A number, or numbers that share a range.
pub trait InRange {
    /// Checks each number.
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()>;

    /// Adds the bounds to the schema of the field.
    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema);
}

impl InRange for f64 {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        if !(-MAX_SINGLE..=MAX_SINGLE).contains(self) {
            let message = format!("must be a finite single-precision number, got {self}");
            return Err(Error::config(at.to_string(), message));
        }
        range.check(*self, at)
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        let smallest = if matches!(range.lower, Bound::Excluded(0.0)) { MIN_SINGLE } else { -MAX_SINGLE };
        schema::describe(range, schema, (smallest, MAX_SINGLE), serde_json::Value::from);
    }
}

impl InRange for u32 {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        range.check(f64::from(*self), at)
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        schema::describe(range, schema, (0.0, f64::from(Self::MAX)), |bound| serde_json::Value::from(bound as u64));
    }
}

impl<T: InRange> InRange for Option<T> {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        self.as_ref().map_or(Ok(()), |inner| inner.check(range, at))
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        T::describe(range, schema);
    }
}

impl<T: InRange, const N: usize> InRange for [T; N] {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        self.iter().enumerate().try_for_each(|(index, entry)| entry.check(range, &at.entry(index)))
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        schema::describe_entries::<T>(range, schema);
    }
}

impl<T: InRange> InRange for Vec<T> {
    fn check(&self, range: &Range, at: &At<'_>) -> Result<()> {
        self.iter().enumerate().try_for_each(|(index, entry)| entry.check(range, &at.entry(index)))
    }

    #[cfg(feature = "codegen")]
    fn describe(range: &Range, schema: &mut schemars::Schema) {
        schema::describe_entries::<T>(range, schema);
    }
}

#[cfg(feature = "codegen")]
pub mod schema {
    //! Bounds in JSON Schema.

    use schemars::Schema;
    use serde_json::{Value, json};

    use crate::ranges::{Bound, InRange, Range};

    /// What adds the range of a field of this type to its schema.
    pub fn described<T: InRange>(range: Range) -> impl FnMut(&mut Schema) {
        move |schema| T::describe(&range, schema)
    }

    /// Adds bounds; `type_bounds` are those of the number's type, `number` writes one.
    pub(super) fn describe(range: &Range, schema: &mut Schema, type_bounds: (f64, f64), number: fn(f64) -> Value) {
        let (smallest, largest) = type_bounds;
        match range.lower {
            Bound::Included(min) => schema.insert("minimum".to_owned(), number(min)),
            Bound::Excluded(bound) => {
                schema.insert("exclusiveMinimum".to_owned(), number(bound));
                schema.insert("minimum".to_owned(), number(smallest.max(bound)))
            }
            Bound::Open => schema.insert("minimum".to_owned(), number(smallest)),
        };
        match range.upper {
            Bound::Included(max) => schema.insert("maximum".to_owned(), number(max)),
            Bound::Excluded(bound) => schema.insert("exclusiveMaximum".to_owned(), number(bound)),
            Bound::Open => schema.insert("maximum".to_owned(), number(largest)),
        };
        if range.is_odd {
            schema.insert("not".to_owned(), json!({ "multipleOf": 2 }));
        }
    }

    /// Adds the bounds of each entry of a list.
    pub(crate) fn describe_entries<T: InRange>(range: &Range, schema: &mut Schema) {
        let mut entries = schema.remove("items").and_then(|items| Schema::try_from(items).ok()).unwrap_or_default();
        T::describe(range, &mut entries);
        schema.insert("items".to_owned(), entries.to_value());
    }
}

pub(super) fn require(holds: bool, path: &str, rule: &str, value: impl fmt::Display) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::config(path, format!("{rule}, got {value}"))) }
}

/// Checks that `value` lies between `min` and `max`, both included.
///
/// # Errors
/// [`crate::ErrorCode::ConfigInvalid`] at `path`.
pub fn within(path: &str, value: f64, min: f64, max: f64) -> Result<()> {
    require((min..=max).contains(&value), path, &format!("must be between {min} and {max}"), value)
}
