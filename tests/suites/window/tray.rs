//! The tray icon's menu, as a panel reads it: the tunnel's state in words, its address to copy, start and stop.

use creel_tests::tray::Tray;
use serde_json::json;

use super::desk::{Desk, Window, rpc};

const COPY: &str = "Copy Public Address";

/// What a paste brings into the page.
async fn pasted(window: &Window) -> String {
    window.go("#/inbox").await;
    let field = window.see("//input[@aria-label='Search deliveries']").await;
    field.click().await.unwrap();
    field.send_keys("\u{e009}v").await.unwrap();
    let value = "return document.querySelector('[aria-label=\"Search deliveries\"]').value;";
    window.until(value).await
}

#[test]
fn the_tray_says_how_the_tunnel_stands_and_copies_its_address() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tray = Tray::start();
    let desk = Desk::beside(&tray.environment());
    let window = runtime.block_on(desk.open());
    runtime.block_on(window.see_text("127.0.0.1:"));
    tray.wait_for(&[("Tunnel: Off", false), (COPY, false), ("Set Up a Tunnel", true), ("Copy Address", true)]);
    tray.choose("Set Up a Tunnel");
    runtime.block_on(window.see("//h2[normalize-space(.)='Public address']"));

    let (app, port) = (desk.running(), creel_tests::free_port());
    let address = format!("127.0.0.1:{port}");
    let own = json!({ "own": { "address": format!("http://{address}"), "port": port } });
    rpc(&app, "tunnel_start", json!({ "kind": own, "ticked": [], "at_start": false }));
    let copy = format!("{COPY} ({address})");
    tray.wait_for(&[("Tunnel: Online (your own address)", false), (&copy, true), ("Stop Tunnel", true)]);
    runtime.block_on(window.see(&format!("//header//code[normalize-space(.)='{address}']")));
    runtime.block_on(window.picture("window-tray-online"));
    tray.choose(&copy);
    let text = runtime.block_on(pasted(&window));
    assert_eq!(text, format!("http://{address}"), "what the menu copied is what a paste brings");

    tray.choose("Stop Tunnel");
    tray.wait_for(&[("Tunnel: Off", false), (COPY, false), ("Start Tunnel (your own address)", true)]);
    runtime.block_on(window.see(&format!("//header[not(descendant::code[normalize-space(.)='{address}'])]")));
    tray.choose("Start Tunnel (your own address)");
    tray.wait_for(&[("Tunnel: Online (your own address)", false), (&copy, true), ("Stop Tunnel", true)]);
    runtime.block_on(window.close());
}
