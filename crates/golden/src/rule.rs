//! Rule, surrogate and reset paths.

use serde_json::{Value, json};

use crate::switches::Switches;
use crate::{Untranslated, malformed};

pub(crate) fn rule(switches: &Switches) -> Result<Value, Untranslated> {
    let variant = switches.act_style.to_lowercase();
    let surrogate = surrogate(switches)?;
    // The oracle reads `reset_act` in the RNN style only.
    let activation =
        if switches.act_style == "RNN" { reset_path(&switches.reset_act, switches)? } else { json!("ignore") };
    let timing = reset_path(&switches.reset_tim, switches)?;
    let both = |name: &str| {
        json!({
            "type": name,
            "activationWeight": switches.lambda_act,
            "timingWeight": switches.lambda_tim,
            "variant": variant,
            "surrogate": surrogate,
            "resetPath": { "activation": activation, "timing": timing },
            "adaptationPath": switches.adaptation_path,
            "slopeFloor": switches.v_prime_min,
        })
    };
    match switches.rule.as_str() {
        "eprop" => Ok(json!({
            "type": "eprop", "surrogate": surrogate, "feedback": switches.feedback,
            "eligibilityFilter": switches.eligibility_filter, "adaptationPath": switches.adaptation_path,
        })),
        "activation" => Ok(json!({
            "type": "activation", "variant": variant, "surrogate": surrogate, "resetPath": { "activation": activation },
            "adaptationPath": switches.adaptation_path,
        })),
        "timing" => Ok(json!({
            "type": "timing", "resetPath": { "timing": timing },
            "adaptationPath": switches.adaptation_path, "slopeFloor": switches.v_prime_min,
        })),
        "antlr" => Ok(both("antlr")),
        "trivial" => Ok(both("mixture")),
        "eventProp" => Ok(json!({
            "type": "eventProp", "adaptationPath": switches.adaptation_path, "slopeFloor": switches.v_prime_min,
        })),
        other => malformed(format!("no rule {other}")),
    }
}

fn surrogate(switches: &Switches) -> Result<Value, Untranslated> {
    let (scale, shape) = (switches.surr_alpha, switches.surr_beta);
    let (name, field) = match switches.surrogate.as_str() {
        "exponential" => ("exponential", "sharpness"),
        "fast_sigmoid" => ("fastSigmoid", "sharpness"),
        "arctan" => ("arctan", "sharpness"),
        "triangle" => ("triangle", "halfWidth"),
        "rectangle" => ("rectangle", "halfWidth"),
        "table" => {
            let mut table = switches.table.clone();
            table["type"] = json!("table");
            return Ok(table);
        }
        other => return malformed(format!("no surrogate {other}")),
    };
    Ok(json!({ "type": name, "scale": scale, field: shape }))
}

fn reset_path(word: &str, switches: &Switches) -> Result<Value, Untranslated> {
    match word {
        "none" => Ok(json!("ignore")),
        "full" => Ok(json!("full")),
        "window" => Ok(json!({ "window": switches.reset_window })),
        "lag" => Ok(json!({ "lag": switches.reset_lag })),
        other => malformed(format!("no reset path {other}")),
    }
}
