//! Schemes that sign the address, behind a proxy that writes another name into the request: what the user set up as the
//! public address counts, what a header claims does not.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use creel_tests::{Creel, Request, until, wire};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha1::Sha1;

const SECRET: &str = "12345678901234567890123456789012";
const FORM: &str = "Body=hello";

/// Twilio's signature: the address, then each field's name and value.
fn signature(address: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{address}Bodyhello").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn sms(path: &str, signature: &str) -> Request {
    let request = Request::new("POST", path).header("Content-Type", "application/x-www-form-urlencoded");
    request.header("X-Twilio-Signature", signature).header("Connection", "close").with_body(FORM)
}

/// A proxy that lets nobody know how it was called; its base address.
fn proxy(to: u16) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || pass_on(client, to));
        }
    });
    base
}

fn pass_on(mut client: TcpStream, to: u16) -> Option<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let named =
        |line: &&str| !["host:", "x-forwarded-host:"].iter().any(|name| line.to_ascii_lowercase().starts_with(name));
    let text = String::from_utf8(head).ok()?;
    let mut lines: Vec<_> = text.trim_end().split("\r\n").filter(named).collect();
    lines.insert(1, "Host: inside.example");
    let mut server = TcpStream::connect(("127.0.0.1", to)).ok()?;
    server.write_all(format!("{}\r\n\r\n", lines.join("\r\n")).as_bytes()).ok()?;
    let (mut from, mut into) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut into));
    let _ = std::io::copy(&mut server, &mut client);
    client.shutdown(Shutdown::Both).ok()
}

#[test]
fn the_own_public_address_counts_where_a_proxy_writes_another_name() {
    let creel = Creel::start();
    let to = creel.trigger(json!({ "name": "SMS", "slug": "sms", "scheme": "twilio", "secret": SECRET }));
    let port = creel_tests::free_port();
    let base = proxy(port);
    let own = json!({ "own": { "address": base, "port": port } });
    creel.rpc("tunnel_start", json!({ "kind": own, "ticked": [], "at_start": false }));
    until("the tunnel", || (creel.rpc("tunnel_get", json!({}))["now"]["state"] == "online").then_some(()));

    let sent = |signed_for: &str| wire::send(&base, &sms(&to.path, &signature(signed_for)));
    let good = sent(&format!("{base}{}", to.path));
    assert_eq!(good.status, 202, "{}", good.text());
    let newest = creel.deliveries("")[0].clone();
    assert_eq!((&newest["signature"], &newest["outcome"]), (&json!("valid"), &json!("accepted")));
    let shown = creel.rpc("delivery_signature", json!({ "id": newest["id"] }));
    assert_eq!(shown["valid"], true, "the nine steps see the same: {shown}");

    let foreign = format!("http://elsewhere.example{}", to.path);
    assert_eq!(sent(&foreign).status, 401, "an address that is not Creel's own");
    let claimed = sms(&to.path, &signature(&foreign)).header("X-Original-Host", "elsewhere.example");
    assert_eq!(wire::send(&base, &claimed.header("Forwarded", "host=elsewhere.example")).status, 401);
    assert_eq!(sent(&format!("{base}/hooks/another")).status, 401, "the path is signed too");
}

#[test]
fn the_typed_address_counts_also_after_a_restart() {
    let mut creel = Creel::start();
    let to = creel.trigger(json!({ "name": "SMS", "slug": "sms", "scheme": "twilio", "secret": SECRET }));
    let sent = |creel: &Creel| {
        let signed = signature(&format!("https://hooks.example.com{}", to.path));
        creel.deliver(&sms(&to.path, &signed)).status
    };
    assert_eq!(sent(&creel), 401);
    creel.rpc("github_address", json!({ "address": "https://hooks.example.com" }));
    assert_eq!(sent(&creel), 202);
    creel.terminate();
    creel.start_again();
    assert_eq!(sent(&creel), 202);
    creel.rpc("github_address", json!({ "address": "" }));
    assert_eq!(sent(&creel), 401);
}
