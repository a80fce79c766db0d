//! What reaches the terminal: tables and JSON in which nothing that came from outside can move the cursor, colour
//! anything or turn the writing round.

use std::io::{IsTerminal, Write, stdout};

use serde_json::Value;

/// Text on one line: control characters and those that change the writing's direction as `\u{…}`.
pub fn safe(text: &str) -> String {
    text.chars().map(|c| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// The same, but lines and tabs stay.
pub fn safe_lines(text: &str) -> String {
    let plain = |c: char| matches!(c, '\n' | '\t') || !steers(c);
    text.chars().map(|c| if plain(c) { c.to_string() } else { c.escape_unicode().to_string() }).collect()
}

/// C0, DEL, C1; marks, embeddings and isolates of direction; the separators that some programs take for line ends.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

/// One line of JSON. What serde_json leaves as it is and a terminal may obey is escaped; it stands only in strings.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match steers(c) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

/// Rows under their headings, each column as wide as its widest cell; the last one is not padded.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |n: usize| {
        let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count());
        cells.chain([headings[n].len()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..headings.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<_> = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    let mut out = line(&mut headings.iter().copied());
    for row in rows {
        out.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    out
}

/// A cell of a table: on one line, safe, and cut to `most` characters.
pub fn cell(text: &str, most: usize) -> String {
    let text = safe(text);
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Writes `text`. A reader that went away (`| head`) is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    print_bytes(text.as_bytes())
}

/// Writes bytes as they are, for a file or another program; never for a terminal.
pub fn print_bytes(bytes: &[u8]) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Whether a person reads the output.
pub fn is_terminal() -> bool {
    stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        let nasty = "a\x1b[31mred\x07\u{9b}2J\r\u{202e}fdp\u{7f}";
        let shown = [safe(nasty), safe_lines(nasty), json(&Value::from(nasty)), cell(nasty, 500)];
        for text in shown {
            assert!(!text.chars().any(steers), "{text:?}");
            assert!(text.contains("red") && text.contains("fdp"), "{text:?}");
        }
        assert_eq!(safe("ünï 日本"), "ünï 日本");
        assert_eq!(safe_lines("a\n\tb"), "a\n\tb");
        let back: Value = serde_json::from_str(&json(&Value::from(nasty))).expect("still JSON");
        assert_eq!(back, Value::from(nasty), "and the same value");
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = vec![vec!["é".to_owned(), "x".to_owned()], vec!["four".to_owned(), String::new()]];
        assert_eq!(table(&["A", "B"], &rows), "A     B\né     x\nfour\n");
    }
}
