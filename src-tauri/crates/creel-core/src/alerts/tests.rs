//! Rules over alerts, and the grouping over a store.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::ids::RandomIds;
use crate::store::{Store, alerts, meta, occurrences};

fn rules(value: Value) -> Vec<FilterRule> {
    serde_json::from_value(value).unwrap()
}

fn row(field: &str, operator: &str, value: Value, kind: &str) -> Value {
    json!({ "field": field, "operator": operator, "value": value, "type": kind })
}

fn body() -> AlertBody {
    let body = json!({ "title": "Deploy failed", "severity": "sev2", "a.b": "dotted",
        "metadata": { "branch": "dev", "tries": 10, "big": 9_007_199_254_740_993_u64, "live": true, "tags": ["x", "y"],
            "none": null } });
    read_body(&body.to_string().into()).unwrap()
}

fn judged(rule: Value) -> Judgement {
    let rules = rules(json!([rule]));
    validate(&rules).unwrap();
    judge(&rules, &body(), None)
}

#[test]
fn each_operator_drops_with_the_reason_in_words() {
    for (field, operator, value, kind, reason) in [
        ("metadata.branch", "ne", json!("main"), "string", Some("metadata.branch != main")),
        ("metadata.branch", "eq", json!("dev"), "string", Some("metadata.branch == dev")),
        ("metadata.branch", "eq", json!("Dev"), "string", None),
        ("metadata.missing", "ne", json!("x"), "string", Some("metadata.missing != x")),
        ("metadata.missing", "eq", json!(""), "string", None),
        ("metadata.tries", "eq", json!("10.0"), "number", Some("metadata.tries == 10.0")),
        ("metadata.tries", "eq", json!("10.0"), "string", None),
        ("metadata.tries", "gt", json!(9), "number", Some("metadata.tries > 9")),
        ("metadata.tries", "gt", json!(10), "number", None),
        ("metadata.tries", "gte", json!(10), "number", Some("metadata.tries >= 10")),
        ("metadata.tries", "lt", json!(10.5), "number", Some("metadata.tries < 10.5")),
        ("metadata.tries", "lte", json!(9), "number", None),
        ("metadata.big", "gt", json!(9_007_199_254_740_992_u64), "number", Some("metadata.big > 9007199254740992")),
        ("metadata.branch", "gt", json!(1), "number", None),
        ("metadata.live", "eq", json!(true), "boolean", Some("metadata.live == true")),
        ("metadata.live", "ne", json!(false), "boolean", Some("metadata.live != false")),
        ("title", "co", json!("failed"), "string", Some("title contains failed")),
        ("metadata.tags", "co", json!("x"), "string", Some("metadata.tags contains x")),
        ("metadata.tags", "nc", json!("z"), "string", Some("metadata.tags does not contain z")),
        ("title", "sw", json!("Deploy"), "string", Some("title starts with Deploy")),
        ("title", "ew", json!("failed"), "string", Some("title ends with failed")),
        ("title", "re", json!("^Dep.*ed$"), "string", Some("title matches ^Dep.*ed$")),
        ("title", "re", json!("^failed"), "string", None),
        ("title", "re", json!(r"^\w+ \w+$"), "string", Some(r"title matches ^\w+ \w+$")),
        ("metadata.none", "ex", json!(null), "string", Some("metadata.none exists")),
        ("metadata.missing", "ex", json!(null), "string", None),
        ("metadata.missing", "nx", json!(null), "string", Some("metadata.missing does not exist")),
        ("metadata.tags.1", "eq", json!("y"), "string", Some("metadata.tags.1 == y")),
        ("a.b", "eq", json!("dotted"), "string", Some("a.b == dotted")),
        ("severity", "eq", json!("sev2"), "string", Some("severity == sev2")),
    ] {
        let rule = json!({ "rules": [row(field, operator, value, kind)], "effect": "drop" });
        let expected = reason.map_or(Judgement::Raise(Severity::Sev2), |reason| Judgement::Suppress(reason.to_owned()));
        assert_eq!(judged(rule), expected, "{field} {operator}");
    }
}

#[test]
fn rows_combine_as_all_any_and_none() {
    let (yes, no) = (row("title", "co", json!("Deploy"), "string"), row("metadata.tries", "gt", json!(99), "number"));
    let suppressed = |reason: &str| Judgement::Suppress(reason.to_owned());
    let rule = |mode: &str, rows: Vec<&Value>| json!({ "match": mode, "rules": rows, "effect": "drop" });
    assert_eq!(judged(rule("all", vec![&yes, &yes])), suppressed("title contains Deploy and title contains Deploy"));
    assert_eq!(judged(rule("all", vec![&yes, &no])), Judgement::Raise(Severity::Sev2));
    assert_eq!(judged(rule("any", vec![&no, &yes])), suppressed("title contains Deploy"));
    assert_eq!(judged(rule("any", vec![&no, &no])), Judgement::Raise(Severity::Sev2));
    assert_eq!(judged(rule("none", vec![&no])), suppressed("metadata.tries <= 99"));
    assert_eq!(judged(rule("none", vec![&no, &yes])), Judgement::Raise(Severity::Sev2));
}

