//! The life of a hook, in GitLab's calls. GitLab has no switch for a hook: one that is silent is for no event.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::wire::HookTold;
use super::{ApiBase, Calls, GitlabPlace, account, known_events};
use crate::app::App;
use crate::error::{ApiError, ErrorCode};
use crate::forge::{Place, Sent, Told};

/// The scheme whose secret GitLab calls the signing token; every other one is checked by the plain token.
const SIGNING: &str = "gitlab-signing";

impl Place for GitlabPlace {
    const TABLE: &'static str = "gitlab_hooks";
    const SENDER: &'static str = "GitLab";

    fn name(&self) -> &str {
        &self.path
    }

    async fn ready(app: &Arc<App>, api: &str) -> Result<(), ApiError> {
        account::kept(app, &ApiBase::stored(api)).await.map(|_| ())
    }

    async fn hooks(&self, app: &Arc<App>, api: &str) -> Result<Vec<Told>, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        Ok(calls.hooks(self).await?.into_iter().map(told).collect())
    }

    async fn make(&self, app: &Arc<App>, api: &str, hook: &Sent) -> Result<Told, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        let made = calls.hook_make(self, &body(self, hook)).await?;
        match kept(hook, &made) {
            Ok(()) => Ok(told(made)),
            Err(error) => {
                calls.hook_remove(self, made.id).await?;
                Err(error)
            }
        }
    }

    async fn change(&self, app: &Arc<App>, api: &str, id: u64, hook: &Sent) -> Result<Told, ApiError> {
        let calls = Calls::open(app, ApiBase::stored(api)).await?;
        let changed = calls.hook_change(self, id, &body(self, hook)).await?;
        kept(hook, &changed).map(|()| told(changed))
    }

    async fn remove(&self, app: &Arc<App>, api: &str, id: u64) -> Result<(), ApiError> {
        Calls::open(app, ApiBase::stored(api)).await?.hook_remove(self, id).await
    }
}

/// The body of a call that makes or changes a hook. Everything goes in it each time: with another address GitLab forgets the
/// secret, and what is not named keeps what it was.
pub fn body(place: &GitlabPlace, hook: &Sent) -> Value {
    let mut body = Map::new();
    body.insert("url".to_owned(), json!(hook.url));
    body.insert("enable_ssl_verification".to_owned(), json!(true));
    let name = if hook.scheme == SIGNING { "signing_token" } else { "token" };
    body.insert(name.to_owned(), json!(hook.secret.expose()));
    for event in known_events().into_iter().filter(|event| event.of.contains(&place.kind)) {
        let on = hook.active && hook.events.contains(&event.name);
        body.insert(event.name, json!(on));
    }
    Value::Object(body)
}

/// GitLab passes over a signing token where that is not switched on, and over events that it does not know; what it sends then
/// is signed by nobody, or nothing.
fn kept(hook: &Sent, told: &HookTold) -> Result<(), ApiError> {
    if hook.scheme == SIGNING && !told.signing_token_present {
        let words = "this GitLab did not keep the signing token, so its hooks do not sign";
        return Err(ApiError::new(ErrorCode::Conflict, words).hint("connect with the plain secret token instead"));
    }
    // Older ones and other plans have fewer events; a hook for some of those that were asked for does what it can.
    match hook.events.first().filter(|_| hook.active && told.events.is_empty()) {
        Some(event) => Err(ApiError::new(ErrorCode::Conflict, format!("this GitLab has no hooks for \"{event}\""))
            .hint("choose other events: a newer GitLab, or another plan, has it")),
        None => Ok(()),
    }
}

fn told(hook: HookTold) -> Told {
    Told { id: hook.id, url: hook.url, active: !hook.events.is_empty(), created_at: hook.created_at }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::authenticate::Secret;
    use crate::gitlab::GitlabPlaceKind;

    #[test]
    fn a_hook_names_every_event_and_a_silent_one_names_none() {
        let place = GitlabPlace { kind: GitlabPlaceKind::Project, id: 42, path: "a/b".to_owned() };
        let sent = |scheme: &str, active| Sent {
            url: "https://hooks.example.com/hooks/x".to_owned(),
            secret: Secret::new("whsec_x").unwrap(),
            scheme: scheme.to_owned(),
            active,
            events: vec!["push_events".to_owned(), "job_events".to_owned()],
        };
        let on = |body: &Value| -> Vec<String> {
            let fields = body.as_object().unwrap().iter();
            fields
                .filter(|(name, on)| name.ends_with("_events") && **on == json!(true))
                .map(|(n, _)| n.clone())
                .collect()
        };
        let plain = body(&place, &sent("gitlab-token", true));
        assert_eq!(on(&plain), ["push_events", "job_events"]);
        assert_eq!((&plain["token"], plain.get("signing_token")), (&json!("whsec_x"), None));
        assert_eq!(plain.get("member_events"), None, "a project has no such event");
        let signing = body(&place, &sent("gitlab-signing", false));
        assert_eq!((&signing["signing_token"], signing.get("token")), (&json!("whsec_x"), None));
        assert_eq!(on(&signing), [""; 0]);
        let told = HookTold::read(json!({ "id": 1, "url": "x", "push_events": true, "note_events": false })).unwrap();
        assert_eq!(told.events, ["push_events"]);
        let none = HookTold { events: Vec::new(), ..told.clone() };
        let of = |scheme, active, told| kept(&sent(scheme, active), told).map_err(|error| error.message);
        assert!(of("gitlab-signing", true, &told).unwrap_err().contains("do not sign"));
        assert_eq!(of("gitlab-token", true, &told), Ok(()), "some of what was asked for is something");
        assert!(of("gitlab-token", true, &none).unwrap_err().contains("no hooks for"), "it would never send anything");
        assert_eq!(of("gitlab-token", false, &none), Ok(()), "a silent hook is for none");
    }
}
