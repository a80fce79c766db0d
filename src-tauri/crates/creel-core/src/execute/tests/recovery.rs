//! What the next start makes of what the last one left.

use std::sync::Arc;

use super::*;

/// Leaves `exe_1` running, as a process that was killed would.
async fn crash(bench: Bench) -> Bench {
    let attempts = bench.get(1).await.attempts;
    let executor = bench.start(Script::stuck()).await;
    bench.until_attempts(1, attempts + 1).await;
    drop(executor);
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Running);
    bench.reopen().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ran_when_creel_was_killed_runs_again_at_once_and_the_attempt_counts() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let bench = crash(bench).await;
    let executor = bench.start(Script::done()).await;
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!(row.attempts, 2);
    let log = bench.log(1).await;
    assert_eq!(log[0].words, "Creel ended without notice during attempt 1; it runs again at once.");
    assert_eq!(log[1].attempt, 2);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_that_was_running_at_three_crashes_in_a_row_is_quarantined_and_others_go_on() {
    let mut bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    for _ in 0..3 {
        bench = crash(bench).await;
    }
    bench.queue("a.example", 2, 1, 8).await;
    let executor = bench.start(Script::done()).await;
    let row = bench.until(1, ExecutionStatus::Quarantined).await;
    let error = row.error.unwrap();
    assert_eq!(error.message, "creel ended 3 times in a row while this ran");
    assert_eq!((row.attempts, row.finished_at), (3, Some(NOW)));
    bench.until(2, ExecutionStatus::Succeeded).await;

    executor.retry(&exe(1)).await.unwrap();
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!(row.attempts, 4, "it runs when it is told to");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_one_that_brings_creel_down_is_quarantined_not_those_that_ran_beside_it() {
    let mut bench = Bench::new().await;
    bench.queue("a.example", 1, 4, 8).await;
    for round in 1..=3 {
        // The fourth stands behind the poison: it may not start while the poison runs.
        let poison = |job: Job| async move {
            let stuck = [exe(3), exe(4)].contains(&job.id) || job.attempt == 1 && [exe(1), exe(2)].contains(&job.id);
            if stuck { std::future::pending().await } else { Ran::Done("{}".to_owned()) }
        };
        let executor = bench.start(Script::new(poison)).await;
        bench.until_attempts(3, round).await;
        if round == 1 {
            bench.until_count(ExecutionStatus::Running, 4).await;
        } else {
            bench.queue("b.example", 10 + i64::from(round), 1, 8).await;
            executor.wake();
            bench.until(10 + i64::from(round), ExecutionStatus::Succeeded).await;
        }
        drop(executor);
        bench = bench.reopen().await;
    }
    let executor = bench.start(Script::done()).await;
    for n in [1, 2, 4] {
        bench.until(n, ExecutionStatus::Succeeded).await;
    }
    bench.until(3, ExecutionStatus::Quarantined).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_ended_breaks_the_row_of_crashes() {
    let mut bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    for _ in 0..2 {
        bench = crash(bench).await;
    }
    let executor = bench.start(Script::failing()).await;
    bench.until_attempts(1, 3).await;
    bench.until(1, ExecutionStatus::Queued).await;
    executor.stop().await;
    drop(executor);
    bench.clock.shift_ms(3_600_000);
    let bench = crash(bench.reopen().await).await;
    let executor = bench.start(Script::done()).await;
    bench.until(1, ExecutionStatus::Succeeded).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_in_good_order_is_no_crash_and_what_still_ran_goes_on_later() {
    let mut bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    for round in 1..=4 {
        let executor = bench.start(Script::stuck()).await;
        bench.until_attempts(1, round).await;
        executor.stop().await;
        drop(executor);
        assert_eq!(bench.get(1).await.status, ExecutionStatus::Running, "it stays leased");
        bench = bench.reopen().await;
    }
    let executor = bench.start(Script::done()).await;
    let row = bench.until(1, ExecutionStatus::Succeeded).await;
    assert_eq!(row.attempts, 5);
    assert_eq!(bench.log(1).await[0].words, "Creel was closed during attempt 1; it runs again at once.");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_the_last_attempt_does_not_use_it_up() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 1).await;
    let bench = crash(bench).await;
    let executor = bench.start(Script::failing()).await;
    let row = bench.until(1, ExecutionStatus::Failed).await;
    assert_eq!((row.attempts, row.max_attempts), (2, 2));
    let row = executor.retry(&exe(1)).await.unwrap();
    assert_eq!(row.max_attempts, 3, "a fresh set has as many attempts as the first");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_may_end_while_creel_closes() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let gate = Arc::new(tokio::sync::Notify::new());
    let waiting = Arc::clone(&gate);
    let executor = bench
        .start(Script::new(move |_| {
            let gate = Arc::clone(&waiting);
            async move {
                gate.notified().await;
                Ran::Done("{}".to_owned())
            }
        }))
        .await;
    bench.until(1, ExecutionStatus::Running).await;
    let (row, ()) = tokio::join!(
        async {
            gate.notify_one();
            bench.until(1, ExecutionStatus::Succeeded).await
        },
        executor.stop()
    );
    assert_eq!(row.attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_executor_of_a_closed_store_ends_by_itself() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let executor = bench.start(Script::stuck()).await;
    bench.until(1, ExecutionStatus::Running).await;
    bench.store.close();
    executor.wake();
    executor.stop().await;
    assert!(executor.cancel(&exe(1)).await.is_err(), "nothing can be changed any more");
    drop(executor);
    let bench = bench.reopen().await;
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_executor_stops_what_runs() {
    let bench = Bench::new().await;
    bench.queue("a.example", 1, 1, 8).await;
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let executor = bench
        .start(Script::new(move |_| {
            let held = Arc::clone(&held);
            async move {
                let _held = held;
                std::future::pending().await
            }
        }))
        .await;
    bench.until(1, ExecutionStatus::Running).await;
    drop(executor);
    wait_for(|| Arc::strong_count(&alive) == 1).await;
}
