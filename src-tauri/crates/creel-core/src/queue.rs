//! The queue of this app: its parts, and what forwards ask of the app while they run.

use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use crate::actions::{Forwarder, Limits, Listeners, PlannedSigning, SecretSource, SystemResolver};
use crate::app::App;
use crate::authenticate::{Scheme, Secret};
use crate::error::{ApiError, ErrorCode};
use crate::execute::{Actions, Bounds, BoundsSource, Executor, Parts, STOP_WITHIN, SystemRandom};
use crate::store::StoreError;

/// The app as the queue and its forwards see it. Weak, because the app owns the queue.
struct Asked(Weak<App>);

/// Takes up what the last run left and runs what is due from now on.
pub async fn start(app: &Arc<App>) -> Result<Executor, StoreError> {
    let forwarder = forwarder(app);
    let bounds: Arc<dyn BoundsSource> = Arc::new(Asked(Arc::downgrade(app)));
    Executor::start(Parts {
        store: Arc::clone(&app.store),
        clock: Arc::clone(&app.clock),
        random: Arc::new(SystemRandom),
        events: app.events.clone(),
        actions: Arc::new(Actions {
            forwarder,
            ids: Arc::clone(&app.ids),
            live: Arc::clone(&app.live),
            bounds: Arc::clone(&bounds),
        }),
        bounds,
        stop_within: STOP_WITHIN,
    })
    .await
}

/// What sends requests for this app.
pub fn forwarder(app: &Arc<App>) -> Forwarder {
    Forwarder {
        store: Arc::clone(&app.store),
        clock: Arc::clone(&app.clock),
        resolver: Arc::new(SystemResolver),
        secrets: Arc::new(Asked(Arc::downgrade(app))),
        listeners: Arc::new(Asked(Arc::downgrade(app))),
        limits: Limits::default(),
    }
}

impl SecretSource for Asked {
    fn scheme(&self, key: &str) -> Option<&'static Scheme> {
        self.0.upgrade()?.registry.now().schemes().find(key)
    }

    fn signing_secret(&self, signing: &PlannedSigning) -> Result<Secret, ApiError> {
        let app = self.0.upgrade().ok_or_else(|| ApiError::new(ErrorCode::Unavailable, "creel is closing"))?;
        let routes = app.registry.now();
        let (secret, locked, whose) = match &signing.secret_id {
            Some(id) => (routes.named(id).cloned(), app.vault.is_none(), format!("secret {id}")),
            None => {
                let listening = routes.get(&signing.trigger_id);
                let locked = listening.as_ref().is_some_and(|one| one.locked);
                let secret = listening.and_then(|one| one.current().cloned());
                (secret, locked, format!("secret of trigger {}", signing.trigger_id))
            }
        };
        match secret {
            Some(secret) => Ok(secret),
            None if locked => Err(ApiError::new(ErrorCode::Unavailable, format!("the {whose} cannot be opened now"))
                .hint("unlock the keychain or put the key file back, then start Creel again")),
            None => Err(ApiError::new(ErrorCode::NotFound, format!("the {whose} is not there any more"))
                .hint("choose another secret in the forward")),
        }
    }
}

impl BoundsSource for Asked {
    fn now(&self) -> Bounds {
        let Some(app) = self.0.upgrade() else { return Bounds { paused: true, ..Bounds::default() } };
        let settings = app.settings.load();
        Bounds { paused: settings.paused, at_once: settings.at_once, of_trigger: app.registry.now().at_once() }
    }
}

impl Listeners for Asked {
    fn listeners(&self) -> Vec<SocketAddr> {
        let addresses = self.0.upgrade().map(|app| app.addresses()).unwrap_or_default();
        [addresses.receiver, addresses.control].into_iter().flatten().collect()
    }
}
