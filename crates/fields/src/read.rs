//! `#[derive(FromJson)]`: how a type is read from JSON, by the attributes of serde that say how it is written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, Error, Expr, Field, Fields, Ident, LitStr, Result, Type,
};

use crate::expand::camel_case;

pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let whole = Whole::read(&input.attrs)?;
    match &input.data {
        Data::Struct(of) => read_struct(&input.ident, &whole, of),
        Data::Enum(of) => read_enum(&input.ident, &whole, of),
        Data::Union(_) => Err(Error::new_spanned(input, "must be a struct or an enumeration")),
    }
}

/// What the attributes of a type say.
#[derive(Default)]
struct Whole {
    is_camel_case: bool,
    refuses_others: bool,
    has_default: bool,
}

impl Whole {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut whole = Self::default();
        each_of_serde(attributes, |meta| {
            if meta.path.is_ident("rename_all") {
                let case: LitStr = meta.value()?.parse()?;
                whole.is_camel_case = case.value() == "camelCase";
                return if whole.is_camel_case { Ok(()) } else { Err(meta.error("only camelCase is read")) };
            }
            whole.refuses_others |= meta.path.is_ident("deny_unknown_fields");
            whole.has_default |= meta.path.is_ident("default");
            Ok(())
        })?;
        Ok(whole)
    }

    fn name(&self, name: &Ident) -> String {
        if self.is_camel_case { camel_case(&name.to_string()) } else { name.to_string() }
    }
}

/// What the attributes of a field say.
#[derive(Default)]
struct Own {
    name: Option<String>,
    default: Option<TokenStream>,
}

impl Own {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut own = Self::default();
        each_of_serde(attributes, |meta| {
            if meta.path.is_ident("rename") {
                own.name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("default") {
                own.default = Some(if meta.input.peek(syn::Token![=]) {
                    let function = meta.value()?.parse::<LitStr>()?.parse::<Expr>()?;
                    quote!(#function())
                } else {
                    quote!(::core::default::Default::default())
                });
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        })?;
        Ok(own)
    }
}

fn each_of_serde(attributes: &[Attribute], mut each: impl FnMut(ParseNestedMeta<'_>) -> Result<()>) -> Result<()> {
    attributes.iter().filter(|one| one.path().is_ident("serde")).try_for_each(|one| one.parse_nested_meta(&mut each))
}

fn read_struct(of: &Ident, whole: &Whole, data: &DataStruct) -> Result<TokenStream> {
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&data.fields, "a field has a name"));
    };
    let (mut names, mut required, mut values) = (Vec::new(), TokenStream::new(), TokenStream::new());
    for (place, field) in fields.named.iter().enumerate() {
        let own = Own::read(&field.attrs)?;
        let Some(name) = &field.ident else { return Err(Error::new_spanned(field, "a field has a name")) };
        names.push(own.name.clone().unwrap_or_else(|| whole.name(name)));
        match default_of(field, name, whole, own) {
            Some(default) => values.extend(quote!(#name: fields.or(#place, #default),)),
            None => {
                required.extend(quote!(let #name = fields.required(#place)?;));
                values.extend(quote!(#name,));
            }
        }
    }
    let name = if whole.refuses_others { quote!(name_all) } else { quote!(name) };
    let base = whole.has_default.then(|| quote!(let base = <Self as ::core::default::Default>::default();));
    Ok(quote! {
        impl ::spikelet_config::json::FromFields for #of {
            fn take(
                fields: &mut ::spikelet_config::json::Fields<'_>,
            ) -> ::core::result::Result<Self, ::spikelet_config::json::Fault> {
                fields.#name(&[#(#names),*]);
                #required
                #base
                let read = Self { #values };
                fields.fault().map_or(Ok(read), Err)
            }
        }

        impl ::spikelet_config::json::FromJson for #of {
            fn read(
                value: &::spikelet_config::json::Value,
                at: &::spikelet_config::ranges::At<'_>,
            ) -> ::core::result::Result<Self, ::spikelet_config::json::Fault> {
                let mut fields = ::spikelet_config::json::Fields::of(value, at);
                ::spikelet_config::json::FromFields::take(&mut fields)
            }
        }
    })
}

/// What a field is that is missing.
fn default_of(field: &Field, name: &Ident, whole: &Whole, own: Own) -> Option<TokenStream> {
    let is_option =
        matches!(&field.ty, Type::Path(of) if of.path.segments.last().is_some_and(|last| last.ident == "Option"));
    let of_whole = whole.has_default.then(|| quote!(base.#name));
    own.default.or(of_whole).or_else(|| is_option.then(|| quote!(None)))
}

fn read_enum(of: &Ident, whole: &Whole, data: &DataEnum) -> Result<TokenStream> {
    let names: Vec<String> = data.variants.iter().map(|variant| whole.name(&variant.ident)).collect();
    let cases = data.variants.iter().zip(&names).enumerate().map(|(place, (variant, name))| {
        let variant_name = &variant.ident;
        match &variant.fields {
            Fields::Unit => Ok(quote!((#place, None) => Self::#variant_name,)),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => Ok(quote! {
                (#place, Some(inner)) => {
                    Self::#variant_name(::spikelet_config::json::FromJson::read(inner, &at.field(#name))?)
                }
            }),
            other => Err(Error::new_spanned(other, "a variant has one unnamed field or none")),
        }
    });
    let cases = cases.collect::<Result<TokenStream>>()?;
    let body = if data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) {
        let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
        let Some((last, others)) = variants.split_last() else { return Err(Error::new_spanned(of, "has no variants")) };
        let places = 0..others.len();
        quote! {
            Ok(match ::spikelet_config::json::name(value, KNOWN, at)? {
                #(#places => Self::#others,)*
                _ => Self::#last,
            })
        }
    } else {
        quote! {
            Ok(match ::spikelet_config::json::variant(value, KNOWN, at)? {
                #cases
                (place, inner) => {
                    return Err(::spikelet_config::json::wrong_content(KNOWN[place], inner.is_some(), at));
                }
            })
        }
    };
    Ok(quote! {
        impl ::spikelet_config::json::FromJson for #of {
            fn read(
                value: &::spikelet_config::json::Value,
                at: &::spikelet_config::ranges::At<'_>,
            ) -> ::core::result::Result<Self, ::spikelet_config::json::Fault> {
                const KNOWN: &[&str] = &[#(#names),*];
                #body
            }
        }
    })
}
