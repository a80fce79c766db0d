//! The shell tool under attack: what a sender writes is never read as a command, and what a command does is bounded.

use std::time::{Duration, Instant};

use creel_tests::{Creel, until};
use serde_json::{Value, json};

use crate::agents::ended;
use crate::agents_program::{approve, script};
use crate::octipus::deploy;
use crate::tools::{result, tool};

/// Sixty things that a shell, a word splitter or a file name pattern would act on.
const PAYLOADS: [&str; 60] = [
    "$(touch PWNED)",
    "`touch PWNED`",
    "; touch PWNED",
    "&& touch PWNED",
    "|| touch PWNED",
    "| touch PWNED",
    "& touch PWNED",
    "\ntouch PWNED\n",
    "\r\ntouch PWNED",
    "'; touch PWNED; '",
    "\"; touch PWNED; \"",
    "\\\"; touch PWNED",
    "\\'; touch PWNED",
    "'$(touch PWNED)'",
    "\"$(touch PWNED)\"",
    "'`touch PWNED`'",
    "${IFS}touch${IFS}PWNED",
    "$((1+1))",
    "${HOME}",
    "$HOME",
    "$0",
    "$$",
    "$@",
    "$*",
    "$#",
    "$?",
    "!!",
    "!touch",
    "*",
    "?",
    "[a-z]*",
    "~",
    "~root",
    "{a,b}",
    "{1..9}",
    "> PWNED",
    ">> PWNED",
    "< /etc/passwd",
    "<(touch PWNED)",
    "2>&1",
    "<<EOF\ntouch PWNED\nEOF",
    "-rf",
    "--help",
    "-n",
    "-e \\x41",
    "--",
    "#comment",
    "a b  c",
    " leading",
    "trailing ",
    "\ttab\t",
    "",
    "\\",
    "\\\\",
    "%s%n",
    "\u{202e}rtl",
    "\u{0}7",
    "é\u{301}",
    "🦀",
    "\u{1b}[31mred",
];

/// How a placeholder may stand in a command.
const PLACES: [&str; 4] =
    ["{{webhook.body.v}}", "\"{{webhook.body.v}}\"", "'{{webhook.body.v}}'", "\"{{webhook.body.v}}\"''"];

#[test]
fn sixty_payloads_reach_a_program_byte_for_byte_and_run_nothing() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let work = folder.path().join("work");
    std::fs::create_dir(&work).unwrap();
    let probe =
        script(folder.path(), "probe", "printf '%s;' \"$#\" \"$@\"; printf '%s' \"$CREEL_WEBHOOK_BODY_V\" > ../seen");
    let places: Vec<String> = PLACES.iter().map(|place| format!("[{{{{webhook.body.x}}}}]{place}")).collect();
    tool(
        &creel,
        "shell",
        "execute",
        json!({ "command": format!("cd {} && {probe} {}", work.display(), places.join(" ")) }),
    );
    deploy(&creel, r#"{"v":"first"}"#);
    ended(&creel, "failed");
    approve(&creel);
    let mut done = 0;
    for value in PAYLOADS {
        deploy(&creel, &json!({ "v": value, "x": "" }).to_string());
        if value.contains('\0') {
            let error = ended(&creel, "failed")["execution"]["error"].clone();
            assert!(error["message"].as_str().unwrap().contains("NUL byte"), "{error}");
            continue;
        }
        done += 1;
        until(&format!("the run of {value:?}"), || {
            Some(()).filter(|()| creel.executions(json!({ "status": ["succeeded"] })).len() == done)
        });
        let detail = ended(&creel, "succeeded");
        let expected = format!("4;{}", format!("[]{value};").repeat(4));
        assert_eq!(result(&detail)["output"], expected.trim_end_matches(['\r', '\n']), "{value:?}");
        assert_eq!(std::fs::read_to_string(folder.path().join("seen")).unwrap(), value, "{value:?}");
    }
    assert_eq!(std::fs::read_dir(&work).unwrap().count(), 0, "nothing else ran");
}

