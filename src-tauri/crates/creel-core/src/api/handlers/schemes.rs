//! The schemes: those that ship, and those that users make.

use std::sync::Arc;

use super::triggers::slug_from;
use crate::api::Nothing;
use crate::api::schemes::{SchemeChange, SchemeDetail, SchemeDraft, SchemeRead, SchemeRef, SchemeSuggested};
use crate::api::triggers::{DraftFrom, SchemeInfo};
use crate::app::App;
use crate::authenticate::own::{self, Checked};
use crate::authenticate::record::{SchemeRecord, from_yaml, record_of, to_yaml};
use crate::authenticate::{Scheme, schemes};
use crate::error::{ApiError, ErrorCode};
use crate::events::Event;
use crate::pipelines::{Pipeline, read_steps};
use crate::store::own_schemes::{self, OwnScheme};
use crate::store::{StoreError, pipelines, triggers};
use crate::trigger::Trigger;

/// Schemes of one user's own: each is weighed for every unmatched delivery, and nobody knows so many senders.
const OWN_MOST: i64 = 200;
/// Keys tried for a copy before its user has to choose one.
const KEYS_TRIED: u32 = 100;

/// The schemes, the user's own first.
pub async fn schemes_list(app: &Arc<App>, _: Nothing) -> Result<Vec<SchemeInfo>, ApiError> {
    Ok(app.registry.now().schemes().all().map(Scheme::info).collect())
}

/// One scheme with its record.
pub async fn scheme_get(app: &Arc<App>, input: SchemeRef) -> Result<SchemeDetail, ApiError> {
    let key = input.key.clone();
    let (own, used_by) = app.store.read(move |db| Ok((own_schemes::get(db, &key)?, users(db, &key)?))).await?;
    match own {
        Some(own) => detail(&own, used_by),
        None => shipped(&input.key, used_by),
    }
}

/// Looks at a draft; nothing is saved.
pub async fn scheme_read(_: &Arc<App>, input: SchemeDraft) -> Result<SchemeRead, ApiError> {
    let (record, text) = match read(&input) {
        Ok(read) => read,
        Err(problem) if problem.field.as_deref() == Some("draft") => return Err(problem),
        Err(problem) => {
            let text = input.text.unwrap_or_default();
            return Ok(SchemeRead { record: None, text, words: None, problems: vec![problem], warnings: Vec::new() });
        }
    };
    let Checked { scheme, mut problems, warnings } = own::check(&record);
    problems.extend(record.scheme.as_deref().and_then(|key| own::check_key(key).err()));
    let problems = problems.into_iter().map(ApiError::from).collect();
    Ok(SchemeRead { record: Some(record), text, words: scheme.map(|scheme| scheme.words), problems, warnings })
}

/// Which scheme a delivery seems to use.
pub async fn scheme_suggest(app: &Arc<App>, input: DraftFrom) -> Result<SchemeSuggested, ApiError> {
    let stored = super::inspect::stored(app, &input.delivery_id).await?;
    Ok(match app.registry.now().schemes().suggest(&stored.contents.headers) {
        Some((scheme, why)) => SchemeSuggested { key: Some(scheme.key.clone()), why },
        None => SchemeSuggested { key: None, why: "no header of it looks like a known signature".to_owned() },
    })
}

/// A draft from a delivery that no scheme fits; nothing is saved.
pub async fn scheme_draft(app: &Arc<App>, input: DraftFrom) -> Result<SchemeRead, ApiError> {
    let stored = super::inspect::stored(app, &input.delivery_id).await?;
    let record = Some(own::guess(&stored.contents.headers));
    scheme_read(app, SchemeDraft { record, text: None }).await
}

/// Makes a scheme.
pub async fn scheme_create(app: &Arc<App>, input: SchemeDraft) -> Result<SchemeDetail, ApiError> {
    let (record, text) = read(&input)?;
    let key = record.scheme.clone().unwrap_or_else(|| slug_from(&record.name));
    let own = storable(key, &record, text)?;
    put(app, own, true).await
}

/// Changes a scheme of the user's. Triggers that use it check by the new record from now on.
pub async fn scheme_update(app: &Arc<App>, input: SchemeChange) -> Result<SchemeDetail, ApiError> {
    let (record, text) = read(&input.draft)?;
    if record.scheme.as_ref().is_some_and(|key| *key != input.key) {
        let words = format!("the key of {} does not change", input.key);
        return Err(ApiError::invalid("scheme", words).hint("duplicate the scheme to have it under another key"));
    }
    let own = storable(input.key, &record, text)?;
    put(app, own, false).await
}

/// Makes a copy of any scheme.
pub async fn scheme_duplicate(app: &Arc<App>, input: SchemeRef) -> Result<SchemeDetail, ApiError> {
    let known = app.registry.now().clone();
    let original = known.schemes().find(&input.key).ok_or_else(|| ApiError::not_found("scheme", &input.key))?;
    let record = own::copy(original);
    let numbered = (2..KEYS_TRIED).map(|n| format!("{}-copy-{n}", input.key));
    let mut keys = std::iter::once(format!("{}-copy", input.key)).chain(numbered);
    let key = keys.find(|key| known.schemes().find(key).is_none());
    let key = key.ok_or_else(|| ApiError::new(ErrorCode::Conflict, format!("{} has too many copies", input.key)))?;
    let text = to_yaml(&record)?;
    put(app, storable(key, &record, text)?, true).await
}

