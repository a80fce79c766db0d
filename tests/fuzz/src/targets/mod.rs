//! One file a target, and how they read their bytes.

pub mod cidr;
pub mod record;
pub mod search;
pub mod signature;
pub mod template;
pub mod timestamp;

/// Between the parts of an input: a byte that UTF-8 never has.
const BETWEEN: u8 = 0xff;

/// The input in `N` parts; the last one has the rest, and those that are not there are empty.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut found = data.splitn(N, |byte| *byte == BETWEEN);
    std::array::from_fn(|_| found.next().unwrap_or_default())
}

/// Bytes as text; what is no UTF-8 becomes U+FFFD, as it does for a user who pastes it.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
