//! TypeScript types of what users write and of what comes back.

use std::any::TypeId;
use std::collections::BTreeSet;

use spikelet_config::Config;
use spikelet_encode::{Encoding, Generator, SaccadeCamera};
use spikelet_training::TrainEvent;
use ts_rs::{TS, TypeVisitor};

use super::schema::{self, Fields};

/// A type's name, documentation and declaration as ts-rs has them.
struct Declared {
    name: String,
    docs: String,
    declaration: String,
}

/// Visits types and all that they are made of.
#[derive(Default)]
struct Collector {
    seen: BTreeSet<TypeId>,
    declared: Vec<Declared>,
    settings: ts_rs::Config,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() && self.seen.insert(TypeId::of::<T>()) {
            self.declared.push(Declared {
                name: T::ident(&self.settings),
                docs: T::docs().unwrap_or_default(),
                declaration: T::decl(&self.settings),
            });
            T::visit_dependencies(self);
        }
    }
}

/// All types, in one text without imports.
pub(super) fn render() -> String {
    let mut collector = Collector::default();
    collector.visit::<Config>();
    collector.visit::<Encoding>();
    collector.visit::<Generator>();
    collector.visit::<SaccadeCamera>();
    collector.visit::<TrainEvent>();
    let mut declared = collector.declared;
    // The macros of ts-rs list dependencies in no fixed order.
    declared.sort_by(|a, b| a.name.cmp(&b.name));

    let variant = |union: &str, tag: &str| {
        let of = declared.iter().find(|of| of.name == union)?;
        let (_, rest) = of.declaration.split_once(&format!("{{ \"type\": \"{tag}\" }} & "))?;
        Some(rest.chars().take_while(|c| c.is_alphanumeric()).collect())
    };
    let definitions = schema::definitions();
    let optional = schema::optional_fields(&definitions, variant);
    for of in &mut declared {
        for tag in definitions.get(&of.name).map(schema::optional_tags).unwrap_or_default() {
            let (given, optional) = (format!("{{ \"type\": \"{tag}\" }}"), format!("{{ \"type\"?: \"{tag}\" }}"));
            of.declaration = of.declaration.replace(&given, &optional);
        }
    }
    let none = Fields::new();
    let texts: Vec<String> = declared.iter().map(|of| tidy(of, optional.get(&of.name).unwrap_or(&none))).collect();
    texts.join("\n")
}

/// Indents a declaration, puts short comments on one line and marks the fields that may be left out.
fn tidy(of: &Declared, optional: &Fields) -> String {
    let text = format!("{}export {}", of.docs, of.declaration).replace(", }", ",\n}").replace(", \n", ",\n");
    let mut tidied = String::new();
    let mut depth = 0usize;
    for line in one_line_comments(&text).lines().map(str::trim_end) {
        let is_comment = line.starts_with("/**") || line.starts_with(" *");
        let closes = line.matches('}').count();
        let closes_first = usize::from(line.starts_with('}'));
        if !is_comment {
            depth -= closes_first;
        }
        let indent = "  ".repeat(depth);
        // ts-rs marks an `Option` itself.
        let field = line.split_once(": ").map(|(field, rest)| (field.trim_end_matches('?'), rest));
        match field {
            Some((field, rest)) if !is_comment && optional.contains_key(field) => {
                if let Some(default) = &optional[field] {
                    add_to_comment(&mut tidied, &format!("@default {default}"));
                }
                tidied.push_str(&format!("{indent}{field}?: {rest}\n"));
            }
            _ => tidied.push_str(&format!("{indent}{line}\n")),
        }
        if !is_comment {
            depth += line.matches('{').count() - (closes - closes_first);
        }
    }
    tidied
}

/// Adds `tag` to the comment that `text` ends with, if it does.
fn add_to_comment(text: &mut String, tag: &str) {
    const END: &str = " */\n";
    if !text.ends_with(END) {
        return;
    }
    text.truncate(text.len() - END.len());
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    if last_line.trim().is_empty() {
        let indent = last_line.to_owned();
        text.push_str(&format!(" * {tag}\n{indent}{END}"));
    } else {
        text.push_str(&format!(" {tag}{END}"));
    }
}

/// `/**\n * text\n */` becomes `/** text */` where the text is one line.
fn one_line_comments(text: &str) -> String {
    let mut parts = text.split("/**\n * ");
    let mut joined = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("\n */\n") {
            Some((comment, rest)) if !comment.contains('\n') => {
                joined.push_str(&format!("/** {comment} */\n{rest}"));
            }
            _ => joined.push_str(&format!("/**\n * {part}")),
        }
    }
    joined
}
