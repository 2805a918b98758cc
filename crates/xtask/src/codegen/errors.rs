//! Error codes as a TypeScript union.

use spikelet_config::ErrorCode;

pub(super) fn render() -> String {
    let codes: String = ErrorCode::ALL.iter().map(|code| format!("  \"{}\",\n", code.as_str())).collect();
    format!(
        "/** Every value of `SpikeletError.code`. */\nexport const ERROR_CODES = [\n{codes}] as const;\n\n\
         /** What kind of failure it is. */\nexport type ErrorCode = (typeof ERROR_CODES)[number];\n"
    )
}
