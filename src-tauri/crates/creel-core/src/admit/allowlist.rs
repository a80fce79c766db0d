//! Who may call: single addresses and CIDR ranges, v4 and v6.

use std::net::IpAddr;

use ipnet::IpNet;

/// An allowlist ready to be asked. Empty: everyone.
#[derive(Clone, Debug, Default)]
pub struct Allowlist {
    ranges: Vec<IpNet>,
    nobody: bool,
}

/// A line that is no address and no range.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no IP address and no CIDR range")]
pub struct BadEntry(String);

/// What the allowlist says of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// May call.
    Allowed,
    /// May not.
    NotListed,
    /// There is a list, and the listener does not know the caller's address.
    Unknown,
}

impl Allowlist {
    /// Reads the lines as the user wrote them. A v4 address mapped into v6 stands for the v4 address.
    pub fn read(lines: &[String]) -> Result<Self, BadEntry> {
        let ranges = lines.iter().map(|line| read_entry(line.trim())).collect::<Result<_, _>>()?;
        Ok(Self { ranges, nobody: false })
    }

    /// A list that lets nobody in: what stands in for one that cannot be read.
    pub fn nobody() -> Self {
        Self { ranges: Vec::new(), nobody: true }
    }

    /// Asks for `caller`.
    pub fn standing(&self, caller: Option<IpAddr>) -> Standing {
        match caller.map(|address| address.to_canonical()) {
            _ if self.ranges.is_empty() && !self.nobody => Standing::Allowed,
            None => Standing::Unknown,
            Some(address) if self.ranges.iter().any(|range| range.contains(&address)) => Standing::Allowed,
            Some(_) => Standing::NotListed,
        }
    }
}

fn read_entry(line: &str) -> Result<IpNet, BadEntry> {
    let bad = || BadEntry(line.to_owned());
    let Some((address, bits)) = line.split_once('/') else {
        return line.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical())).map_err(|_| bad());
    };
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let bits: u8 = bits.parse().map_err(|_| bad())?;
    let (address, bits) = match (address, address.to_canonical()) {
        (IpAddr::V6(_), IpAddr::V4(mapped)) => (IpAddr::V4(mapped), bits.checked_sub(96).ok_or_else(bad)?),
        (_, canonical) => (canonical, bits),
    };
    IpNet::new(address, bits).map_err(|_| bad())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_list_lets_in_its_range_and_its_address_and_nobody_else() {
        let lines = ["203.0.113.0/24", "198.51.100.42", "2001:db8::/32"].map(str::to_owned);
        let list = Allowlist::read(&lines).unwrap();
        for (caller, standing) in [
            ("203.0.113.7", Standing::Allowed),
            ("::ffff:203.0.113.7", Standing::Allowed),
            ("203.0.114.7", Standing::NotListed),
            ("198.51.100.42", Standing::Allowed),
            ("198.51.100.43", Standing::NotListed),
            ("2001:db8::1", Standing::Allowed),
            ("2001:db9::1", Standing::NotListed),
        ] {
            assert_eq!(list.standing(Some(caller.parse().unwrap())), standing, "{caller}");
        }
        assert_eq!(list.standing(None), Standing::Unknown);
        assert_eq!(Allowlist::default().standing(None), Standing::Allowed);
        assert_eq!(Allowlist::nobody().standing(Some("127.0.0.1".parse().unwrap())), Standing::NotListed);
    }

    #[test]
    fn a_mapped_range_stands_for_its_v4_range() {
        let list = Allowlist::read(&["::ffff:10.1.0.0/112".to_owned()]).unwrap();
        assert_eq!(list.standing(Some("10.1.2.3".parse().unwrap())), Standing::Allowed);
        assert_eq!(list.standing(Some("10.2.2.3".parse().unwrap())), Standing::NotListed);
    }

    #[test]
    fn what_is_no_address_is_named() {
        for line in ["", "localhost", "10.0.0.0/33", "10.0.0/8", "::ffff:10.0.0.0/64", "1.2.3.4/", "010.0.0.1"] {
            assert_eq!(Allowlist::read(&[line.to_owned()]).unwrap_err(), BadEntry(line.to_owned()));
        }
    }
}