#[test]
fn a_severity_is_the_rules_else_the_bodys_else_the_webhooks_else_sev3() {
    let plain = read_body(&br#"{"title":"t"}"#.as_slice().into()).unwrap();
    assert_eq!(judge(&[], &plain, None), Judgement::Raise(Severity::Sev3));
    assert_eq!(judge(&[], &plain, Some(Severity::Sev1)), Judgement::Raise(Severity::Sev1));
    assert_eq!(judge(&[], &body(), Some(Severity::Sev1)), Judgement::Raise(Severity::Sev2));
    let raise =
        json!({ "rules": [row("severity", "eq", json!("sev3"), "string")], "effect": "severity", "severity": "sev0" });
    let drop = json!({ "rules": [row("severity", "eq", json!("sev0"), "string")], "effect": "drop" });
    assert_eq!(judge(&rules(json!([drop, raise])), &plain, None), Judgement::Raise(Severity::Sev0), "in order");
    assert_eq!(judge(&rules(json!([raise, drop])), &plain, None), Judgement::Suppress("severity == sev0".to_owned()));
}

#[test]
fn rules_that_cannot_work_are_refused_by_place() {
    let one = |row: Value| json!([{ "rules": [row], "effect": "drop" }]);
    for (given, field) in [
        (json!([{ "rules": [], "effect": "drop" }]), "filter_rules.0.rules"),
        (
            json!([{ "rules": [row("a", "ex", json!(null), "string")], "effect": "severity" }]),
            "filter_rules.0.severity",
        ),
        (one(row("", "eq", json!("x"), "string")), "filter_rules.0.rules.0.field"),
        (one(row("a", "gt", json!("x"), "number")), "filter_rules.0.rules.0.value"),
        (one(row("a", "gt", json!("1"), "string")), "filter_rules.0.rules.0.type"),
        (one(row("a", "co", json!(1), "number")), "filter_rules.0.rules.0.type"),
        (one(row("a", "eq", json!("yes"), "boolean")), "filter_rules.0.rules.0.value"),
        (one(row("a", "eq", json!(["x"]), "string")), "filter_rules.0.rules.0.value"),
        (one(row("a", "re", json!("(("), "string")), "filter_rules.0.rules.0.value"),
        (one(row("a", "re", json!("(\\w{1,500}){1,500}"), "string")), "filter_rules.0.rules.0.value"),
    ] {
        let refused = validate(&rules(given.clone())).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{given}: {refused}");
    }
}

/// A store whose time stands still.
struct Desk {
    store: Arc<Store>,
    clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(UnixMs(1_795_219_200_000)));
        let time: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        Self { store: Arc::new(Store::open(folder.path(), time).unwrap()), clock, _folder: folder }
    }

    fn plan(&self, title: &str, key: Option<&str>, severity: Severity) -> AlertPlan {
        AlertPlan {
            id: AlertId::new(&RandomIds, self.clock.now()),
            webhook: TriggerId::from("trg_1"),
            title: title.to_owned(),
            description: String::new(),
            severity,
            group_key: key.map(str::to_owned),
            reopen_hours: 24,
        }
    }

    async fn raise(&self, plan: AlertPlan) -> Result<Raised, QuotaExhausted> {
        self.store.write(move |turn| raise(turn.db, turn.now, plan, &DeliveryId::from("dlv_1"))).await.unwrap()
    }

    async fn said(&self, title: &str, key: Option<&str>) -> (How, i64) {
        let raised = self.raise(self.plan(title, key, Severity::Sev3)).await.unwrap();
        (raised.how, raised.alert.occurrence_count)
    }

    async fn resolve(&self, id: AlertId) {
        let change = move |turn: &mut crate::store::Turn<'_>| {
            let alert = alerts::get(turn.db, &id)?.unwrap();
            let done = Alert { status: AlertStatus::Resolved, resolved_at: Some(turn.now), ..alert };
            alerts::update(turn.db, &done, None)
        };
        self.store.write(change).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_the_key_or_the_title_at_its_webhook() {
    let desk = Desk::new();
    assert_eq!(desk.said("a", Some("k")).await, (How::Created, 1));
    assert_eq!(desk.said("another title", Some("k")).await, (How::Added, 2), "identical keys fold");
    assert_eq!(desk.said("k", None).await, (How::Created, 1), "a title is no key");
    assert_eq!(desk.said("k", None).await, (How::Added, 2));
    let elsewhere = |key| AlertPlan { webhook: TriggerId::from("trg_2"), ..desk.plan("k", key, Severity::Sev3) };
    assert_eq!(desk.raise(elsewhere(None)).await.unwrap().how, How::Created, "a title counts at its webhook");
    assert_eq!(desk.raise(elsewhere(Some("k"))).await.unwrap().how, How::Added, "a key counts in the whole team");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolved_alert_opens_again_within_its_window_and_not_after() {
    let desk = Desk::new();
    let first = desk.raise(desk.plan("a", None, Severity::Sev2)).await.unwrap().alert;
    desk.resolve(first.id.clone()).await;
    desk.clock.shift_ms(24 * 3_600_000);
    let again = desk.raise(desk.plan("a", None, Severity::Sev4)).await.unwrap();
    assert_eq!((again.how, again.alert.occurrence_count, &again.alert.id), (How::Reopened, 2, &first.id));
    assert_eq!(
        (again.alert.status, again.alert.severity, again.alert.resolved_at),
        (AlertStatus::Open, Severity::Sev4, None)
    );
    desk.resolve(first.id.clone()).await;
    desk.clock.shift_ms(24 * 3_600_000 + 1);
    let after = desk.raise(desk.plan("a", None, Severity::Sev3)).await.unwrap();
    assert_eq!((after.how, after.alert.occurrence_count), (How::Created, 1));
    assert_ne!(after.alert.id, first.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_alert_keeps_the_worst_severity_and_every_occurrence() {
    let desk = Desk::new();
    for severity in [Severity::Sev3, Severity::Sev1, Severity::Sev4] {
        desk.raise(desk.plan("a", None, severity)).await.unwrap();
    }
    let (alert, rows) = desk
        .store
        .read(|db| {
            let alert = alerts::page(db, Some(AlertStatus::Open), i64::MAX, 10)?.remove(0);
            let rows = occurrences::page(db, alert.seq, None, 10)?;
            Ok((alert, rows))
        })
        .await
        .unwrap();
    assert_eq!((alert.severity, alert.occurrence_count), (Severity::Sev1, 3));
    let said: Vec<_> = rows.iter().map(|row| (row.number, row.severity)).collect();
    assert_eq!(said, [(3, Severity::Sev4), (2, Severity::Sev1), (1, Severity::Sev3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_are_one_alert_with_the_right_count() {
    let desk = Arc::new(Desk::new());
    let all = (0..200).map(|_| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move { desk.said("same", None).await })
    });
    let mut counts = Vec::new();
    let mut created = 0;
    for one in all.collect::<Vec<_>>() {
        let (how, count) = one.await.unwrap();
        created += i32::from(how == How::Created);
        counts.push(count);
    }
    counts.sort_unstable();
    assert_eq!((created, counts), (1, (1..=200).collect::<Vec<i64>>()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monthly_quota_refuses_until_the_month_is_over() {
    let desk = Desk::new();
    let plan = || desk.plan("a", None, Severity::Sev3);
    let quota =
        async |most| desk.store.write(move |turn| Ok(meta::set_number(turn.db, PER_MONTH, most)?)).await.unwrap();
    quota(2).await;
    assert!(desk.raise(plan()).await.is_ok() && desk.raise(plan()).await.is_ok());
    assert_eq!(desk.raise(plan()).await, Err(QuotaExhausted { seconds_left: 10 * 86_400 }));
    quota(0).await;
    assert!(desk.raise(plan()).await.is_ok(), "0 is no quota");
    quota(2).await;
    desk.clock.shift_ms(10 * 86_400_000);
    assert!(desk.raise(plan()).await.is_ok(), "a new month");
}

/// Fills the tables as many groups with ten occurrences each would.
fn fill(db: &Connection, groups: i64) {
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO alerts (id, group_digest, webhook, severity, status, occurrence_count, first_at, last_at, title, description)
         SELECT 'filled' || i, randomblob(16), 'trg_1', 'sev3', 'open', 10, 1, 1, 'Deploy failed: service ' || i, '' FROM n",
        [groups],
    )
    .unwrap();
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
         INSERT INTO occurrences (number, at, severity, delivery_id, earlier)
         SELECT n.i, 1, 'sev3', 'dlv_1', NULL FROM n, alerts a WHERE a.id LIKE 'filled%'",
        [],
    )
    .unwrap();
}

/// Steps of SQLite's machine that one more occurrence takes.
fn steps(db: &mut Connection, plan: AlertPlan) -> i64 {
    let steps = Arc::new(AtomicI64::new(0));
    let counted = Arc::clone(&steps);
    db.progress_handler(1, Some(move || counted.fetch_add(1, Ordering::Relaxed) < 0)).unwrap();
    raise(db, UnixMs(1), plan, &DeliveryId::from("dlv_1")).unwrap().unwrap();
    db.progress_handler(0, None::<fn() -> bool>).unwrap();
    steps.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_occurrence_costs_the_same_among_a_hundred_thousand_groups_and_a_million_occurrences() {
    let desk = Desk::new();
    desk.store.close();
    let mut db = Connection::open(desk.store.path().join("creel.db")).unwrap();
    let plan = || desk.plan("measured", None, Severity::Sev3);
    steps(&mut db, plan());
    let alone = steps(&mut db, plan());
    fill(&db, 100_000);
    let among = steps(&mut db, plan());
    assert!(alone > 50, "the steps are counted: {alone}");
    assert!(among <= alone + 5, "{alone} steps alone, {among} among a hundred thousand groups");
}
