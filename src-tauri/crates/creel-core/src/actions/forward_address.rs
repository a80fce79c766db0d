//! The address of a forward: whose host is fixed when it is saved, and whose values stay values.

use std::net::IpAddr;

use url::{Host, Url};

use crate::actions::address_guard;
use crate::error::ApiError;
use crate::template::{Scope, Span, Template, text_of};
use crate::trigger::MissingPolicy;

/// Longest address: what servers commonly take.
const ADDRESS_MOST: usize = 8 * 1024;

/// What is wrong with an address as it is saved. `private`: the user allowed private addresses.
pub fn validate(address: &str, private: bool) -> Result<(), ApiError> {
    let (host, _) = fixed_part(address)?;
    let ip = match &host {
        Host::Ipv4(ip) => Some(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(*ip)),
        Host::Domain(_) => None,
    };
    if let Some(refusal) = ip.and_then(|ip| address_guard::check_literal(ip, private).err()) {
        return Err(ApiError { field: Some("url".to_owned()), ..refusal });
    }
    if is_localhost(&host) && !private {
        return Err(bad(format!("{host} is this machine, not the public internet"))
            .hint("tick \"allow private addresses\" if that is what you want"));
    }
    Ok(())
}

/// What is wrong with an address that the user typed for a server of his own: private ones are fine, placeholders are not.
pub fn check_fixed(address: &str) -> Result<(), ApiError> {
    if address.contains("{{") {
        return Err(bad(format!("\"{address}\" holds a placeholder")));
    }
    validate(address, true)
}

/// The address for one delivery. A value is put in as one piece: a slash or a question mark in it stays part of it.
pub fn render(address: &str, scope: &Scope<'_>, missing: MissingPolicy) -> Result<Url, ApiError> {
    let (host, fixed) = fixed_part(address)?;
    let template = Template::parse(&address[fixed..]);
    let mut text = address[..fixed].to_owned();
    for span in template.spans() {
        let source = &template.source()[span.at()];
        match span {
            Span::Text(_) | Span::Unclosed(_) => text.push_str(source),
            Span::Placeholder { path, .. } => match (scope.look(path), missing) {
                (Some(value), _) => escape(&text_of(&value), &mut text),
                (None, MissingPolicy::Empty) => {}
                (None, MissingPolicy::Keep) => escape(source, &mut text),
            },
        }
    }
    if text.len() > ADDRESS_MOST {
        return Err(bad(format!("the address has {} bytes; at most {ADDRESS_MOST}", text.len())));
    }
    no_way_up(&text[fixed..])?;
    let url = Url::parse(&text).map_err(|error| bad(format!("\"{text}\" is no address: {error}")))?;
    match url.host().map(|host| host.to_owned()) {
        Some(same) if same == host => Ok(url),
        Some(_) | None => Err(bad(format!("a value changed the host of \"{text}\""))),
    }
}

/// The host, and where in the text scheme, host and port end. No template may touch them: a payload must not choose
/// where something is sent.
fn fixed_part(address: &str) -> Result<(Host, usize), ApiError> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let rest = rest.ok_or_else(|| bad(format!("\"{address}\" does not begin with http:// or https://")))?;
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains("{{") || authority.contains("}}") {
        return Err(bad("the host of the address holds a placeholder".to_owned())
            .hint("placeholders may stand in the path and the query"));
    }
    if authority.contains('@') {
        return Err(bad("the address holds a user name or password".to_owned()).hint("put credentials into a header"));
    }
    let end = address.len() - rest.len() + authority.len();
    let whole = Url::parse(&address[..end]).map_err(|error| bad(format!("\"{address}\" is no address: {error}")))?;
    let host = whole.host().ok_or_else(|| bad(format!("\"{address}\" has no host")))?.to_owned();
    Ok((host, end))
}

/// A dot segment would leave the folder that the user wrote, also in its percent forms.
fn no_way_up(behind_host: &str) -> Result<(), ApiError> {
    let path = behind_host.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &&str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    match path.split(['/', '\\']).find(is_dots) {
        Some(segment) => Err(bad(format!("a part of the path is \"{segment}\", which leads elsewhere"))),
        None => Ok(()),
    }
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn escape(value: &str, text: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
}

fn is_localhost(host: &Host) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    }
}

