//! What a window asks outside of its page before it calls a command: a page that somebody else's text took over must not
//! be able to agree to a program (`trust.md` T19).

use crate::api::approvals::ApprovalRef;
use crate::api::tunnels::TrustHostKey;
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::tunnel::{TunnelChoice, TunnelKind};

/// What a dialog of the system shows in full, in characters and in lines. Of a longer command a person would agree to the
/// beginning.
const SHOWN_CHARACTERS: usize = 2_000;
const SHOWN_LINES: usize = 24;

/// A question with two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// In a few words.
    pub title: String,
    /// In full, as text: what hides or turns letters around is named.
    pub text: String,
    /// The button that agrees.
    pub yes: String,
    /// The button that does not.
    pub no: String,
}

/// The question that a person has to agree to before `command` runs with this input; `None`: it runs at once.
pub fn before(app: &App, command: &str, input: &[u8]) -> Result<Option<Question>, ApiError> {
    match command {
        "approval_give" => approval(app, input),
        "tunnel_start" => tunnel_command(input),
        "tunnel_trust_key" => Ok(host_key(app, input)),
        _ => Ok(None),
    }
}

/// The error that answers a "no".
pub fn refused() -> ApiError {
    ApiError::new(ErrorCode::Forbidden, "it was not agreed to in the dialog").hint("ask again when you have read it")
}

fn approval(app: &App, input: &[u8]) -> Result<Option<Question>, ApiError> {
    // What cannot be read, or names no trigger, is refused by the command itself.
    let Ok(asked) = serde_json::from_slice::<ApprovalRef>(input) else { return Ok(None) };
    let Some(listening) = app.registry.now().get(&asked.trigger_id) else { return Ok(None) };
    let (name, shown) = (visible(&listening.trigger.name), visible(&asked.command));
    let (characters, lines) = (shown.chars().count(), shown.lines().count());
    if characters > SHOWN_CHARACTERS || lines > SHOWN_LINES {
        let words = format!("a command of {characters} characters in {lines} lines cannot be shown whole in a dialog");
        return Err(
            ApiError::new(ErrorCode::Forbidden, words).hint("put it into a script and let the trigger run that")
        );
    }
    Ok(Some(Question {
        title: "Let this run?".to_owned(),
        text: format!(
            "The trigger \"{name}\" wants to run this on this machine, with your rights, whenever a delivery asks for \
             it:\n\n{shown}\n\nChanged by one letter, it is asked for again."
        ),
        yes: "Let it run".to_owned(),
        no: "Cancel".to_owned(),
    }))
}

/// A tunnel by a program of the user's choice: it runs as any program does.
fn tunnel_command(input: &[u8]) -> Result<Option<Question>, ApiError> {
    let asked = serde_json::from_slice::<TunnelChoice>(input).ok();
    let Some(TunnelKind::Command(command)) = asked.map(|asked| asked.kind) else { return Ok(None) };
    let shown = visible(&command.command);
    if shown.chars().count() > SHOWN_CHARACTERS || shown.lines().count() > SHOWN_LINES {
        let words = "a command of this length cannot be shown whole in a dialog";
        return Err(ApiError::new(ErrorCode::Forbidden, words).hint("put it into a script and let the tunnel run that"));
    }
    Ok(Some(Question {
        title: "Start this program?".to_owned(),
        text: format!(
            "To make a tunnel, this is to run on this machine, with your rights, until the tunnel is stopped:\n\n{shown}"
        ),
        yes: "Start it".to_owned(),
        no: "Cancel".to_owned(),
    }))
}

fn host_key(app: &App, input: &[u8]) -> Option<Question> {
    let asked = serde_json::from_slice::<TrustHostKey>(input).ok()?;
    let key = app.tunnel.board.now().host_key.filter(|key| key.fingerprint == asked.fingerprint)?;
    let changed = if key.changed { "Another key of this host was trusted before.\n\n" } else { "" };
    Some(Question {
        title: "Is this the host's key?".to_owned(),
        text: format!("{changed}{}\n{}\n{}", visible(&key.host), key.kind, key.fingerprint),
        yes: "Trust it".to_owned(),
        no: "Cancel".to_owned(),
    })
}

/// Every character that cannot be seen, or that moves others, by its number (`trust.md` T21).
fn visible(text: &str) -> String {
    let named = |c: char| match c {
        '\n' | '\t' => c.to_string(),
        c if c.is_control() || is_hidden(c) => format!("⟨U+{:04X}⟩", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(named).collect()
}

fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_turns_letters_around_is_named() {
        assert_eq!(visible("rm -rf /tmp/\u{202e}x\u{200b}\u{1b}[8m\nä"), "rm -rf /tmp/⟨U+202E⟩x⟨U+200B⟩⟨U+001B⟩[8m\nä");
    }
}
