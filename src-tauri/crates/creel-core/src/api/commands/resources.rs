//! Orloj's resources, and the team.

use crate::api::Nothing;
use crate::api::page::*;
use crate::api::resources::*;
use crate::api::team::*;
use crate::api::triggers::*;

commands! {
    /// Apply Orloj manifests: all or none, or say what would change.
    resources_apply(ApplyResources) -> Vec<Applied>;
    /// Orloj resources of a kind.
    resources_list(ResourcesQuery) -> Page<ResourceRow>;
    /// One Orloj resource.
    resource_get(ResourceRef) -> ResourceRow;
    /// Delete an Orloj resource.
    resource_delete(ResourceRef) -> Nothing;
    /// The team: whether it has a secret, and its quota.
    team_get(Nothing) -> Team;
    /// Change the quota.
    team_update(TeamChange) -> Team;
    /// Make the team's secret and show it, once.
    team_secret(Nothing) -> TeamSecret;
    /// A new secret for the team; the old one keeps working for a while.
    team_rotate_secret(RotateTeam) -> SecretRotated;
}
