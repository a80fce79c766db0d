//! Commands that read a value again as code: `sh -c "… {{x}}"`. The value reaches the shell as one word, but the owner's
//! own command hands that word to another interpreter. Creel cannot prevent it; it says so where it stands (`trust.md` T23).

use super::shell_words::Reader;
use crate::template::{Span, Template};

/// A placeholder whose value is read as code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// Which span of the template it is.
    pub span: usize,
    /// What reads it, and what to write instead.
    pub words: String,
}

/// Interpreters, the letters of the options whose argument they run, and how that code names the word behind it.
const INTERPRETERS: [(&str, &str, &str); 16] = [
    ("sh", "c", "sh -c '… \"$1\"' sh"),
    ("bash", "c", "bash -c '… \"$1\"' bash"),
    ("dash", "c", "dash -c '… \"$1\"' dash"),
    ("zsh", "c", "zsh -c '… \"$1\"' zsh"),
    ("ksh", "c", "ksh -c '… \"$1\"' ksh"),
    ("ash", "c", "ash -c '… \"$1\"' ash"),
    ("fish", "c", "fish -c '… $argv[1]'"),
    ("su", "c", "su -c '… \"$1\"' USER --"),
    ("python", "c", "python -c '… sys.argv[1]'"),
    ("python3", "c", "python3 -c '… sys.argv[1]'"),
    ("perl", "eE", "perl -e '… $ARGV[0]'"),
    ("ruby", "e", "ruby -e '… ARGV[0]'"),
    ("node", "ep", "node -e '… process.argv[1]'"),
    ("php", "r", "php -r '… $argv[1];' --"),
    ("osascript", "e", "osascript -e 'on run argv' -e '… item 1 of argv' -e 'end run'"),
    ("pwsh", "c", "pwsh -File SCRIPT"),
];

/// The placeholders of a command that something reads as code, in their order.
pub fn reread(source: &str) -> Vec<Reread> {
    let template = Template::parse(source);
    let (mut reader, mut found) = (Reader::default(), Vec::new());
    for (number, span) in template.spans().iter().enumerate() {
        match span {
            Span::Text(_) | Span::Unclosed(_) => {
                template.source()[span.at()].chars().for_each(|c| reader.read(c));
            }
            Span::Placeholder { path, .. } => {
                let reads = reads(reader.words_before(), path);
                found.extend(reads.map(|words| Reread { span: number, words }));
                reader.value();
            }
        }
    }
    found
}

/// What reads the word behind these as code.
fn reads(before: &[String], path: &str) -> Option<String> {
    let said =
        |who: &str, instead: &str| Some(format!("{who} reads this value again as code; write {instead} instead"));
    let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    if before.iter().any(|word| word == "eval") {
        return said("eval", "the command without eval");
    }
    if let Some(at) = before.iter().position(|word| name(word) == "ssh")
        && before.len() > at + 1
    {
        return said("the shell at the other end of ssh", "it to the standard input of a command there");
    }
    if before.last().is_some_and(|word| word == "trap") {
        return said("trap", "a command that names a variable");
    }
    let option = before.last()?;
    let runs = |(program, letters, instead): &(&str, &str, &str)| {
        let program_at = before.iter().rposition(|word| name(word) == *program)?;
        let long = matches!(option.as_str(), "--eval" | "--command" | "--print" | "-Command");
        let short = option.starts_with('-') && !option.starts_with("--") && option.ends_with(|c| letters.contains(c));
        (program_at + 1 < before.len() && (long || short)).then(|| format!("{instead} {{{{{path}}}}}"))
    };
    let instead = INTERPRETERS.iter().find_map(runs)?;
    said(&format!("what {option} gives to the interpreter"), &instead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_read_as_code_is_named_with_what_to_write() {
        for (source, words) in [
            ("sh -c \"deploy {{payload.ref}}\"", "sh -c '… \"$1\"' sh {{payload.ref}}"),
            ("sudo -u app /bin/bash -ec 'cd /app; deploy {{payload.ref}}'", "bash -c '… \"$1\"' bash {{payload.ref}}"),
            ("find . -name x -exec sh -c \"rm {{payload.ref}}\" \\;", "sh -c"),
            ("xargs -n1 sh -c {{payload.ref}}", "sh -c"),
            ("cd /app && python3 -c \"print('{{payload.ref}}')\"", "python3 -c '… sys.argv[1]' {{payload.ref}}"),
            ("perl -ne 'print {{payload.ref}}' f", "perl -e"),
            ("node --eval \"{{payload.ref}}\"", "process.argv[1]"),
            ("echo $(eval echo {{payload.ref}})", "the command without eval"),
            ("eval \"$PREFIX {{payload.ref}}\"", "the command without eval"),
            ("ssh host deploy {{payload.ref}}", "standard input"),
            ("trap \"echo {{payload.ref}}\" EXIT", "names a variable"),
            ("# it's old\nsh -c \"{{payload.ref}}\"", "sh -c"),
        ] {
            let found = reread(source);
            assert_eq!(found.len(), 1, "{source}: {found:?}");
            assert!(found[0].words.contains(words), "{source}: {}", found[0].words);
        }
    }

    #[test]
    fn a_value_that_stays_a_value_is_not() {
        for source in [
            "deploy {{payload.ref}}",
            "sh -c 'deploy \"$1\"' sh {{payload.ref}}",
            "python3 -c 'import sys; print(sys.argv[1])' {{payload.ref}}",
            "sh deploy.sh {{payload.ref}}",
            "echo eval; echo {{payload.ref}}",
            "ssh-keygen -f {{payload.ref}}",
            "grep -c {{payload.ref}} file",
            "echo {{payload.ref}} | ssh host deploy",
            "cat <<< {{payload.ref}}",
        ] {
            assert_eq!(reread(source), [], "{source}");
        }
    }
}
