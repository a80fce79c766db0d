-- Templates among the runs that were made from them: a list of its own on the screen.
CREATE INDEX orloj_templates ON orloj_tasks (seq) WHERE json_extract(spec, '$.mode') = 'template';
