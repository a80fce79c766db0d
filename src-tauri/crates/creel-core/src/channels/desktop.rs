//! A message on this desktop. Whether somebody shows it is asked, not hoped.

use std::time::Duration;

use notify_rust::Notification;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::actions::wire::{Stopped, upstream};
use crate::error::ApiError;
use crate::execute::Again;

/// Shows `text`, and waits at most `limit` until the desktop says that it does.
pub async fn show(text: String, limit: Duration) -> Result<(), Stopped> {
    let (done, shown) = oneshot::channel();
    // A thread of its own, because a desktop that hangs would hold up the end of the runtime's.
    let started =
        std::thread::Builder::new().name("notification".to_owned()).spawn(move || done.send(shown_now(&text)));
    let failed = |words: String, again| (nobody(words), again);
    started.map_err(|error| failed(error.to_string(), Again::OnSchedule))?;
    match timeout(limit, shown).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(words))) => Err(failed(words, Again::OnSchedule)),
        Ok(Err(_)) => Err(failed("it gave up".to_owned(), Again::OnSchedule)),
        Err(_) => Err(failed(format!("it did not answer within {} s", limit.as_secs()), Again::OnSchedule)),
    }
}

fn nobody(words: String) -> ApiError {
    upstream(format!("nobody shows notifications on this desktop: {words}"))
        .hint("Creel has to run in a desktop session whose notifications are on")
}

fn shown_now(text: &str) -> Result<(), String> {
    let mut notification = Notification::new();
    notification.appname("Creel").summary("Creel").body(&plain(text));
    notification.show().map(drop).map_err(|error| error.to_string())
}

/// A desktop that reads markup would make a payload's `<a href>` a link: it is told that this is text.
#[cfg(all(unix, not(target_os = "macos")))]
fn plain(text: &str) -> String {
    let reads_markup = notify_rust::get_capabilities().is_ok_and(|all| all.iter().any(|one| one == "body-markup"));
    match reads_markup {
        true => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        false => text.to_owned(),
    }
}

/// The other systems show text as it is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn plain(text: &str) -> String {
    text.to_owned()
}
