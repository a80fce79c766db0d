//! A page in the user's own browser whose name was made to point at this machine (`trust.md` T11, T12).

use std::process::Command;

use creel_tests::{Creel, tools};
use serde_json::json;

use crate::deliver::task_trigger;

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
  const image = new Image(); image.src = `http://evil.test:${receiver}/hooks/page`;
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
    // A picture is asked for with GET, and says nothing of the page it stands on.
    assert!(reasons.contains(&"from_browser"), "{reasons:?}");
    assert!(reasons.iter().all(|reason| ["from_browser", "method_not_allowed"].contains(reason)), "{reasons:?}");

    let direct = browse(creel.folder(), &format!("http://evil.test:{}/", port(&creel.control)));
    assert!(direct.contains("is not this listener"), "the listener itself, by that name, gives no page: {direct}");
}
