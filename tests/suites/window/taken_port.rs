//! Another program has the port that senders were told: the window says so and offers the ways out.

use std::net::TcpListener;

use super::desk::Desk;

#[test]
fn a_taken_port_is_answered_with_one_click() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = Desk::start();
        let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = squatter.local_addr().unwrap();
        let kept = format!(r#"{{"receiver": "{taken}", "control": "127.0.0.1:0"}}"#);
        let file = desk.data_dir().join("listen.json");
        std::fs::write(&file, &kept).unwrap();

        let window = desk.open().await;
        window.see_text(&format!("Creel does not listen: port {} is taken.", taken.port())).await;
        window.picture("window-taken-port").await;
        window.click("Try again").await;
        window.click("Use another port this time").await;
        window.see("//header//*[normalize-space(.)='listening']").await;
        window.see("//main[not(descendant::*[@role='alert'])]").await;
        assert_eq!(std::fs::read_to_string(&file).unwrap(), kept, "the next start asks for the kept port");
        let [receiver, ..] = desk.running();
        assert_ne!(receiver, format!("http://{taken}"));
        window.click("Send test webhook").await;
        window.see_text("Accepted. Signature valid. No trigger matched.").await;
        window.close().await;
    });
}
