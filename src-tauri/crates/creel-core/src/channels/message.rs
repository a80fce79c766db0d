//! A message as each kind of channel takes it.

use serde_json::{Value, json};
use url::Url;

use super::{Channel, ChannelKind, Email};
use crate::authenticate::Secret;
use crate::error::{ApiError, ErrorCode};

/// Longest message in characters, as each service says; the rest is cut with a mark.
const SLACK_MOST: usize = 40_000;
const DISCORD_MOST: usize = 2_000;
const TELEGRAM_MOST: usize = 4_096;
const WEBHOOK_MOST: usize = 64 * 1024;
const EMAIL_MOST: usize = 64 * 1024;
/// A line of a mail reader's list.
const SUBJECT_MOST: usize = 120;
/// What a desktop shows without covering it (`trust.md` T21).
const DESKTOP_MOST: usize = 256;

/// Where it goes and what is sent.
pub enum Outgoing<'c> {
    /// A request to an address.
    Post(Post),
    /// A letter to a mail server.
    Letter {
        /// Which server, from whom, to whom.
        email: &'c Email,
        /// Its subject.
        subject: String,
        /// What it says.
        text: String,
    },
    /// Something to show on this desktop.
    Shown(String),
}

/// A request with JSON.
pub struct Post {
    /// In full. It holds a secret: only its host is ever shown.
    pub url: Url,
    /// What is sent.
    pub body: Value,
}

/// `text` for `channel`.
pub fn outgoing<'c>(
    channel: &'c Channel,
    secret: Option<&Secret>,
    message: &str,
    text: &str,
) -> Result<Outgoing<'c>, ApiError> {
    let secret = secret.map_or("", |secret| secret.expose().trim());
    let post = |address: &str, body| {
        let words = || format!("the address or token of channel {} is no address", channel.name);
        let bad = |_| ApiError::new(ErrorCode::Invalid, words()).hint("set it again");
        Ok(Outgoing::Post(Post { url: Url::parse(address).map_err(bad)?, body }))
    };
    match &channel.kind {
        ChannelKind::Slack => post(secret, json!({ "text": cut(text, SLACK_MOST) })),
        // A payload must not call everybody.
        ChannelKind::Discord => {
            post(secret, json!({ "content": cut(text, DISCORD_MOST), "allowed_mentions": { "parse": [] } }))
        }
        ChannelKind::Telegram(telegram) => {
            let address = format!("{}/bot{secret}/sendMessage", telegram.api.trim_end_matches('/'));
            post(&address, json!({ "chat_id": telegram.chat_id, "text": cut(text, TELEGRAM_MOST) }))
        }
        ChannelKind::Webhook => post(secret, json!({ "text": cut(text, WEBHOOK_MOST), "message_id": message })),
        ChannelKind::Email(email) => {
            let text = cut(text, EMAIL_MOST);
            let subject = cut(text.trim().lines().next().unwrap_or_default().trim_end(), SUBJECT_MOST);
            Ok(Outgoing::Letter { email, subject, text })
        }
        ChannelKind::Desktop => Ok(Outgoing::Shown(cut(text, DESKTOP_MOST))),
    }
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
