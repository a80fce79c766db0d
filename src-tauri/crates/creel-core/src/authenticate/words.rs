//! Values of a request inside sentences: cut, and with control characters shown, so that a sentence stays one line.

/// More of a value does not help to recognise it.
const SHOWN: usize = 60;

/// `text` in quotes, cut to [`SHOWN`] characters.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        if n == SHOWN {
            out.push('…');
            break;
        }
        match c {
            '"' => out.push('"'),
            c => out.extend(c.escape_debug()),
        }
    }
    out.push('"');
    out
}

/// A length of time in the two units that matter: `12 minutes 3 seconds`.
pub(super) fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let units = [(days, "day"), (hours, "hour"), (minutes, "minute"), (seconds % 60, "second")];
    let shown: Vec<String> = units
        .iter()
        .skip_while(|(n, _)| *n == 0)
        .take(2)
        .filter(|(n, _)| *n > 0)
        .map(|(n, unit)| count(*n, unit))
        .collect();
    if shown.is_empty() { "0 seconds".to_owned() } else { shown.join(" ") }
}

/// `1 key`, `2 keys`.
pub(super) fn count(n: u64, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_on_one_line_and_short() {
        assert_eq!(quoted("a\nb\u{202e}"), "\"a\\nb\\u{202e}\"");
        assert_eq!(quoted(&"x".repeat(100)), format!("\"{}…\"", "x".repeat(60)));
    }

    #[test]
    fn times_are_told_in_two_units() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (301, "5 minutes 1 second"),
            (-3600, "1 hour"),
            (200_000, "2 days 7 hours"),
        ] {
            assert_eq!(span(seconds), words);
        }
        assert!(span(i64::MIN).starts_with("106751991167300 days"));
    }
}
