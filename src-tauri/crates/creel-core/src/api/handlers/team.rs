//! The team: one secret for all of OpShift's webhooks, and the monthly quota.

use std::sync::Arc;

use super::secrets::{given_or_made, rotate, vault};
use crate::alerts::{self, PER_MONTH};
use crate::api::Nothing;
use crate::api::team::{RotateTeam, Team, TeamChange, TeamSecret};
use crate::api::triggers::SecretRotated;
use crate::app::App;
use crate::contracts::Face;
use crate::contracts::opshift::Opshift;
use crate::contracts::opshift::TEAM;
use crate::error::{ApiError, ErrorCode};
use crate::ids::{SecretId, TriggerId};
use crate::start::seal_new;
use crate::store::{StoreError, alerts as rows, meta, secrets};

/// The team.
pub async fn team_get(app: &Arc<App>, _: Nothing) -> Result<Team, ApiError> {
    let now = app.clock.now();
    Ok(app.store.read(move |db| team(db, now)).await?)
}

/// Changes the quota.
pub async fn team_update(app: &Arc<App>, input: TeamChange) -> Result<Team, ApiError> {
    let change = move |turn: &mut crate::store::Turn<'_>| {
        if let Some(most) = input.alerts_per_month {
            meta::set_number(turn.db, PER_MONTH, i64::from(most))?;
        }
        team(turn.db, turn.now)
    };
    Ok(app.store.write(change).await?)
}

/// Makes the team's secret and shows it. There is one, and it is shown once.
pub async fn team_secret(app: &Arc<App>, _: Nothing) -> Result<TeamSecret, ApiError> {
    let secret = given_or_made(app, "secret", None, Opshift.scheme())?;
    let (owner, now) = (TriggerId::from(TEAM), app.clock.now());
    let sealed = seal_new(vault(app)?, &secret, SecretId::new(app.ids.as_ref()), owner, now);
    if !app.store.write(move |turn| secrets::insert_first(turn.db, &sealed)).await? {
        return Err(ApiError::new(ErrorCode::Conflict, "the team's secret was shown when it was made")
            .hint("POST /api/team/rotate-secret makes a new one; the old one keeps working for a while"));
    }
    app.reload().await?;
    Ok(TeamSecret { secret: secret.expose().to_owned() })
}

/// A new secret for the team; the old one keeps working for a while.
pub async fn team_rotate_secret(app: &Arc<App>, input: RotateTeam) -> Result<SecretRotated, ApiError> {
    rotate(app, TriggerId::from(TEAM), Opshift.scheme(), None, input.grace_hours).await
}

fn team(db: &rusqlite::Connection, now: crate::clock::UnixMs) -> Result<Team, StoreError> {
    Ok(Team {
        has_secret: secrets::has_current(db, &TriggerId::from(TEAM))?,
        alerts_per_month: u32::try_from(meta::number(db, PER_MONTH)?.unwrap_or(0)).unwrap_or(u32::MAX),
        alerts_this_month: rows::in_month(db, &alerts::month_of(now))?,
    })
}
