//! `#[range(…)]`: how it is read, written as Rust and said in a sentence.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Lit, Result};

/// A bound as it is written and as a number.
struct Bound {
    text: String,
    number: f64,
    is_included: bool,
}

/// The range of a field.
pub(crate) struct Range {
    lower: Option<Bound>,
    upper: Option<Bound>,
    is_odd: bool,
}

impl Range {
    pub(crate) fn read(attribute: &Attribute) -> Result<Self> {
        let mut range = Self { lower: None, upper: None, is_odd: false };
        let mut is_any = false;
        attribute.parse_nested_meta(|meta| {
            let name = meta.path.require_ident()?.to_string();
            match name.as_str() {
                "any" => is_any = true,
                "odd" => range.is_odd = true,
                "min" | "above" => set(&mut range.lower, &meta, name == "min")?,
                "max" | "below" => set(&mut range.upper, &meta, name == "max")?,
                _ => return Err(meta.error("no bound: min, max, above, below, odd or any")),
            }
            Ok(())
        })?;
        let is_bounded = range.lower.is_some() || range.upper.is_some() || range.is_odd;
        if is_any == is_bounded {
            return Err(Error::new_spanned(attribute, "a range has bounds or is `any`"));
        }
        Ok(range)
    }

    /// An expression of `config::ranges::Range`.
    pub(crate) fn expression(&self) -> TokenStream {
        let bound = |bound: &Option<Bound>| match bound {
            None => quote!(::spikelet_config::ranges::Bound::Open),
            Some(Bound { number, is_included: true, .. }) => {
                quote!(::spikelet_config::ranges::Bound::Included(#number))
            }
            Some(Bound { number, .. }) => quote!(::spikelet_config::ranges::Bound::Excluded(#number)),
        };
        let (lower, upper, is_odd) = (bound(&self.lower), bound(&self.upper), self.is_odd);
        quote!(::spikelet_config::ranges::Range { lower: #lower, upper: #upper, is_odd: #is_odd })
    }

    /// As the end of a sentence, such as `above 0 and below 1`.
    pub(crate) fn words(&self) -> Option<String> {
        let words = match (&self.lower, &self.upper) {
            (None, None) => return self.is_odd.then(|| "odd".to_owned()),
            (Some(lower), None) => lower.words("at least", "above"),
            (None, Some(upper)) => upper.words("at most", "below"),
            (Some(lower), Some(upper)) if lower.is_included => {
                format!(
                    "{} to {}",
                    lower.text,
                    if upper.is_included { upper.text.clone() } else { upper.words("", "below") }
                )
            }
            (Some(lower), Some(upper)) => {
                format!("{} and {}", lower.words("at least", "above"), upper.words("at most", "below"))
            }
        };
        Some(if self.is_odd { format!("odd, {words}") } else { words })
    }
}

impl Bound {
    fn words(&self, included: &str, excluded: &str) -> String {
        format!("{} {}", if self.is_included { included } else { excluded }, self.text)
    }
}

fn set(bound: &mut Option<Bound>, meta: &ParseNestedMeta<'_>, is_included: bool) -> Result<()> {
    let literal: Lit = meta.value()?.parse()?;
    let text = match &literal {
        Lit::Int(number) => number.base10_digits().to_owned(),
        Lit::Float(number) => number.base10_digits().to_owned(),
        _ => return Err(Error::new_spanned(literal, "must be a number")),
    };
    let number = text.parse().map_err(|_| Error::new_spanned(&literal, "must be a number"))?;
    if bound.replace(Bound { text, number, is_included }).is_some() {
        return Err(meta.error("a second bound of this side"));
    }
    Ok(())
}
