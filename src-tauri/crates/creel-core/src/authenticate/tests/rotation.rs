//! Several secrets at once, and their end.

use super::*;
use crate::delivery::ReasonCode;

#[test]
fn the_previous_secret_works_until_its_grace_ends() {
    let scheme = schemes::find("opengate").expect("shipped");
    let lines = owned(&signed(scheme, BODY, NOW));
    let keys = [key("the new secret of 32 characters.", None), key(SECRET, Some(NOW))];
    let at = |ms| verify(scheme, &request(&lines, BODY), &keys, NOW.plus_ms(ms));
    let last = at(-1000).expect("in its grace");
    assert!(last.previous());
    assert_eq!(last.key_id().as_str(), SECRET);
    for ms in [0, 1000] {
        assert_eq!(at(ms).expect_err("after its grace").reason, ReasonCode::SignatureMismatch);
    }
}

#[test]
fn the_words_say_how_many_secrets_were_tried() {
    let scheme = schemes::find("github").expect("shipped");
    let lines = owned(&signed(scheme, b"another body", NOW));
    let words = |keys: &[Key]| verify(scheme, &request(&lines, BODY), keys, NOW).expect_err("forged").words;
    assert_eq!(words(&[]), "there is no secret to check the signature with");
    assert_eq!(words(&[key("a", Some(NOW))]), "no secret is valid any more to check the signature with");
    assert_eq!(words(&[key("a", None)]), "the signature does not fit the body under the secret");
    assert_eq!(words(&[key("a", None), key("b", None)]), "the signature does not fit under any of the 2 secrets");
}

#[test]
fn a_secret_that_the_scheme_cannot_read_is_told_and_never_matches() {
    let scheme = schemes::find("standard-webhooks").expect("shipped");
    let lines = owned(&signed(scheme, BODY, NOW));
    let keys = [key("whsec_not base64!", None)];
    let rejected = verify(scheme, &request(&lines, BODY), &keys, NOW).expect_err("no usable key");
    assert_eq!(rejected.words, "the secret is not base64, as this scheme needs");
    assert!(scheme.check_secret(&secret("whsec_not base64!")).is_err());
    assert!(scheme.check_secret(&scheme.new_secret(&[9; 32])).is_ok());
}
