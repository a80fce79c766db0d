//! Targets that are slow, endless, lying, gone; and addresses that nothing is sent to.

use super::forward::{OneSecret, Own, plan_to};
use super::target::{Does, Target};
use super::*;
use crate::actions::{ForwardPlan, Forwarder, Limits, PlannedSigning};

/// A hundred thousand letters, packed.
const PACKED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xac\xeb\x5f\xc2\x1a\x1e\x40\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xaf\x06\x87\xfa\xe2\x1b\xa0\x86\x01\x00";

/// Runs one forward to a target that does this, once, and gives its row and log.
async fn once(does: Does, limits: Limits) -> (Execution, Vec<Step>) {
    let bench = Bench::new().await;
    let target = Target::start(vec![does]).await;
    bench.forward(&plan_to(target.address), 1).await;
    let executor = bench.start_forwarder(Forwarder { limits, ..bench.forwarder() }).await;
    let ended = ended(&bench).await;
    executor.stop().await;
    ended
}

async fn ended(bench: &Bench) -> (Execution, Vec<Step>) {
    bench.until_ended(1).await;
    (bench.get(1).await, bench.log(1).await)
}

fn quick() -> Limits {
    Limits { total: Duration::from_millis(300), ..Limits::default() }
}

fn patient() -> Limits {
    Limits::default()
}

