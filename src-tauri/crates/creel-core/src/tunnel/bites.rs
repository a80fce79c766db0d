//! A limit at the moment when it bites: what a service's edge answers in place of Creel, in a plain sentence. Sources:
//! ngrok.com/docs/errors (727, 734 and 4027 read on 2026-11-21); the other codes and pages from memory.

use crate::tunnel::up::Down;

const WAIT: &str = "wait, or take another kind of tunnel; Creel keeps trying";

/// What ngrok's codes say that a sender's request can meet.
const NGROK: [(&str, &str, &str); 8] = [
    (
        "ERR_NGROK_727",
        "the ngrok account has used up its requests of this month",
        "see dashboard.ngrok.com/usage, or take another kind of tunnel",
    ),
    (
        "ERR_NGROK_725",
        "the ngrok account has used up its bandwidth of this month",
        "see dashboard.ngrok.com/usage, or take another kind of tunnel",
    ),
    (
        "ERR_NGROK_4027",
        "the ngrok account has used up its bandwidth of this month",
        "see dashboard.ngrok.com/usage, or take another kind of tunnel",
    ),
    (
        "ERR_NGROK_734",
        "more requests a minute than the ngrok account has",
        "it is over within a minute; Creel keeps trying",
    ),
    (
        "ERR_NGROK_702",
        "more connections a minute than the ngrok account has",
        "it is over within a minute; Creel keeps trying",
    ),
    ("ERR_NGROK_3200", "ngrok says that the tunnel is offline", "Creel starts it anew"),
    ("ERR_NGROK_8012", "ngrok does not reach this Creel through its own connection", "Creel starts the tunnel anew"),
    (
        "ERR_NGROK_6024",
        "ngrok shows its page for browsers in place of Creel",
        "Creel asks again; senders do not see that page",
    ),
];

/// Texts of other edges.
const PAGES: [(&str, &str, &str); 6] = [
    ("error code: 1015", "Cloudflare limits this address: too many requests in a short time", WAIT),
    ("Error 1015", "Cloudflare limits this address: too many requests in a short time", WAIT),
    ("error code: 1033", "Cloudflare has lost the tunnel", "Creel starts it anew; the address will be another one"),
    ("Error 1033", "Cloudflare has lost the tunnel", "Creel starts it anew; the address will be another one"),
    (
        "tunnel has expired",
        "pinggy's free tunnel is over after its 60 minutes",
        "Creel starts a new one, with another address",
    ),
    (
        "Tunnel expired",
        "pinggy's free tunnel is over after its 60 minutes",
        "Creel starts a new one, with another address",
    ),
];

/// The limit that an answer tells of. `code`: the header `ngrok-error-code`; `body`: its beginning. `None`: none that is
/// known.
pub fn told(host: &str, status: u16, code: Option<&str>, body: &[u8]) -> Option<Down> {
    let text = String::from_utf8_lossy(body);
    let ngrok = NGROK.iter().find(|(known, ..)| code == Some(known) || holds(&text, known));
    let page = PAGES.iter().find(|(known, ..)| text.contains(known));
    if let Some((known, why, hint)) = ngrok {
        return Some(Down::again(format!("{why} ({known})"), *hint));
    }
    if let Some((_, why, hint)) = page {
        return Some(Down::again(*why, *hint));
    }
    (status == 429).then(|| {
        let hint = "the quota of a free plan may be used up: wait, or take another kind of tunnel";
        Down::again(format!("{host} answers 429: the provider takes no more requests for now"), hint)
    })
}

/// `code` and not the beginning of a longer one.
fn holds(text: &str, code: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_told_by_its_name() {
        for (status, code, body, words) in [
            (429, Some("ERR_NGROK_734"), "", Some("more requests a minute")),
            (403, None, "<p>ERR_NGROK_727</p>", Some("requests of this month")),
            (403, None, "ERR_NGROK_7270", None),
            (429, None, "error code: 1015", Some("Cloudflare limits this address")),
            (530, None, "error code: 1033", Some("Cloudflare has lost the tunnel")),
            (404, None, "Your tunnel has expired", Some("60 minutes")),
            (429, None, "slow down", Some("x.example answers 429")),
            (502, None, "bad gateway", None),
        ] {
            let why = told("x.example", status, code, body.as_bytes()).map(|down| down.why);
            assert_eq!(why.is_some(), words.is_some(), "{status} {code:?} {body}: {why:?}");
            assert!(words.is_none_or(|words| why.unwrap_or_default().contains(words)), "{status} {code:?} {body}");
        }
    }
}
