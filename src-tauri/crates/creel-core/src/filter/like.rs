//! Patterns with `*` and `?`. No regular expressions: the work is bounded by text × pattern (`trust.md` T34).

/// Whether all of `text` fits `pattern`: `*` stands for any characters, `?` for one.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    fits(text, pattern, Some('?'))
}

/// Whether all of `text` fits `pattern`, in which only `*` is special.
pub(crate) fn like_stars(text: &str, pattern: &str) -> bool {
    fits(text, pattern, None)
}

fn fits(text: &str, pattern: &str, one: Option<char>) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    // Where to go on after the last star when a guess was wrong: the star takes one character more.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(&c), _) if Some(c) == one || c == text[t] => {
                p += 1;
                t += 1;
            }
            (_, Some((at, taken))) => {
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (text, pattern, expected) in [
            ("refs/heads/main", "refs/heads/*", true),
            ("refs/heads/main", "*/main", true),
            ("refs/heads/main", "*main*", true),
            ("refs/heads/main", "refs/tags/*", false),
            ("main", "ma?n", true),
            ("mn", "m?n", false),
            ("", "*", true),
            ("", "", true),
            ("a", "", false),
            ("abcabc", "*abc", true),
            ("abcabd", "*abc", false),
            ("été", "?t?", true),
        ] {
            assert_eq!(like(text, pattern), expected, "{text} {pattern}");
        }
    }

    #[test]
    fn hostile_patterns_end() {
        assert!(!like(&"a".repeat(20_000), &format!("{}b", "a*".repeat(50))));
    }
}
