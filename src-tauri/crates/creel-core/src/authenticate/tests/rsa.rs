//! RSA: Amazon SNS and PayPal, with keys and certificates that OpenSSL makes, and signatures that it makes and checks.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use super::*;

/// A private key of 2048 bits and its certificate.
static MADE: LazyLock<(String, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=sns.amazonaws.com",
        "-keyout",
        text(&key),
        "-out",
        text(&certificate),
    ]);
    let read = |path| std::fs::read_to_string(path).expect("OpenSSL wrote it");
    (read(key), read(certificate))
});

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn openssl(arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}

/// OpenSSL's own signature of `message`, in base64.
fn signature(hash: &str, message: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, file) = (folder.path().join("key.pem"), folder.path().join("message"));
    std::fs::write(&key, &MADE.0).and_then(|()| std::fs::write(&file, message)).expect("a file");
    base64::Engine::encode(
        &base64::prelude::BASE64_STANDARD,
        openssl(&["dgst", hash, "-sign", text(&key), text(&file)]),
    )
}

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";

fn notification(subject: Option<&str>, signature: &str, version: &str) -> Vec<u8> {
    let mut body = serde_json::json!({
        "Type": "Notification", "MessageId": "22b80b92", "TopicArn": TOPIC, "Message": "two\nlines and \"quotes\" ü",
        "Timestamp": "2026-11-20T12:53:18.084Z", "SignatureVersion": version, "Signature": signature,
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/a.pem", "UnsubscribeURL": "https://sns/x",
    });
    if let Some(subject) = subject {
        body["Subject"] = subject.into();
    }
    serde_json::to_vec_pretty(&body).expect("JSON")
}

/// As Amazon's document puts it together, written anew here.
fn signed_text(subject: &str) -> String {
    format!(
        "Message\ntwo\nlines and \"quotes\" ü\nMessageId\n22b80b92\n{subject}Timestamp\n2026-11-20T12:53:18.084Z\n\
         TopicArn\n{TOPIC}\nType\nNotification\n"
    )
}

fn took(scheme: &str, body: &[u8], key: &str) -> Result<Authentic, Rejected> {
    check(scheme, &Headers::default(), body, key, NOW)
}

#[test]
fn what_openssl_signed_as_amazon_does_is_taken_and_a_flipped_bit_is_not() {
    let (key, certificate) = &*MADE;
    let one_line = certificate.replace('\n', "");
    for (scheme, hash, version) in [("aws-sns", "-sha256", "2"), ("aws-sns-v1", "-sha1", "1")] {
        for (subject, line) in [(None, ""), (Some("Disk"), "Subject\nDisk\n")] {
            let body = notification(subject, &signature(hash, &signed_text(line)), version);
            for secret in [key, certificate, &one_line] {
                let authentic = took(scheme, &body, secret).expect(scheme);
                assert_eq!((authentic.event(), authentic.event_id()), (Some("Notification"), Some("22b80b92")));
            }
            let other = if scheme == "aws-sns" { "aws-sns-v1" } else { "aws-sns" };
            assert!(took(other, &body, certificate).is_err(), "the hash comes from the scheme, not from the message");
            for part in ["two", "22b80b92", "alarms", "12:53", "Notification\""] {
                let at = body.windows(part.len()).position(|found| found == part.as_bytes()).expect(part);
                let mut flipped = body.clone();
                flipped[at] ^= 1;
                assert!(took(scheme, &flipped, certificate).is_err(), "{scheme}: a bit of {part}");
            }
            let added = String::from_utf8(body).expect("text").replacen('{', "{\"Token\": \"x\",", 1);
            assert!(took(scheme, added.as_bytes(), certificate).is_err(), "a field more is signed too");
        }
    }
}

