//! The key to the secrets in the system's keychain: found again, missed, never made twice (`trust.md` 5.6, R25).

use creel_tests::keyring::State;
use creel_tests::{Creel, Keyring, Setup};
use serde_json::json;

use crate::deliver::{newest, signed, task_trigger};

fn started(keyring: &Keyring) -> Creel {
    let arguments = vec!["--secrets".into(), "keychain".into()];
    Creel::start_with(Setup { arguments, environment: keyring.environment(), ..Setup::default() })
}

/// Nothing of the key lies in the data folder.
fn has_no_key_file(creel: &Creel) {
    let files = std::fs::read_dir(creel.data_dir()).unwrap().flatten();
    let names: Vec<_> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.contains("key")), "{names:?}");
}

#[test]
fn the_key_is_in_the_keychain_and_found_again_after_a_start() {
    let Some(keyring) = Keyring::open() else { return };
    let mut creel = started(&keyring);
    assert_eq!(creel.rpc("status", json!({}))["secrets_store"], "keychain");
    let endpoint = task_trigger(&creel, "kept", "github", json!({}));
    assert_eq!(creel.deliver(&signed("github", &endpoint, "1", b"{\"title\":\"a\"}")).status, 202);
    assert_eq!(creel.terminate().0, Some(0));
    creel.start_again();
    assert_eq!(creel.deliver(&signed("github", &endpoint, "2", b"{\"title\":\"b\"}")).status, 202);
    has_no_key_file(&creel);
}

#[test]
fn without_its_keychain_it_answers_503_makes_no_second_key_and_is_well_when_it_is_back() {
    let Some(mut keyring) = Keyring::open() else { return };
    let mut creel = started(&keyring);
    let endpoint = task_trigger(&creel, "missed", "github", json!({}));
    for (n, state) in [State::Gone, State::Locked, State::Emptied].into_iter().enumerate() {
        assert_eq!(creel.terminate().0, Some(0));
        keyring.turn(state);
        creel.start_again();
        let answer = creel.deliver(&signed("github", &endpoint, &format!("away-{n}"), b"{\"title\":\"a\"}"));
        assert_eq!(answer.status, 503, "{state:?}: neither taken nor called forged: {}", answer.text());
        assert!(answer.header("Retry-After").is_some(), "{state:?}: the sender is to come again");
        assert_eq!(newest(&creel)["reason_code"], "secret_unavailable", "{state:?}");
        let status = creel.rpc("status", json!({}));
        assert!(status["trouble"][0]["message"].as_str().unwrap().contains("keychain"), "{state:?}: {status}");
        let new = json!({ "name": "new", "scheme": "github", "secret": "0123456789abcdef" });
        assert_eq!(
            creel.try_rpc("trigger_create", new).status,
            503,
            "{state:?}: a secret that cannot be sealed is not kept"
        );
        has_no_key_file(&creel);
    }
    assert_eq!(creel.terminate().0, Some(0));
    keyring.fill_again();
    creel.start_again();
    assert_eq!(creel.deliver(&signed("github", &endpoint, "back", b"{\"title\":\"b\"}")).status, 202);
    assert_eq!(creel.tasks().len(), 1);
}
