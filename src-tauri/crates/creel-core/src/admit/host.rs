//! Whether a request may have been sent by a page whose own name was made to point here (`trust.md` T11).
//!
//! Such a page's requests come from the user's browser, so nothing but `Host` betrays them: it is the page's name with
//! this listener's port, which a browser puts there and no script changes. A signature stops them; where none is
//! checked, the name is. A tunnel or a proxy in between keeps its public name with its public port, or puts this
//! listener's address there: neither is taken for such a page.

use std::net::Ipv4Addr;

/// Whether `host`, as sent, is a stranger's name for the listener at `port`. `names` are the further names of this
/// machine that the user has set.
pub fn is_rebound(host: &str, port: u16, names: &[String]) -> bool {
    let (name, at) = match host.rsplit_once(':') {
        // The colons of an address in brackets are not a port's.
        Some((name, digits)) if !digits.ends_with(']') => (name, digits.parse().ok()),
        _ => (host, Some(HTTP_PORT)),
    };
    at == Some(port) && !is_own(name, names)
}

/// What a browser leaves out of `Host`.
const HTTP_PORT: u16 = 80;

/// A name that no stranger can have: an address, this machine's own names, and those that the public name system never
/// gives out (RFC 6761 `localhost`; `internal`, which containers call their host by).
fn is_own(name: &str, names: &[String]) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    let reserved = ["localhost", "internal"].contains(&last);
    reserved || is_address(&name, last) || names.iter().any(|own| own.eq_ignore_ascii_case(&name))
}

/// In brackets, or ending in a number: then it is an IPv4 address in one of its spellings, and is never looked up.
fn is_address(name: &str, last: &str) -> bool {
    let hex = last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok() || number || hex
}

#[cfg(test)]
mod tests {
    use super::is_rebound;

    #[test]
    fn only_a_strangers_name_with_this_port_is_one() {
        let names = ["Hooks.test".to_owned()];
        for (host, rebound) in [
            ("evil.example:4419", true),
            ("EVIL.example.:4419", true),
            ("localhost.evil.example:4419", true),
            ("127.0.0.1.evil.example:4419", true),
            ("mybox:4419", true),
            ("sub.hooks.test:4419", true),
            ("0xevil.0xzz:4419", true),
            ("", false),
            ("hooks.test:4419", false),
            ("hooks.TEST.:4419", false),
            ("127.0.0.1:4419", false),
            ("127.1:4419", false),
            ("2130706433:4419", false),
            ("0x7f.0x1:4419", false),
            ("0.0.0.0:4419", false),
            ("192.168.1.7:4419", false),
            ("[::1]:4419", false),
            ("[::1]", false),
            ("localhost:4419", false),
            ("creel.localhost:4419", false),
            ("host.docker.internal:4419", false),
            // Something in between: a tunnel's name at its own port.
            ("abc.ngrok-free.app", false),
            ("bore.pub:31337", false),
            ("evil.example:44190", false),
        ] {
            assert_eq!(is_rebound(host, 4419, &names), rebound, "{host}");
        }
        assert!(is_rebound("evil.example", 80, &names), "a browser leaves this port out");
        assert!(!is_rebound("localhost", 80, &names));
    }
}
