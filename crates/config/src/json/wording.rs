//! What serde says of a value that does not fit, without the names of Rust's types.

/// The sentence of an error, as this library words it; a sentence that is not serde's stays.
pub(super) fn worded(message: &str) -> String {
    for kind in ["invalid type: ", "invalid value: "] {
        let parts = message.strip_prefix(kind).and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            return mismatch(found, expected);
        }
    }
    if let Some((length, expected)) =
        message.strip_prefix("invalid length ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("must be {}, got {length} entries", kind_of(expected));
    }
    if let Some((found, known)) =
        message.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        let known = known.trim_start_matches("one of ").replace('`', "");
        return format!("must be one of {known}, got \"{found}\"");
    }
    message.to_owned()
}

fn mismatch(found: &str, expected: &str) -> String {
    let expected = kind_of(expected);
    let found = value_of(found);
    // A number in quotes is meant as the number. Parsing it would bring tables into the WebAssembly.
    let inner = found.trim_matches('"');
    let is_quoted = !inner.is_empty()
        && inner.len() + 2 == found.len()
        && inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let remedy = if expected.contains("number") && is_quoted {
        format!(": write {inner} without quotes")
    } else {
        String::new()
    };
    format!("must be {expected}, got {found}{remedy}")
}

/// What a value must be.
fn kind_of(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        "an array of length 2" => "a list of 2",
        "an array of length 3" => "a list of 3",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("enum ") => "a string or an object",
        _ => expected,
    }
}

/// A value as it stands in JSON, or its kind.
fn value_of(found: &str) -> &str {
    match found {
        "sequence" => "a list",
        "map" => "an object",
        "unit value" => "null",
        _ => {
            let value = found.split_once(' ').filter(|(kind, _)| matches!(*kind, "string" | "integer" | "boolean"));
            let value = value.map(|(_, value)| value).or_else(|| found.strip_prefix("floating point "));
            value.unwrap_or(found).trim_matches('`')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::worded;

    #[test]
    fn values_that_do_not_fit_are_described_without_types_of_rust() {
        for (said, expected) in [
            ("invalid type: sequence, expected u32", "must be a whole number from 0, got a list"),
            (
                "invalid type: string \"10\", expected u32",
                "must be a whole number from 0, got \"10\": write 10 without quotes",
            ),
            ("invalid type: string \"ten\", expected u32", "must be a whole number from 0, got \"ten\""),
            ("invalid type: floating point `10.5`, expected u32", "must be a whole number from 0, got 10.5"),
            ("invalid value: integer `-1`, expected u32", "must be a whole number from 0, got -1"),
            ("invalid type: null, expected f64", "must be a number, got null"),
            ("invalid type: map, expected f64", "must be a number, got an object"),
            ("invalid type: boolean `true`, expected struct EarlyStopping", "must be an object, got true"),
            ("invalid type: string \"layers.0\", expected a sequence", "must be a list, got \"layers.0\""),
            (
                "invalid type: string \"a, expected b\", expected a boolean",
                "must be true or false, got \"a, expected b\"",
            ),
            ("invalid length 2, expected an array of length 3", "must be a list of 3, got 2 entries"),
            ("unknown variant `x`, expected one of `threshold`, `reset`", "must be one of threshold, reset, got \"x\""),
            ("is missing", "is missing"),
        ] {
            assert_eq!(worded(said), expected);
        }
    }
}
