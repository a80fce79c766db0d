//! Octipus, PromptRails and OpenGate under 200 identical deliveries at once, and under `kill -9` in the middle: what each
//! contract's rule says happens, and happens exactly so often. (Orloj and OpShift have their own in `orloj_contract` and
//! `opshift_exactly_once`.)

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Mutex;

use creel_tests::{Connection, Creel, Request, Response, until};
use serde_json::{Value, json};

use crate::{deliver, octipus, promptrails};

/// Senders at once, and what each of them sends: 200 in all.
const SENDERS: u8 = 20;
const EACH: u32 = 10;
/// After so many answers in all comes a kill.
const KILLS: [usize; 3] = [13, 37, 71];

const BODY: &str = r#"{"message":"same","event":"deploy"}"#;

/// A connection whose caller's address is 127.0.9.`last`.
fn from_address(base: &str, last: u8) -> std::io::Result<Connection> {
    let host = base.trim_start_matches("http://").to_owned();
    let address: SocketAddr = host.parse().expect("an address with a port");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddrV4::new(Ipv4Addr::new(127, 0, 9, last), 0).into())?;
        socket.connect(address).await?.into_std()
    })?;
    stream.set_nonblocking(false)?;
    Connection::over(stream, host)
}

/// 200 requests at once; their answers.
fn at_once(creel: &Creel, address: impl Fn(u8) -> u8 + Sync, request: &(impl Fn() -> Request + Sync)) -> Vec<Response> {
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for sender in 0..SENDERS {
            let (answers, address) = (&answers, &address);
            scope.spawn(move || {
                let mut connection = from_address(&creel.receiver, address(sender)).unwrap();
                for _ in 0..EACH {
                    let answer = connection.send(&request()).unwrap();
                    answers.lock().unwrap().push(answer);
                }
            });
        }
    });
    answers.into_inner().unwrap()
}

/// Four senders, each from an address of its own, until `kill -9`, three times. The answers that came.
fn under_kills(creel: &mut Creel, request: impl Fn(&str) -> Request + Sync) -> Vec<(String, Response)> {
    let answered = Mutex::new(Vec::new());
    for (run, enough) in (0u8..).zip(KILLS) {
        std::thread::scope(|scope| {
            for sender in 0..4 {
                let (receiver, answered, request) = (creel.receiver.clone(), &answered, &request);
                scope.spawn(move || {
                    let Ok(mut connection) = from_address(&receiver, 100 + run * 4 + sender) else { return };
                    // PromptRails takes no more from one address; the others need no more either.
                    for n in 0..30 {
                        let name = format!("{run}-{sender}-{n}");
                        let Ok(answer) = connection.send(&request(&name)) else { return };
                        answered.lock().unwrap().push((name, answer));
                    }
                });
            }
            until("the load to be a load", || (answered.lock().unwrap().len() >= enough).then_some(()));
            creel.kill();
        });
        creel.start_again();
    }
    answered.into_inner().unwrap()
}

fn count(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn accepted(creel: &Creel) -> Vec<Value> {
    creel.deliveries("").into_iter().filter(|row| row["outcome"] == "accepted").collect()
}

/// What each answer says at this place.
fn named<'a>(answers: impl IntoIterator<Item = &'a Response>, at: &str) -> BTreeSet<String> {
    let of = |answer: &Response| {
        let body = answer.json();
        body.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("no {at} in {body}")).to_owned()
    };
    answers.into_iter().map(of).collect()
}

#[test]
fn octipus_two_hundred_with_one_delivery_id_run_each_hook_once() {
    let creel = Creel::start();
    let hooks = ["first", "second"].map(|name| octipus::hook(&creel, json!({ "name": name })));
    let request = || octipus::request("deploy", BODY, octipus::SECRET).header("X-GitHub-Delivery", "same");
    let answers = at_once(&creel, |_| 1, &request);
    assert_eq!((count(&answers, 202), count(&answers, 200)), (1, 199));
    let first = answers.iter().find(|answer| answer.status == 202).unwrap();
    assert_eq!(first.json(), json!({ "received": true, "accepted": true, "hooks": 2 }));
    let mut ran: Vec<Value> = creel.executions(json!({})).iter().map(|row| row["trigger_name"].clone()).collect();
    ran.sort_by_key(Value::to_string);
    assert_eq!(ran, ["first", "second"], "one run a hook: {hooks:?}");
}

#[test]
fn octipus_two_hundred_at_once_run_a_hook_no_more_often_than_it_may() {
    let creel = Creel::start();
    octipus::hook(&creel, json!({ "maxExecutions": 3 }));
    let answers = at_once(&creel, |_| 1, &|| octipus::request("deploy", BODY, octipus::SECRET));
    assert_eq!(count(&answers, 202), 200, "a gate stops the run, not the delivery");
    let filtered = creel.deliveries("").iter().filter(|row| row["outcome"] == "filtered").count();
    assert_eq!((accepted(&creel).len(), filtered), (3, 197));
}

