//! Any lines of an allowlist, any caller: a list lets in whom one of its lines lets in, and nobody else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use creel_core::admit::{Allowlist, Standing};

use super::text;

/// More lines than a list has; each is read several times here.
const MOST_LINES: usize = 64;

/// The caller's sixteen bytes, then the lines.
pub fn run(data: &[u8]) {
    let Some((caller, lines)) = data.split_first_chunk::<16>() else { return };
    let lines: Vec<String> = text(lines).lines().take(MOST_LINES).map(str::to_owned).collect();
    let v6 = IpAddr::from(Ipv6Addr::from(*caller));
    let v4 = IpAddr::from(Ipv4Addr::from([caller[0], caller[1], caller[2], caller[3]]));
    let Ok(list) = Allowlist::read(&lines) else {
        assert!(lines.iter().any(|line| alone(line).is_none()), "each line can be read, and the list cannot");
        return;
    };
    let expected = if lines.is_empty() { Standing::Allowed } else { Standing::Unknown };
    assert_eq!(list.standing(None), expected);
    for caller in [v6, v4, v6.to_canonical()] {
        let let_in = |line: &String| alone(line).is_some_and(|list| list.standing(Some(caller)) == Standing::Allowed);
        let expected =
            if lines.is_empty() || lines.iter().any(let_in) { Standing::Allowed } else { Standing::NotListed };
        assert_eq!(list.standing(Some(caller)), expected, "{caller} in {lines:?}");
    }
    for address in lines.iter().filter_map(|line| line.trim().parse::<IpAddr>().ok()) {
        assert_eq!(list.standing(Some(address)), Standing::Allowed, "{address} is in the list itself");
    }
}

/// A list of this line.
fn alone(line: &str) -> Option<Allowlist> {
    Allowlist::read(&[line.to_owned()]).ok()
}
