//! A page in the user's own browser whose name was made to point at this machine (`trust.md` T11, T12).

use std::process::Command;

use creel_tests::{Creel, Request, tools};
use serde_json::json;

use crate::deliver::{self, task_trigger};

/// Debian's browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// What the page finds out: it asks for everything that would be worth having, and writes down what it gets.
const PAGE: &str = r#"<!doctype html><pre id="found">nothing</pre><script>
const ask = async (what, url, options) => {
  try { const answer = await fetch(url, options); return `${what}=${answer.status}`; }
  catch (error) { return `${what}=unreadable`; }
};
(async () => {
  const port = CONTROL, receiver = RECEIVER;
  const found = [
    await ask('rpc', `http://evil.test:${port}/rpc/status`, { method: 'POST', body: '{}', mode: 'no-cors' }),
    await ask('token', `http://evil.test:${port}/api/triggers`, { headers: { 'X-API-Key': 'TOKEN' } }),
    await ask('page', `http://evil.test:${port}/`),
    await ask('hook', `http://evil.test:${receiver}/hooks/page`, { method: 'POST', body: '{}', mode: 'no-cors' }),
    await ask('direct', `http://127.0.0.1:${receiver}/hooks/page`, { method: 'POST', body: '{}', mode: 'no-cors' }),
  ];
  for (const hook of ['page', 'get']) new Image().src = `http://evil.test:${receiver}/hooks/${hook}`;
  navigator.sendBeacon(`http://evil.test:${receiver}/hooks/page`, '{}');
  document.getElementById('found').textContent = 'found ' + found.join(' ');
})();
</script>"#;

/// The page as Chromium leaves it, every name `evil.test` being this machine.
fn browse(folder: &std::path::Path, url: &str) -> String {
    let mut command = Command::new(CHROMIUM);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP evil.test 127.0.0.1"]);
    command.arg(format!("--user-data-dir={}", folder.join("browser").display()));
    command.args(["--virtual-time-budget=8000", "--dump-dom", url]);
    creel_tests::creel::isolate(&mut command, folder);
    String::from_utf8_lossy(&tools::run(&mut command).stdout).into_owned()
}

#[test]
fn a_name_that_was_made_to_point_here_reaches_nothing() {
    if !std::path::Path::new(CHROMIUM).exists() {
        println!("skipped: needs chromium (apt-get install chromium)");
        return;
    }
    let creel = Creel::start();
    task_trigger(&creel, "page", "none", json!({}));
    task_trigger(&creel, "get", "none", json!({ "methods": ["GET", "POST"] }));
    let port = |base: &str| base.rsplit(':').next().unwrap().to_owned();
    // The page comes from the very port it attacks: same origin, so that nothing but the name stands between.
    let page = PAGE
        .replace("CONTROL", &port(&creel.control))
        .replace("RECEIVER", &port(&creel.receiver))
        .replace("TOKEN", &creel.token);
    let site = creel_tests::Recorder::start(move |_, stream| {
        creel_tests::recorder::plain(stream, 200, &[("Content-Type", "text/html")], page.as_bytes())
    });
    let seen = browse(creel.folder(), &format!("http://evil.test:{}/", site.port));
    assert!(seen.contains("found "), "the page ran: {seen}");
    for (what, bad) in [("token", "token=200"), ("page", "page=200"), ("hook", "hook=200"), ("direct", "direct=202")] {
        assert!(!seen.contains(bad), "{what}: {seen}");
    }
    assert_eq!(creel.tasks().len(), 0, "nothing was set off");
    let refused = creel.deliveries("");
    let reasons: Vec<_> = refused.iter().map(|row| row["reason_code"].as_str().unwrap()).collect();
    // A picture is asked for with GET, and says nothing of the page it stands on but the name in `Host`.
    assert!(reasons.contains(&"from_browser"), "{reasons:?}");
    assert!(reasons.iter().all(|reason| ["from_browser", "method_not_allowed"].contains(reason)), "{reasons:?}");
    let picture = refused.iter().find(|row| row["path"] == "/hooks/get").expect("the picture was asked for");
    assert!(picture["reason"].as_str().unwrap().contains("the Host evil.test:"), "{picture}");

    let direct = browse(creel.folder(), &format!("http://evil.test:{}/", port(&creel.control)));
    assert!(direct.contains("is not this listener"), "the listener itself, by that name, gives no page: {direct}");
}

/// What a trigger without a signature answers to `GET` under this name; `PORT` is the receiver's.
fn asked_as(creel: &Creel, host: &str) -> u16 {
    let host = host.replace("PORT", creel.receiver.rsplit(':').next().unwrap());
    creel.deliver(&Request::get("/hooks/get").header("Host", host)).status
}

#[test]
fn a_trigger_without_a_signature_is_reached_by_this_machines_names_and_through_a_tunnel() {
    let creel = Creel::start();
    task_trigger(&creel, "get", "none", json!({ "methods": ["GET"] }));
    for host in ["127.0.0.1:PORT", "localhost:PORT", "[::1]:PORT", "0.0.0.0:PORT", "192.168.1.7:PORT"] {
        assert_eq!(asked_as(&creel, host), 202, "{host}");
    }
    for tunnel in ["abc.ngrok-free.app", "bore.pub:31337", "localhost"] {
        assert_eq!(asked_as(&creel, tunnel), 202, "{tunnel}");
    }
    let taken = creel.tasks().len();
    assert_eq!(asked_as(&creel, "hooks.test:PORT"), 403);
    assert_eq!(creel.tasks().len(), taken, "what is refused sets nothing off");
    let mut settings = creel.rpc("settings_get", json!({}));
    settings["host_names"] = json!(["hooks.test"]);
    creel.rpc("settings_set", settings);
    assert_eq!(asked_as(&creel, "hooks.test:PORT"), 202, "a name that the user has set");
    assert_eq!(asked_as(&creel, "evil.test:PORT"), 403);
}

#[test]
fn a_signed_trigger_is_reached_by_any_name() {
    let creel = Creel::start();
    let trigger = task_trigger(&creel, "signed", "github", json!({}));
    let port = creel.receiver.rsplit(':').next().unwrap();
    let request = deliver::signed("github", &trigger, "1", b"{}").header("Host", format!("my.example:{port}"));
    assert_eq!(creel.deliver(&request).status, 202);
}
