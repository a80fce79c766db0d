//! New event ids, in the form of the old one.

use sha2::{Digest, Sha256};

use crate::ids::Ids;

/// Longest prefix that is taken over: `evt_`, `msg_`; what is longer is part of the id itself.
const PREFIX_MOST: usize = 8;

/// An id like `old`: a UUID where there was one or none, else what stood before the first `_` and something new behind
/// it. Slack's `Ev…` has no underscore.
pub(super) fn fresh(old: Option<&str>, scheme: &str, ids: &dyn Ids) -> String {
    let new = ids.ksuid();
    match (old.and_then(prefix), scheme) {
        (Some(prefix), _) => format!("{prefix}{new}"),
        (None, "slack") => format!("Ev{new}"),
        (None, "standard-webhooks") if old.is_none() => format!("msg_{new}"),
        (None, _) => uuid(&new),
    }
}

fn prefix(old: &str) -> Option<&str> {
    let end = old.find('_')? + 1;
    let fits = end <= PREFIX_MOST && old[..end - 1].bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(&old[..end])
}

/// A version 4 UUID; its randomness is that of the id it is made from.
fn uuid(from: &str) -> String {
    let digest = Sha256::digest(from.as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Ids for Fixed {
        fn ksuid(&self) -> String {
            "2abcdefghijklmnopqrstuvwxyz".to_owned()
        }

        fn number(&self, _: u32) -> u32 {
            0
        }
    }

    #[test]
    fn a_new_id_has_the_form_of_the_old_one() {
        let like = |old, scheme| fresh(old, scheme, &Fixed);
        assert_eq!(like(Some("evt_1Nabc"), "stripe"), "evt_2abcdefghijklmnopqrstuvwxyz");
        assert_eq!(like(Some("msg_1"), "standard-webhooks"), "msg_2abcdefghijklmnopqrstuvwxyz");
        assert_eq!(like(None, "standard-webhooks"), "msg_2abcdefghijklmnopqrstuvwxyz");
        assert_eq!(like(Some("Ev08MFMKH6"), "slack"), "Ev2abcdefghijklmnopqrstuvwxyz");
        for uuid in [like(None, "github"), like(Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"), "github")] {
            let parts: Vec<_> = uuid.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(&uuid[14..15], "4");
            assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        }
    }
}
