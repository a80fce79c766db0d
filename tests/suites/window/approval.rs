//! A command of a trigger: the page asks, and then a dialog of the system asks too. Only the dialog lets it run.

use std::process::Command;
use std::time::Duration;

use creel_tests::{Request, tools, until, wire};
use serde_json::json;

use super::desk::{Desk, Window, rpc};

/// Buttons of GTK's dialog lie in its last 40 pixels: the one that agrees in the left half, "Cancel" in the right.
#[derive(Clone, Copy)]
enum Press {
    Agree = 1,
    Cancel = 3,
}

/// The dialog's title.
const TITLE: &str = "Let this run\\?";

/// Waits for the dialog, keeps a picture of it, presses a button, and waits until it is gone.
fn answer(desk: &Desk, picture: &str, press: Press) {
    let found = || desk.xdotool(&["search", "--onlyvisible", "--name", TITLE]).filter(|ids| !ids.trim().is_empty());
    let ids = until("the dialog of the system", found);
    let id = ids.lines().next().unwrap();
    let shape = until("its place", || desk.xdotool(&["getwindowgeometry", "--shell", id]));
    let number = |name: &str| -> i32 {
        let line = shape.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("no {name} in {shape}")).parse().unwrap()
    };
    let x = number("X") + number("WIDTH") * (press as i32) / 4;
    let y = number("Y") + number("HEIGHT") - 20;
    let file = tools::out(&format!("{picture}.png"));
    let _ = Command::new("import").env("DISPLAY", &desk.name).args(["-window", "root"]).arg(file).status();
    // One that is not drawn yet misses the click; a click behind one that is gone would land on the page.
    let pressed = || {
        desk.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
        (0..50).find_map(|_| {
            // A look; the next click comes after a second of them.
            std::thread::sleep(Duration::from_millis(20));
            found().is_none().then_some(())
        })
    };
    until("the dialog to go", pressed);
}

async fn read_and_agree(window: &Window) {
    window.click("Read and approve…").await;
    window.click("Approve and run again").await;
}

#[test]
fn a_command_runs_only_once_it_is_agreed_to_in_a_dialog_of_the_system() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = Desk::start();
        let window = desk.open().await;
        window.see_text("127.0.0.1:").await;
        let app = desk.running();
        let file = desk.data_dir().join("it-ran");
        // A dialog that took its text as a format would fall over this command.
        let params = json!({ "command": format!("echo 'ran %s %n %n' > {}", file.display()) });
        let action = json!({ "execute_tool": { "tool": "shell", "action": "execute", "params": params } });
        let draft = json!({ "name": "Pull", "scheme": "github", "actions": [action] });
        let made = rpc(&app, "trigger_create", draft);
        let request = Request::post(made["row"]["path"].as_str().unwrap(), "{}");
        let sent = wire::send(&app[0], &request.github(made["secret"].as_str().unwrap(), "push", "one"));
        assert_eq!(sent.status, 202, "{}", sent.text());
        let failed = || {
            let rows = rpc(&app, "executions_list", json!({ "status": ["failed"] }));
            rows["items"][0]["id"].as_str().map(str::to_owned)
        };
        let id = until("the refused run", failed);

        window.go(&format!("#/executions/{id}")).await;
        read_and_agree(&window).await;
        answer(&desk, "window-approval", Press::Cancel);
        window.see_text("not agreed to in the dialog").await;
        window.picture("window-approval-refused").await;
        let waiting = || rpc(&app, "approvals_list", json!({}))[0]["approved_at"].clone();
        assert!(waiting().is_null(), "a no in the dialog is a no");
        window.click("Cancel").await;

        // What a script in the page could do: call the command without any click.
        let approval = rpc(&app, "approvals_list", json!({}))[0].clone();
        let input = json!({ "trigger_id": approval["trigger_id"], "command": approval["command"] });
        let script = format!(
            "window.__TAURI_INTERNALS__.invoke('rpc', {{ command: 'approval_give', input: {input} }}); return 1;"
        );
        window.ask(&script).await;
        answer(&desk, "window-approval-script", Press::Cancel);
        assert!(waiting().is_null() && !file.exists(), "no script agrees");

        read_and_agree(&window).await;
        answer(&desk, "window-approval-again", Press::Agree);
        let ran = || std::fs::read_to_string(&file).ok().filter(|text| !text.is_empty());
        assert_eq!(until("the command's file", ran), "ran %s %n %n\n");
        assert!(waiting().is_i64());
        window.close().await;
    });
}
