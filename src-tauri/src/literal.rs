//! Text for a dialog of the system, as it stands.

/// GTK's toolkit for dialogs takes the text as a format: `%s` in a command or an address would be filled with whatever lies
/// in memory, and `%n` would write there.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn literal(text: &str) -> String {
    text.replace('%', "%%")
}

/// The other systems show it as it is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn literal(text: &str) -> String {
    text.to_owned()
}
