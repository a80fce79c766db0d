//! Why a certificate was refused, in words. A clock that is wrong makes every certificate one of another time, so that is
//! asked first.

use crate::tunnel::up::Down;

/// Why `whose` certificate was refused, from the causes of an error as rustls and Go word them; `None`: they are about
/// something else.
pub fn refused(whose: &str, causes: &str) -> Option<Down> {
    let causes = causes.to_ascii_lowercase();
    let says = |what: &[&str]| what.iter().any(|what| causes.contains(what));
    if says(&["certificate expired", "has expired", "not valid yet", "not yet valid"]) {
        let why = format!(
            "the certificate of {whose} is not trusted: it is of another time, or this machine's clock is wrong"
        );
        return Some(Down::again(
            why,
            "look at this machine's date and time; if they are right, the certificate has to be renewed",
        ));
    }
    if says(&["not valid for name", "is valid for", "doesn't contain any ip sans"]) {
        let why = format!("the certificate of {whose} is not trusted: it is for another name");
        return Some(Down::again(why, "the address needs a certificate for exactly this name"));
    }
    says(&["certificate", "x509"]).then(|| {
        let why = format!("the certificate of {whose} is not trusted: nobody whom this machine knows has signed it");
        Down::again(why, "a proxy or a network that asks for a sign-in first stands in between, or it is a private certificate: try another network")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_another_name_and_an_unknown_signer_are_told_apart() {
        let of = |causes: &str| refused("x.example", causes).map(|down| (down.why, down.hint));
        for (causes, why, hint) in [
            (
                "invalid peer certificate: certificate expired: verification time 1 (UNIX), but",
                "clock is wrong",
                "date and time",
            ),
            (
                "invalid peer certificate: certificate not valid yet: verification time 1",
                "clock is wrong",
                "date and time",
            ),
            (
                "x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is",
                "clock is wrong",
                "date and time",
            ),
            (
                "invalid peer certificate: certificate not valid for name \"x.example\"; certificate is only",
                "another name",
                "this name",
            ),
            ("x509: certificate is valid for y.example, not x.example", "another name", "this name"),
            ("invalid peer certificate: UnknownIssuer", "has signed it", "another network"),
            (
                "tls: failed to verify certificate: x509: certificate signed by unknown authority",
                "has signed it",
                "another network",
            ),
        ] {
            let (said, next) = of(causes).unwrap_or_default();
            assert!(
                said.starts_with("the certificate of x.example is not trusted") && said.ends_with(why),
                "{causes}: {said}"
            );
            assert!(next.contains(hint), "{causes}: {next}");
        }
        assert_eq!(of("tcp connect error: Connection refused"), None);
    }
}
