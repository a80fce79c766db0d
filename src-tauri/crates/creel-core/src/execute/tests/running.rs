//! Claim, run, write down, try again, cancel.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::execute::Effected;
use crate::execute::dispatch::{FLOOD, TURN};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_queued_executions_are_run_once_each() {
    let bench = Bench::new().await;
    for host in 0..10 {
        bench.queue(&format!("h{host}.example"), host * 20, 20, 8).await;
    }
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let executor = bench
        .start(Script::new(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Ran::Done("{}".to_owned()) }
        }))
        .await;
    bench.until_count(ExecutionStatus::Succeeded, 200).await;
    executor.stop().await;
    assert_eq!(runs.load(Ordering::SeqCst), 200);
}

/// Bounds that a test changes while the queue runs.
struct Switch(Arc<std::sync::atomic::AtomicBool>);

impl BoundsSource for Switch {
    fn now(&self) -> Bounds {
        Bounds { paused: self.0.load(Ordering::SeqCst), ..Bounds::default() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_while_all_is_paused_and_everything_does_afterwards() {
    let bench = Bench::new().await;
    let paused = Arc::new(std::sync::atomic::AtomicBool::new(true));
    bench.queue("a.example", 1, 3, 8).await;
    let executor = bench.start_within(Script::done(), Switch(Arc::clone(&paused))).await;
    // A retry is a change of the same queue: once it is answered, the dispatcher was asked and had its chance.
    bench.queue("b.example", 4, 1, 8).await;
    executor.cancel(&exe(4)).await.unwrap();
    executor.retry(&exe(4)).await.unwrap();
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Queued);
    paused.store(false, Ordering::SeqCst);
    executor.wake();
    bench.until_count(ExecutionStatus::Succeeded, 4).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_later_runs_when_the_executor_is_woken() {
    let bench = Bench::new().await;
    let executor = bench.start(Script::done()).await;
    bench.queue("a.example", 1, 1, 8).await;
    executor.wake();
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!((row.attempts, row.started_at, row.finished_at), (1, Some(NOW), Some(NOW)));
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_goes_in_turns_while_many_senders_wait_and_stands_still_for_none() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let flood: Vec<_> = (0..FLOOD).map(|_| bench.store.counters().sender_waits()).collect();
    let begun = std::time::Instant::now();
    let executor = bench.start(Script::done()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    assert!(begun.elapsed() >= TURN, "it did not let the senders go first");
    assert_eq!(bench.store.counters().senders(), flood.len(), "and they still wait");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_is_counted_on_the_disk_before_it_runs() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let (sender, seen) = tokio::sync::oneshot::channel();
    let (store, sender) = (Arc::clone(&bench.store), Arc::new(std::sync::Mutex::new(Some(sender))));
    let executor = bench
        .start(Script::new(move |_| {
            let (store, sender) = (Arc::clone(&store), Arc::clone(&sender));
            async move {
                let row = store.read(|db| executions::get(db, &exe(1))).await.unwrap().unwrap();
                sender.lock().unwrap().take().unwrap().send(row).unwrap();
                Ran::Done("{}".to_owned())
            }
        }))
        .await;
    let row = seen.await.unwrap();
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Running, 1));
    bench.until(1, ExecutionStatus::Succeeded).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_tried_again_on_the_schedule_and_the_last_one_fails_it() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 4).await;
    let executor = bench.start(Script::failing()).await;
    for (attempt, wait) in [(1, 5_000), (2, 30_000), (3, 120_000)] {
        bench.until_attempts(1, attempt).await;
        let row = bench.until(1, ExecutionStatus::Queued).await;
        let due = bench.clock.now().plus_ms(wait);
        assert_eq!((row.attempts, row.next_at), (attempt, Some(due)), "after failure {attempt}");
        bench.clock.shift_ms(wait - 1);
        executor.wake();
        assert_eq!(bench.get(1).await.attempts, attempt, "not before it is due");
        bench.clock.shift_ms(1);
        executor.wake();
        bench.until_attempts(1, attempt + 1).await;
    }
    let row = bench.until(1, ExecutionStatus::Failed).await;
    assert_eq!((row.attempts, row.next_at), (4, None));
    assert_eq!(row.error.unwrap().message, "no");
    let words: Vec<_> = bench.log(1).await.into_iter().filter(|s| s.name == "wait").map(|s| s.words).collect();
    assert_eq!(words.len(), 4);
    assert_eq!(words[0], "Attempt 1 of 4 failed; the next one is due at 2025-11-21T04:40:05Z (in 5 s).");
    assert_eq!(words[3], "Attempt 4 was the last one.");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_of_a_lane_run_at_once_and_the_others_are_not_held_up() {
    let bench = Bench::new().await;
    bench.queue("dead.example", 1, 100, 8).await;
    bench.queue("quick.example", 200, 5, 8).await;
    let executor = bench
        .start(Script::new(|job| async move {
            match job.lane.as_str() {
                "dead.example" => std::future::pending().await,
                _ => Ran::Done("{}".to_owned()),
            }
        }))
        .await;
    bench.until_count(ExecutionStatus::Succeeded, 5).await;
    assert_eq!(bench.count(ExecutionStatus::Running).await, 4);
    drop(executor);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_run_at_once() {
    let bench = Bench::new().await;
    for host in 0..10 {
        bench.queue(&format!("h{host}.example"), host * 10, 10, 8).await;
    }
    let executor = bench.start(Script::stuck()).await;
    bench.until_count(ExecutionStatus::Running, 16).await;
    executor.wake();
    bench.queue("other.example", 900, 1, 8).await;
    executor.wake();
    executor.cancel(&exe(900)).await.unwrap();
    assert_eq!(bench.count(ExecutionStatus::Running).await, 16);
    drop(executor);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_execution_is_stopped_and_its_place_is_free() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 5, 8).await;
    let executor = bench.start(Script::stuck()).await;
    bench.until_count(ExecutionStatus::Running, 4).await;
    let row = executor.cancel(&exe(1)).await.unwrap();
    assert_eq!((row.status, row.finished_at), (ExecutionStatus::Cancelled, Some(NOW)));
    bench.until(5, ExecutionStatus::Running).await;
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Cancelled);
    let last = bench.log(1).await.pop().unwrap();
    assert_eq!(last.words, "Stopped by you while it ran; what it sent may have arrived.");
    assert_eq!(last.detail, Some(format!("what {} said", exe(1))), "its output stays");
    drop(executor);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_execution_is_taken_out_and_an_ended_one_cannot_be_cancelled() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let executor = bench.start(Script::failing()).await;
    bench.until(1, ExecutionStatus::Queued).await;
    bench.until_attempts(1, 1).await;
    let row = executor.cancel(&exe(1)).await.unwrap();
    assert_eq!((row.status, row.next_at), (ExecutionStatus::Cancelled, None));
    let refused = executor.cancel(&exe(1)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert_eq!(refused.message, "execution exe_1 is cancelled and cannot be cancelled");
    assert_eq!(executor.cancel(&exe(7)).await.unwrap_err().code, ErrorCode::NotFound);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_execution_runs_again_with_a_fresh_set_of_attempts_and_its_log_goes_on() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 1).await;
    let executor = bench.start(Script::failing()).await;
    bench.until(1, ExecutionStatus::Failed).await;
    for tries in 2..=3 {
        let row = executor.retry(&exe(1)).await.unwrap();
        assert_eq!((row.status, row.max_attempts, row.error), (ExecutionStatus::Queued, tries, None));
        bench.until_attempts(1, tries).await;
        let row = bench.until(1, ExecutionStatus::Failed).await;
        assert_eq!(row.attempts, tries);
    }
    let requests = bench.log(1).await.into_iter().filter(|s| s.name == "request");
    assert_eq!(requests.map(|s| s.attempt).collect::<Vec<_>>(), [1, 2, 3]);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_of_a_fresh_set_begins_at_its_beginning() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 2).await;
    let executor = bench.start(Script::failing()).await;
    bench.until_attempts(1, 1).await;
    bench.until(1, ExecutionStatus::Queued).await;
    bench.clock.shift_ms(5_000);
    executor.wake();
    bench.until(1, ExecutionStatus::Failed).await;
    executor.retry(&exe(1)).await.unwrap();
    bench.until_attempts(1, 3).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    assert_eq!((row.max_attempts, row.next_at), (4, Some(bench.clock.now().plus_ms(5_000))));
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_succeeded_execution_does_not_run_again() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let executor = bench.start(Script::done()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    let refused = executor.retry(&exe(1)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_whose_code_panics_fails_and_the_queue_goes_on() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 2, 8).await;
    let executor = bench
        .start(Script::new(|job| async move {
            assert!(job.id != exe(1), "the panic of this test");
            Ran::Done("{}".to_owned())
        }))
        .await;
    let row = bench.until(1, ExecutionStatus::Failed).await;
    assert_eq!(row.error.unwrap().code, ErrorCode::Internal);
    bench.until(2, ExecutionStatus::Succeeded).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_after_its_commit() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let mut heard = bench.listen();
    let executor = bench.start(Script::done()).await;
    for expected in [ExecutionStatus::Running, ExecutionStatus::Succeeded] {
        match heard.recv().await.unwrap() {
            Event::Execution(row) => assert_eq!((row.id, row.status), (exe(1), expected)),
            other => panic!("heard {other:?}"),
        }
    }
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Succeeded);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_effect_and_the_end_of_its_execution_are_one_commit() {
    let bench = Bench::new().await;
    bench.queue("", 1, 2, 8).await;
    let executor = bench
        .start(Script::new(|job| async move {
            let refuse = job.id == exe(2);
            Ran::Commit(Arc::new(move |turn| {
                if refuse {
                    return Err(ApiError::not_found("list", "lst_gone").into());
                }
                crate::store::meta::set_number(turn.db, "effect", 1)?;
                Ok(Effected { result: "{\"made\":1}".to_owned(), events: Vec::new() })
            }))
        }))
        .await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    let row = bench.until(2, ExecutionStatus::Failed).await;
    assert_eq!(row.error.unwrap().message, "no list lst_gone");
    let (effect, result) = bench
        .store
        .read(|db| Ok((crate::store::meta::number(db, "effect")?, executions::plan_and_result(db, &exe(1))?)))
        .await
        .unwrap();
    assert_eq!((effect, result.unwrap().1.as_deref()), (Some(1), Some("{\"made\":1}")));
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_a_wrong_clock_wrote_ends_when_the_clock_is_right() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    bench.clock.shift_ms(365 * 86_400_000);
    let executor = bench.start(Script::failing()).await;
    bench.until_attempts(1, 1).await;
    bench.until(1, ExecutionStatus::Queued).await;
    bench.clock.shift_ms(-365 * 86_400_000);
    executor.wake();
    bench.until_attempts(1, 2).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_cannot_be_written_is_written_when_it_can_be() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let block = "CREATE TRIGGER full BEFORE UPDATE ON executions WHEN NEW.status = 'succeeded'
        BEGIN SELECT RAISE(ABORT, 'no room'); END";
    bench.store.write(move |turn| Ok(turn.db.execute_batch(block)?)).await.unwrap();
    let (ran, mut done) = tokio::sync::mpsc::unbounded_channel();
    let executor = bench
        .start(Script::new(move |_| {
            ran.send(()).unwrap();
            async { Ran::Done("{}".to_owned()) }
        }))
        .await;
    done.recv().await.unwrap();
    bench.store.write(|turn| Ok(turn.db.execute_batch("SELECT 1")?)).await.unwrap();
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Running);
    bench.store.write(|turn| Ok(turn.db.execute_batch("DROP TRIGGER full")?)).await.unwrap();
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!(row.attempts, 1, "it did not run twice");
    executor.stop().await;
}
