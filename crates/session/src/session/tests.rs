use super::*;

#[test]
fn a_panic_leaves_a_session_that_refuses_work() {
    let config = r#"{"network":{"input":2,"steps":5,"layers":[{"type":"dense","units":2}]}}"#;
    let mut session = Session::create(config, None, None).unwrap();
    let error = session.change::<()>(|_| panic!("on purpose")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Internal);
    assert!(error.message.ends_with("on purpose"), "{error}");
    assert_eq!(session.remove_dataset(0).unwrap_err().code, ErrorCode::Internal);
    assert_eq!(session.parameters(0).unwrap_err().code, ErrorCode::Internal);
    assert_eq!(session.checkpoint(None, true).unwrap_err().code, ErrorCode::Internal);
    assert!(session.info().contains("\"step\":0"));
}
