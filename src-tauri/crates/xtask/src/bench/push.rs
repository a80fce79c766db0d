//! 7 KB GitHub pushes, signed before the clock starts: each with a delivery id and a body of its own.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The size of a usual push with three commits.
const BODY_BYTES: usize = 7 * 1024;

/// Words of which messages are made, so that search has something to find.
const WORDS: [&str; 16] = [
    "refactor",
    "parser",
    "release",
    "database",
    "window",
    "signature",
    "timeout",
    "merge",
    "branch",
    "quickly",
    "remove",
    "unused",
    "listener",
    "socket",
    "template",
    "webhook",
];

/// A push as JSON text; `number` makes it unlike every other.
pub fn body(number: u64) -> String {
    let mut text = format!(
        r#"{{"ref":"refs/heads/main","before":"{number:040x}","after":"{:040x}","repository":{{"id":186853002,"name":"creel","full_name":"acme/creel","private":false,"html_url":"https://github.com/acme/creel"}},"pusher":{{"name":"jane","email":"jane@example.com"}},"commits":["#,
        number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    );
    let mut at = number;
    while text.len() < BODY_BYTES - 400 {
        at = at.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let word = |shift: u32| WORDS[(at >> shift) as usize % WORDS.len()];
        text.push_str(&format!(
            r#"{{"id":"{at:040x}","message":"{} the {} of the {}, number {number}","timestamp":"2026-11-21T08:00:00Z","author":{{"name":"Jane Doe","email":"jane@example.com"}},"added":["src/{}.rs"],"removed":[],"modified":["src/{}/mod.rs"]}},"#,
            word(20), word(28), word(36), word(44), word(52)
        ));
    }
    text.pop();
    text.push_str(&format!(r#"],"filling":"{}"}}"#, "x".repeat(BODY_BYTES.saturating_sub(text.len() + 14))));
    text
}

/// The hex HMAC-SHA256 of `message`.
pub fn hmac(secret: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

/// A whole request for `path`, ready for the socket.
pub fn post(path: &str, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    [head.as_bytes(), b"\r\n", body.as_bytes()].concat()
}

/// A delivery of GitHub's for `/hooks/bench`.
pub fn request(secret: &str, number: u64) -> Vec<u8> {
    let body = body(number);
    let headers = [
        ("X-GitHub-Event", "push".to_owned()),
        ("X-GitHub-Delivery", format!("{:08x}-bench-{number}", number.wrapping_mul(0x9E37_79B9))),
        ("X-GitHub-Hook-ID", "1".to_owned()),
        ("X-Hub-Signature-256", format!("sha256={}", hmac(secret, body.as_bytes()))),
    ];
    post("/hooks/bench", &headers, &body)
}

/// `count` requests, numbered on from `next`, which is moved.
pub fn requests(secret: &str, next: &mut u64, count: usize) -> Vec<Vec<u8>> {
    let from = *next;
    *next += count as u64;
    (from..*next).map(|number| request(secret, number)).collect()
}
