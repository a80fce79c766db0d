//! Replays to somebody else.

use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::bench::{Bench, PUSH, Recorder, SECRET};
use crate::authenticate::{Key, Secret, SignedRequest, schemes, verify};
use crate::clock::UnixMs;
use crate::error::ErrorCode;
use crate::receive::Headers;

const OK: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";

async fn push(bench: &Bench) -> String {
    let draft = json!({"name": "Pushes", "scheme": "github", "secret": SECRET});
    let (_, path) = bench.trigger(draft).await;
    let extra = [
        ("X-Custom-One", "1"),
        ("x-custom-two", "2"),
        ("X-Custom-One", "again"),
        ("Authorization", "Bearer abcdef"),
        ("Accept-Encoding", "gzip"),
        ("X-GitHub-Delivery", "72d3162e"),
    ];
    bench.arrives(&path, "github", SECRET, &extra, PUSH).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_gets_the_same_bytes_signed_anew_and_no_credential() {
    let (bench, elsewhere) = (Bench::new().await, Recorder::answering(OK).await);
    let id = push(&bench).await;
    let url = format!("http://{}/in?a=b#gone", elsewhere.address);
    let draft = json!({"delivery_id": id, "target": {"url": url}, "new_event_id": true});
    let plan = bench.call("replay_plan", draft.clone()).await;
    let warnings = plan["warnings"].to_string();
    for expected in ["Authorization is left out", "outside this Creel", "secret of \\\"Pushes\\\""] {
        assert!(warnings.contains(expected), "{expected}: {warnings}");
    }
    assert_eq!(plan["effects"], json!([]));
    let result = bench.replay(draft).await;
    assert_eq!((&result["answer"]["status"], &result["answer"]["body"]), (&json!(200), &json!("hi")), "{result}");
    assert_eq!(result["delivery"], json!(null));
    assert_eq!(result["differences"], json!(["answered 200, the original 202"]));
    let request = elsewhere.text(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, PUSH);
    let lines: Vec<_> = head.lines().map(|line| line.split_once(": ").unwrap_or((line, ""))).collect();
    let names: Vec<_> = lines.iter().map(|line| line.0).collect();
    let expected = [
        "POST /in?a=b HTTP/1.1",
        "Host",
        "X-Custom-One",
        "x-custom-two",
        "X-Custom-One",
        "X-GitHub-Delivery",
        "X-Hub-Signature-256",
        "Content-Length",
        "X-Creel-Replay",
        "Connection",
    ];
    let mut sorted = names.clone();
    sorted.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
    assert_eq!(names[..5], expected[..5], "order, case and repeats");
    let value = |name: &str| lines.iter().find(|line| line.0 == name).unwrap().1;
    assert_eq!((value("Host"), value("X-Creel-Replay")), (elsewhere.address.to_string().as_str(), "1"));
    assert_ne!(value("X-GitHub-Delivery"), "72d3162e");
    let headers = Headers(lines[1..].iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned().into())).collect());
    let key = Key { id: "sec_1".into(), value: Secret::new(SECRET).unwrap(), expires_at: None };
    let signed = SignedRequest { method: "POST", url: "", headers: &headers, body: body.as_bytes() };
    verify(schemes::find("github").unwrap(), &signed, &[key], UnixMs(0)).expect("signed with the trigger's secret");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_goes_out_when_the_headers_were_edited_with_it() {
    let (bench, elsewhere) = (Bench::new().await, Recorder::answering(OK).await);
    let id = push(&bench).await;
    let draft = json!({
        "delivery_id": id, "target": {"url": format!("http://{}/", elsewhere.address)},
        "headers": [["Authorization", "Bearer ••••"], ["X-New", "1"]],
        "signing": {"with": {"scheme": "hmac-generic", "secret": "their secret, not ours"}},
    });
    assert_eq!(bench.replay(draft).await["answer"]["status"], 200);
    let request = elsewhere.text(0);
    for line in ["Authorization: Bearer abcdef\r\n", "X-New: 1\r\n", "X-Signature: "] {
        assert!(request.contains(line), "{line}: {request}");
    }
    assert!(!request.contains("X-Hub-Signature-256"), "{request}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_receiver_by_its_address_is_this_creel_and_the_control_listener_is_refused() {
    let bench = Bench::new().await;
    let id = push(&bench).await;
    let path = bench.call("delivery_get", json!({"id": id})).await["target"].as_str().unwrap().to_owned();
    let to = |port: u16, host: &str| json!({"url": format!("http://{host}:{port}{path}")});
    let (receiver, control) = (bench.addresses.0.port(), bench.addresses.1.port());
    let draft = |target| json!({"delivery_id": id, "target": target, "new_event_id": true});
    let result = bench.replay(draft(to(receiver, "localhost"))).await;
    assert_eq!((&result["delivery"]["replay_of"], &result["delivery"]["outcome"]), (&json!(id), &json!("accepted")));
    for host in ["127.0.0.1", "localhost", "0.0.0.0", "2130706433"] {
        let error = bench.refused("replay_send", draft(to(control, host))).await;
        assert_eq!((error.code, error.field.as_deref()), (ErrorCode::Forbidden, Some("target.url")), "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_said_and_a_redirect_is_not_followed() {
    let bench = Bench::new().await;
    let id = push(&bench).await;
    let moved = Recorder::answering("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n").await;
    let mute = Recorder::answering("").await;
    let draft = |url: String| json!({"delivery_id": id, "target": {"url": url}});
    assert_eq!(bench.replay(draft(format!("http://{}/", moved.address))).await["answer"]["status"], 302);
    assert_eq!(moved.requests.lock().unwrap().len(), 1);
    let result = bench.replay(draft(format!("http://{}/", mute.address))).await;
    assert_eq!(
        (&result["answer"], &result["error"]),
        (&json!(null), &json!("the connection was closed without an answer"))
    );
    let plain = plain_server().await;
    let result = bench.replay(draft(format!("https://{plain}/"))).await;
    assert!(result["error"].as_str().unwrap().starts_with("no TLS connection"), "{result}");
    let error = bench.refused("replay_send", draft("http://169.254.169.254/latest".to_owned())).await;
    assert_eq!(error.code, ErrorCode::Forbidden, "where clouds keep credentials");
}

/// A server that speaks no TLS and says so at once.
async fn plain_server() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    address
}
