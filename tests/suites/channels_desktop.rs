//! Channels on the desktop: shown by a desktop on a private bus, or told that nobody shows anything.

use creel_tests::{Creel, Notifications, Setup};
use serde_json::json;

use crate::agents::ended;
use crate::channels::{code, notifies};
use crate::octipus::deploy;

fn beside(desktop: &Notifications) -> Creel {
    Creel::start_with(Setup { environment: desktop.environment(), ..Setup::default() })
}

#[test]
fn a_notification_shows_the_code_and_then_the_messages_as_text() {
    let desktop = Notifications::start();
    let creel = beside(&desktop);
    let channel = creel.rpc("channel_link", json!({ "name": "Desk", "kind": "desktop" }));
    let shown = desktop.wait_for(0);
    assert_eq!(shown.app, "Creel");
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code(&shown.body) }));
    notifies(&creel, json!({}));
    deploy(&creel, r#"{"event":"<a href='https://x'>&\u202e\u001b[31m"}"#);
    assert_eq!(
        desktop.wait_for(1).body,
        "Webhook received: &lt;a href='https://x'&gt;&amp;[31m",
        "a desktop that reads markup gets none from a payload"
    );
    deploy(&creel, &json!({ "event": "e".repeat(5_000) }).to_string());
    let long = desktop.wait_for(2).body;
    assert_eq!((long.chars().count(), long.ends_with('…')), (256, true));
    ended(&creel, "succeeded");
}

#[test]
fn where_nobody_shows_notifications_that_is_said() {
    let mut desktop = Notifications::nobody();
    let creel = beside(&desktop);
    let refused = creel.try_rpc("channel_link", json!({ "name": "Desk", "kind": "desktop" }));
    assert_eq!(refused.status, 502, "{}", refused.text());
    assert!(refused.text().contains("nobody shows notifications on this desktop"), "{}", refused.text());
    assert!(refused.text().contains("has to run in a desktop session"), "{}", refused.text());
    desktop.turn(true);
    let channel = creel.rpc("channels_list", json!({}))[0].clone();
    let refused = creel.try_rpc("channel_send_code", json!({ "id": channel["id"] }));
    assert!(refused.text().contains("do not disturb"), "{}", refused.text());
    desktop.turn(false);
    creel.rpc("channel_send_code", json!({ "id": channel["id"] }));
    creel.rpc("channel_verify", json!({ "id": channel["id"], "code": code(&desktop.wait_for(0).body) }));

    let alone = Creel::start();
    let refused = alone.try_rpc("channel_link", json!({ "name": "Desk", "kind": "desktop" }));
    assert!(refused.text().contains("nobody shows notifications"), "no bus at all: {}", refused.text());
    let refused = alone.try_rpc("channel_link", json!({ "name": "Other", "kind": "desktop", "secret": "x" }));
    assert_eq!((refused.status, &refused.json()["field"]), (422, &json!("secret")));
}
