//! Challenges: what is asked, what is answered, and what is not.

use super::*;
use crate::receive::Answered;

fn asked(
    scheme: &str,
    method: &str,
    url: &str,
    lines: &[(&str, &str)],
    body: &[u8],
    verified: bool,
) -> Option<Answered> {
    let scheme = schemes::find(scheme).expect("shipped");
    let headers = headers(lines.iter().copied());
    let request = SignedRequest { method, url, headers: &headers, body };
    scheme.handshake(&request, verified)?.answer(&request, Some(&secret("the secret")))
}

fn text(answer: Option<Answered>) -> Option<(u16, String, String)> {
    answer.map(|answer| {
        let kind = answer.headers.first().map(|(_, value)| value.to_string()).unwrap_or_default();
        (answer.status, kind, String::from_utf8_lossy(&answer.body).into_owned())
    })
}

fn plain(body: &str) -> Option<(u16, String, String)> {
    Some((200, "text/plain; charset=utf-8".to_owned(), body.to_owned()))
}

fn json(body: &str) -> Option<(u16, String, String)> {
    Some((200, "application/json".to_owned(), body.to_owned()))
}

#[test]
fn each_sender_gets_the_answer_that_it_documents() {
    let get = |scheme, url, lines| text(asked(scheme, "GET", url, lines, b"", false));
    assert_eq!(get("dropbox", "/hooks/a?challenge=abc%20d", &[]), plain("abc d"));
    let okta = [("X-Okta-Verification-Challenge", "a\"b")];
    assert_eq!(get("okta", "/hooks/a", &okta), json(r#"{"verification":"a\"b"}"#));
    let graph = asked("microsoft-graph", "POST", "/hooks/a?validationToken=Validation%3A+x", &[], b"", false);
    assert_eq!(text(graph), plain("Validation: x"));
    assert_eq!(text(asked("trello", "HEAD", "/hooks/a", &[], b"", false)), Some((200, String::new(), String::new())));
    let asana = asked("asana", "POST", "/hooks/a", &[("X-Hook-Secret", "b537")], b"{}", false).expect("an answer");
    assert_eq!(
        (asana.status, asana.headers[0].0.as_ref(), asana.headers[0].1.as_ref()),
        (200, "X-Hook-Secret", "b537")
    );

    let post = |scheme, lines, body: &[u8]| text(asked(scheme, "POST", "/hooks/a", lines, body, true));
    let zoom = br#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8"}}"#;
    // printf qgg8 | openssl dgst -sha256 -hmac "the secret"
    let digest = "0042c970510e4e55b27ce0b07416b43ee0df2f06b1d1ca71593e1f69a907e77e";
    assert_eq!(post("zoom", &[], zoom), json(&format!(r#"{{"plainToken":"qgg8","encryptedToken":"{digest}"}}"#)));
    assert_eq!(post("discord", &[], br#"{"type":1,"application_id":"1","token":"t"}"#), json(r#"{"type":1}"#));
    assert_eq!(post("discord", &[], br#"{"type":0}"#), Some((204, String::new(), String::new())));
    let twitch = [("Twitch-Eventsub-Message-Type", "webhook_callback_verification")];
    let body = br#"{"challenge":"pogchamp"}"#;
    assert_eq!(post("twitch", &twitch, body), Some((200, "text/plain".to_owned(), "pogchamp".to_owned())));
    let xero = br#"{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"x"}"#;
    assert_eq!(post("xero", &[], xero), Some((200, String::new(), String::new())));
    let event = br#"{"events":[{"eventType":"CREATE"}],"firstEventSequence":1,"lastEventSequence":1,"entropy":"x"}"#;
    assert_eq!(post("xero", &[], event), None, "an event is no question");
}

#[test]
fn nothing_else_is_taken_for_a_challenge() {
    assert!(asked("github", "GET", "/hooks/a?challenge=x", &[], b"", false).is_none(), "the endpoint is not Dropbox's");
    assert!(asked("dropbox", "POST", "/hooks/a?challenge=x", &[], b"", false).is_none());
    assert!(
        asked("slack", "POST", "/hooks/a", &[], br#"{"type":"url_verification","challenge":"x"}"#, false).is_none()
    );
    assert!(asked("slack", "POST", "/hooks/a", &[], br#"{"type":"event_callback","challenge":"x"}"#, true).is_none());
    let long = format!("/hooks/a?challenge={}", "x".repeat(4097));
    assert!(asked("dropbox", "GET", &long, &[], b"", false).is_none(), "only so much is echoed");
}

#[test]
fn meta_is_answered_only_with_the_trigger_s_id() {
    let meta = schemes::find("meta").expect("shipped");
    let none = Headers::default();
    let url = "/hooks/a?hub.mode=subscribe&hub.verify_token=trg_1&hub.challenge=1158201444";
    let request = SignedRequest { method: "GET", url, headers: &none, body: b"" };
    let asked = meta.handshake(&request, false).expect("a challenge");
    assert!(asked.knows(&request, "trg_1") && !asked.knows(&request, "trg_2"));
    assert_eq!(text(asked.answer(&request, None)), plain("1158201444"));
}

#[test]
fn only_a_genuine_request_gets_an_answer_that_is_made_with_the_secret() {
    for scheme in every() {
        for handshake in &scheme.handshakes {
            let made = handshake.body.iter().any(|piece| matches!(piece, Piece::HmacHex(_)));
            assert!(handshake.verify_first || !made, "{}: anybody could have things signed", scheme.key);
            assert!(handshake.verify_first || handshake.method.is_some(), "{}: of which method?", scheme.key);
        }
    }
}
