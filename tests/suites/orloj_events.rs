//! What windows hear of Orloj's run tasks: each one that is made, and nothing where none is.

use creel_tests::{Connection, Creel, Request};
use serde_json::json;

use crate::orloj::{guide, path, send};

/// The messages until one that the test itself causes, by a list of this name.
fn heard_until(creel: &Creel, stream: &mut Connection, mark: &str) -> Vec<String> {
    let list = creel.rpc("list_create", json!({ "name": mark }))["id"].as_str().unwrap().to_owned();
    let mut heard = Vec::new();
    loop {
        let line = stream.read_line_with("data:").expect("the stream goes on");
        if line.contains(&list) {
            return heard;
        }
        heard.push(line);
    }
}

fn told(heard: &[String]) -> usize {
    heard.iter().filter(|line| line.contains(r#"{"resources":"Task"}"#)).count()
}

#[test]
fn a_run_task_is_told_when_it_is_made_and_a_duplicate_tells_none() {
    let creel = Creel::start();
    guide(&creel);
    let path = path(&creel, "report-generic-webhook");
    let mut stream = Connection::open(&creel.control).unwrap();
    let ask = Request::get("/events").header("Authorization", format!("Bearer {}", creel.token));
    stream.write(&ask.bytes(creel.control.trim_start_matches("http://"))).unwrap();
    stream.read_line_with("HTTP/1.1 200").expect("the stream is there");
    assert_eq!(send(&creel, &path, "evt-001", "{}").status, 202);
    assert_eq!(told(&heard_until(&creel, &mut stream, "after the first")), 1);
    assert_eq!(send(&creel, &path, "evt-001", "{}").json()["duplicate"], true);
    assert_eq!(told(&heard_until(&creel, &mut stream, "after the duplicate")), 0);
    assert_eq!(send(&creel, &path, "evt-002", "{}").status, 202);
    assert_eq!(told(&heard_until(&creel, &mut stream, "after the second")), 1);
}
