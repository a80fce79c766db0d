//! Creel's domain, in the order of one delivery's way. No window in here.

pub mod actions;
pub mod api;
pub mod authenticate;
pub mod clock;
pub mod control;
pub mod delivery;
pub mod error;
pub mod events;
pub mod execute;
pub mod execution;
pub mod filter;
pub mod folder;
pub mod ids;
pub mod receive;
pub mod samples;
pub mod search;
pub mod settings;
pub mod store;
pub mod task;
pub mod template;
pub mod trigger;
