//! The first 45 seconds, by clicking only, in the real window.

use std::time::Instant;

use super::desk::Desk;

#[test]
fn the_first_45_seconds_by_clicking_only() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(journey());
}

async fn journey() {
    let desk = Desk::start();
    let start = Instant::now();
    let window = desk.open().await;
    window.see_text("127.0.0.1:").await;
    println!("window to first content: {:?}", start.elapsed());
    window.picture("window-1-listening").await;
    window.click("Send test webhook").await;
    window.see_text("Accepted. Signature valid. No trigger matched.").await;
    window.picture("window-2-verdict").await;

    window.click("Make a trigger from this").await;
    window.see("//*[@aria-label='Task title']").await;
    window.click_at("//*[@role='treeitem' and @data-path='payload.repository']").await;
    window.click_at("//*[@role='treeitem' and @data-path='payload.repository.full_name']").await;
    window.see("//*[@aria-label='Preview']//*[contains(., '/')]").await;
    window.picture("window-3-builder").await;
    window.click_at("//button[normalize-space(.)='Save']").await;
    window.click("Send again").await;
    window.see_text("Succeeded").await;
    window.picture("window-4-sent").await;

    window.click("Targets").await;
    window.see_text("Codertocat/Hello-World").await;
    window.picture("window-5-task").await;
    window.close().await;
}
