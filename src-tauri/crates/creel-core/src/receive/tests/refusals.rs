//! Every head that is refused: answered, closed, recorded with its reason.

use super::recorder::{Running, status};
use crate::delivery::ReasonCode::{self, FromBrowser, MalformedHttp, RepeatedHeader, UnsupportedEncoding};

/// What is sent, what is answered, the reason, and a part of its words.
type Case = (&'static str, u16, ReasonCode, &'static str);

const CASES: &[Case] = &[
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, RepeatedHeader, "Host"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nHOST: b\r\n\r\n", 400, RepeatedHeader, "HOST"),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\nx",
        400,
        RepeatedHeader,
        "content-length",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        RepeatedHeader,
        "Transfer-Encoding",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        MalformedHttp,
        "both",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        400,
        MalformedHttp,
        "gzip, chunked",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400,
        MalformedHttp,
        "xchunked",
    ),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400, MalformedHttp, "1, 1"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", 400, MalformedHttp, "+1"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, MalformedHttp, "-1"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx", 400, MalformedHttp, "0x1"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400, MalformedHttp, "no length"),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        400,
        MalformedHttp,
        "no length",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n",
        400,
        MalformedHttp,
        "no length",
    ),
    (
        "POST /hooks/a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        MalformedHttp,
        "HTTP/1.0",
    ),
    ("POST /hooks/a HTTP/1.1\r\nX-A: 1\r\n\r\n", 400, MalformedHttp, "Host is missing"),
    ("POST /hooks/a HTTP/1.1\r\nHost:\r\n\r\n", 400, MalformedHttp, "Host is empty"),
    ("POST /hooks/a HTTP/1.0\r\nX-A: 1\r\n\r\n", 400, MalformedHttp, "Host is missing"),
    ("POST /hooks/a HTTP/1.1\nHost: a\n\n", 400, MalformedHttp, "bare line feed"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n", 400, MalformedHttp, "bare line feed"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n", 400, MalformedHttp, "folded"),
    ("POST /hooks/a HTTP/1.1\r\n Host: a\r\n\r\n", 400, MalformedHttp, "folded"),
    ("POST /hooks/a HTTP/1.1\r\nHost : a\r\n\r\n", 400, MalformedHttp, "before the colon"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nNo-Colon\r\n\r\n", 400, MalformedHttp, "name"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", 400, MalformedHttp, "name"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-A: a\rb\r\n\r\n", 400, MalformedHttp, "control"),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n", 400, MalformedHttp, "control"),
    ("P@ST /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "request line"),
    ("post /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "method \"post\""),
    ("PO!T /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "method \"PO!T\""),
    ("POSTPOSTPOSTPOSTPOSTPOST /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "method"),
    ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "CONNECT"),
    ("GET http://a/hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "slash"),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "slash"),
    ("GET hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "slash"),
    ("GET /hooks/a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "character"),
    ("GET /hooks/<a> HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, "character"),
    ("GET /hooks/a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, ""),
    ("GET  /hooks/a HTTP/1.1\r\nHost: a\r\n\r\n", 400, MalformedHttp, ""),
    ("GET /hooks/a HTTP/2.0\r\nHost: a\r\n\r\n", 400, MalformedHttp, "version"),
    ("GET /hooks/a\r\n\r\n", 400, MalformedHttp, ""),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, MalformedHttp, "HTTP/2"),
    ("\x16\x03\x01\x02\0\x01", 400, MalformedHttp, "method"),
    (
        "GET /hooks/a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        400,
        MalformedHttp,
        "Upgrade",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.test\r\nConnection: close\r\n\r\n",
        403,
        FromBrowser,
        "evil.test",
    ),
    ("POST /hooks/a HTTP/1.1\r\nHost: a\r\nOrigin: null\r\nConnection: close\r\n\r\n", 403, FromBrowser, "null"),
    (
        "GET /hooks/a HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n",
        403,
        FromBrowser,
        "cross-site",
    ),
    (
        "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n",
        415,
        UnsupportedEncoding,
        "gzip",
    ),
];

#[tokio::test]
async fn a_refused_request_is_answered_closed_and_recorded_with_its_reason() {
    let door = Running::new().await;
    for (sent, answered, reason, words) in CASES {
        let answer = door.send(sent).await;
        assert_eq!(status(&answer), *answered, "{sent:?} was answered {answer:?}");
        let (incoming, refusal) =
            door.recorder.refused.lock().unwrap().pop().unwrap_or_else(|| panic!("{sent:?} is not recorded"));
        assert_eq!((refusal.status, refusal.reason), (*answered, *reason), "{sent:?}: {}", refusal.words);
        assert!(refusal.words.contains(words), "{sent:?}: {} does not say {words:?}", refusal.words);
        assert!(incoming.body.is_empty());
    }
    assert!(door.delivered().is_empty(), "nothing of it was delivered");
}

#[tokio::test]
async fn too_many_lines_and_too_long_heads_are_refused() {
    let door = Running::new().await;
    let many: String = (0..64).map(|n| format!("X-{n}: 1\r\n")).collect();
    assert_eq!(status(&door.send(format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\n{many}\r\n")).await), 400);
    let long = "v".repeat(40_000);
    assert_eq!(status(&door.send(format!("POST /hooks/a HTTP/1.1\r\nHost: a\r\nX-L: {long}\r\n\r\n")).await), 400);
    assert_eq!(status(&door.send(format!("POST /hooks/{long}")).await), 400, "also when its end never comes");
    let words: Vec<_> = door.refused().into_iter().map(|(_, refusal)| refusal.words).collect();
    assert_eq!(words.len(), 3);
    assert!(words[0].contains("64 header lines") && words[1].contains("32768"), "{words:?}");
}

#[tokio::test]
async fn what_was_readable_of_a_refused_head_is_recorded() {
    let door = Running::new().await;
    door.send("POST /hooks/a?b HTTP/1.1\r\nHost : a\r\nX-Hub-Signature-256: sha256=00\r\n\r\nbody").await;
    let (incoming, _) = door.refused().remove(0);
    assert_eq!((incoming.method.as_str(), incoming.target.as_str()), ("POST", "/hooks/a?b"));
    assert_eq!(incoming.headers.text("X-Hub-Signature-256"), Some("sha256=00"));
}

#[tokio::test]
async fn a_refused_head_behind_a_good_request_ends_the_connection_after_both_answers() {
    let door = Running::new().await;
    let good = "POST /hooks/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
    let answers = door.send(format!("{good}GET /b HTTP/1.1\r\n\r\n{good}")).await;
    assert_eq!(answers.matches("HTTP/1.1 202").count(), 1, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 400").count(), 1, "{answers}");
    assert_eq!((door.delivered().len(), door.refused().len()), (1, 1));
}
