//! Numbers compared exactly, however long: as decimal text, never as floats.

use std::cmp::Ordering;

/// A decimal number in one form only: no zeros at either end of the digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal<'t> {
    negative: bool,
    /// Digits before the point and behind it, as they stand in the text.
    digits: [&'t [u8]; 2],
    /// The place of the first digit: 0 for ones, 1 for tens, -1 for tenths.
    place: i64,
}

/// Whether `text` is a number.
pub(crate) fn is_number(text: &str) -> bool {
    Decimal::parse(text).is_some()
}

impl<'t> Decimal<'t> {
    /// Reads what JSON calls a number, and also `+1`, `.5`, `1.` and `007`, which people type. `None`: it is no number.
    pub fn parse(text: &'t str) -> Option<Self> {
        let text = text.trim();
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
            return None;
        }
        Self::normal(negative, whole.as_bytes(), fraction.as_bytes(), exponent)
    }

    fn normal(negative: bool, whole: &'t [u8], fraction: &'t [u8], exponent: i64) -> Option<Self> {
        let lead = |part: &[u8]| part.iter().take_while(|&&b| b == b'0').count();
        let tail = |part: &'t [u8]| &part[..part.iter().rposition(|&b| b != b'0').map_or(0, |at| at + 1)];
        let whole = &whole[lead(whole)..];
        let zeros = if whole.is_empty() { lead(fraction) } else { 0 };
        let fraction = tail(&fraction[zeros..]);
        let first =
            if whole.is_empty() { -1 - i64::try_from(zeros).ok()? } else { i64::try_from(whole.len()).ok()? - 1 };
        let place = first.checked_add(exponent)?;
        let whole = if fraction.is_empty() { tail(whole) } else { whole };
        let nothing = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !nothing, digits: [whole, fraction], place: if nothing { 0 } else { place } })
    }

    fn is_zero(&self) -> bool {
        self.digits == [b"", b""]
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let digits = |of: &Self| of.digits.into_iter().flatten().copied().collect::<Vec<u8>>();
        self.place.cmp(&other.place).then_with(|| digits(self).cmp(&digits(other)))
    }

    /// Which is larger.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compare(a: &str, b: &str) -> Ordering {
        Decimal::parse(a).expect(a).compare(&Decimal::parse(b).expect(b))
    }

    #[test]
    fn numbers_compare_by_value_not_by_spelling() {
        for (a, b, expected) in [
            ("1.0", "1", Ordering::Equal),
            ("1e2", "100", Ordering::Equal),
            ("0.001", "1E-3", Ordering::Equal),
            ("007", "7", Ordering::Equal),
            ("-0", "0", Ordering::Equal),
            ("0e999", "0", Ordering::Equal),
            ("10", "9", Ordering::Greater),
            ("-10", "9", Ordering::Less),
            ("-10", "-9", Ordering::Less),
            ("0.1", "0.09", Ordering::Greater),
            ("100", "100.01", Ordering::Less),
            ("9007199254740993", "9007199254740992", Ordering::Greater),
            ("1e400", "1e399", Ordering::Greater),
            (".5", "0.50", Ordering::Equal),
            ("1.", "1", Ordering::Equal),
            ("120", "12", Ordering::Greater),
        ] {
            assert_eq!(compare(a, b), expected, "{a} {b}");
            assert_eq!(compare(b, a), expected.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e1.5",
            "0x10",
            "1,5",
            "1 2",
            "NaN",
            "inf",
            "١",
            "1e99999999999999999999",
            "--1",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whole_numbers_compare_as_whole_numbers(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(compare(&a.to_string(), &b.to_string()), a.cmp(&b));
        }

        #[test]
        fn fractions_compare_as_fractions(a in -99_999i32..99_999, b in -99_999i32..99_999) {
            let text = |n: i32| format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000);
            prop_assert_eq!(compare(&text(a), &text(b)), a.cmp(&b));
        }
    }
}