fn bad(words: String) -> ApiError {
    ApiError::invalid("url", words)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::receive::Headers;
    use crate::template::ScopeOf;

    fn rendered(address: &str, body: &str) -> Result<String, String> {
        let (headers, body) = (Headers::default(), Bytes::copy_from_slice(body.as_bytes()));
        let scope = Scope::new(ScopeOf::of_a_push(&headers, &body));
        render(address, &scope, MissingPolicy::Empty).map(String::from).map_err(|error| error.message)
    }

    #[test]
    fn only_http_addresses_with_a_fixed_host_are_saved() {
        for (address, words) in [
            ("https://example.com", ""),
            ("http://example.com:8080/{{payload.a}}?b={{payload.b}}", ""),
            ("https://93.184.216.34/x", ""),
            ("ftp://example.com/", "does not begin with http:// or https://"),
            ("HTTP://example.com/", "does not begin with http:// or https://"),
            ("javascript:alert(1)", "does not begin with"),
            ("{{payload.url}}", "does not begin with"),
            ("https://{{payload.host}}/", "holds a placeholder"),
            ("https://example.com{{payload.x}}", "holds a placeholder"),
            ("https://example.com:{{payload.port}}/", "holds a placeholder"),
            ("https://user:secret@example.com/", "user name or password"),
            ("https://good.example@evil.example/", "user name or password"),
            ("https://", "no address"),
            ("https:///path", "no address"),
            ("https://exa mple.com/", "no address"),
            ("https://example.com:99999/", "no address"),
            ("http://127.0.0.1:8080/", "127.0.0.1 is this machine"),
            ("http://0x7f.1/", "127.0.0.1 is this machine"),
            ("http://[::1]/", "::1 is this machine"),
            ("http://localhost:3000/", "localhost is this machine"),
            ("http://LOCALHOST./", "localhost. is this machine"),
            ("http://app.localhost/", "app.localhost is this machine"),
            ("http://169.254.169.254/", "hands out credentials"),
        ] {
            match validate(address, false) {
                Ok(()) => assert!(words.is_empty(), "{address} was taken"),
                Err(error) => {
                    assert!(!words.is_empty() && error.message.contains(words), "{address}: {}", error.message);
                    assert_eq!(error.field.as_deref(), Some("url"));
                }
            }
        }
    }

    #[test]
    fn a_tick_allows_this_machine_and_never_the_metadata_address() {
        for address in ["http://127.0.0.1:8080/", "http://localhost:3000/", "http://[fd00::1]/"] {
            validate(address, true).expect(address);
        }
        assert!(validate("http://169.254.169.254/", true).is_err());
    }

    #[test]
    fn a_value_stays_one_piece_of_the_path_or_of_the_query() {
        let body = r#"{"a": "x/y?z#é &=", "n": 7}"#;
        let address = "https://example.com/{{payload.a}}/{{ payload.n }}?q={{payload.a}}&m={{payload.none}}";
        let escaped = "x%2Fy%3Fz%23%C3%A9%20%26%3D";
        assert_eq!(rendered(address, body).unwrap(), format!("https://example.com/{escaped}/7?q={escaped}&m="));
    }

    #[test]
    fn a_value_cannot_lead_to_another_host_or_out_of_its_folder() {
        for value in ["@evil.example/", ".evil.example", "\\\\evil.example", "//evil.example", ":81", "%2f..%2f"] {
            let body = serde_json::json!({ "v": value }).to_string();
            let url = rendered("https://example.com/{{payload.v}}", &body).unwrap();
            assert!(url.starts_with("https://example.com/") && url.matches('/').count() == 3, "{url}");
        }
        for (address, value) in [
            ("/in/{{payload.v}}", ".."),
            ("/in/{{payload.v}}/x", "."),
            ("/in/.{{payload.v}}/x", "."),
            ("/in/%2e%2e/x", ""),
        ] {
            let body = serde_json::json!({ "v": value }).to_string();
            let error = rendered(&format!("https://example.com{address}"), &body).unwrap_err();
            assert!(error.contains("leads elsewhere"), "{address}: {error}");
        }
    }

    #[test]
    fn what_is_in_a_value_is_no_template() {
        let body = r#"{"v": "{{payload.w}}", "w": "secret"}"#;
        assert_eq!(
            rendered("https://example.com/{{payload.v}}", body).unwrap(),
            "https://example.com/%7B%7Bpayload.w%7D%7D"
        );
    }

    #[test]
    fn an_address_that_grows_too_long_is_refused() {
        let body = serde_json::json!({ "v": "x".repeat(9_000) }).to_string();
        assert!(rendered("https://example.com/{{payload.v}}", &body).unwrap_err().contains("at most 8192"));
    }
}