#[test]
fn a_confirmation_is_answered_and_does_nothing_and_its_address_is_signed() {
    let sign_as = |body: &serde_json::Value| {
        let body = serde_json::to_vec(body).expect("JSON");
        let scheme = schemes::find("aws-sns").expect("shipped");
        let lines = Headers::default();
        sign_whole(scheme, &request(&lines, &body), &secret(&MADE.0), NOW, None)
            .expect("signed")
            .body
            .expect("in the body")
    };
    let asked = serde_json::json!({
        "Type": "SubscriptionConfirmation", "MessageId": "1", "TopicArn": TOPIC, "Message": "m", "Token": "t",
        "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Token=t", "Timestamp": "2026-11-20T12:45:07.000Z",
        "SignatureVersion": "2",
    });
    let body = sign_as(&asked);
    let authentic = took("aws-sns", &body, &MADE.1).expect("our own signature");
    assert!(authentic.silent() && authentic.challenge().is_some_and(|answer| answer.status == 200));
    let elsewhere = String::from_utf8(body).expect("text").replace("sns.eu-west-1", "sns.eu-west-2");
    assert!(took("aws-sns", elsewhere.as_bytes(), &MADE.1).is_err());
}

#[test]
fn paypal_binds_its_id_its_time_the_webhook_and_the_body_by_a_checksum() {
    let (key, certificate) = &*MADE;
    // The CRC-32 of the check string of every description of it.
    let body = b"123456789";
    let message = "69cd13f0|2026-11-19T23:59:00Z|9XL90610J3647323C|3421780262";
    let lines = |sig: &str| {
        headers([
            ("Paypal-Transmission-Id", "69cd13f0"),
            ("Paypal-Transmission-Time", "2026-11-19T23:59:00Z"),
            ("Paypal-Transmission-Sig", sig),
            ("Paypal-Auth-Algo", "SHA256withRSA"),
        ])
    };
    let genuine = lines(&signature("-sha256", message));
    let with_id = |id: &str, pem: &str| format!("{id}\n{pem}");
    for pem in [key, certificate] {
        assert!(check("paypal", &genuine, body, &with_id("9XL90610J3647323C", pem), NOW).is_ok());
        assert!(check("paypal", &genuine, body, &with_id("another", pem), NOW).is_err(), "another webhook's");
        assert!(check("paypal", &genuine, b"123456788", &with_id("9XL90610J3647323C", pem), NOW).is_err());
    }
    let late = UnixMs(NOW.0 + 4 * 86_400_000);
    assert!(check("paypal", &genuine, body, &with_id("9XL90610J3647323C", certificate), late).is_err());
    let mut other = genuine.clone();
    other.0[0].1 = "69cd13f1".into();
    assert!(check("paypal", &other, body, &with_id("9XL90610J3647323C", certificate), NOW).is_err());
}

#[test]
fn only_a_key_is_a_secret_and_only_a_private_one_signs() {
    let (key, certificate) = &*MADE;
    let body = notification(None, "", "2");
    let lines = Headers::default();
    for name in ["aws-sns", "aws-sns-v1", "paypal"] {
        let scheme = schemes::find(name).expect("shipped");
        for good in [key, certificate] {
            assert_eq!(scheme.check_secret(&secret(good)), Ok(()), "{name}");
        }
        let cut = &certificate[..certificate.len() / 2];
        let bent = certificate.replace("MII", "MIJ");
        for bad in ["whsec_abc", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", cut, bent.as_str()] {
            assert!(scheme.check_secret(&secret(bad)).is_err(), "{name} takes {bad:?}");
        }
    }
    let sns = schemes::find("aws-sns").expect("shipped");
    let refused =
        sign_whole(sns, &request(&lines, &body), &secret(certificate), NOW, None).expect_err("no private key");
    assert!(refused.to_string().contains("public key"), "{refused}");
    let old = schemes::find("aws-sns-v1").expect("shipped");
    let refused = sign_whole(old, &request(&lines, &body), &secret(key), NOW, None).expect_err("SHA-1");
    assert!(refused.to_string().contains("not signed"), "{refused}");
}
