use quote::quote;
use syn::{Item, parse_quote};

use crate::expand::expand;
use crate::read;

fn expanded(item: Item) -> String {
    expand(item).expect("the type is well formed").to_string()
}

fn refused(item: Item) -> String {
    expand(item).expect_err("the type is not well formed").to_string()
}

/// The documentation of a field after its range was added.
fn documentation(range: &proc_macro2::TokenStream, line: &str) -> String {
    let text = expanded(parse_quote!(
        struct Of {
            #[doc = #line]
            #[range(#range)]
            field: f64,
        }
    ));
    let (_, rest) = text.split_once("doc = \"").expect("the field is documented");
    rest.split_once('"').expect("a string ends").0.to_owned()
}

#[test]
fn the_range_is_said_in_the_documentation() {
    for (range, words) in [
        (quote!(above = 0), "at last, above 0"),
        (quote!(above = 0, below = 1), "at last, above 0 and below 1"),
        (quote!(above = 0, max = 1), "at last, above 0 and at most 1"),
        (quote!(min = 0), "at last, at least 0"),
        (quote!(min = 0.5, max = 65535), "at last, 0.5 to 65535"),
        (quote!(min = 0, below = 1), "at last, 0 to below 1"),
        (quote!(below = 3), "at last, below 3"),
        (quote!(max = 3), "at last, at most 3"),
        (quote!(odd), "at last, odd"),
        (quote!(odd, max = 9), "at last, odd, at most 9"),
        (quote!(any), "at last"),
    ] {
        assert_eq!(documentation(&range, " What it is, at last."), format!(" What it is, {words}."));
        assert_eq!(documentation(&range, " It is, at last; or not."), format!(" It is, {words}; or not."));
    }
}

#[test]
fn fields_are_checked_by_their_names_in_json() {
    let text = expanded(parse_quote!(
        struct Of {
            /// A number.
            #[range(min = 1)]
            batch_size: u32,
            /// Another type.
            inner_type: Inner,
        }
    ));
    assert!(text.contains("\"batchSize\"") && text.contains("\"innerType\""), "{text}");
    assert!(!text.contains("range (min"), "{text}");
}

#[test]
fn variants_are_fields_unless_serde_finds_them_otherwise() {
    let variants = quote! {
        /// None.
        Nothing,
        /// Some.
        SoMany(#[range(any)] u32),
    };
    let external: Item = parse_quote!(enum Of { #variants });
    assert!(expanded(external).contains("\"soMany\""));
    for how in [quote!(untagged), quote!(tag = "type", rename_all = "camelCase")] {
        let item: Item = parse_quote!(#[serde(#how)] enum Of { #variants });
        assert!(!expanded(item).contains("\"soMany\""), "{how}");
    }
}

#[test]
fn mistakes_are_named() {
    let field = |attributes: proc_macro2::TokenStream| -> Item { parse_quote!(struct Of { #attributes field: f64 }) };
    let with_doc = |range: proc_macro2::TokenStream| field(quote!(#[doc = " It is."] #[range(#range)]));
    assert_eq!(refused(field(quote!(#[range(min = 1)]))), "needs a sentence of documentation");
    assert_eq!(refused(with_doc(quote!(any, min = 1))), "a range has bounds or is `any`");
    assert_eq!(refused(with_doc(quote!(min = 1, above = 0))), "a second bound of this side");
    assert_eq!(refused(with_doc(quote!(min = "1"))), "must be a number");
    assert!(refused(with_doc(quote!(least = 1))).starts_with("no bound: min"));
    assert_eq!(
        refused(parse_quote!(
            struct Of(f64);
        )),
        "a field has a name"
    );
    assert_eq!(
        refused(parse_quote!(
            fn of() {}
        )),
        "must be a struct or an enumeration"
    );
}

fn reader(input: &syn::DeriveInput) -> Result<String, String> {
    read::derive(input).map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
}

#[test]
fn fields_are_read_by_the_names_that_serde_writes() {
    let text = reader(&parse_quote!(
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Of {
            batch_size: u32,
            #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
            kind: Option<u32>,
            #[serde(default = "Of::five")]
            how_many: u32,
        }
    ));
    let text = text.expect("it can be read");
    assert!(text.contains("name_all (& [\"batchSize\" , \"type\" , \"howMany\"])"), "{text}");
    assert!(text.contains("let batch_size = fields . required (0usize) ?"), "{text}");
    assert!(text.contains("kind : fields . or (1usize , None)"), "{text}");
    assert!(text.contains("how_many : fields . or (2usize , Of :: five ())"), "{text}");
}

#[test]
fn types_that_cannot_be_read_are_named() {
    let tuple = parse_quote!(
        struct Of(u32);
    );
    assert_eq!(reader(&tuple).expect_err("it has no names"), "a field has a name");
    let two = parse_quote!(
        enum Of {
            Pair(u32, u32),
        }
    );
    assert_eq!(reader(&two).expect_err("it has two values"), "a variant has one unnamed field or none");
    let case = parse_quote!(
        #[serde(rename_all = "snake_case")]
        enum Of {
            One,
        }
    );
    assert_eq!(reader(&case).expect_err("it is another case"), "only camelCase is read");
}