#[test]
fn octipus_a_kill_in_the_middle_leaves_one_run_for_each_delivery_id() {
    let mut creel = Creel::start();
    octipus::hook(&creel, json!({}));
    let request = |id: &str| octipus::request("deploy", BODY, octipus::SECRET).header("X-GitHub-Delivery", id);
    let answered = under_kills(&mut creel, request);
    assert!(answered.iter().all(|(_, answer)| answer.status == 202));
    let kept = accepted(&creel);
    let ids: BTreeSet<&str> = kept.iter().filter_map(|row| row["event_id"].as_str()).collect();
    assert_eq!(ids.len(), kept.len(), "no id was taken twice");
    assert_eq!(creel.executions(json!({ "limit": 500 })).len(), kept.len(), "a delivery and its run are one");
    let mut connection = Connection::open(&creel.receiver).unwrap();
    for (id, _) in answered.iter().take(60) {
        let again = connection.send(&request(id)).unwrap();
        assert_eq!(again.json(), json!({ "received": true, "duplicate": true }), "{id}");
    }
}

#[test]
fn promptrails_two_hundred_at_once_are_two_hundred_executions_and_one_address_gets_thirty() {
    let creel = Creel::start();
    let agent = promptrails::agent(&creel, Value::Null);
    let token = promptrails::trigger(&creel, &agent, json!({})).token;
    let request = || promptrails::request(BODY).header("Authorization", format!("Bearer {token}"));
    let executions = || creel.manage(Request::get("/api/v1/executions?limit=1")).json()["meta"]["total"].clone();
    let answers = at_once(&creel, |sender| 10 + sender, &request);
    assert_eq!(count(&answers, 201), 200, "nothing says that two equal payloads are one");
    assert_eq!(named(&answers, "/data/id").len(), 200, "each answer names an execution of its own");
    assert_eq!(executions(), 200);
    let answers = at_once(&creel, |_| 9, &request);
    assert_eq!((count(&answers, 201), count(&answers, 429)), (30, 170), "30 a minute from one address");
    assert_eq!(executions(), 230);
}

#[test]
fn promptrails_a_kill_in_the_middle_keeps_each_answered_execution_and_makes_no_other() {
    let mut creel = Creel::start();
    let agent = promptrails::agent(&creel, Value::Null);
    let token = promptrails::trigger(&creel, &agent, json!({})).token;
    let request = |_: &str| promptrails::request(BODY).header("Authorization", format!("Bearer {token}"));
    let answered = under_kills(&mut creel, request);
    let answered = named(answered.iter().map(|(_, answer)| answer), "/data/id");
    let mut ids = BTreeSet::new();
    for page in 1.. {
        let rows = creel.rpc("agent_executions_list", json!({ "limit": 100, "page": page }))["items"].clone();
        ids.extend(rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        if rows.as_array().unwrap().len() < 100 {
            break;
        }
    }
    assert!(answered.is_subset(&ids), "{:?}", answered.difference(&ids).collect::<Vec<_>>());
    assert_eq!(ids.len(), accepted(&creel).len(), "a delivery and its execution are one");
}

#[test]
fn opengate_two_hundred_identical_bodies_at_once_are_two_hundred_tasks() {
    let creel = Creel::start();
    let endpoint = opengate(&creel);
    let request = || Request::post(&endpoint.path, BODY).opengate(&endpoint.secret);
    let answers = at_once(&creel, |_| 1, &request);
    let tasks: BTreeSet<String> = creel.tasks().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!((count(&answers, 200), tasks.len()), (200, 200));
    assert_eq!(named(&answers, "/task_id"), tasks, "each answer names a task of its own, which is there");
    let marked = creel.deliveries("").iter().filter(|row| row["identical_body"] == true).count();
    assert_eq!(marked, 199, "all but the first are marked");
}

#[test]
fn opengate_a_kill_in_the_middle_keeps_each_answered_task_and_makes_no_other() {
    let mut creel = Creel::start();
    let endpoint = opengate(&creel);
    let answered = under_kills(&mut creel, |_| Request::post(&endpoint.path, BODY).opengate(&endpoint.secret));
    let answered = named(answered.iter().map(|(_, answer)| answer), "/task_id");
    let tasks: BTreeSet<String> = creel.tasks().iter().map(|task| task["id"].as_str().unwrap().to_owned()).collect();
    assert!(answered.is_subset(&tasks), "{:?}", answered.difference(&tasks).collect::<Vec<_>>());
    assert_eq!(tasks.len(), accepted(&creel).len(), "a delivery and its task are one");
}

fn opengate(creel: &Creel) -> creel_tests::creel::Endpoint {
    let actions = json!([deliver::make_task(creel, "{{payload.message}}")]);
    creel.trigger(json!({ "name": "Deploys", "contract": "opengate", "actions": actions }))
}
