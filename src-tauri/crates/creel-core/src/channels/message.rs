//! A message as each kind of channel takes it.

use serde_json::{Value, json};
use url::Url;

use super::{Channel, ChannelKind};
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};

/// Longest message in characters, as each service says; the rest is cut with a mark.
const SLACK_MOST: usize = 40_000;
const DISCORD_MOST: usize = 2_000;
const TELEGRAM_MOST: usize = 4_096;
const WEBHOOK_MOST: usize = 64 * 1024;

/// Where it goes and what is sent.
pub struct Outgoing {
    /// In full. It holds a secret: only its host is ever shown.
    pub url: Url,
    /// JSON.
    pub body: Value,
}

/// `text` for `channel`.
pub fn outgoing(channel: &Channel, secret: &Secret, message: &str, text: &str) -> Result<Outgoing, ApiError> {
    let bad = |what: &str| {
        let words = format!("the {what} of channel {} is no address", channel.name);
        ApiError::new(ErrorCode::Invalid, words).hint("set it again")
    };
    let (address, body) = match &channel.kind {
        ChannelKind::Slack => (secret.expose().to_owned(), json!({ "text": cut(text, SLACK_MOST) })),
        // A payload must not call everybody.
        ChannelKind::Discord => {
            let body = json!({ "content": cut(text, DISCORD_MOST), "allowed_mentions": { "parse": [] } });
            (secret.expose().to_owned(), body)
        }
        ChannelKind::Telegram(telegram) => {
            let address = format!("{}/bot{}/sendMessage", telegram.api.trim_end_matches('/'), secret.expose().trim());
            (address, json!({ "chat_id": telegram.chat_id, "text": cut(text, TELEGRAM_MOST) }))
        }
        ChannelKind::Webhook => {
            (secret.expose().to_owned(), json!({ "text": cut(text, WEBHOOK_MOST), "message_id": message }))
        }
    };
    let url = Url::parse(address.trim()).map_err(|_| bad("address or token"))?;
    Ok(Outgoing { url, body })
}

/// Without what steers a terminal or turns text around (`trust.md` T21), and not too long.
fn cut(text: &str, most: usize) -> String {
    let steers = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = text.chars().filter(|c| !steers(c)).collect();
    if clean.chars().count() <= most {
        return clean;
    }
    clean.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_cut_in_characters_and_cannot_steer_who_reads_it() {
        assert_eq!(cut("plain\nlines\tstay ä🦀", 100), "plain\nlines\tstay ä🦀");
        assert_eq!(cut("a\u{1b}[31mb\u{202e}c\u{0}d", 100), "a[31mbcd");
        assert_eq!(cut("ääää", 3), "ää…");
    }
}
