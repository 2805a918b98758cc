//! From the annotated type to the type and its check.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, Expr, Field, Fields, Item, Lit, Meta, Result, parse_quote};

use crate::range::Range;

pub(crate) fn expand(mut item: Item) -> Result<TokenStream> {
    let (name, body) = match &mut item {
        Item::Struct(of) => {
            let body = of.fields.iter_mut().map(struct_field).collect::<Result<TokenStream>>()?;
            (of.ident.clone(), quote!(#body Ok(())))
        }
        Item::Enum(of) => {
            let is_plain = has_no_names(&of.attrs);
            let cases = of.variants.iter_mut().map(|variant| {
                let name = &variant.ident;
                match &mut variant.fields {
                    Fields::Unit => Ok(quote!(Self::#name => Ok(()),)),
                    Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                        let at = camel_case(&name.to_string());
                        let at = if is_plain { quote!(at) } else { quote!(&at.field(#at)) };
                        let check = check(&mut fields.unnamed[0], &mut variant.attrs, &quote!(inner), &at)?;
                        Ok(quote!(Self::#name(inner) => { #check Ok(()) }))
                    }
                    other => Err(Error::new_spanned(other, "a variant has one unnamed field or none")),
                }
            });
            let cases = cases.collect::<Result<TokenStream>>()?;
            (of.ident.clone(), quote!(match self { #cases }))
        }
        other => return Err(Error::new_spanned(other, "must be a struct or an enumeration")),
    };
    Ok(quote! {
        #item

        impl ::spikelet_config::ranges::Check for #name {
            fn check(&self, at: &::spikelet_config::ranges::At<'_>) -> ::spikelet_config::Result<()> {
                let _ = at;
                #body
            }
        }
    })
}

fn struct_field(field: &mut Field) -> Result<TokenStream> {
    let Some(name) = field.ident.clone() else {
        return Err(Error::new_spanned(field, "a field has a name"));
    };
    let at = camel_case(&name.to_string());
    let mut docs = std::mem::take(&mut field.attrs);
    let check = check(field, &mut docs, &quote!(&self.#name), &quote!(&at.field(#at)));
    field.attrs.splice(0..0, docs);
    check
}

/// The statement that checks a field; what follows from its range is added to its attributes and to `docs`, which has them where it is a
/// struct's field, and those of the variant where it is a variant's.
fn check(field: &mut Field, docs: &mut Vec<Attribute>, value: &TokenStream, at: &TokenStream) -> Result<TokenStream> {
    let mut take = |name: &str| {
        let own = [&mut field.attrs, &mut *docs].into_iter();
        own.flat_map(|attributes| attributes.extract_if(.., |one| one.path().is_ident(name)).collect::<Vec<_>>()).next()
    };
    let non_empty = take("non_empty");
    let Some(attribute) = take("range") else {
        let length = non_empty.map(|_| {
            field.attrs.push(parse_quote!(#[cfg_attr(feature = "codegen", schemars(length(min = 1)))]));
            quote!(::spikelet_config::ranges::non_empty(#value, #at)?;)
        });
        return Ok(quote!(#length ::spikelet_config::ranges::Check::check(#value, #at)?;));
    };
    let range = Range::read(&attribute)?;
    if let Some(words) = range.words() {
        add_words(docs, &words).ok_or_else(|| Error::new_spanned(&attribute, "needs a sentence of documentation"))?;
    }
    let (of, range) = (&field.ty, range.expression());
    let describe = quote!(::spikelet_config::ranges::schema::described::<#of>(#range));
    field.attrs.push(parse_quote!(#[cfg_attr(feature = "codegen", schemars(transform = #describe))]));
    Ok(quote!(::spikelet_config::ranges::InRange::check(#value, &#range, #at)?;))
}

/// Adds `, words` to the last line of the documentation, before its first semicolon or its end.
fn add_words(attributes: &mut [Attribute], words: &str) -> Option<()> {
    let last = attributes.iter_mut().rfind(|attribute| attribute.path().is_ident("doc"))?;
    let Meta::NameValue(of) = &mut last.meta else { return None };
    let Expr::Lit(literal) = &mut of.value else { return None };
    let Lit::Str(text) = &literal.lit else { return None };
    let line = text.value();
    let (start, rest) = line.split_at(line.find("; ").or_else(|| line.trim_end().strip_suffix('.').map(str::len))?);
    literal.lit = Lit::Str(syn::LitStr::new(&format!("{start}, {words}{rest}"), text.span()));
    Some(())
}

/// Whether the variants' names are no fields: serde tells them apart by a tag or by their content.
fn has_no_names(attributes: &[Attribute]) -> bool {
    let mut is_plain = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // What else serde knows is of no interest; an error of its syntax is serde's to report.
        let _ = attribute.parse_nested_meta(|meta| {
            is_plain |= meta.path.is_ident("tag") || meta.path.is_ident("untagged");
            if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    is_plain
}

pub(crate) fn camel_case(name: &str) -> String {
    let mut is_start = false;
    let mut camel = String::new();
    for letter in name.chars() {
        match letter {
            '_' => is_start = true,
            _ if camel.is_empty() => camel.extend(letter.to_lowercase()),
            _ if is_start => {
                camel.extend(letter.to_uppercase());
                is_start = false;
            }
            _ => camel.push(letter),
        }
    }
    camel
}
