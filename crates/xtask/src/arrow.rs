//! The layers may only know those below them: kernels ← core ← io ← session ← bindings ← ts/runtime ← ts ← ts/cli.

mod crates;
mod typescript;

use std::path::Path;

use crate::Outcome;

/// Checks the crates and the TypeScript modules.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut findings = crates::check(root)?;
    findings.extend(typescript::check(root)?);
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}
