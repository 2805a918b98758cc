//! An attribute for the types of the configuration, by which each field's range stands once, at the field; and how they are read from JSON.
//!
//! garde has inclusive bounds only, and so has the part of schemars that reads its attributes and those of validator; neither knows our
//! texts and paths of errors, and both would come along into the WebAssembly.
#![forbid(unsafe_code)]

mod expand;
mod range;
mod read;

use proc_macro::TokenStream;

/// Implements `config::ranges::Check` for a struct or an enumeration of the core, and adds what follows from the ranges to its schema and to
/// its documentation.
///
/// Each number stands under `#[range(…)]` with any of `min = 1`, `max = 65535` (inclusive), `above = 0`, `below = 1` (exclusive), `odd`, or
/// `any` alone; a list of numbers has the range of each of its entries. A list under `#[non_empty]` has at least one entry. What else a type
/// consists of implements `Check`; a number without a range does not compile.
#[proc_macro_attribute]
pub fn fields(_: TokenStream, item: TokenStream) -> TokenStream {
    let item = syn::parse_macro_input!(item as syn::Item);
    expand::expand(item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Implements `config::json::FromJson` for a struct with names or an enumeration of variants with one value or none, and `FromFields` for a
/// struct, by the attributes of serde: `rename_all = "camelCase"`, `deny_unknown_fields`, `default` of the type or of a field, with or
/// without a function, and `rename` of a field. An `Option` without a default may be missing.
#[proc_macro_derive(FromJson, attributes(serde))]
pub fn from_json(item: TokenStream) -> TokenStream {
    let item = syn::parse_macro_input!(item as syn::DeriveInput);
    read::derive(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

#[cfg(test)]
mod tests;
