//! Output as it is kept: its beginning and its end, which is where errors stand.

/// Bytes kept of the beginning, and of the end (`trust.md` R14).
pub const END_MOST: usize = 64 * 1024;

/// What a program wrote, bounded.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    head: Vec<u8>,
    tail: Vec<u8>,
    all: u64,
}

impl Kept {
    /// It wrote this.
    pub fn push(&mut self, bytes: &[u8]) {
        self.all += bytes.len() as u64;
        let room = (END_MOST - self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.tail.extend_from_slice(&bytes[room..]);
        // Cut now and then, not at every piece: a flood is copied once.
        if self.tail.len() > 4 * END_MOST {
            self.tail.drain(..self.tail.len() - END_MOST);
        }
    }

    /// Everything it wrote in bytes, also what is not kept.
    pub fn written(&self) -> u64 {
        self.all
    }

    /// Whether everything is there.
    pub fn whole(&self) -> bool {
        self.all <= 2 * END_MOST as u64
    }

    /// As text; a gap says how much is missing.
    pub fn text(&self) -> String {
        let tail = &self.tail[self.tail.len().saturating_sub(END_MOST)..];
        let missing = self.all - self.head.len() as u64 - tail.len() as u64;
        if missing == 0 {
            return String::from_utf8_lossy(&[self.head.as_slice(), tail].concat()).into_owned();
        }
        let (head, tail) = (String::from_utf8_lossy(&self.head), String::from_utf8_lossy(tail));
        format!("{head}\n… {missing} bytes left out …\n{tail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_kept_whole_and_of_much_both_ends_stay() {
        let mut kept = Kept::default();
        kept.push("grüße".as_bytes());
        assert!(kept.whole());
        assert_eq!(kept.text(), "grüße");
        let mut kept = Kept::default();
        kept.push(b"first");
        for _ in 0..100 {
            kept.push(&[b'x'; 9_999]);
        }
        kept.push(b"last");
        let text = kept.text();
        assert!(!kept.whole() && text.starts_with("first") && text.ends_with("last"));
        let left_out = 5 + 999_900 + 4 - 2 * END_MOST;
        assert!(text.contains(&format!("… {left_out} bytes left out …")), "the gap tells the truth");
        assert!(kept.tail.len() <= 5 * END_MOST, "what is held in memory is bounded");
    }
}
