//! A file is saved where the person says in a dialog of the system, and nowhere else.

use creel_tests::{tools, until};
use serde_json::json;

use super::desk::{Desk, Window, rpc};

/// The dialog's title.
const TITLE: &str = "Save the file";

/// The dialog once it is drawn, with a picture of it.
fn dialog(desk: &Desk, picture: &str) -> String {
    let found = || desk.xdotool(&["search", "--sync", "--onlyvisible", "--name", TITLE]);
    let ids = until("the dialog of the system", || found().filter(|ids| !ids.trim().is_empty()));
    let file = tools::out(&format!("{picture}.png"));
    let _ =
        std::process::Command::new("import").env("DISPLAY", &desk.name).args(["-window", "root"]).arg(file).status();
    ids.lines().next().unwrap().to_owned()
}

/// Presses keys in the dialog until it is gone: one that is not drawn yet takes none.
fn press(desk: &Desk, dialog: &str, keys: &[&[&str]]) {
    until("the dialog to go", || {
        desk.xdotool(&["windowfocus", "--sync", dialog]);
        keys.iter().for_each(|key| drop(desk.xdotool(key)));
        // A look; the keys come again after a second of them.
        (0..50).find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            let open = desk.xdotool(&["search", "--onlyvisible", "--name", TITLE]);
            open.is_none_or(|ids| ids.trim().is_empty()).then_some(())
        })
    });
}

async fn save(window: &Window) {
    window.click("Save as a file, byte for byte").await;
}

#[test]
fn a_body_is_saved_byte_for_byte_where_the_person_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = Desk::start();
        let window = desk.open().await;
        window.see_text("127.0.0.1:").await;
        let app = desk.running();
        rpc(&app, "send_test", json!({}));
        let id = until("the delivery", || {
            let list = rpc(&app, "deliveries_list", json!({ "q": "", "limit": 1 }));
            list["page"]["items"][0]["id"].as_str().map(str::to_owned)
        });
        let bytes = rpc(&app, "delivery_get", json!({ "id": id }))["delivery"]["bytes"].as_u64().unwrap();
        window.go(&format!("#/inbox/{id}/body")).await;

        save(&window).await;
        let open = dialog(&desk, "window-save");
        press(&desk, &open, &[&["key", "Escape"]]);
        assert!(!window.has_text("Saved as").await, "who says no gets no file");

        let file = desk.data_dir().join("as sent.json");
        let path = file.display().to_string();
        save(&window).await;
        let open = dialog(&desk, "window-save-again");
        press(&desk, &open, &[&["key", "ctrl+a"], &["type", &path], &["key", "Return"]]);
        window.see_text("Saved as").await;
        window.picture("window-saved").await;
        let saved = std::fs::read(&file).unwrap();
        assert_eq!(saved.len() as u64, bytes);
        assert!(serde_json::from_slice::<serde_json::Value>(&saved).is_ok_and(|push| push["repository"].is_object()));
        window.close().await;
    });
}
