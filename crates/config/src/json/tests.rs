use super::{FromJson, from_value};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, FromJson)]
#[serde(rename_all = "camelCase")]
enum Colour {
    Red,
    DarkGreen,
}

#[derive(Debug, PartialEq, FromJson)]
#[serde(rename_all = "camelCase")]
enum Way {
    Short,
    Long(Leg),
}

#[derive(Debug, PartialEq, FromJson)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Leg {
    time_lag: u32,
    #[serde(default = "thirty")]
    speed: f64,
    #[serde(rename = "type")]
    kind: Option<Colour>,
}

fn thirty() -> f64 {
    30.0
}

#[derive(Debug, PartialEq, FromJson)]
#[serde(default, deny_unknown_fields)]
struct Trip {
    name: String,
    is_booked: bool,
    seats: [u32; 2],
    stops: Vec<Trip>,
    way: Way,
    colour: Colour,
}

impl Default for Trip {
    fn default() -> Self {
        Self {
            name: "trip".into(),
            is_booked: true,
            seats: [1, 2],
            stops: vec![],
            way: Way::Short,
            colour: Colour::Red,
        }
    }
}

/// A struct that takes what it knows from an object that may have more.
#[derive(Debug, PartialEq, FromJson)]
struct Note {
    #[serde(default)]
    text: String,
}

fn fault<T: FromJson + std::fmt::Debug>(value: &Value) -> (String, String) {
    let error = from_value::<T>(value).expect_err("it is refused");
    (error.path, error.message)
}

#[test]
fn fields_that_are_missing_have_their_defaults() {
    assert_eq!(from_value(&json!({})), Ok(Trip::default()));
    let trip = json!({ "seats": [3, 4], "way": { "long": { "timeLag": 7, "type": null } }, "colour": "darkGreen" });
    let leg = Leg { time_lag: 7, speed: 30.0, kind: None };
    let expected = Trip { seats: [3, 4], way: Way::Long(leg), colour: Colour::DarkGreen, ..Trip::default() };
    assert_eq!(from_value(&trip), Ok(expected));
    assert_eq!(from_value(&json!({ "text": "a", "other": 1 })), Ok(Note { text: "a".into() }));
}

#[test]
fn a_fault_has_the_path_of_its_field() {
    for (value, path, message) in [
        (json!([]), "", "must be an object, got a list"),
        (json!({ "name": 1 }), "name", "must be a string, got 1"),
        (
            json!({ "nam": 1 }),
            "nam",
            "unknown field `nam`, expected one of `name`, `is_booked`, `seats`, `stops`, `way`, `colour`",
        ),
        (json!({ "is_booked": "yes" }), "is_booked", "must be true or false, got \"yes\""),
        (json!({ "seats": [1, 2, 3] }), "seats", "must be a list of 2, got 3 entries"),
        (json!({ "seats": [1, -1] }), "seats[1]", "must be a whole number from 0, got -1"),
        (json!({ "seats": [1, 10.5] }), "seats[1]", "must be a whole number from 0, got 10.5"),
        (json!({ "seats": [1, 4294967296u64] }), "seats[1]", "must be a whole number from 0, got 4294967296"),
        (
            json!({ "seats": [1, "10"] }),
            "seats[1]",
            "must be a whole number from 0, got \"10\": write 10 without quotes",
        ),
        (json!({ "seats": [1, "ten"] }), "seats[1]", "must be a whole number from 0, got \"ten\""),
        (json!({ "stops": {} }), "stops", "must be a list, got an object"),
        (
            json!({ "stops": [{}, { "stops": [{ "colour": 1 }] }] }),
            "stops[1].stops[0].colour",
            "must be one of red, darkGreen, got 1",
        ),
        (json!({ "colour": "blue" }), "colour", "must be one of red, darkGreen, got \"blue\""),
        (json!({ "way": { "long": {} } }), "way.long.timeLag", "is missing"),
        (json!({ "way": { "long": { "timeLag": 1, "speed": null } } }), "way.long.speed", "must be a number, got null"),
        (
            json!({ "way": { "long": { "timeLag": 1, "x": 1 } } }),
            "way.long.x",
            "unknown field `x`, expected one of `timeLag`, `speed`, `type`",
        ),
        (json!({ "way": { "long": { "timeLag": 1 }, "short": null } }), "way.short", "does not belong here"),
        (json!({ "way": { "short": null, "zigzag": 1 } }), "way.zigzag", "does not belong here"),
        (json!({ "way": { "zigzag": 1 } }), "way.zigzag", "must be one of short, long, got \"zigzag\""),
        (json!({ "way": {} }), "way", "must be one of short, long, got an object"),
        (json!({ "way": "long" }), "way", "must be an object: { \"long\": … }"),
        (json!({ "way": { "short": 1 } }), "way", "must be \"short\" alone: it has no value"),
    ] {
        assert_eq!(fault::<Trip>(&value), (path.to_owned(), message.to_owned()));
    }
    assert_eq!(fault::<Note>(&json!(null)), (String::new(), "must be an object, got null".to_owned()));
}