/// A shell hook with this command, approved; one delivery sent, and its end.
fn ran(creel: &Creel, command: &str, timeout_s: u32, status: &str) -> Value {
    tool(creel, "shell", "execute", json!({ "command": command, "timeout_s": timeout_s }));
    deploy(creel, r#"{"event":"deploy"}"#);
    let refused = ended(creel, "failed");
    approve(creel);
    creel.rpc("execution_retry", json!({ "id": refused["execution"]["id"] }));
    until("its end", || {
        let row = creel.rpc("execution_get", json!({ "id": refused["execution"]["id"] }));
        Some(row).filter(|row| row["execution"]["attempts"] == 2 && row["execution"]["status"] == status)
    })
}

#[test]
fn the_body_comes_on_standard_input_and_nothing_of_creels_is_in_the_environment() {
    let setup = creel_tests::Setup {
        environment: vec![("AWS_SECRET_ACCESS_KEY".to_owned(), "canary-aws".to_owned())],
        ..Default::default()
    };
    let creel = Creel::start_with(setup);
    let detail = ran(&creel, "cat; echo; env; ls -l /proc/self/fd", 10, "succeeded");
    let output = result(&detail)["output"].as_str().unwrap().to_owned();
    assert!(output.starts_with("{\"event\":\"deploy\"}\n"), "{output}");
    assert!(output.contains("CREEL_DELIVERY_ID=dlv_") && output.contains("CREEL_EXECUTION_ID=exe_"), "{output}");
    assert!(!output.contains("canary-aws") && !output.contains("CREEL_TEST_RUN"), "{output}");
    assert!(!output.contains("socket:") && !output.contains(".db"), "no socket and no file of Creel's: {output}");
}

#[test]
fn a_command_that_will_not_end_is_stopped_with_its_children() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let pids = folder.path().join("pids");
    let command = format!(
        "trap '' TERM; (trap '' TERM; echo $$ >> {0}; while :; do sleep 0.1; done) & echo $$ >> {0}; while :; do sleep 0.1; done",
        pids.display()
    );
    let start = Instant::now();
    let detail = ran(&creel, &command, 1, "failed");
    assert!(start.elapsed() < Duration::from_secs(30), "TERM after 1 s, KILL 5 s later: {:?}", start.elapsed());
    assert!(detail["execution"]["error"]["message"].as_str().unwrap().contains("within 1 s"), "{detail}");
    for pid in std::fs::read_to_string(pids).unwrap().lines() {
        until("the end of what it started", || (!std::path::Path::new(&format!("/proc/{pid}")).exists()).then_some(()));
    }
}

#[test]
fn a_flood_keeps_both_ends_and_creel_stays_small() {
    let creel = Creel::start();
    let detail = ran(&creel, "echo first; yes | head -c 50000000; echo last", 60, "succeeded");
    let log =
        detail["steps"].as_array().unwrap().iter().find(|step| step["name"] == "run" && step["ok"] == true).unwrap();
    let text = log["detail"].as_str().unwrap();
    assert!(
        text.starts_with("first\n") && text.ends_with("last\n") && text.contains("bytes left out"),
        "{}",
        text.len()
    );
    assert!(text.len() <= 64 * 1024);
    let status = std::fs::read_to_string(format!("/proc/{}/status", creel.pid())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().trim_end_matches(" kB");
    assert!(peak.parse::<u64>().unwrap() < 200_000, "peak {peak} kB");
}

#[test]
fn output_is_heard_while_it_runs_and_a_code_is_an_error() {
    let (creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let gate = folder.path().join("gate");
    tool(
        &creel,
        "shell",
        "execute",
        json!({ "command": format!("echo so far; while [ ! -e {} ]; do sleep 0.05; done; exit 7", gate.display()) }),
    );
    deploy(&creel, "{}");
    let id = ended(&creel, "failed")["execution"]["id"].clone();
    approve(&creel);
    creel.rpc("execution_retry", json!({ "id": id }));
    let detail = || creel.rpc("execution_get", json!({ "id": id }));
    until("partial output", || Some(()).filter(|()| detail()["live"] == "so far\n"));
    std::fs::write(gate, "").unwrap();
    let row = until("its end", || Some(detail()).filter(|row| row["execution"]["status"] == "failed"));
    assert!(row["execution"]["error"]["message"].as_str().unwrap().contains("ended with 7"), "{row}");
    assert!(row["execution"]["next_at"].is_null(), "never by itself again");
}

#[test]
fn a_crash_interrupts_a_command_and_does_not_start_it_again() {
    let (mut creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let ledger = folder.path().join("ledger");
    tool(&creel, "shell", "execute", json!({ "command": format!("echo x >> {}; exec sleep 20", ledger.display()) }));
    deploy(&creel, "{}");
    let id = ended(&creel, "failed")["execution"]["id"].clone();
    approve(&creel);
    creel.rpc("execution_retry", json!({ "id": id }));
    let runs = || std::fs::read_to_string(&ledger).unwrap_or_default();
    until("the command", || Some(()).filter(|()| runs() == "x\n"));
    creel.kill();
    creel.start_again();
    ended(&creel, "interrupted");
    assert_eq!(runs(), "x\n");
}

#[test]
fn what_a_command_started_ends_with_creel_even_when_creel_is_killed() {
    let (mut creel, folder) = (Creel::start(), tempfile::tempdir().unwrap());
    let pids = folder.path().join("pids");
    let command = format!(
        "trap '' TERM HUP INT; (trap '' TERM HUP; sleep 60) & echo $! >> {0}; sleep 60 & echo $! >> {0}; echo $$ >> {0}; wait",
        pids.display()
    );
    tool(&creel, "shell", "execute", json!({ "command": command }));
    deploy(&creel, "{}");
    let id = ended(&creel, "failed")["execution"]["id"].clone();
    approve(&creel);
    creel.rpc("execution_retry", json!({ "id": id }));
    let started = || std::fs::read_to_string(&pids).unwrap_or_default();
    until("the command and its children", || Some(()).filter(|()| started().lines().count() == 3));
    assert!(started().lines().all(creel_tests::tools::lives), "they run: {}", started());
    creel.kill();
    until("their end", || Some(()).filter(|()| !started().lines().any(creel_tests::tools::lives)));
    creel.start_again();
    ended(&creel, "interrupted");
}
