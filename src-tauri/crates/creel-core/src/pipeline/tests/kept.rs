//! What is found again afterwards: by a search, page by page, after retention and after a start.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_by_words_columns_values_and_their_negation() {
    let bench = Bench::new().await;
    let made = with_task(&bench, json!({"name": "Pushes", "scheme": "github", "secret": "0123456789abcdef"})).await;
    let path = made["row"]["path"].as_str().unwrap();
    for (id, body) in [("1", r#"{"who":"jane","n":1}"#), ("2", r#"{"who":"disk full at john's","n":20}"#)] {
        let headers = [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", id)];
        bench.send(path, "github", "0123456789abcdef", body, &headers).await;
    }
    bench.send(path, "github", "wrong-secret-wrong", "{}", &[("X-GitHub-Event", "ping")]).await;
    bench.app.index_now().await.unwrap();
    for (q, count) in [
        ("", 3),
        ("\"disk full\"", 1),
        ("full disk", 1),
        ("!full", 2),
        ("sig:bad", 1),
        ("event:push", 2),
        ("!event:push", 1),
        ("source:github status:>=400", 1),
        ("body.n:>5", 1),
        ("body.who:jane", 1),
        ("header.x-github-delivery:2", 1),
        ("trigger:pushes outcome:accepted", 2),
        ("after:1h", 3),
        ("before:1h", 0),
        ("is:replay", 0),
        ("path:/hooks/*", 3),
    ] {
        // A page ends when its time is up, on a busy machine with fewer than it could hold.
        let (mut found, mut after) = (0, Value::Null);
        loop {
            let list = bench.call("deliveries_list", json!({"q": q, "after": after})).await;
            found += list["page"]["items"].as_array().unwrap().len();
            after = list["page"]["next"].clone();
            if after.is_null() {
                break;
            }
        }
        assert_eq!(found, count, "{q}");
    }
    assert_eq!(bench.refused("deliveries_list", json!({"q": "sgi:bad"})).await.code, crate::error::ErrorCode::BadQuery);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_without_gap_or_overlap() {
    let bench = Bench::new().await;
    for n in 0..25 {
        bench.send_raw(&format!("/nowhere/{n}"), vec![], "x").await;
    }
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let found = bench.call("deliveries_list", json!({"limit": 10, "after": after})).await["page"].clone();
        seen.extend(found["items"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap().to_owned()));
        after = found["next"].clone();
        if after.is_null() {
            break;
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|n| format!("/nowhere/{n}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_deletes_by_count_and_age_and_leaves_pinned_ones() {
    let bench = Bench::new().await;
    let made = with_task(&bench, json!({"name": "Pushes", "scheme": "github", "secret": "0123456789abcdef"})).await;
    let path = made["row"]["path"].as_str().unwrap();
    for n in 0..6 {
        let id = n.to_string();
        bench.send(path, "github", "0123456789abcdef", &format!("{{\"n\":{n}}}"), &[("X-GitHub-Delivery", &id)]).await;
    }
    let rows = || async { bench.call("deliveries_list", json!({})).await["page"]["items"].as_array().unwrap().clone() };
    let oldest = rows().await.last().unwrap()["id"].clone();
    bench.call("delivery_pin", json!({"id": oldest, "pinned": true})).await;
    let mut settings = bench.call("settings_get", json!({})).await;
    settings["retention"] = json!({"days": 0, "deliveries": 3, "megabytes": 0});
    bench.call("settings_set", settings.clone()).await;
    // The counts reach their table when the writer has nothing else to do.
    while bench.call("status", json!({})).await["deliveries"] != 6 {
        tokio::task::yield_now().await;
    }
    crate::retention::sweep(&bench.app).await.unwrap();
    let kept: Vec<_> = rows().await.iter().map(|row| row["event_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kept, ["5", "4", "0"], "the newest and the pinned one");
    settings["retention"] = json!({"days": 1, "deliveries": 0, "megabytes": 0});
    bench.call("settings_set", settings).await;
    bench.clock.shift_ms(2 * 86_400_000);
    crate::retention::sweep(&bench.app).await.unwrap();
    assert_eq!(rows().await.len(), 1, "two days later only the pinned one is left");
    assert_eq!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().len(), 6, "tasks stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_and_sets_nothing_off() {
    let bench = Bench::new().await;
    let made = with_task(&bench, json!({"name": "Pushes", "scheme": "github", "secret": "0123456789abcdef"})).await;
    let path = made["row"]["path"].as_str().unwrap();
    let headers = [("X-GitHub-Event", "ping"), ("X-GitHub-Delivery", "1")];
    assert_eq!(bench.send(path, "github", "0123456789abcdef", r#"{"zen":"x"}"#, &headers).await.0, 202);
    let delivery = bench.newest().await;
    assert_eq!((&delivery["outcome"], &delivery["event"]), (&json!("accepted"), &json!("ping")));
    assert!(bench.call("tasks_list", json!({})).await["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_is_still_seen_after_a_start() {
    let bench = Bench::new().await;
    let made = with_task(&bench, json!({"name": "Pushes", "scheme": "github", "secret": "0123456789abcdef"})).await;
    let path = made["row"]["path"].as_str().unwrap().to_owned();
    let headers = [("X-GitHub-Delivery", "1")];
    assert_eq!(bench.send(&path, "github", "0123456789abcdef", DEPLOY, &headers).await.1["duplicate"], false);
    let bench = bench.again().await;
    assert_eq!(bench.send(&path, "github", "0123456789abcdef", DEPLOY, &headers).await.1["duplicate"], true);
    assert_eq!(bench.newest().await["seq"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_told_and_leaves_the_search_index() {
    let bench = Bench::new().await;
    let mut events = bench.app.events.subscribe();
    for word in ["salmon", "trout"] {
        bench.send_raw("/nowhere", vec![], word).await;
    }
    bench.app.index_now().await.unwrap();
    let id = bench.newest().await["id"].clone();
    bench.call("deliveries_delete", json!({"ids": [id]})).await;
    let told = loop {
        if let crate::events::Event::DeliveriesDeleted(ids) = events.recv().await.unwrap() {
            break ids;
        }
    };
    assert_eq!(json!(told), json!([id]));
    bench.app.index_now().await.unwrap();
    let index = crate::store::search_index::open(&bench.app.store.search_file()).unwrap();
    let found = |word: &str| -> i64 {
        index.query_row("SELECT COUNT(*) FROM bodies_0 WHERE bodies_0 MATCH ?1", [word], |row| row.get(0)).unwrap()
    };
    assert_eq!((found("salmon"), found("trout")), (1, 0));
}