/// Deletes a scheme of the user's that no trigger uses, and gives it back: making it anew undoes this.
pub async fn scheme_delete(app: &Arc<App>, input: SchemeRef) -> Result<SchemeDetail, ApiError> {
    let key = input.key;
    let own = app
        .store
        .write(move |turn| {
            let own = own_schemes::get(turn.db, &key)?.ok_or_else(|| absent(&key))?;
            let used_by = users(turn.db, &key)?;
            if !used_by.is_empty() {
                let words = format!("the scheme {key} is used by {}", named(&used_by));
                return Err(ApiError::new(ErrorCode::Conflict, words).hint("choose another scheme there first").into());
            }
            own_schemes::delete(turn.db, &key)?;
            Ok(own)
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Scheme(own.key.clone()));
    detail(&own, Vec::new())
}

fn absent(key: &str) -> ApiError {
    match schemes::find(key) {
        Some(_) => ApiError::new(ErrorCode::Conflict, format!("the scheme {key} ships with Creel"))
            .hint("duplicate it; the copy can be changed and deleted"),
        None => ApiError::not_found("scheme", key),
    }
}

fn named(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().take(5).map(|name| format!("{name:?}")).collect();
    let more = names.len().saturating_sub(quoted.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", quoted.join(", "))
}

/// Names of what uses a scheme: triggers that verify by it or forward with it, and pipelines with such a step.
fn users(db: &rusqlite::Connection, key: &str) -> Result<Vec<String>, StoreError> {
    let trigger = |trigger: &Trigger| {
        trigger.scheme == key || trigger.actions.iter().any(|action| action.signs_with() == Some(key))
    };
    let pipeline = |pipeline: &Pipeline| {
        read_steps(&pipeline.steps)
            .is_ok_and(|steps| steps.iter().any(|step| step.signs_with().as_deref() == Some(key)))
    };
    let triggers = triggers::all(db)?.into_iter().filter(trigger).map(|trigger| trigger.name);
    let pipelines = pipelines::all(db)?.into_iter().filter(pipeline).map(|pipeline| pipeline.name);
    Ok(triggers.chain(pipelines).collect())
}

/// The draft's record, and its text.
pub(super) fn read(draft: &SchemeDraft) -> Result<(SchemeRecord, String), ApiError> {
    match (&draft.text, &draft.record) {
        (Some(text), None) => Ok((from_yaml(text)?, text.clone())),
        (None, Some(record)) => Ok((record.clone(), to_yaml(record)?)),
        (Some(_), Some(_)) | (None, None) => {
            Err(ApiError::invalid("draft", "either text or record").hint("give the YAML or the fields, not both"))
        }
    }
}

/// What is stored of a record without a fault: its text with its key in it, so that a file that is exported brings it.
fn storable(key: String, record: &SchemeRecord, text: String) -> Result<OwnScheme, ApiError> {
    own::check_key(&key)?;
    if let Some(problem) = own::check(record).problems.into_iter().next() {
        return Err(problem.into());
    }
    let text = if record.scheme.is_some() { text } else { format!("scheme: {key:?}\n{text}") };
    Ok(OwnScheme { key, record: text })
}

async fn put(app: &Arc<App>, own: OwnScheme, new: bool) -> Result<SchemeDetail, ApiError> {
    let (own, used_by) = app
        .store
        .write(move |turn| {
            let there = own_schemes::get(turn.db, &own.key)?.is_some();
            room(turn.db, &own, new, there)?;
            own_schemes::put(turn.db, &own, turn.now)?;
            let used_by = users(turn.db, &own.key)?;
            Ok((own, used_by))
        })
        .await?;
    app.reload().await?;
    app.events.send(Event::Scheme(own.key.clone()));
    detail(&own, used_by)
}

fn room(db: &rusqlite::Connection, own: &OwnScheme, new: bool, there: bool) -> Result<(), StoreError> {
    let conflict = |words: String, hint: &str| {
        Err(ApiError { field: Some("scheme".to_owned()), ..ApiError::new(ErrorCode::Conflict, words).hint(hint) }
            .into())
    };
    if new && there {
        return conflict(format!("you have a scheme {} already", own.key), "choose another key, or change that one");
    }
    if !new && !there {
        return Err(absent(&own.key).into());
    }
    if new && own_schemes::count(db)? >= OWN_MOST {
        return conflict(format!("you have {OWN_MOST} schemes already"), "delete those that no trigger uses");
    }
    Ok(())
}

fn detail(own: &OwnScheme, used_by: Vec<String>) -> Result<SchemeDetail, ApiError> {
    let scheme = own::leaked(&own.key, &own.record)?;
    let record = SchemeRecord { scheme: Some(own.key.clone()), ..from_yaml(&own.record)? };
    let warnings = own::check(&record).warnings;
    Ok(SchemeDetail { info: scheme.info(), record, text: own.record.clone(), used_by, warnings })
}

fn shipped(key: &str, used_by: Vec<String>) -> Result<SchemeDetail, ApiError> {
    let scheme = schemes::find(key).ok_or_else(|| ApiError::not_found("scheme", key))?;
    let record = record_of(scheme);
    let text = format!("{}{}", schemes::notes(key), to_yaml(&record)?);
    Ok(SchemeDetail { info: scheme.info(), record, text, used_by, warnings: Vec::new() })
}
