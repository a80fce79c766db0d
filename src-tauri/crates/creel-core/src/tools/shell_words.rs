//! A command read as a shell reads it: where in the quotes each character stands, and which words make a command.

/// Where in the shell's quotes a character stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// In none.
    Outside,
    /// In '…'.
    Single,
    /// In "…".
    Double,
    /// In a comment, up to the line's end.
    Comment,
}

/// Reads a command, character by character.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The innermost is the last; `$(…)` and backticks begin anew inside.
    nested: Vec<(Quotes, char)>,
    quotes: Quotes,
    escaped: bool,
    before: char,
    /// The words of the command so far; the last is not ended.
    words: Vec<String>,
    in_word: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            nested: Vec::new(),
            quotes: Quotes::Outside,
            escaped: false,
            before: ' ',
            words: Vec::new(),
            in_word: false,
        }
    }
}

impl Reader {
    /// Where it stands.
    pub fn quotes(&self) -> Quotes {
        self.quotes
    }

    /// The words of the command before the one it stands in.
    pub fn words_before(&self) -> &[String] {
        &self.words[..self.words.len() - usize::from(self.in_word)]
    }

    /// A placeholder stands here: a piece of a word.
    pub fn value(&mut self) {
        self.escaped = false;
        self.add('x');
    }

    /// The next character.
    pub fn read(&mut self, c: char) {
        let before = std::mem::replace(&mut self.before, c);
        if self.escaped {
            (self.escaped, self.before) = (false, ' ');
            return self.add(c);
        }
        match (self.quotes, c) {
            (Quotes::Comment, '\n') => self.quotes = Quotes::Outside,
            (Quotes::Comment, _) => {}
            (Quotes::Outside | Quotes::Double, '\\') => self.escaped = true,
            (Quotes::Single, '\'') => self.quotes = Quotes::Outside,
            (Quotes::Single, _) => self.add(c),
            (Quotes::Outside, '\'') => self.open(Quotes::Single),
            (Quotes::Outside, '"') => self.open(Quotes::Double),
            (Quotes::Double, '"') => self.quotes = Quotes::Outside,
            (_, '`') if self.nested.last().is_some_and(|(_, end)| *end == '`') => self.close(),
            (_, '`') => self.begin('`'),
            (_, '(') if before == '$' => self.begin(')'),
            (Quotes::Outside, '(') => self.begin(')'),
            (Quotes::Outside, ')') if self.nested.last().is_some_and(|(_, end)| *end == ')') => self.close(),
            (Quotes::Outside, '#') if !self.in_word => self.quotes = Quotes::Comment,
            (Quotes::Outside, ';' | '&' | '|' | '\n' | ')') => self.end_command(),
            (Quotes::Outside, ' ' | '\t' | '\r') => self.in_word = false,
            (Quotes::Outside | Quotes::Double, _) => self.add(c),
        }
    }

    fn open(&mut self, quotes: Quotes) {
        self.quotes = quotes;
        self.start_word();
    }

    fn begin(&mut self, end: char) {
        self.nested.push((self.quotes, end));
        self.quotes = Quotes::Outside;
        self.end_command();
    }

    /// The words around are not known any more; a placeholder behind is taken for a word of its own.
    fn close(&mut self) {
        self.quotes = self.nested.pop().map_or(Quotes::Outside, |(quotes, _)| quotes);
        self.end_command();
    }

    fn end_command(&mut self) {
        self.words.clear();
        self.in_word = false;
    }

    fn start_word(&mut self) {
        if !self.in_word {
            self.words.push(String::new());
            self.in_word = true;
        }
    }

    fn add(&mut self, c: char) {
        self.start_word();
        if let Some(word) = self.words.last_mut() {
            word.push(c);
        }
    }
}
