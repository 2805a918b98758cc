//! Shapes of what goes into layers and comes out of them.

use std::fmt;

use super::network::{InputShape, LayerConfig};
use super::sliding::Slid;
use super::sources::OneToOneBy;
use crate::error::{Error, Result};
use crate::geometry::Image;
use crate::json::join;

/// How units lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitShape {
    /// In a list.
    Flat(usize),
    /// In a sequence, an image of one row.
    Sequence(Image),
    /// In an image.
    Image(Image),
}

/// A layer on its input.
#[derive(Clone, Copy, Debug)]
pub struct Fitted {
    /// What a convolution or a pool sees.
    pub slid: Option<Slid>,
    /// What comes out.
    pub output: UnitShape,
}

impl fmt::Display for UnitShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat(units) => write!(f, "[{units}]"),
            Self::Sequence(Image { channels, width, .. }) => write!(f, "[{channels}, {width}]"),
            Self::Image(Image { channels, height, width }) => write!(f, "[{channels}, {height}, {width}]"),
        }
    }
}

impl UnitShape {
    /// The shape of a network's input.
    #[must_use]
    pub fn of(input: InputShape) -> Self {
        match input {
            InputShape::Units(units) => Self::Flat(units as usize),
            InputShape::Sequence([channels, length]) => Self::Sequence(Image::of([channels, 1, length])),
            InputShape::Image(sizes) => Self::Image(Image::of(sizes)),
        }
    }

    /// The image or sequence; `path` is that of the field that needs one.
    pub(crate) fn map(self, path: &str) -> Result<Image> {
        match self {
            Self::Image(map) | Self::Sequence(map) => Ok(map),
            Self::Flat(_) => {
                let why = "\"channel\" is for units in an image or a sequence, got units in a list";
                Err(Error::config(path, why))
            }
        }
    }

    /// Number of units; saturates at the largest number.
    #[must_use]
    pub fn units(self) -> usize {
        match self {
            Self::Flat(units) => units,
            Self::Sequence(map) | Self::Image(map) => map.channels.saturating_mul(map.height).saturating_mul(map.width),
        }
    }
}

impl LayerConfig {
    /// Puts the layer onto its input; `path` is that of the layer.
    ///
    /// # Errors
    /// [`crate::ErrorCode::ConfigInvalid`] with the path of the field that does not fit.
    pub fn fit(&self, path: &str, input: UnitShape) -> Result<Fitted> {
        let misplaced = |why: String| Err(Error::config(join(path, "type"), why));
        let (map, is_sequence) = match input {
            UnitShape::Flat(_) => (None, false),
            UnitShape::Image(map) => (Some(map), false),
            UnitShape::Sequence(map) => (Some(map), true),
        };
        let takes_sequences = matches!(self, Self::Conv1d(_) | Self::AvgPool1d(_) | Self::MaxPool1d(_));
        let slid = match (self, map) {
            (Self::Dense(dense), None) => {
                return Ok(Fitted { slid: None, output: UnitShape::Flat(dense.units as usize) });
            }
            (Self::Dense(_), _) => {
                return misplaced("dense needs a flat input: put a flatten layer before it".to_owned());
            }
            (Self::Flatten(_), _) => return Ok(Fitted { slid: None, output: UnitShape::Flat(input.units()) }),
            (Self::OneToOne(layer), _) => {
                let slid = match (layer.by, input) {
                    (OneToOneBy::Unit, UnitShape::Flat(_)) => None,
                    (OneToOneBy::Unit, _) => {
                        let why = "must be \"channel\" where units lie in an image or a sequence; a further input may be by unit";
                        return Err(Error::config(join(path, "by"), why));
                    }
                    (OneToOneBy::Channel, _) => Some(Slid::place_by_place(input.map(&join(path, "by"))?)?),
                };
                return Ok(Fitted { slid, output: input });
            }
            (Self::GlobalAvgPool(_), None) => {
                return misplaced("needs an image or a sequence as its input".to_owned());
            }
            (Self::GlobalAvgPool(_), Some(map)) => {
                let output = UnitShape::Flat(map.channels);
                return Ok(Fitted { slid: Some(Slid::whole(map)?), output });
            }
            (Self::Conv2d(conv) | Self::Conv1d(conv), Some(map)) if is_sequence == takes_sequences => {
                Slid::convolution(path, conv, map, is_sequence)?
            }
            (
                Self::AvgPool2d(pool) | Self::MaxPool2d(pool) | Self::AvgPool1d(pool) | Self::MaxPool1d(pool),
                Some(map),
            ) if is_sequence == takes_sequences => Slid::pool(path, pool, map, is_sequence)?,
            _ => {
                let (wanted, sizes) = match takes_sequences {
                    true => ("a sequence", "[channels, length]"),
                    false => ("an image", "[channels, height, width]"),
                };
                return misplaced(format!(
                    "needs {wanted} as its input: network.input must be {sizes}, with no flatten or dense layer in between"
                ));
            }
        };
        let output = if is_sequence { UnitShape::Sequence(slid.output) } else { UnitShape::Image(slid.output) };
        Ok(Fitted { slid: Some(slid), output })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::json;

    fn sizes(value: &Value) -> Vec<usize> {
        value.as_array().expect("a list").iter().map(|size| size.as_u64().expect("a size") as usize).collect()
    }

    #[test]
    fn layers_have_the_shapes_of_the_oracle() {
        let table: Value =
            serde_json::from_str(include_str!("../../../test/golden/shapes.json")).expect("the file is JSON");
        for row in table["rows"].as_array().expect("rows") {
            let input: InputShape = json::from_value(&row["input"]).expect("an input");
            let layer: LayerConfig = json::from_value(&row["layer"]).expect("a layer");
            let output = layer.fit("", UnitShape::of(input)).ok().map(|fitted| match fitted.output {
                UnitShape::Flat(units) => vec![units],
                UnitShape::Sequence(Image { channels, width, .. }) => vec![channels, width],
                UnitShape::Image(Image { channels, height, width }) => vec![channels, height, width],
            });
            let expected = (!row["output"].is_null()).then(|| sizes(&row["output"]));
            assert_eq!(output, expected, "{row}");
        }
    }
}
