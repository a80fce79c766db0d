//! Spellings of addresses that must not get through, and those that must.

use super::*;

/// Addresses as they are written in a trigger, each of which means something that is not the public internet.
const REFUSED: [(&str, &str); 58] = [
    ("http://127.0.0.1/", "this machine"),
    ("http://127.0.0.1./", "this machine"),
    ("http://127.1/", "this machine"),
    ("http://127.0.1/", "this machine"),
    ("http://2130706433/", "this machine"),
    ("http://0x7f000001/", "this machine"),
    ("http://0X7F.0.0.1/", "this machine"),
    ("http://0x7f.1/", "this machine"),
    ("http://0177.0.0.1/", "this machine"),
    ("http://017700000001/", "this machine"),
    ("http://0177.0x0.0.01/", "this machine"),
    ("http://127.255.255.254/", "this machine"),
    ("http://１２７.0.0.1/", "this machine"),
    ("http://１２７。０。０。１/", "this machine"),
    ("http://127%2e0%2e0%2e1/", "this machine"),
    ("http://0/", "this machine"),
    ("http://0.0.0.0/", "this machine"),
    ("http://0x0/", "this machine"),
    ("http://00.0.0.0/", "this machine"),
    ("http://10.0.0.1/", "private network"),
    ("http://10.1/", "private network"),
    ("http://167772161/", "private network"),
    ("http://172.16.0.1/", "private network"),
    ("http://172.31.255.255/", "private network"),
    ("http://192.168.1.1/", "private network"),
    ("http://0xc0a80101/", "private network"),
    ("http://100.64.0.1/", "inner network"),
    ("http://100.127.255.255/", "inner network"),
    ("http://169.254.1.1/", "local link"),
    ("http://192.0.0.1/", "protocols"),
    ("http://192.0.2.1/", "documentation"),
    ("http://198.51.100.7/", "documentation"),
    ("http://203.0.113.9/", "documentation"),
    ("http://192.88.99.1/", "6to4 relay"),
    ("http://198.19.0.1/", "benchmarks"),
    ("http://224.0.0.1/", "multicast"),
    ("http://239.255.255.255/", "multicast"),
    ("http://255.255.255.255/", "reserved"),
    ("http://4294967295/", "reserved"),
    ("http://[::1]/", "this machine"),
    ("http://[0:0:0:0:0:0:0:1]/", "this machine"),
    ("http://[::]/", "this machine"),
    ("http://[::ffff:127.0.0.1]/", "IPv4 address in IPv6 form"),
    ("http://[::ffff:7f00:1]/", "IPv4 address in IPv6 form"),
    ("http://[::ffff:93.184.216.34]/", "IPv4 address in IPv6 form"),
    ("http://[::127.0.0.1]/", "IPv4 address in IPv6 form"),
    ("http://[64:ff9b::7f00:1]/", "NAT64"),
    ("http://[64:ff9b:1::a00:1]/", "NAT64"),
    ("http://[2002:7f00:1::]/", "6to4"),
    ("http://[2001:0:1234::1]/", "protocols"),
    ("http://[2001:db8::1]/", "documentation"),
    ("http://[3fff::1]/", "documentation"),
    ("http://[fe80::1]/", "local link"),
    ("http://[fec0::1]/", "local link"),
    ("http://[fc00::1]/", "private network"),
    ("http://[fdff:1::1]/", "private network"),
    ("http://[ff02::1]/", "multicast"),
    ("http://[100::1]/", "not in use"),
];

/// Spellings of the address where clouds hand out credentials.
const METADATA_SPELLINGS: [&str; 11] = [
    "http://169.254.169.254/latest/meta-data",
    "http://169.254.169.254./",
    "http://169.254.43518/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
];

/// The address that a URL's host is.
fn address(url: &str) -> SocketAddr {
    let url = url::Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    let port = url.port_or_known_default().unwrap();
    match url.host().unwrap() {
        url::Host::Ipv4(ip) => SocketAddr::new(ip.into(), port),
        url::Host::Ipv6(ip) => SocketAddr::new(ip.into(), port),
        url::Host::Domain(name) => panic!("{name} is a name, not an address"),
    }
}

#[test]
fn every_spelling_of_a_private_address_needs_a_tick_and_says_what_it_is() {
    for (url, what) in REFUSED {
        let refusal = check("x.example", &[address(url)], &[], false).expect_err(url);
        assert!(refusal.message.contains(what), "{url}: {}", refusal.message);
        assert!(refusal.hint.unwrap().contains("allow private addresses"), "{url}");
        check("x.example", &[address(url)], &[], true).expect(url);
    }
}

#[test]
fn the_metadata_address_is_refused_in_every_spelling_whatever_is_ticked() {
    for url in METADATA_SPELLINGS {
        for tick in [false, true] {
            let refusal = check("x.example", &[address(url)], &[], tick).expect_err(url);
            assert!(refusal.message.contains("hands out credentials"), "{url}: {}", refusal.message);
        }
    }
}

#[test]
fn the_public_internet_is_let_through() {
    let urls = [
        "http://93.184.216.34/",
        "https://1.1.1.1/",
        "http://9.255.255.255/",
        "http://11.0.0.0/",
        "http://100.63.255.255/",
        "http://100.128.0.0/",
        "http://172.15.255.255/",
        "http://172.32.0.0/",
        "http://169.253.255.255/",
        "http://192.167.255.255/",
        "http://198.17.255.255/",
        "http://198.20.0.0/",
        "http://223.255.255.255/",
        "http://[2606:4700::1111]/",
        "http://[2a00:1450:4001::200e]/",
        "http://[2001:200::1]/",
        "http://[2003::1]/",
        "http://[3ffe::1]/",
    ];
    for url in urls {
        check("x.example", &[address(url)], &[], false).expect(url);
    }
}

#[test]
fn one_private_address_among_public_ones_is_enough_to_refuse() {
    let addresses = [address("http://93.184.216.34/"), address("http://10.0.0.1/")];
    let refusal = check("rebind.example", &addresses, &[], false).unwrap_err();
    assert_eq!(refusal.message, "rebind.example (10.0.0.1:80) is a private network, not the public internet");
}

#[test]
fn own_ports_are_refused_on_every_address_of_this_machine_whatever_is_ticked() {
    let own: [SocketAddr; 2] = ["127.0.0.1:4419".parse().unwrap(), "127.0.0.1:4420".parse().unwrap()];
    for url in [
        "http://127.0.0.1:4419/hooks/a",
        "http://127.9.9.9:4420/",
        "http://0:4419/",
        "http://[::1]:4420/",
        "http://[::]:4419/",
        "http://[::ffff:127.0.0.1]:4419/",
        "http://[64:ff9b::7f00:1]:4419/",
        "http://[2002:7f00:1::]:4420/",
    ] {
        let refusal = check("x", &[address(url)], &own, true).expect_err(url);
        assert!(refusal.message.ends_with("is Creel itself"), "{url}: {}", refusal.message);
    }
    check("x", &[address("http://127.0.0.1:4421/")], &own, true).expect("another program's port");
    check("x", &[address("http://93.184.216.34:4419/")], &own, true).expect("another machine's port");
}

#[test]
fn an_address_is_named_once_and_a_name_with_its_address() {
    let refusal = |host: &str| check(host, &[address("http://[::1]:80/")], &[], false).unwrap_err().message;
    assert_eq!(refusal("[::1]"), "[::1]:80 is this machine, not the public internet");
    assert_eq!(refusal("localhost."), "localhost. ([::1]:80) is this machine, not the public internet");
}
