//! What a draft would do, what was done, and what asks before it is done.

use crate::api::Nothing;
use crate::api::approvals::*;
use crate::api::executions::*;
use crate::api::page::*;
use crate::api::preview::*;
use crate::api::tools::*;
use crate::execution::{Execution, ExecutionDetail};

commands! {
    /// What a draft would do with a delivery.
    preview(PreviewQuery) -> Preview;
    /// What a draft would have let through.
    backtest(BacktestQuery) -> Backtest;
    /// The fields of a delivery.
    fields(FieldsQuery) -> Fields;

    /// Executions, newest first.
    executions_list(ExecutionsQuery) -> Page<Execution>;
    /// One execution with its log.
    execution_get(ExecutionRef) -> ExecutionDetail;
    /// Run it again: a fresh set of attempts.
    execution_retry(ExecutionRef) -> Execution;
    /// Stop it, or take it out of the queue.
    execution_cancel(ExecutionRef) -> Execution;

    /// Commands that wanted to run, those that wait for approval first.
    approvals_list(Nothing) -> Vec<Approval>;
    /// Approve a command for a trigger, letter by letter.
    approval_give(ApprovalRef) -> Nothing;
    /// Take an approval back.
    approval_take_back(ApprovalRef) -> Nothing;

    /// The tools that an action can run, with their parameters.
    tools_list(Nothing) -> Vec<ToolInfo>;
}
