//! The tools there are.

use std::sync::Arc;

use crate::api::Nothing;
use crate::api::tools::ToolInfo;
use crate::app::App;
use crate::error::ApiError;
use crate::tools;

/// All tools, in the order of a menu.
pub async fn tools_list(_: &Arc<App>, _: Nothing) -> Result<Vec<ToolInfo>, ApiError> {
    let each = tools::ALL.into_iter().map(|one| {
        let (tool, action) = one.id();
        let (tool, action, about) = (tool.to_owned(), action.to_owned(), one.about().to_owned());
        ToolInfo { tool, action, about, schema: one.schema() }
    });
    Ok(each.collect())
}
