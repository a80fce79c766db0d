//! What an instance of `instantiate_pipeline` would begin with: its variables, and what its steps come to.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Targets, field, preview_action};
use crate::actions::{ActionKind, InstantiatePipeline};
use crate::api::preview::{ActionPreview, PreviewPart};
use crate::pipelines::{Pipeline, PipelineStep, Work, read_steps};
use crate::template::{Scope, Template};
use crate::trigger::Trigger;

pub(super) fn preview(
    config: &InstantiatePipeline,
    trigger: &Trigger,
    scope: &Scope<'_>,
    targets: &Targets,
) -> ActionPreview {
    let name = |name: &str| format!("variables.{name}");
    let fields = config.variables.iter().map(|(n, text)| field(&name(n), text, trigger, scope)).collect();
    let begun = |words: String| ActionPreview::of(ActionKind::InstantiatePipeline, words, fields);
    let Some(pipeline) = targets.pipelines.iter().find(|one| one.id == config.pipeline_id) else {
        let problem = match config.pipeline_id.as_str() {
            "" => "no pipeline is chosen".to_owned(),
            id => format!("pipeline {id} does not exist"),
        };
        return ActionPreview { problem: Some(problem), ..begun("instantiates a pipeline".to_owned()) };
    };
    let render = |text: &String| Template::parse(text).render(scope, trigger.missing).text;
    let mut variables = pipeline.variables.clone();
    variables.extend(config.variables.iter().map(|(name, text)| (name.clone(), render(text))));
    let begun = begun(format!("instantiates the pipeline {}", pipeline.name));
    match read_steps(&pipeline.steps) {
        Err(error) => ActionPreview { problem: Some(error.message), ..begun },
        Ok(steps) => {
            let values = PreviewPart::new("variables", &lines(config, pipeline, &variables));
            let steps = PreviewPart::new("steps", &steps_in_words(&steps, &variables, trigger, scope, targets));
            ActionPreview { parts: vec![values, steps], ..begun }
        }
    }
}

/// `environment = production`, and where the value is the pipeline's own.
fn lines(config: &InstantiatePipeline, pipeline: &Pipeline, variables: &BTreeMap<String, String>) -> String {
    let line = |(name, value): (&String, &String)| {
        let own = !config.variables.contains_key(name) && pipeline.variables.contains_key(name);
        format!("{name} = {value}{}", if own { "  (default)" } else { "" })
    };
    match variables.is_empty() {
        true => "none".to_owned(),
        false => variables.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

fn steps_in_words(
    steps: &[PipelineStep],
    variables: &BTreeMap<String, String>,
    trigger: &Trigger,
    scope: &Scope<'_>,
    targets: &Targets,
) -> String {
    // What a step will give is not known: its name stands there.
    let outputs = steps.iter().map(|step| (step.name.clone(), json!({ "output": format!("‹{}›", step.name) })));
    let outputs = Value::Object(outputs.collect::<Map<_, _>>());
    let more = Map::from_iter([("variables".to_owned(), json!(variables)), ("steps".to_owned(), outputs)]);
    let scope = scope.beside(more);
    let line = |(n, step): (usize, &PipelineStep)| {
        let words = match step.work() {
            Ok(Work::Act(action)) => {
                let preview = preview_action(&action, trigger, &scope, targets);
                preview.problem.map_or(preview.words.clone(), |problem| format!("{} ({problem})", preview.words))
            }
            Ok(Work::Wait(wait)) => format!("waits {} s", wait.seconds),
            Ok(Work::Condition(_)) => "goes on only where its condition holds".to_owned(),
            Ok(Work::Nothing) => "does nothing".to_owned(),
            Err(error) => error.message,
        };
        format!("{} {}: {words}", n + 1, step.name)
    };
    match steps.is_empty() {
        true => "none".to_owned(),
        false => steps.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"),
    }
}
