//! The command list, cut by field; here is what every part of it becomes. One line a command: name, input, output; its
//! function has its name.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, schema::Schema};

use crate::app::App;
use crate::error::{ApiError, ErrorCode};

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident($input:ty) -> $output:ty;)*) => {
        /// The TypeScript side of this part: one property a command, with its input and output.
        pub(super) fn typescript(config: &ts_rs::Config) -> String {
            use ts_rs::TS;
            let mut out = String::new();
            $(out.push_str(&format!(
                "  {}: {{ input: {}; output: {} }};\n",
                stringify!($name),
                <$input as TS>::name(config),
                <$output as TS>::name(config),
            ));)*
            out
        }

        /// Runs one of these commands: JSON in, JSON out. `None`: it is none of them.
        pub(super) async fn call(
            app: &std::sync::Arc<crate::app::App>,
            name: &str,
            input: &[u8],
        ) -> Option<Result<Vec<u8>, crate::error::ApiError>> {
            match name {
                $(stringify!($name) => Some(
                    async {
                        let output: $output =
                            Box::pin(crate::api::handlers::$name(app, super::read::<$input>(input)?)).await?;
                        super::write(&output)
                    }
                    .await,
                ),)*
                _ => None,
            }
        }

        /// This part for the OpenAPI document.
        pub(super) fn described() -> Vec<super::Described> {
            vec![$(super::Described::of::<$input, $output>(stringify!($name), concat!($($doc),*).trim())),*]
        }
    };
}

macro_rules! parts {
    ($($part:ident)*) => {
        /// The TypeScript side of the list: one property a command, with its input and output.
        pub fn typescript(config: &ts_rs::Config) -> String {
            [$($part::typescript(config)),*].concat()
        }

        /// Runs one command: JSON in, JSON out.
        pub async fn call(app: &Arc<App>, name: &str, input: &[u8]) -> Result<Vec<u8>, ApiError> {
            $(if let Some(done) = $part::call(app, name, input).await {
                return done;
            })*
            Err(ApiError::not_found("command", name))
        }

        /// The list for the OpenAPI document.
        pub fn described() -> Vec<Described> {
            [$($part::described()),*].into_iter().flatten().collect()
        }
    };
}

mod executions;
mod github;
mod gitlab;
mod receiver;
mod replays;
mod resources;
mod schemes;
mod targets;
mod tasks;
mod triggers;
mod tunnels;

parts! { receiver triggers schemes tunnels executions targets gitlab github replays tasks resources }

/// No body at all stands for an empty object: most commands need none.
fn read<T: DeserializeOwned>(input: &[u8]) -> Result<T, ApiError> {
    let input = if input.iter().all(u8::is_ascii_whitespace) { b"{}" } else { input };
    // Read again only to find the place: the plain way is the quicker one, and it decides.
    serde_json::from_slice(input).map_err(|error| crate::api::unreadable::unreadable::<T>(input, &error))
}

fn write<T: serde::Serialize>(output: &T) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(output).map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
}

/// A named schema.
pub type Named = (String, RefOr<Schema>);

/// A command as the OpenAPI document shows it.
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What it takes.
    pub input: RefOr<Schema>,
    /// What it gives.
    pub output: RefOr<Schema>,
    /// Every schema that these two name.
    pub named: Vec<Named>,
}

impl Described {
    fn of<I: ToSchema, O: ToSchema>(name: &'static str, about: &'static str) -> Self {
        let mut named = vec![(I::name().into_owned(), I::schema()), (O::name().into_owned(), O::schema())];
        I::schemas(&mut named);
        O::schemas(&mut named);
        Self { name, about, input: I::schema(), output: O::schema(), named }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Writes `ui/src/generated`: every type behind the commands and the list itself. CI fails when that changed a file.
    #[test]
    fn the_typescript_side_is_written() {
        let config = ts_rs::Config::from_env();
        let list = typescript(&config);
        let names = ts_names(&list);
        let imports: String = names.iter().map(|name| format!("import type {{ {name} }} from './{name}';\n")).collect();
        let text = format!(
            "// Written by `cargo test -p creel-core`; do not edit.\n{imports}\n/** The one command list: name, input, output. */\nexport interface Commands {{\n{list}}}\n"
        );
        let folder = config.out_dir();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("commands.ts"), text).unwrap();
    }

    /// The type names in the list: every word that begins with a capital and is not TypeScript's own.
    fn ts_names(list: &str) -> std::collections::BTreeSet<String> {
        list.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|w| w.starts_with(|c: char| c.is_ascii_uppercase()) && !["Array", "Record"].contains(w))
            .map(str::to_owned)
            .collect()
    }
}
