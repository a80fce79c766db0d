//! Where a forward may go. Every address that a name has is checked, and the connection goes to a checked one: a name
//! cannot change its mind in between (`trust.md` T25).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use crate::error::{ApiError, ErrorCode};

/// Where clouds hand out credentials to whoever asks from inside: AWS and most others, AWS's containers, Alibaba, AWS
/// over IPv6. No forward has business there.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Blocks of IPv4 that are not the public internet (IANA's special-purpose registry): address, prefix length, what it is.
const SPECIAL_V4: [(Ipv4Addr, u32, &str); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private network"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a provider's inner network"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "this machine"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "the local link"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private network"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved for protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "reserved for documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private network"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "reserved for benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "reserved for documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "reserved for documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast group"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

/// The same for IPv6. What is outside 2000::/3 and not listed is not the public internet either.
const SPECIAL_V6: [(Ipv6Addr, u32, &str); 12] = [
    (Ipv6Addr::UNSPECIFIED, 128, "this machine"),
    (Ipv6Addr::LOCALHOST, 128, "this machine"),
    (Ipv6Addr::UNSPECIFIED, 96, "an IPv4 address in IPv6 form"),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, "an IPv4 address in IPv6 form"),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 32, "an IPv4 address behind NAT64"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private network"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 9, "the local link"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast group"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "reserved for protocols"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "reserved for documentation"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "an IPv4 address in 6to4 form"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "reserved for documentation"),
];

/// Checks every address of `host`. `own`: where Creel itself listens.
pub fn check(host: &str, addresses: &[SocketAddr], own: &[SocketAddr], allow_private: bool) -> Result<(), ApiError> {
    addresses.iter().try_for_each(|address| check_one(host, *address, own, allow_private))
}

/// Checks an address that is written out, as far as that can be done when it is saved.
pub fn check_literal(ip: IpAddr, allow_private: bool) -> Result<(), ApiError> {
    check_ip(&ip.to_string(), ip, allow_private)
}

fn check_one(host: &str, address: SocketAddr, own: &[SocketAddr], allow_private: bool) -> Result<(), ApiError> {
    let named = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(_) => address.to_string(),
        Err(_) => format!("{host} ({address})"),
    };
    if meant(address.ip()).any(|ip| is_own(SocketAddr::new(ip, address.port()), own)) {
        return Err(
            refused(&named, "Creel itself").hint("a delivery that Creel sends itself would go round in circles")
        );
    }
    check_ip(&named, address.ip(), allow_private)
}

fn check_ip(named: &str, ip: IpAddr, allow_private: bool) -> Result<(), ApiError> {
    if meant(ip).any(|ip| METADATA.contains(&ip)) {
        return Err(refused(named, "where a cloud hands out credentials").hint("nothing is ever sent there"));
    }
    match special(ip) {
        Some(what) if !allow_private => Err(refused(named, &format!("{what}, not the public internet"))
            .hint("tick \"allow private addresses\" in the forward if that is what you want")),
        Some(_) | None => Ok(()),
    }
}

fn refused(named: &str, why: &str) -> ApiError {
    ApiError::new(ErrorCode::Forbidden, format!("{named} is {why}"))
}

/// The address, and the IPv4 one that it stands for.
fn meant(ip: IpAddr) -> impl Iterator<Item = IpAddr> {
    [Some(ip), inner(ip).map(IpAddr::V4)].into_iter().flatten()
}

/// What an address is, if it is not the public internet.
fn special(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => {
            let within =
                |(block, length, _): &&(Ipv4Addr, u32, _)| (ip.to_bits() ^ block.to_bits()) >> (32 - length) == 0;
            SPECIAL_V4.iter().find(within).map(|(_, _, what)| *what)
        }
        IpAddr::V6(ip) => {
            let within =
                |(block, length, _): &&(Ipv6Addr, u32, _)| (ip.to_bits() ^ block.to_bits()) >> (128 - length) == 0;
            let listed = SPECIAL_V6.iter().find(within).map(|(_, _, what)| *what);
            listed.or_else(|| (ip.segments()[0] >> 13 != 1).then_some("not in use"))
        }
    }
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64, 6to4, Teredo.
fn inner(ip: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(ip) = ip else { return None };
    let last = Ipv4Addr::from_bits(u32::try_from(ip.to_bits() & 0xffff_ffff).unwrap_or_default());
    match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, ..] => Some(last),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))),
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!last.to_bits())),
        _ => None,
    }
}

/// Whether Creel answers at this address. A port counts as own on every address of this machine.
fn is_own(address: SocketAddr, own: &[SocketAddr]) -> bool {
    own.iter().any(|listener| listener.port() == address.port()) && is_this_machine(address.ip())
}

fn is_this_machine(ip: IpAddr) -> bool {
    // Only an address of this machine can be bound; port 0 takes none that anybody uses.
    ip.is_loopback() || ip.is_unspecified() || UdpSocket::bind((ip, 0)).is_ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "address_guard_tests.rs"]
mod tests;
