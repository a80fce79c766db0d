//! A deleted trigger comes back: the same id, address and secret.

use creel_tests::Creel;
use serde_json::json;

use crate::deliver::signed;

#[test]
fn a_deleted_trigger_comes_back_with_its_secret() {
    let creel = Creel::start();
    let endpoint = creel.trigger(json!({ "name": "Deploys", "slug": "deploys", "scheme": "github" }));
    let id = json!({ "id": endpoint.id });
    creel.rpc("trigger_delete", id.clone());
    assert_eq!(creel.deliver(&signed("github", &endpoint, "a", b"{}")).status, 404);
    let other = creel.trigger(json!({ "name": "Other", "slug": "deploys", "scheme": "github" }));
    assert_eq!(creel.try_rpc("trigger_restore", id.clone()).json()["code"], "conflict", "its address is taken");
    creel.rpc("trigger_delete", json!({ "id": other.id }));
    assert_eq!(creel.rpc("trigger_restore", id.clone())["trigger"]["id"], id["id"]);
    assert_eq!(creel.deliver(&signed("github", &endpoint, "b", b"{}")).status, 202);
    let twice = creel.try_rpc("trigger_restore", id).json();
    assert_eq!((&twice["code"], twice["hint"].is_string()), (&json!("not_found"), true), "{twice}");
}
