//! From a folder to a running Creel: the key, the settings, what the first start makes, and the work beside the way.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Config, NEWS_EVERY, Search};
use crate::authenticate::{Secret, schemes};
use crate::ids::{ListId, SecretId, TriggerId};
use crate::registry::{TEST_TRIGGER, test_endpoint};
use crate::secrets::{KeyPlace, Vault, fresh};
use crate::settings::Settings;
use crate::store::secrets::{SealedSecret, Slot};
use crate::store::{OpenError, Store, StoreError, lists, meta, secrets};
use crate::{absences, api, forge, github, indexer, queue, retention, rounds};

/// How often uses of secrets are written down.
const NOTE_USES_EVERY: Duration = Duration::from_secs(5);

/// Opens everything. See [`App::open`].
pub async fn open(config: Config) -> Result<Arc<App>, OpenError> {
    let file = config.data_dir.join("creel.db");
    let failed = |error: StoreError| OpenError::Damaged { file: file.clone(), cause: error.to_string() };
    let (folder, clock) = (config.data_dir.clone(), Arc::clone(&config.clock));
    let store = match tokio::task::spawn_blocking(move || Store::open(&folder, clock)).await {
        Ok(store) => Arc::new(store?),
        Err(panic) => return Err(OpenError::Damaged { file, cause: panic.to_string() }),
    };
    let search = config.search;
    let (place, has_secrets) = key_place(&store, &config).await.map_err(failed)?;
    let (vault, trouble) = load_vault(place.clone(), !has_secrets).await;
    let settings = load_settings(&store).await.map_err(failed)?;
    let app = Arc::new(App::assemble(config, store, place, vault, settings));
    first_things(&app).await.map_err(failed)?;
    app.registry.reload(&app.store, app.vault.as_ref()).await.map_err(failed)?;
    github::load_public_address(&app).await.map_err(failed)?;
    if let Some(trouble) = trouble {
        app.trouble(trouble);
    }
    let executor = queue::start(&app).await.map_err(failed)?;
    if app.executor.set(executor).is_err() {
        tracing::error!("the queue was started twice");
    }
    absences::woke(&app).await.map_err(failed)?;
    beside(&app);
    if search == Search::Indexed {
        indexer::start(&app);
    }
    Ok(app)
}

/// Where the key is: as recorded, or chosen now and recorded.
async fn key_place(store: &Store, config: &Config) -> Result<(KeyPlace, bool), StoreError> {
    let (kept, account, count) = store
        .read(|db| {
            let count: i64 = db.query_row("SELECT COUNT(*) FROM secrets", [], |row| row.get(0))?;
            Ok((meta::text(db, "secrets_store")?, meta::text(db, "secrets_account")?, count))
        })
        .await?;
    let folder = config.data_dir.clone();
    let account = account.unwrap_or_else(|| format!("creel-{}", config.ids.ksuid()));
    let place = match (kept.as_deref(), config.secrets) {
        (Some("keychain"), _) => KeyPlace::of(api::status::SecretsStore::Keychain, &folder, &account),
        (Some(_), _) => KeyPlace::of(api::status::SecretsStore::File, &folder, &account),
        (None, Some(asked)) => KeyPlace::of(asked, &folder, &account),
        (None, None) => {
            let name = account.clone();
            tokio::task::spawn_blocking(move || KeyPlace::choose(&folder, &name))
                .await
                .map_err(|_| StoreError::Closed)?
        }
    };
    if kept.is_none() {
        let word = crate::store::words::word(&place.store);
        store
            .write(move |turn| {
                meta::set_text(turn.db, "secrets_store", &word)?;
                Ok(meta::set_text(turn.db, "secrets_account", &account)?)
            })
            .await?;
    }
    Ok((place, count > 0))
}

/// The vault, or the trouble that the user sees while endpoints with a secret answer 503.
async fn load_vault(place: KeyPlace, may_make: bool) -> (Option<Vault>, Option<crate::error::ApiError>) {
    use crate::error::{ApiError, ErrorCode};
    let loaded = tokio::task::spawn_blocking(move || place.load(may_make)).await;
    let words = match loaded {
        Ok(Ok(key)) => return (Some(Vault::new(&key)), None),
        Ok(Err(trouble)) => trouble.to_string(),
        Err(panic) => panic.to_string(),
    };
    let hint =
        "unlock the keychain or put the key file back, then start Creel again; until then deliveries are answered 503";
    (None, Some(ApiError::new(ErrorCode::Unavailable, words).hint(hint)))
}

async fn load_settings(store: &Store) -> Result<Settings, StoreError> {
    let text = store.read(|db| Ok(meta::text(db, "settings")?)).await?;
    match text {
        None => Ok(Settings::default()),
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| StoreError::Unreadable { what: "settings", detail: error.to_string() }),
    }
}

/// What the very first start makes: a list, and the test endpoint's secret.
async fn first_things(app: &App) -> Result<(), StoreError> {
    let (list, id) = (ListId::new(app.ids.as_ref()), SecretId::new(app.ids.as_ref()));
    let secret = schemes::find(&test_endpoint().scheme).map(fresh);
    let sealed = match (&app.vault, secret) {
        (Some(vault), Some(secret)) => Some(seal_new(vault, &secret, id, TEST_TRIGGER.into(), app.clock.now())),
        _ => None,
    };
    app.store
        .write(move |turn| {
            if meta::number(turn.db, "started")?.is_none() {
                lists::insert(turn.db, &list, "Inbox", turn.now)?;
                meta::set_number(turn.db, "started", turn.now.0)?;
            }
            let has_one = secrets::all(turn.db)?.iter().any(|secret| secret.owner.as_str() == TEST_TRIGGER);
            match sealed {
                Some(sealed) if !has_one => secrets::insert(turn.db, &sealed),
                _ => Ok(()),
            }
        })
        .await
}

/// A new current secret of `owner` as a row.
pub fn seal_new(
    vault: &Vault,
    secret: &Secret,
    id: SecretId,
    owner: TriggerId,
    now: crate::clock::UnixMs,
) -> SealedSecret {
    SealedSecret {
        sealed: vault.seal(&id, secret),
        bytes: u32::try_from(secret.bytes()).unwrap_or(u32::MAX),
        slot: Slot::Current,
        name: "current".to_owned(),
        created_at: now,
        expires_at: None,
        last_used_at: None,
        owner,
        id,
    }
}

/// The work beside the way: telling, noting, deleting. Each ends when the app closes.
fn beside(app: &Arc<App>) {
    let news = Arc::clone(app);
    tokio::spawn(async move {
        while news.stopping.run_until_cancelled(news.news_due.notified()).await.is_some() {
            tokio::time::sleep(NEWS_EVERY).await;
            news.tell_news();
        }
    });
    let uses = Arc::clone(app);
    tokio::spawn(async move {
        while uses.stopping.run_until_cancelled(tokio::time::sleep(NOTE_USES_EVERY)).await.is_some() {
            note_uses(&uses).await;
        }
    });
    retention::start(app);
    rounds::start(app);
    absences::start(app);
    forge::start(app);
    github::follow(app);
}

async fn note_uses(app: &App) {
    let uses = std::mem::take(&mut *app.key_uses.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    if uses.is_empty() {
        return;
    }
    let noted =
        app.store.write(move |turn| uses.iter().try_for_each(|(id, at)| secrets::note_use(turn.db, id, *at))).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "uses of secrets were not noted");
    }
}
