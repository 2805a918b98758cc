//! The paths that stand in a file: those of `use`, of the code, and of the tokens of macros.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemUse, Macro, UseTree, VisRestricted};

/// A path as its names.
pub(super) type Names = Vec<String>;

/// A name that `use` brings in; without a name all of a module.
pub(super) struct Leaf {
    pub(super) path: Names,
    pub(super) name: Option<String>,
}

/// What a `use` brings in.
pub(super) fn leaves(item: &ItemUse) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    list(&item.tree, &mut Vec::new(), &mut leaves);
    leaves
}

fn list(tree: &UseTree, before: &mut Names, leaves: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            list(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| list(item, before, leaves)),
        UseTree::Glob(_) => leaves.push(Leaf { path: before.clone(), name: None }),
        UseTree::Name(name) => leaves.push(leaf(before, &name.ident.to_string(), &name.ident.to_string())),
        UseTree::Rename(name) => leaves.push(leaf(before, &name.ident.to_string(), &name.rename.to_string())),
    }
}

fn leaf(before: &[String], last: &str, name: &str) -> Leaf {
    if last == "self" {
        let name = if name == "self" { before.last().cloned().unwrap_or_default() } else { name.to_owned() };
        return Leaf { path: before.to_vec(), name: Some(name) };
    }
    Leaf { path: [before, &[last.to_owned()]].concat(), name: Some(name.to_owned()) }
}

/// Collects the paths of an item.
#[derive(Default)]
pub(super) struct Reader {
    /// Paths of `use` within.
    pub(super) imports: Vec<Names>,
    pub(super) paths: Vec<Names>,
}

impl<'a> Visit<'a> for Reader {
    fn visit_item(&mut self, item: &'a Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.imports.extend(leaves(item).into_iter().map(|leaf| leaf.path));
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_vis_restricted(&mut self, _: &'a VisRestricted) {
        // `pub(crate)` imports nothing.
    }

    fn visit_macro(&mut self, called: &'a Macro) {
        visit::visit_macro(self, called);
        self.read(called.tokens.clone());
    }
}

impl Reader {
    /// Every `a::b::c` among the tokens.
    fn read(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.keep(&mut path);
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.keep(&mut path);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.read(group.stream());
                    }
                }
            }
        }
        self.keep(&mut path);
    }

    /// `crate` and `super` alone are the scope of a `pub(crate)` or `pub(super)`.
    fn keep(&mut self, path: &mut Names) {
        let path = std::mem::take(path);
        if !path.is_empty() && path != ["crate"] && path != ["super"] {
            self.paths.push(path);
        }
    }
}

/// Whether an item is compiled for tests alone.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item defines.
pub(super) fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}
