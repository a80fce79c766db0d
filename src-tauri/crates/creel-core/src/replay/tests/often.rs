//! A delivery sent many times: how far it is, and the way to stop it.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::bench::{Bench, SECRET, Slow};
use crate::error::ErrorCode;

async fn to_a_slow_one(bench: &Bench, slow: &Slow, times: u32) -> Value {
    let (_, path) = bench.trigger(json!({"name": "Pushes", "scheme": "github", "secret": SECRET})).await;
    let id = bench.push(&path).await;
    let target = json!({"url": format!("http://{}/", slow.address)});
    bench.call("replay_send", json!({"delivery_id": id, "target": target, "times": times, "in_background": true})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sending_is_told_as_it_comes_back_up_to_the_end() {
    let (bench, slow) = (Bench::new().await, Slow::new().await);
    let mut sent = to_a_slow_one(&bench, &slow, 3).await;
    assert_eq!((&sent["times"], &sent["results"], &sent["ended"]), (&json!(3), &json!([]), &json!(false)), "{sent}");
    for seen in 0..3 {
        slow.gate.add_permits(1);
        sent = bench.call("replay_progress", json!({"id": sent["id"], "seen": seen})).await;
        assert_eq!(sent["results"].as_array().unwrap().len(), seen + 1, "{sent}");
    }
    sent = bench.call("replay_progress", json!({"id": sent["id"], "seen": 3})).await;
    assert_eq!(sent["ended"], true);
    assert!(sent["results"].as_array().unwrap().iter().all(|one| one["answer"]["status"] == 204), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_it_at_once_and_what_came_back_stays_known() {
    let (bench, slow) = (Bench::new().await, Slow::new().await);
    let sent = to_a_slow_one(&bench, &slow, 100).await;
    slow.gate.add_permits(2);
    let mut seen = 0;
    while seen < 2 {
        let more = bench.call("replay_progress", json!({"id": sent["id"], "seen": seen})).await;
        seen = more["results"].as_array().unwrap().len();
    }
    let stopped = bench.call("replay_stop", json!({"id": sent["id"]})).await;
    assert_eq!((stopped["results"].as_array().unwrap().len(), &stopped["ended"]), (2, &json!(true)), "{stopped}");
    assert!(slow.asked.load(Ordering::Relaxed) <= 3, "two answered, one given up");
    assert_eq!(bench.call("replay_progress", json!({"id": sent["id"]})).await, stopped);
    let unknown = bench.refused("replay_stop", json!({"id": "rpl_nope"})).await;
    assert_eq!((unknown.code, unknown.message.as_str()), (ErrorCode::NotFound, "no replay rpl_nope"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_at_once_is_refused_until_one_has_ended() {
    let (bench, slow) = (Bench::new().await, Slow::new().await);
    let (_, path) = bench.trigger(json!({"name": "Pushes", "scheme": "github", "secret": SECRET})).await;
    let id = bench.push(&path).await;
    let draft = json!({
        "delivery_id": id, "target": {"url": format!("http://{}/", slow.address)}, "times": 9, "in_background": true,
    });
    let first = bench.call("replay_send", draft.clone()).await;
    for _ in 0..3 {
        bench.call("replay_send", draft.clone()).await;
    }
    let error = bench.refused("replay_send", draft.clone()).await;
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Conflict, "4 replays are being sent already"));
    bench.call("replay_stop", json!({"id": first["id"]})).await;
    bench.call("replay_send", draft).await;
}
