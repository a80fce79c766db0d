//! ngrok's crate against an edge on loopback: signing on, deliveries through its streams, a broken line, another address, a
//! stop from the dashboard.

use creel_tests::ngrok_edge::NgrokEdge;
use creel_tests::{Creel, Request, until};
use serde_json::{Value, json};

use crate::tunnel_ways::{STRANGER, Way, now, wait_for};

/// On the allowlist.
const FRIEND: &str = "203.0.113.7";

fn kind(edge: &NgrokEdge) -> Value {
    json!({ "ngrok": { "server": edge.server, "server_ca": edge.ca } })
}

fn online() -> (Creel, NgrokEdge) {
    let (creel, edge) = (Creel::start(), NgrokEdge::start(&format!("{STRANGER}:40000")));
    creel.rpc("tunnel_token", json!({ "token": "tok_secret_1" }));
    creel.rpc("tunnel_start", json!({ "kind": kind(&edge) }));
    wait_for(&creel, "online");
    (creel, edge)
}

/// For the suites over all kinds of tunnels.
pub fn way() -> (Way, NgrokEdge) {
    let (creel, edge) = online();
    (Way { public: edge.url(), creel, sshd: None }, edge)
}

#[test]
fn a_delivery_comes_through_with_its_callers_address_and_no_header_changes_it() {
    let (creel, edge) = online();
    assert_eq!(edge.tokens(), ["tok_secret_1"]);
    assert_eq!(now(&creel)["address"], edge.url().as_str());
    let listed = json!({ "name": "listed", "slug": "listed", "scheme": "github", "ip_allowlist": [FRIEND] });
    let endpoint = creel.trigger(listed);
    let push =
        |id: &str| Request::post(&endpoint.path, format!("{{\"id\":\"{id}\"}}")).github(&endpoint.secret, "push", id);
    let send = |request: &Request| creel_tests::wire::send(&edge.url(), request).status;
    for name in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"] {
        assert_eq!(send(&push(name).header(name, FRIEND)), 403, "{name}");
    }
    assert_eq!(creel.deliveries("")[0]["peer"], STRANGER);
    edge.caller(&format!("[::ffff:{FRIEND}]:40001"));
    assert_eq!(send(&push("friend")), 202);
    assert_eq!(creel.deliveries("")[0]["peer"], FRIEND);
    // One stream is one caller's: a second request on it is somebody else's for all that is known.
    let mut connection = creel_tests::Connection::open(&edge.url()).unwrap();
    let first = connection.send(&push("one")).unwrap();
    assert_eq!((first.status, first.header("Connection")), (202, Some("close")));
    edge.caller("no address");
    assert_eq!(send(&push("nobody")), 403, "what cannot be read is no address");
}

#[test]
fn a_broken_line_is_noticed_and_another_address_is_followed() {
    let (creel, edge) = online();
    let before = edge.url();
    edge.moves();
    edge.breaks();
    let back = until("the tunnel to be back", || {
        Some(now(&creel)).filter(|now| now["state"] == "online" && now["address"] == edge.url().as_str())
    });
    assert_eq!(back["address_before"], before.as_str());
    assert_eq!(back["outages"].as_array().unwrap().len(), 1, "{back}");
    assert!(edge.tokens().len() >= 2, "it signed on again");
}

#[test]
fn a_stop_from_the_dashboard_ends_it_until_the_user_starts_it() {
    let (creel, edge) = online();
    assert_eq!(edge.stops_agent(), json!({}), "the agent agrees");
    let stopped = wait_for(&creel, "needs_you");
    assert_eq!(stopped["last_error"]["message"], "the tunnel was stopped in ngrok's dashboard");
    assert_eq!(edge.tokens().len(), 1, "it does not sign on by itself");
}

#[test]
fn a_restart_or_an_update_from_the_dashboard_is_refused_and_nothing_happens() {
    let (creel, edge) = online();
    for answer in [edge.restarts_agent(), edge.updates_agent()] {
        assert!(
            answer["Error"].as_str().is_some_and(|error| !error.is_empty()),
            "nobody outside restarts Creel: {answer}"
        );
    }
    creel.rpc("tunnel_check", json!({}));
    let now = now(&creel);
    assert_eq!((&now["state"], edge.tokens().len()), (&json!("online"), 1), "{now}");
    assert_eq!(
        creel_tests::wire::send(&edge.url(), &Request::post("/hooks/nobody", "{}")).status,
        404,
        "it still leads here"
    );
}

#[test]
fn an_endpoint_that_ngrok_ends_is_told_with_its_reason() {
    let (creel, edge) = online();
    edge.ends_endpoint("The endpoint was ended by your account's policy.", "ERR_NGROK_3021");
    let ended = wait_for(&creel, "needs_you");
    let said = "ngrok closed the tunnel (ERR_NGROK_3021): The endpoint was ended by your account's policy.";
    assert_eq!(ended["last_error"]["message"], said);
    assert_eq!(edge.tokens().len(), 1, "it does not sign on by itself");
}

#[test]
fn a_wrong_token_a_taken_domain_and_an_untrusted_server_are_told_apart() {
    let (creel, edge) = (Creel::start(), NgrokEdge::start(STRANGER));
    creel.rpc("tunnel_token", json!({ "token": "wrong" }));
    edge.refuses(Some("The authtoken you specified is not valid.\nERR_NGROK_105"));
    creel.rpc("tunnel_start", json!({ "kind": kind(&edge) }));
    let refused = wait_for(&creel, "needs_you");
    let said = "ngrok does not accept the authtoken (ERR_NGROK_105): The authtoken you specified is not valid.";
    assert_eq!(refused["last_error"]["message"], said);
    assert!(refused["last_error"]["hint"].as_str().unwrap().contains("paste the token"), "{refused}");

    edge.refuses(Some("The endpoint is already online.\nERR_NGROK_334"));
    creel.rpc("tunnel_start", json!({ "kind": kind(&edge) }));
    let taken = wait_for(&creel, "waiting");
    let said = "the address is taken (ERR_NGROK_334): The endpoint is already online.";
    assert_eq!(taken["last_error"]["message"], said);

    let stranger = NgrokEdge::start(STRANGER);
    let untrusted = json!({ "ngrok": { "server": stranger.server, "server_ca": edge.ca } });
    creel.rpc("tunnel_start", json!({ "kind": untrusted }));
    let waiting = wait_for(&creel, "waiting");
    let said = waiting["last_error"]["message"].as_str().unwrap_or_default().to_owned();
    assert!(said.starts_with("the certificate of ngrok's server is not trusted"), "{said}");
    assert!(stranger.tokens().is_empty(), "nobody untrusted sees the token");

    // The token is nowhere to be read.
    let shown = format!("{}{}", creel.rpc("tunnel_get", json!({})), creel.rpc("tunnels_list", json!({})));
    assert!(!shown.contains("wrong\"") && !creel.log().contains("wrong"), "{shown}");
}
