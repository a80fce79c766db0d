//! `create_task`: a task in a list. A local effect: it commits with the delivery, exactly once.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::ids::ListId;
use crate::template::{Scope, Template};
use crate::trigger::MissingPolicy;

/// Longest title, in characters: one line of a list.
pub const TITLE_MOST: usize = 500;
/// Tags and assignees of one task.
const NAMES_MOST: usize = 50;

/// Settings of `create_task`. The texts are templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
pub struct CreateTask {
    /// The list that gets the task.
    pub list_id: ListId,
    /// Template; cut to 500 characters. Renders to nothing: `(untitled)`.
    pub title: String,
    /// Template.
    #[serde(default)]
    pub description: String,
    /// Templates; names of people.
    #[serde(default)]
    pub assignees: Vec<String>,
    /// How urgent.
    #[serde(default)]
    pub priority: Priority,
    /// Templates.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// How urgent a task is (OpenGate's four words).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, utoipa::ToSchema)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Now.
    Urgent,
    /// Soon.
    High,
    /// In its turn.
    #[default]
    Normal,
    /// Some day.
    Low,
}

/// A task as it is to be made: every template resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskPlan {
    /// The list that gets it.
    pub list_id: ListId,
    /// One line, never empty.
    pub title: String,
    /// Text.
    pub description: String,
    /// Names of people.
    pub assignees: Vec<String>,
    /// How urgent.
    pub priority: Priority,
    /// Words.
    pub tags: Vec<String>,
}

impl CreateTask {
    /// What is wrong with the settings; the error's field is one of theirs.
    pub fn validate(&self) -> Result<(), ApiError> {
        if self.list_id.as_str().is_empty() {
            return Err(ApiError::invalid("list_id", "no list is chosen"));
        }
        if self.title.trim().is_empty() {
            return Err(
                ApiError::invalid("title", "the title is empty").hint("click a field of the sample to put it in")
            );
        }
        for (field, names) in [("assignees", &self.assignees), ("tags", &self.tags)] {
            if names.len() > NAMES_MOST {
                return Err(ApiError::invalid(field, format!("{} {field}; at most {NAMES_MOST}", names.len())));
            }
        }
        Ok(())
    }

    /// The task for one delivery. Names that render to nothing are left out.
    pub fn plan(&self, scope: &Scope<'_>, missing: MissingPolicy) -> TaskPlan {
        let render = |text: &str| Template::parse(text).render(scope, missing).text;
        let names = |texts: &[String]| {
            texts.iter().map(|text| render(text)).filter(|name| !name.trim().is_empty()).collect::<Vec<_>>()
        };
        TaskPlan {
            list_id: self.list_id.clone(),
            title: one_line(&render(&self.title)),
            description: render(&self.description),
            assignees: names(&self.assignees),
            priority: self.priority,
            tags: names(&self.tags),
        }
    }
}

/// A title: line breaks are spaces, cut, never empty.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line: String = spaced.trim().chars().take(TITLE_MOST).collect();
    if line.is_empty() { "(untitled)".to_owned() } else { line }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::receive::Headers;
    use crate::template::ScopeOf;

    fn planned(config: &CreateTask, body: &str, missing: MissingPolicy) -> TaskPlan {
        let (headers, body) = (Headers::default(), Bytes::copy_from_slice(body.as_bytes()));
        let scope = Scope::new(ScopeOf::of_a_push(&headers, &body));
        config.plan(&scope, missing)
    }

    fn config(title: &str) -> CreateTask {
        CreateTask {
            list_id: "lst_1".into(),
            title: title.to_owned(),
            description: String::new(),
            assignees: Vec::new(),
            priority: Priority::default(),
            tags: Vec::new(),
        }
    }

    #[test]
    fn a_title_is_one_line_of_at_most_500_characters_and_never_empty() {
        let title = |template: &str, body: &str| planned(&config(template), body, MissingPolicy::Empty).title;
        assert_eq!(
            title("[{{payload.e}}] {{payload.t}}", r#"{"e":"production","t":"Deploy failed"}"#),
            "[production] Deploy failed"
        );
        assert_eq!(title(" {{payload.t}} ", r#"{"t":"two\nlines\t\u0000"}"#), "two lines");
        assert_eq!(title("{{payload.none}}", "{}"), "(untitled)");
        assert_eq!(title("{{payload.t}}", r#"{"t":" \n "}"#), "(untitled)");
        let long = serde_json::json!({ "t": "ä".repeat(600) }).to_string();
        assert_eq!(title("{{payload.t}}", &long).chars().count(), 500);
    }

    #[test]
    fn names_that_become_nothing_are_left_out_and_what_is_missing_follows_the_policy() {
        let config = CreateTask {
            assignees: vec!["{{payload.who}}".to_owned(), "{{payload.none}}".to_owned()],
            tags: vec!["ci".to_owned(), " {{payload.none}} ".to_owned()],
            description: "by {{payload.none}}".to_owned(),
            ..config("t")
        };
        let body = r#"{"who":"ann"}"#;
        let empty = planned(&config, body, MissingPolicy::Empty);
        assert_eq!(
            (empty.assignees, empty.tags, empty.description),
            (vec!["ann".to_owned()], vec!["ci".to_owned()], "by ".to_owned())
        );
        assert_eq!(planned(&config, body, MissingPolicy::Keep).description, "by {{payload.none}}");
    }
}