/// What the row says went wrong, without the target's port.
fn message(row: &Execution) -> String {
    let message = row.error.clone().expect("an error").message;
    let host = message
        .find("127.0.0.1:")
        .map(|at| message[at..].chars().take_while(|c| "0123456789.:".contains(*c)).collect());
    host.map_or(message.clone(), |host: String| message.replace(host.trim_end_matches(':'), "HOST"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_does_not_answer_in_time_is_tried_again() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::SaysThenHangs(Vec::new())]).await;
    bench.forward(&plan_to(target.address), 2).await;
    let executor = bench.start_forwarder(Forwarder { limits: quick(), ..bench.forwarder() }).await;
    bench.until_attempts(1, 1).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    assert_eq!(message(&row), "no answer from HOST within 300ms");
    assert_eq!(row.next_at, Some(NOW.plus_ms(5_000)));
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_end_in_time_is_a_failure() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec();
    let (row, log) = once(Does::SaysThenHangs(half), quick()).await;
    assert_eq!(message(&row), "no end of the answer from HOST within 300ms");
    assert_eq!(
        log.iter().map(|s| (s.name.as_str(), s.ok)).collect::<Vec<_>>()[2..4],
        [("request", true), ("response", false)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_answer_and_one_that_claims_ten_gigabytes_are_read_up_to_the_limit() {
    for head in ["connection: close", "content-length: 10737418240"] {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").into_bytes();
        let (row, log) = once(Does::SaysForever(head), patient()).await;
        assert_eq!(row.status, ExecutionStatus::Succeeded, "{:?}", row.error);
        let response = log.iter().find(|step| step.name == "response").unwrap();
        assert_eq!(response.words, "200 OK with more than 1048576 bytes, of which the first were read.");
        assert!(response.detail.as_ref().unwrap().len() <= 64 * 1024);
        assert!(response.detail.as_ref().unwrap().contains("bytes left out"), "the gap is marked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_answer_is_not_unpacked() {
    let (row, log) = once(Does::answers("200 OK", "content-encoding: gzip\r\n", PACKED), patient()).await;
    assert_eq!(row.status, ExecutionStatus::Succeeded);
    assert_eq!(log[3].words, format!("200 OK with {} bytes.", PACKED.len()));
    assert!(log[3].detail.as_ref().unwrap().ends_with(&format!("({} bytes that are not text)", PACKED.len())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_a_failure_that_says_where_it_points_and_nobody_goes_there() {
    let bench = Bench::new().await;
    let elsewhere = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let location = format!("location: http://{}/x\r\n", elsewhere.address);
    let target = Target::start(vec![Does::answers("307 Temporary Redirect", &location, b"")]).await;
    bench.forward(&plan_to(target.address), 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    let (row, log) = ended(&bench).await;
    assert_eq!((row.status, row.attempts), (ExecutionStatus::Failed, 1));
    let error = row.error.unwrap();
    assert_eq!(
        error.message,
        format!("the target answered 307 Temporary Redirect and points to http://{}/x", elsewhere.address)
    );
    assert_eq!(log.last().unwrap().words, "Not tried again: no retry mends this.");
    assert!(elsewhere.seen().is_empty());
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_asks_for_time_gets_it() {
    let bench = Bench::new().await;
    let target = Target::start(vec![
        Does::answers("429 Too Many Requests", "retry-after: 90\r\n", b""),
        Does::answers("200 OK", "", b""),
    ])
    .await;
    bench.forward(&plan_to(target.address), 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until_attempts(1, 1).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    assert_eq!(row.next_at, Some(NOW.plus_ms(90_000)));
    bench.clock.shift_ms(90_000);
    executor.wake();
    bench.until(1, ExecutionStatus::Succeeded).await;
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_target_refuses_for_good_is_not_sent_again() {
    for status in ["400 Bad Request", "404 Not Found", "410 Gone"] {
        let bench = Bench::new().await;
        let target = Target::start(vec![Does::answers(status, "retry-after: 1\r\n", b"")]).await;
        bench.forward(&plan_to(target.address), 8).await;
        let executor = bench.start_forwarder(bench.forwarder()).await;
        let row = bench.until(1, ExecutionStatus::Failed).await;
        assert_eq!((row.attempts, row.error.unwrap().message), (1, format!("the target answered {status}")));
        executor.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_there_is_tried_again() {
    let bench = Bench::new().await;
    bench.forward(&plan_to(Target::nobody().await), 2).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until_attempts(1, 1).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    let words = message(&row);
    assert!(words.starts_with("no connection to HOST: ") && words.to_lowercase().contains("refused"), "{words}");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_breaks_off_is_a_failure() {
    let midway = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789".to_vec();
    let (row, _) = once(Does::Says(midway), patient()).await;
    assert!(message(&row).starts_with("the answer broke off after 10 bytes: "), "{}", message(&row));
    let (row, _) = once(Does::Says(Vec::new()), patient()).await;
    assert!(message(&row).starts_with("no answer from HOST: "), "{}", message(&row));
    assert_eq!(row.status, ExecutionStatus::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_http_or_has_a_megabyte_of_headers_is_a_failure() {
    let long = format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n", "x".repeat(1024 * 1024)).into_bytes();
    for answer in [b"SSH-2.0-OpenSSH\r\n\r\n".to_vec(), long] {
        let (row, _) = once(Does::Says(answer), patient()).await;
        assert!(message(&row).starts_with("no answer from HOST: "), "{}", message(&row));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn https_to_a_target_that_speaks_no_tls_is_a_failure() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let url = format!("https://{}/in", target.address);
    bench.forward(&ForwardPlan { url, ..plan_to(target.address) }, 1).await;
    let executor = bench.start_forwarder(Forwarder { limits: quick(), ..bench.forwarder() }).await;
    let (row, _) = ended(&bench).await;
    assert_eq!(row.status, ExecutionStatus::Failed);
    assert_eq!(row.error.unwrap().code, ErrorCode::Upstream);
    assert!(target.seen().is_empty());
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_private_address_without_a_tick_or_to_creel_itself_with_one() {
    for (allow_private, own, words) in
        [(false, false, "HOST is this machine, not the public internet"), (true, true, "HOST is Creel itself")]
    {
        let bench = Bench::new().await;
        let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
        bench.forward(&ForwardPlan { allow_private, ..plan_to(target.address) }, 8).await;
        let listeners = Arc::new(Own(if own { vec![target.address] } else { Vec::new() }));
        let executor = bench.start_forwarder(Forwarder { listeners, ..bench.forwarder() }).await;
        let (row, log) = ended(&bench).await;
        assert_eq!((row.status, row.attempts, message(&row).as_str()), (ExecutionStatus::Failed, 1, words));
        assert_eq!((log[1].name.as_str(), log[1].ok), ("resolve", false));
        assert!(target.seen().is_empty());
        executor.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_went_through_three_creels_goes_no_further() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    bench.set_header("X-Creel-Hops: 1", "X-Creel-Hops: 3").await;
    bench.forward(&plan_to(target.address), 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    let (row, _) = ended(&bench).await;
    assert_eq!(message(&row), "the delivery came through Creel 3 times already");
    assert!(target.seen().is_empty());
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_with_a_line_break_is_refused() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
    let headers = vec![("X-Title".to_owned(), "a\r\nX-Evil: 1".to_owned())];
    bench.forward(&ForwardPlan { headers, ..plan_to(target.address) }, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    let (row, _) = ended(&bench).await;
    assert_eq!(message(&row), "the value of x-title has a line break or control character");
    assert!(target.seen().is_empty());
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_opened_now_is_waited_for_and_one_that_is_gone_is_not() {
    for (code, status) in
        [(ErrorCode::Unavailable, ExecutionStatus::Queued), (ErrorCode::NotFound, ExecutionStatus::Failed)]
    {
        let bench = Bench::new().await;
        let target = Target::start(vec![Does::answers("200 OK", "", b"")]).await;
        let trigger_id = TriggerId::from("trg_1");
        let sign = Some(PlannedSigning { scheme: "github".to_owned(), secret_id: None, trigger_id });
        bench.forward(&ForwardPlan { sign, ..plan_to(target.address) }, 8).await;
        let secrets = Arc::new(OneSecret(Err(code)));
        let executor = bench.start_forwarder(Forwarder { secrets, ..bench.forwarder() }).await;
        bench.until_attempts(1, 1).await;
        let row = bench.until(1, status).await;
        assert_eq!(row.error.unwrap().message, "no secret");
        assert!(target.seen().is_empty());
        executor.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_knows_is_tried_again() {
    let bench = Bench::new().await;
    let url = "http://nowhere.example/".to_owned();
    bench.forward(&ForwardPlan { url, ..plan_to(Target::nobody().await) }, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    bench.until_attempts(1, 1).await;
    let row = bench.until(1, ExecutionStatus::Queued).await;
    assert_eq!(message(&row), "no address of nowhere.example: no such name");
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_forward_closes_its_connection() {
    let bench = Bench::new().await;
    let target = Target::start(vec![Does::SaysThenHangs(Vec::new())]).await;
    bench.forward(&plan_to(target.address), 8).await;
    let executor = bench.start_forwarder(Forwarder { limits: patient(), ..bench.forwarder() }).await;
    wait_for(|| target.seen().len() == 1).await;
    executor.cancel(&exe(1)).await.unwrap();
    wait_for(|| target.closed() == 1).await;
    assert_eq!(bench.get(1).await.status, ExecutionStatus::Cancelled);
    executor.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_was_never_made_fails_with_what_to_do() {
    let bench = Bench::new().await;
    bench.queue_plan("{\"url\":\"http://{{payload.host}}/\"}".to_owned(), 1, 1, 8).await;
    let executor = bench.start_forwarder(bench.forwarder()).await;
    let row = bench.until(1, ExecutionStatus::Failed).await;
    assert_eq!(row.error.unwrap().hint.as_deref(), Some("replay the delivery instead"));
    executor.stop().await;
}
