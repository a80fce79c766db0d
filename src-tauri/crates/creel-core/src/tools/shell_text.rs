//! A command with placeholders, made into one that a shell may read: every placeholder becomes a variable, and its value
//! travels in the environment. No value is ever part of the text (`trust.md` T23).

use super::shell_words::{Quotes, Reader};
use crate::template::{Span, Template};

/// Longest name of a variable.
const NAME_MOST: usize = 100;

/// The text for the shell, and which path each of its variables stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellText {
    /// `deploy "${CREEL_PAYLOAD_REF}"`
    pub command: String,
    /// `CREEL_PAYLOAD_REF` and `payload.ref`, once each.
    pub variables: Vec<(String, String)>,
}

/// Puts variables where the placeholders stand, quoted so that a value stays one word.
pub fn shell_text(source: &str) -> ShellText {
    let template = Template::parse(source);
    let (mut command, mut variables) = (String::new(), Vec::<(String, String)>::new());
    let mut reader = Reader::default();
    for span in template.spans() {
        let text = &template.source()[span.at()];
        match span {
            Span::Text(_) | Span::Unclosed(_) => {
                command.push_str(text);
                text.chars().for_each(|c| reader.read(c));
            }
            Span::Placeholder { path, .. } => {
                let name = variable(path, &mut variables);
                match reader.quotes() {
                    Quotes::Outside | Quotes::Comment => command.push_str(&format!("\"${{{name}}}\"")),
                    Quotes::Double => command.push_str(&format!("${{{name}}}")),
                    Quotes::Single => command.push_str(&format!("'\"${{{name}}}\"'")),
                }
                reader.value();
            }
        }
    }
    ShellText { command, variables }
}

/// The variable for a path: readable, and another one for every path.
fn variable(path: &str, variables: &mut Vec<(String, String)>) -> String {
    if let Some((name, _)) = variables.iter().find(|(_, known)| known == path) {
        return name.clone();
    }
    let plain = path.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    let base: String = "CREEL_".chars().chain(plain).take(NAME_MOST).collect();
    let is_new = |name: &String| !variables.iter().any(|(known, _)| known == name);
    let numbered = (2..).map(|n: usize| format!("{base}_{n}"));
    let name = std::iter::once(base.clone()).chain(numbered).find(is_new).unwrap_or(base);
    variables.push((name.clone(), path.to_owned()));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_becomes_a_quoted_variable_wherever_it_stands() {
        for (source, command) in [
            ("cd /app && git pull", "cd /app && git pull"),
            ("deploy {{payload.ref}}", "deploy \"${CREEL_PAYLOAD_REF}\""),
            ("deploy \"to {{payload.ref}} now\"", "deploy \"to ${CREEL_PAYLOAD_REF} now\""),
            ("deploy 'to {{payload.ref}} now'", "deploy 'to '\"${CREEL_PAYLOAD_REF}\"' now'"),
            ("say \\\"{{payload.ref}}", "say \\\"\"${CREEL_PAYLOAD_REF}\""),
            ("say \\'{{payload.ref}}", "say \\'\"${CREEL_PAYLOAD_REF}\""),
            ("say \"it's {{payload.ref}}\"", "say \"it's ${CREEL_PAYLOAD_REF}\""),
            ("say '\\' {{payload.ref}}", "say '\\' \"${CREEL_PAYLOAD_REF}\""),
            ("say \"$(deploy {{payload.ref}})\"", "say \"$(deploy \"${CREEL_PAYLOAD_REF}\")\""),
            (
                "say \"`deploy {{payload.ref}}` {{payload.ref}}\"",
                "say \"`deploy \"${CREEL_PAYLOAD_REF}\"` ${CREEL_PAYLOAD_REF}\"",
            ),
            ("# it's new\ndeploy {{payload.ref}}", "# it's new\ndeploy \"${CREEL_PAYLOAD_REF}\""),
            ("a{{webhook.headers.x-a}}b", "a\"${CREEL_WEBHOOK_HEADERS_X_A}\"b"),
        ] {
            assert_eq!(shell_text(source).command, command, "{source}");
        }
    }

    #[test]
    fn two_paths_never_share_a_variable_and_one_path_has_one() {
        let text = shell_text("{{payload.a-b}} {{payload.a_b}} {{ payload.a-b }}");
        let names: Vec<&str> = text.variables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["CREEL_PAYLOAD_A_B", "CREEL_PAYLOAD_A_B_2"]);
        assert_eq!(text.variables[1].1, "payload.a_b");
    }
}
