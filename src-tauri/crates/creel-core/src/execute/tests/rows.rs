//! How rows move, without a dispatcher in between.

use super::*;
use crate::store::queue::{self, Claimed, Ending, Room};
use crate::store::{Turn, recover, retention};

async fn claim(bench: &Bench, free: usize) -> Claimed {
    let room = Room { epoch: 1, free, ..Room::default() };
    bench.store.write(move |turn| queue::claim(turn, &room)).await.unwrap()
}

async fn finish(bench: &Bench, job: &Job, ending: Ending) -> Option<Execution> {
    let job = job.clone();
    bench.store.write(move |turn| queue::finish(turn, &job, &ending, &[])).await.unwrap()
}

fn no() -> ApiError {
    ApiError::new(ErrorCode::Upstream, "no")
}

#[tokio::test]
async fn a_row_is_claimed_when_it_is_due_and_not_a_millisecond_before() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let first = claim(&bench, 1).await;
    assert_eq!((first.jobs.len(), first.rows[0].status), (1, ExecutionStatus::Running));
    finish(&bench, &first.jobs[0], Ending::Again(no(), NOW.plus_ms(5_000))).await.unwrap();
    bench.clock.shift_ms(4_999);
    let early = claim(&bench, 1).await;
    assert_eq!((early.jobs.len(), early.next_due), (0, Some(NOW.plus_ms(5_000))));
    bench.clock.shift_ms(1);
    assert_eq!(claim(&bench, 1).await.jobs[0].attempt, 2);
}

#[tokio::test]
async fn the_longest_due_come_first_whatever_their_lane() {
    let bench = Bench::new().await;
    bench.queue("b.example", 1, 1, 8).await;
    bench.queue("a.example", 2, 1, 8).await;
    bench.queue("c.example", 3, 1, 8).await;
    let order: Vec<_> = claim(&bench, 3).await.jobs.into_iter().map(|job| job.id).collect();
    assert_eq!(order, [exe(1), exe(2), exe(3)]);
}

#[tokio::test]
async fn a_trigger_has_no_more_at_once_than_it_may_and_holds_nobody_up() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 50, 8).await;
    bench.queue_of("trg_2", "a.example", 51, 2).await;
    let room = Room { epoch: 1, free: 4, left_of: [(TriggerId::from("trg_1"), 1)].into(), ..Room::default() };
    let claimed = bench.store.write(move |turn| queue::claim(turn, &room)).await.unwrap();
    let order: Vec<_> = claimed.jobs.into_iter().map(|job| job.id).collect();
    assert_eq!(order, [exe(1), exe(51), exe(52)], "one of the bounded trigger, then the other one's");
    let room = Room { epoch: 1, free: 4, left_of: [(TriggerId::from("trg_1"), 0)].into(), ..Room::default() };
    let claimed = bench.store.write(move |turn| queue::claim(turn, &room)).await.unwrap();
    assert!(claimed.jobs.is_empty(), "{:?}", claimed.jobs);
}

#[tokio::test]
async fn each_kind_has_its_own_number_at_once() {
    let bench = Bench::new().await;
    for (nth, lane) in (0i64..).zip(["a.example", "tools", "agents", "notify", ""]) {
        bench.queue(lane, 1 + nth * 10, 10, 8).await;
    }
    let at_once = crate::settings::AtOnce { all: 64, host: 5, tools: 3, agents: 2, pipelines: 4 };
    let room = Room { epoch: 1, free: 64, at_once, ..Room::default() };
    let claimed = bench.store.write(move |turn| queue::claim(turn, &room)).await.unwrap();
    let count = |lane: &str| claimed.jobs.iter().filter(|job| job.lane == lane).count();
    assert_eq!(["a.example", "tools", "agents", "notify", ""].map(count), [5, 3, 2, 1, 4]);
}

#[tokio::test]
async fn an_attempt_that_lost_its_row_changes_nothing() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let stale = claim(&bench, 1).await.jobs.remove(0);
    bench.store.write(|turn| queue::cancel(turn, &exe(1), None)).await.unwrap();
    assert_eq!(finish(&bench, &stale, Ending::Succeeded("{}".to_owned())).await, None, "it was cancelled");
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Cancelled);
    bench.store.write(|turn| queue::retry(turn, &exe(1))).await.unwrap();
    let fresh = claim(&bench, 1).await.jobs.remove(0);
    assert_eq!(finish(&bench, &stale, Ending::Failed(no())).await, None, "another attempt runs");
    let foreign = Job { epoch: 2, ..fresh.clone() };
    assert_eq!(finish(&bench, &foreign, Ending::Failed(no())).await, None, "another Creel's lease");
    assert!(finish(&bench, &fresh, Ending::Failed(no())).await.is_some());
}

#[tokio::test]
async fn opening_the_queue_raises_the_epoch_and_names_what_it_took_up() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 2, 8).await;
    claim(&bench, 1).await;
    let first = bench.store.write(|turn| recover::recover(turn)).await.unwrap();
    let second = bench.store.write(|turn| recover::recover(turn)).await.unwrap();
    assert_eq!((first.epoch, second.epoch), (1, 2));
    let taken: Vec<_> = first.rows.into_iter().map(|row| (row.id, row.status)).collect();
    assert_eq!(taken, [(exe(1), ExecutionStatus::Queued)]);
    assert!(second.rows.is_empty(), "nothing ran in between");
}

#[tokio::test]
async fn what_ran_at_a_crash_runs_one_at_a_time_and_holds_up_nobody() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 3, 8).await;
    claim(&bench, 3).await;
    bench.queue("a.example", 4, 2, 8).await;
    bench.store.write(|turn| recover::recover(turn)).await.unwrap();
    let ids = |claimed: &Claimed| claimed.jobs.iter().map(|job| (job.id.clone(), job.suspect)).collect::<Vec<_>>();
    let first = claim(&bench, 4).await;
    assert_eq!(ids(&first), [(exe(1), true), (exe(4), false), (exe(5), false)]);
    let room = Room { epoch: 1, free: 4, suspect_runs: true, ..Room::default() };
    let second = bench.store.write(move |turn| queue::claim(turn, &room)).await.unwrap();
    assert!(second.jobs.is_empty(), "one suspect runs");
    finish(&bench, &first.jobs[0], Ending::Failed(no())).await.unwrap();
    assert_eq!(ids(&claim(&bench, 4).await), [(exe(2), true)]);
}

#[tokio::test]
async fn an_execution_whose_delivery_was_deleted_leaves_nothing_behind() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let job = claim(&bench, 1).await.jobs.remove(0);
    let seq = |turn: &Turn<'_>| deliveries::get(turn.db, &DeliveryId::from("dlv_1")).map(|found| found.unwrap().seq);
    bench.store.write(move |turn| Ok(retention::delete(turn, &[seq(turn)?])?)).await.unwrap();
    assert_eq!(finish(&bench, &job, Ending::Succeeded("{}".to_owned())).await, None);
}
