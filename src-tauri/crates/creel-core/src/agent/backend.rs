//! Who answers for an agent, and what is wrong with how that is set.

use serde::{Deserialize, Serialize};

use crate::actions::check_fixed_address;
use crate::error::ApiError;
use crate::ids::SecretId;

/// Longest program, argument, model or address.
const TEXT_MOST: usize = 2_000;
/// Arguments of one command.
const ARGUMENTS_MOST: usize = 100;

/// Who answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Backend {
    /// The prompt itself is the answer: to see what an agent would get, without one.
    #[default]
    Echo,
    /// A program on this machine.
    Command(CommandBackend),
    /// An OpenAI-compatible server.
    Chat(ChatBackend),
}

/// A program on this machine: the prompt on its standard input, the answer on its standard output. No shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct CommandBackend {
    /// A path, or a name in `PATH`.
    pub program: String,
    /// Passed on as they are.
    #[serde(default)]
    pub arguments: Vec<String>,
}

/// A chat-completions endpoint: Ollama, LM Studio, OpenAI, OpenRouter, whatever speaks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct ChatBackend {
    /// What stands before `/chat/completions`: `http://127.0.0.1:11434/v1`. An address of this machine or a private
    /// network is fine here: the user typed it.
    pub base_url: String,
    /// The server's name of the model.
    pub model: String,
    /// A kept secret that is sent as bearer token; `None`: no key.
    #[serde(default)]
    pub key: Option<SecretId>,
}

impl Backend {
    /// Its word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Command(_) => "command",
            Self::Chat(_) => "chat",
        }
    }

    /// What is wrong with the settings.
    pub fn validate(&self) -> Result<(), ApiError> {
        match self {
            Self::Echo => Ok(()),
            Self::Command(command) => {
                text("backend.command.program", &command.program)?;
                if command.arguments.len() > ARGUMENTS_MOST {
                    let words = format!("{} arguments; at most {ARGUMENTS_MOST}", command.arguments.len());
                    return Err(ApiError::invalid("backend.command.arguments", words));
                }
                match command.arguments.iter().find(|text| text.len() > TEXT_MOST || text.contains('\0')) {
                    Some(_) => {
                        let words = format!("an argument has more than {TEXT_MOST} bytes or a NUL byte");
                        Err(ApiError::invalid("backend.command.arguments", words))
                    }
                    None => Ok(()),
                }
            }
            Self::Chat(chat) => {
                text("backend.chat.model", &chat.model)?;
                text("backend.chat.base_url", &chat.base_url)?;
                check_fixed_address(&chat.base_url)
                    .map_err(|error| ApiError { field: Some("backend.chat.base_url".to_owned()), ..error })
            }
        }
    }
}

fn text(field: &str, text: &str) -> Result<(), ApiError> {
    let name = field.rsplit('.').next().unwrap_or(field);
    match text.trim().len() {
        0 => Err(ApiError::invalid(field, format!("the {name} is empty"))),
        n if n > TEXT_MOST => Err(ApiError::invalid(field, format!("the {name} has {n} bytes; at most {TEXT_MOST}"))),
        _ if text.contains('\0') => Err(ApiError::invalid(field, format!("the {name} holds a NUL byte"))),
        _ => Ok(()),
    }
}

impl CommandBackend {
    /// The command as the user approves it.
    pub fn shown(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

/// A word as a shell would take it: it can be read in one way only.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chat(base_url: &str) -> Backend {
        Backend::Chat(ChatBackend { base_url: base_url.to_owned(), model: "m".to_owned(), key: None })
    }

    #[test]
    fn the_users_own_servers_may_be_private_and_a_clouds_credentials_may_not_be_asked_for() {
        chat("http://127.0.0.1:11434/v1").validate().unwrap();
        chat("http://192.168.1.9:1234/v1/").validate().unwrap();
        chat("https://api.example.com/v1").validate().unwrap();
        for bad in ["http://169.254.169.254/v1", "ftp://x/v1", "http://user:key@x/v1", "http://x/{{payload.a}}", " "] {
            let error = chat(bad).validate().unwrap_err();
            assert_eq!(error.field.as_deref(), Some("backend.chat.base_url"), "{bad}");
        }
    }

    #[test]
    fn a_command_is_shown_so_that_it_reads_in_one_way_only() {
        let command = |arguments: &[&str]| CommandBackend {
            program: "/usr/bin/llm".to_owned(),
            arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(command(&["-m", "gpt", ""]).shown(), "/usr/bin/llm -m gpt ''");
        assert_eq!(command(&["a b", "it's; $(x)"]).shown(), r"/usr/bin/llm 'a b' 'it'\''s; $(x)'");
        assert_ne!(command(&["a", "b"]).shown(), command(&["a b"]).shown());
    }
}
