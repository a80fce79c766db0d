//! A command line as words, for programs that no shell starts.

/// A command that cannot be cut into words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWords {
    /// There is none.
    #[error("the command is empty")]
    Empty,
    /// A quote has no end.
    #[error("a {0} is not closed")]
    Open(char),
}

/// The words: parted by white space, held together by '…' and "…"; a backslash takes the next character as it is, but
/// not inside '…'. Nothing else means anything: no variables, no pipes.
pub fn words(text: &str) -> Result<Vec<String>, BadWords> {
    let (mut all, mut word) = (Vec::new(), None::<String>);
    let mut quote = None::<char>;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(rest.next()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => all.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(BadWords::Open(open));
    }
    all.extend(word);
    if all.is_empty() { Err(BadWords::Empty) } else { Ok(all) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_as_a_person_expects_and_nothing_is_run() {
        assert_eq!(
            words(r#"bore local {port} --to 'a b' "c \" d" e\ f $(x) | y"#).unwrap(),
            ["bore", "local", "{port}", "--to", "a b", "c \" d", "e f", "$(x)", "|", "y"]
        );
        assert_eq!(words("''").unwrap(), [""]);
        assert_eq!(words("  "), Err(BadWords::Empty));
        assert_eq!(words("a 'b"), Err(BadWords::Open('\'')));
    }
}
