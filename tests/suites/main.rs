//! The black-box suites, one module a subject.
#![allow(clippy::unwrap_used, missing_docs)]

mod answer_as;
mod cli;
mod control;
mod crash;
mod creel_admission;
mod creel_limits;
mod creel_replies;
mod creel_schemes;
mod deliver;
mod flood;
mod forward;
mod forward_guard;
mod github_payloads;
mod hostile;
mod malformed_http;
mod opengate_contract;
mod opengate_examples;
mod opengate_management;
mod opengate_rotation;
mod replay;
mod scheme_libraries;
mod start;
mod verify_cli;
mod window;
