//! What the checks still allow. Each list shrinks: an entry that no longer holds is an error too.

/// Files of a folder that import each other in a circle.
pub(super) const CIRCLES: &[(&str, &[&str])] = &[];

/// Imports from one name of a folder's arrow to another that it does not allow.
pub(super) const IMPORTS: &[(&str, &str, &str)] = &[];
