//! Creel's domain, in the order of one delivery's way. No window in here.

pub mod receive;

pub mod authenticate;
pub mod sender;

pub mod admit;
pub mod input_schema;

pub mod filter;
pub mod template;

pub mod commit;
pub mod pipeline;
pub mod registry;
pub mod store;

pub mod actions;
pub mod alerts;
pub mod execute;
pub mod tools;

pub mod contracts;
pub mod doctor;
pub mod forge;
pub mod github;
pub mod gitlab;
pub mod replay;
pub mod samples;
pub mod search;

pub mod absences;
pub mod answer_as;
pub mod api;
pub mod app;
pub mod control;
mod indexer;
pub mod learning;
mod queue;
mod retention;
mod rounds;
pub mod secrets;
pub mod snippet;
mod start;
pub mod tunnel;

pub mod act;
pub mod agent;
pub mod channels;
pub mod clock;
pub mod delivery;
pub mod error;
pub mod events;
pub mod execution;
pub mod folder;
pub mod headers;
pub mod ids;
pub mod orloj;
pub mod pipelines;
pub mod process;
pub mod raw_json;
pub mod settings;
pub mod task;
pub mod tls;
pub mod trigger;
pub mod verdict;
pub mod verifier;
pub mod yaml;
