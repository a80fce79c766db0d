//! What other providers published, or their libraries' own tests hold; each vector with its record's source.

use super::*;
use crate::delivery::ReasonCode;

fn taken(
    scheme: &str,
    url: &str,
    lines: &[(&str, &str)],
    body: &[u8],
    secret: &str,
    at: UnixMs,
) -> Result<(), Rejected> {
    let scheme = schemes::find(scheme).expect("shipped");
    let headers = headers(lines.iter().copied());
    let request = SignedRequest { method: "POST", url, headers: &headers, body };
    verify(scheme, &request, &[key(secret, None)], at).map(|_| ())
}

#[test]
fn twilio_s_form_verifies_with_and_without_a_port_and_not_with_another_field() {
    let body = b"To=%2B18005551212&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE&From=%2B14158675309";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let lines = [form, ("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")];
    let check = |url: &str, body: &[u8]| taken("twilio", url, &lines, body, "12345", NOW);
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(check(url, body), Ok(()));
    assert_eq!(check("https://mycompany.com:443/myapp.php?foo=1&bar=2", body), Ok(()));
    assert!(check("https://mycompany.com/myapp.php?foo=1&bar=3", body).is_err());
    assert!(check(url, &[&body[..], b"&Extra=1"].concat()).is_err());
    assert_eq!(check(url, &[&body[..], b"&Digits=1234"].concat()), Ok(()), "a repeated value counts once");
    let host = [form, lines[1], ("Host", "mycompany.com")];
    assert_eq!(
        taken("twilio", "/myapp.php?foo=1&bar=2", &host, body, "12345", NOW),
        Ok(()),
        "the name that was called"
    );
}

#[test]
fn sendgrid_s_public_key_verifies_the_bytes_with_their_line_end() {
    let public = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    let signature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    let body = concat!(
        r#"[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","#,
        r#""sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","#,
        r#""sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","#,
        r#""smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]"#,
        "\r\n"
    );
    let at = UnixMs(1_600_112_502_000);
    let lines = [
        ("X-Twilio-Email-Event-Webhook-Signature", signature),
        ("X-Twilio-Email-Event-Webhook-Timestamp", "1600112502"),
    ];
    assert_eq!(taken("sendgrid", URL, &lines, body.as_bytes(), public, at), Ok(()));
    assert!(taken("sendgrid", URL, &lines, body.trim_end().as_bytes(), public, at).is_err());
}

#[test]
fn adyen_s_item_verifies() {
    let body = br#"{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":"coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},"amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","merchantAccountCode":"TestMerchant","merchantReference":"TestPayment-1407325143704","pspReference":"7914073381342284","success":"true"}}]}"#;
    let secret = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    assert_eq!(taken("adyen-payments", URL, &[], body, secret, NOW), Ok(()));
    let other = String::from_utf8_lossy(body).replace("1130", "9999");
    let refused = taken("adyen-payments", URL, &[], other.as_bytes(), secret, NOW).expect_err("another amount");
    assert_eq!(refused.reason, ReasonCode::SignatureMismatch);
}

#[test]
fn box_s_two_signatures_verify_under_either_key() {
    let body = br#"{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}"#;
    let lines = [
        ("BOX-DELIVERY-TIMESTAMP", "2020-01-01T00:00:00-07:00"),
        ("BOX-SIGNATURE-ALGORITHM", "HmacSHA256"),
        ("BOX-SIGNATURE-VERSION", "1"),
        ("BOX-SIGNATURE-PRIMARY", "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI="),
        ("BOX-SIGNATURE-SECONDARY", "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo="),
    ];
    let at = UnixMs(1_577_862_000_000);
    for secret in ["SamplePrimaryKey", "SampleSecondaryKey"] {
        assert_eq!(taken("box", URL, &lines, body, secret, at), Ok(()), "{secret}");
    }
    assert!(taken("box", URL, &lines, body, "IncorrectKey", at).is_err());
    assert!(taken("box", URL, &lines, body, "SamplePrimaryKey", at.plus_ms(601_000)).is_err(), "ten minutes");
    let mut other = lines;
    other[2].1 = "2";
    let refused = taken("box", URL, &other, body, "SamplePrimaryKey", at).expect_err("another version");
    assert_eq!(refused.words, "BOX-SIGNATURE-VERSION is \"2\", not \"1\"");
}

#[test]
fn hubspot_s_documented_hashes_verify() {
    let secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    let body = br#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
    let version = |version| ("X-HubSpot-Signature-Version", version);
    let first = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de";
    let lines = [("X-HubSpot-Signature", first), version("v1")];
    assert_eq!(taken("hubspot-v1", URL, &lines, body, secret, NOW), Ok(()));
    assert!(taken("hubspot-v2", URL, &lines, body, secret, NOW).is_err());
    // Computed elsewhere from the rule: secret, method, address, body.
    let second = "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900";
    let lines = [("X-HubSpot-Signature", second), version("v2")];
    let body = br#"{"example_field":"example_value"}"#;
    assert_eq!(taken("hubspot-v2", "https://www.example.com/webhook_uri", &lines, body, secret, NOW), Ok(()));
}

/// RFC 8032 §7.1, test 2: the message is the single byte 72, here the timestamp.
#[test]
fn ed25519_is_that_of_the_rfc() {
    let discord = schemes::find("discord").expect("shipped");
    let untimed = Scheme { timestamp: None, signed: vec![Part::Body], ..discord.clone() };
    let signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    let public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let lines = headers([("X-Signature-Ed25519", signature)]);
    assert!(verify(&untimed, &request(&lines, b"\x72"), &[key(public, None)], NOW).is_ok());
    assert!(verify(&untimed, &request(&lines, b"\x73"), &[key(public, None)], NOW).is_err());
}

#[test]
fn a_secret_of_a_public_key_scheme_is_a_public_key_or_a_pair() {
    for (scheme, good, bad) in [
        ("discord", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "3d4017c3"),
        ("standard-webhooks-v1a", "whpk_PUAXw+hDiVqStwqnTVt+vJyYLM8uxJaMwM1V8Sr0Zgw=", "whpk_AAAA"),
        (
            "sendgrid",
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
            "AAAA",
        ),
    ] {
        let scheme = schemes::find(scheme).expect("shipped");
        assert_eq!(scheme.check_secret(&secret(good)), Ok(()), "{}", scheme.key);
        assert_eq!(scheme.check_secret(&secret(bad)), Err(CannotReadSecret::NotAKey), "{}", scheme.key);
        assert_eq!(scheme.check_secret(&scheme.new_secret(&[1; 32])), Ok(()), "{}", scheme.key);
    }
}

#[test]
fn gitea_signs_the_payload_of_a_form_and_github_the_form() {
    let gitea = schemes::find("gitea").expect("shipped");
    let json = br#"{"ref":"refs/heads/main"}"#;
    let signature = genuine(gitea, json, NOW).signature(gitea);
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", std::str::from_utf8(json).expect("text"))
        .finish();
    let lines = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Gitea-Signature", signature.as_str())];
    assert_eq!(taken("gitea", URL, &lines, form.as_bytes(), SECRET, NOW), Ok(()));
    let github = format!("sha256={signature}");
    let lines = [lines[0], ("X-Hub-Signature-256", github.as_str())];
    assert!(taken("github", URL, &lines, form.as_bytes(), SECRET, NOW).is_err());
}
