//! The ways in from outside: tunnels, and `gh webhook forward`.

use crate::api::Nothing;
use crate::api::forwarder::*;
use crate::api::tunnels::*;
use crate::github::forwarder::{ForwarderChoice, ForwarderNeeds};
use crate::tunnel::kinds::TunnelCard;
use crate::tunnel::{Exposure, TunnelChoice};

commands! {
    /// The kinds of tunnels, with what each needs and what of it is missing.
    tunnels_list(Nothing) -> Vec<TunnelCard>;
    /// The tunnel as it stands, and who can reach what.
    tunnel_get(Nothing) -> TunnelView;
    /// Who could reach what through a tunnel.
    tunnel_plan(TunnelChoice) -> Exposure;
    /// Start a tunnel in place of the one that runs, and keep the choice.
    tunnel_start(TunnelChoice) -> TunnelView;
    /// Stop it.
    tunnel_stop(Nothing) -> TunnelView;
    /// Ask through the public address now; start again now where it waits.
    tunnel_check(Nothing) -> TunnelView;
    /// Expose exactly these triggers that check no signature.
    tunnel_tick(TunnelTicks) -> TunnelView;
    /// Trust the ssh host's key that was shown, and start again.
    tunnel_trust_key(TrustHostKey) -> TunnelView;
    /// Keep ngrok's authtoken, or delete it.
    tunnel_token(TunnelToken) -> Nothing;

    /// GitHub's program and its extension for forwarding: what is there, what is missing.
    forwarder_needs(Nothing) -> ForwarderNeeds;
    /// How `gh webhook forward` stands.
    forwarder_get(Nothing) -> ForwarderView;
    /// Start forwarding in place of what runs, and keep the choice.
    forwarder_start(ForwarderChoice) -> ForwarderView;
    /// Stop it.
    forwarder_stop(Nothing) -> ForwarderView;
}
