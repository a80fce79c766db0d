//! Whatever a program prints and whatever a stranger sends, tried on much made by chance: what is read is an address and
//! nothing more, and nothing panics.

use proptest::prelude::*;
use regex::Regex;

use super::ssh_words::{address as ssh_address, trouble};
use super::{cloudflared, command, tailscale};
use crate::receive::Headers;
use crate::tunnel::choice::{ClientHeader, SshChoice, SshService};
use crate::tunnel::ingress::told_in;
use crate::tunnel::known_hosts;
use crate::tunnel::words::words;
use crate::tunnel::{Next, PublicAddress};

/// Pieces of what real programs print, and of what a hostile one would.
fn line() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "https://",
        "http://",
        "javascript:",
        "x.trycloudflare.com",
        "box.pango.ts.net",
        "a1.lhr.life",
        "abc.serveo.net",
        "x.a.free.pinggy.link",
        "|",
        " ",
        "  ",
        "/",
        ":",
        "@",
        "?",
        "#",
        "..",
        "%2e",
        "\\",
        "\t",
        "\u{202e}",
        "\u{0}",
        "\u{ff0e}",
        "user:pw@",
        ":8443",
        ":99999",
        "[::1]",
        "127.0.0.1",
        "Allocated port ",
        "65536",
        "41234 for remote forward to",
        "Forwarding HTTP traffic from ",
        "tunneled with tls termination, ",
        "Permission denied",
        "x509: ",
        "Funnel not available ",
        "remote forward success",
        "HOST IDENTIFICATION HAS CHANGED",
        "\"",
        "'",
        "<b>",
        ".",
    ]);
    prop::collection::vec(prop_oneof![3 => known.prop_map(str::to_owned), 1 => any::<String>()], 0..12)
        .prop_map(|parts| parts.concat())
}

/// An address that was read is a base address, and stays the same when it is read again.
fn is_an_address(address: &PublicAddress, from: &str) {
    let text = address.as_str();
    assert_eq!(PublicAddress::read(text).as_ref().map(PublicAddress::as_str), Ok(text), "{from:?}");
    let (scheme, rest) = text.split_once("://").unwrap();
    assert!(matches!(scheme, "http" | "https") && !rest.is_empty(), "{from:?}: {text}");
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/\\@?#<>\"'|".contains(c) || !c.is_ascii();
    assert!(!rest.contains(odd), "{from:?}: {text}");
}

/// What may stand in a header that tells who called: mostly an address.
fn said() -> impl Strategy<Value = String> {
    let address = any::<std::net::IpAddr>().prop_map(|address| address.to_string());
    prop_oneof![3 => address, 1 => "[0-9a-f.:, \\[\\]]{0,40}"]
}

fn ssh(service: SshService) -> SshChoice {
    let host = Some("hooks.example".to_owned());
    SshChoice { service, host, user: None, port: None, remote_port: None, address: None, identity_file: None }
}

proptest! {
    #[test]
    fn whatever_a_program_prints_only_an_address_is_read(line in line()) {
        use SshService::{LocalhostRun, Own, Pinggy, Serveo};
        let pattern = Regex::new(r"(\S+)").unwrap();
        let read = [cloudflared::address(&line), tailscale::address(&line), command::found(&pattern, &line)];
        let by_ssh = [LocalhostRun, Pinggy, Serveo, Own].map(|service| ssh_address(&ssh(service), &line));
        read.iter().chain(&by_ssh).flatten().for_each(|address| is_an_address(address, &line));
        // An own host's address is the host, whatever it prints.
        prop_assert!(by_ssh[3].iter().all(|address| address.as_str().starts_with("http://hooks.example")));
        // A service's is one of its own names.
        prop_assert!(by_ssh[2].iter().all(|address| address.host().contains(".serveo")));
    }

    #[test]
    fn whatever_a_program_prints_a_trouble_says_what_to_do(lines in prop::collection::vec(line(), 0..6)) {
        let troubles = [cloudflared::why(&lines), tailscale::why(&lines), trouble(&lines).map(|it| it.down("x.example"))];
        for down in troubles.into_iter().flatten() {
            prop_assert!(!down.why.is_empty() && !down.hint.is_empty() && down.next != Next::AskAboutKey(key()));
        }
        let _ = words(&lines.concat());
        let _ = known_hosts::best("x.example", &lines.join("\n"), false);
    }

    #[test]
    fn no_other_header_has_a_say(
        own in prop::option::of(said()),
        others in prop::collection::vec(("(X-Forwarded-For|X-Real-IP|Forwarded|True-Client-IP|X_CF_Connecting_IP)", "[0-9., ]{0,30}"), 0..6),
        twice in any::<bool>(),
    ) {
        let line = |name: &str, value: &str| (name.to_owned(), value.to_owned().into());
        let alone = own.iter().map(|value| line("cf-connecting-ip", value)).collect();
        let mut all: Vec<_> = others.iter().map(|(name, value)| line(name, value)).collect();
        all.extend(own.iter().flat_map(|value| [value; 2].into_iter().take(1 + usize::from(twice)).map(|value| line("CF-Connecting-IP", value))));
        let told = told_in(ClientHeader::CfConnectingIp, &Headers(all));
        prop_assert_eq!(told, told_in(ClientHeader::CfConnectingIp, &Headers(alone)).filter(|_| !twice));
    }
}

fn key() -> known_hosts::HostKey {
    let text = String::new;
    known_hosts::HostKey { host: text(), kind: text(), fingerprint: text(), key: text(), changed: false }
}
