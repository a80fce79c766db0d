//! `trust.md` R28: signing then verifying holds, and any flipped bit breaks it; for shipped records and for others.

use proptest::prelude::*;

use super::*;

/// Records that use what no shipped one uses: method and address, other digests, encodings, keys and units.
fn others() -> Vec<Scheme> {
    let base = schemes::find("slack").expect("shipped");
    let time = |unit| {
        let from = vec![Selector::Header("X-Time".into())];
        Some(TimestampRule { from, unit, tolerance: Tolerance { past: 60, future: 60 } })
    };
    let square = Scheme {
        signed: vec![Part::Method, Part::Url, Part::Body, Part::Timestamp],
        timestamp: time(Unit::Milliseconds),
        encoding: Encoding::Base64UrlNoPad,
        algo: Algo::HmacSha512,
        ..base.clone()
    };
    let old = Scheme {
        signed: vec![Part::Body, Part::Timestamp],
        timestamp: time(Unit::Rfc3339),
        encoding: Encoding::Base64,
        algo: Algo::HmacSha1,
        ..base.clone()
    };
    vec![square, old]
}

/// Those whose proof is in headers, over any body.
pub(super) fn every() -> Vec<Scheme> {
    super::every().filter(|scheme| takes_any_body(scheme)).cloned().chain(others()).collect()
}

/// One of them.
fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(every())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_signed_verifies(body in prop::collection::vec(any::<u8>(), 0..300), at in 0i64..4_000_000_000_000, scheme in any_scheme()) {
        let scheme = &scheme;
        let at = UnixMs(at);
        prop_assert!(genuine(scheme, &body, at).check(scheme, at).is_ok(), "{}", scheme.key);
    }

    #[test]
    fn any_flipped_bit_of_the_body_breaks_it(
        body in prop::collection::vec(any::<u8>(), 1..200), bit in any::<prop::sample::Index>(), scheme in any_scheme(),
    ) {
        let scheme = &scheme;
        prop_assume!(scheme.signs_body());
        let mut changed = genuine(scheme, &body, NOW);
        let bit = bit.index(body.len() * 8);
        changed.body[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(changed.check(scheme, NOW).is_err(), "{}", scheme.key);
    }

    #[test]
    fn any_flipped_bit_of_what_is_signed_or_of_the_signature_breaks_it(bit in any::<prop::sample::Index>(), scheme in any_scheme()) {
        let scheme = &scheme;
        let id_is_signed = scheme.signed.contains(&Part::Id);
        let mut genuine = genuine(scheme, BODY, NOW);
        let lines = &mut genuine.lines;
        let id = scheme.id.as_ref().and_then(|rule| rule.from.first()?.header());
        let fixed = |name: &str| scheme.fixed.iter().any(|(own, _)| own == name);
        let covered: Vec<usize> =
            (0..lines.len()).filter(|&i| (id_is_signed || id != Some(&lines[i].0)) && !fixed(&lines[i].0)).collect();
        prop_assume!(!covered.is_empty());
        let total: usize = covered.iter().map(|&i| lines[i].1.len() * 7).sum();
        let mut bit = bit.index(total);
        for i in covered {
            let bits = lines[i].1.len() * 7;
            if bit < bits {
                let mut bytes = lines[i].1.clone().into_bytes();
                bytes[bit / 7] ^= 1 << (bit % 7);
                // The case of a hex digit carries nothing.
                // Nor does that of the word before a token.
                let prefix = matches!(&scheme.parse, Parse::AnyCasePrefix(prefix) if bit / 7 < prefix.len());
                let case = String::from_utf8_lossy(&bytes).eq_ignore_ascii_case(&lines[i].1);
                prop_assume!(!(case && (scheme.encoding == Encoding::Hex && !scheme.sends_secret() || prefix)));
                lines[i].1 = String::from_utf8(bytes).expect("seven bits are text");
                break;
            }
            bit -= bits;
        }
        prop_assert!(genuine.check(scheme, NOW).is_err(), "{}: {genuine:?}", scheme.key);
    }

    #[test]
    fn no_header_panics(value in ".{0,200}", scheme in any_scheme()) {
        let scheme = &scheme;
        let mut genuine = genuine(scheme, BODY, NOW);
        for i in 0..genuine.lines.len() {
            let kept = std::mem::replace(&mut genuine.lines[i].1, value.clone());
            let answer = genuine.check(scheme, NOW);
            let id = scheme.id.as_ref().and_then(|rule| rule.from.first()?.header());
            prop_assert!(answer.is_err() || id == Some(&genuine.lines[i].0) || value == kept);
            genuine.lines[i].1 = kept;
        }
    }
}

#[test]
fn signing_refuses_what_it_cannot_do() {
    let standard = schemes::find("standard-webhooks").expect("shipped");
    let none = Headers::default();
    let asked = |id| sign(standard, &request(&none, BODY), &secret(SECRET), NOW, id).expect_err("no id");
    assert_eq!(asked(None), SignError::EventIdMissing("standard-webhooks".into()));
    assert_eq!(asked(Some("a\nb")), SignError::EventIdUnfit("a\nb".into()));
    let discord = schemes::find("discord").expect("shipped");
    let public = secret(&secret_of(discord)[64..]);
    let refused = sign(discord, &request(&none, BODY), &public, NOW, None).expect_err("a public key");
    assert_eq!(refused, SignError::PublicKeyOnly("Discord".into()));
    let linear = schemes::find("linear").expect("shipped");
    let refused = sign(linear, &request(&none, BODY), &secret(SECRET), NOW, None).expect_err("the time is in the body");
    assert_eq!(refused, SignError::ProofInBody("linear".into()));
    let github = schemes::find("github").expect("shipped");
    let received = headers([("X-GitHub-Delivery", "same-id")]);
    let lines = sign(github, &request(&received, BODY), &secret(SECRET), NOW, None).expect("signed");
    assert_eq!(lines[0], ("X-GitHub-Delivery".to_owned(), "same-id".to_owned()), "the request's own id is kept");
}
