//! Names near one that nobody knows, for "did you mean".

use super::shipped;
use crate::template::nearest::nearest as closest;

/// More would hide the one that was meant.
const MOST: usize = 5;

/// What may have been meant by an unknown sender, or, with a known sender, by an unknown event of it: the names to write,
/// best first, at most five; none where nothing is near.
pub fn nearest(family: &str, event: Option<&str>) -> Vec<String> {
    let mut families: Vec<&str> = shipped().iter().map(super::Sample::family).collect();
    families.dedup();
    let Some(event) = event.filter(|_| families.contains(&family)) else { return near(family, families) };
    let names = shipped().iter().filter(|sample| sample.family() == family).map(super::Sample::name);
    near(event, names.collect())
}

/// Those that hold the word, or whose end or beginning it is; else the one that is a few letters away.
fn near(word: &str, names: Vec<&str>) -> Vec<String> {
    let word = word.to_lowercase();
    let holds = |name: &&&str| {
        let name = name.to_lowercase();
        !word.is_empty() && (name.contains(&word) || word.contains(name.as_str()))
    };
    let held: Vec<_> = names.iter().filter(holds).take(MOST).map(|name| (*name).to_owned()).collect();
    if !held.is_empty() {
        return held;
    }
    closest(&word, names).map(|name| vec![name.to_owned()]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_named() {
        assert_eq!(nearest("strpe", None), ["stripe"]);
        assert_eq!(nearest("stripe", Some("payment_intent.suceeded")), ["payment_intent.succeeded"]);
        assert_eq!(nearest("gitlab", Some("merge")), ["merge_request", "merge_request_merged"]);
        assert_eq!(nearest("github", Some("pull_request")).len(), MOST);
        assert_eq!(nearest("stripe", Some("qqqqqqqq")), Vec::<String>::new());
    }
}
