//! "Did you mean": the known word that a mistyped one is nearest to.

/// Longer words are not typed by hand.
const MOST_CHARACTERS: usize = 64;

/// The candidate nearest to `word`, if one is near: a third of its letters may differ, and case, `-` and `_` do not count.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = folded(word);
    if word.is_empty() || word.len() > MOST_CHARACTERS {
        return None;
    }
    let near = candidates.into_iter().filter_map(|candidate| {
        let other = folded(candidate);
        let most = (word.len().max(other.len()) / 3).max(1);
        let apart = other.len() <= MOST_CHARACTERS && word.len().abs_diff(other.len()) <= most;
        let distance = apart.then(|| distance(&word, &other))?;
        // Of a one-letter word everything is near.
        (distance <= most && distance < word.len()).then_some((distance, candidate))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

fn folded(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_mistakes_find_their_word() {
        let known = ["title", "environment", "author", "commit_sha", "id"];
        for (typed, meant) in [
            ("autor", Some("author")),
            ("tilte", Some("title")),
            ("enviroment", Some("environment")),
            ("commitSha", Some("commit_sha")),
            ("commit-sha", Some("commit_sha")),
            ("ID", Some("id")),
            ("zzz", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }

    #[test]
    fn the_distance_counts_a_swap_once() {
        let of = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!((of("ab", "ba"), of("kitten", "sitting"), of("", "abc"), of("same", "same")), (1, 3, 3, 0));
    }
}
