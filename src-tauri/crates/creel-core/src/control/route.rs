//! One REST operation as the OpenAPI document shows it. Each file of `rest/` describes its own with these words.

use serde_json::{Map, Value, json};

/// An operation being described.
pub struct Route {
    /// Its path, with `{…}` for what changes.
    pub path: &'static str,
    /// Its method, lower case.
    pub method: &'static str,
    /// The operation object.
    pub operation: Value,
}

impl Route {
    /// `request` is `GET /api/tasks`; `id` names the operation, `about` says what it does in one sentence.
    pub fn new(request: &'static str, id: &str, about: &str) -> Self {
        let (method, path) = request.split_once(' ').unwrap_or(("get", request));
        let method = match method {
            "POST" => "post",
            "PATCH" => "patch",
            "PUT" => "put",
            "DELETE" => "delete",
            _ => "get",
        };
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<_> = names
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        let operation = json!({ "operationId": id, "summary": about, "parameters": parameters, "responses": {} });
        Self { path, method, operation }
    }

    /// A parameter of the query string.
    pub fn query(mut self, name: &str, about: &str, schema: Value) -> Self {
        let parameter =
            json!({ "name": name, "in": "query", "required": false, "description": about, "schema": schema });
        if let Some(all) = self.operation["parameters"].as_array_mut() {
            all.push(parameter);
        }
        self
    }

    /// The two parameters that every list has.
    pub fn paged(self) -> Self {
        let bounded = json!({ "type": "integer", "minimum": 1, "maximum": 500 });
        self.query("limit", "Rows in the page; 100 unless told otherwise.", bounded).query(
            "after",
            "Only rows older than this; the `next` of the page before.",
            json!({ "type": "integer" }),
        )
    }

    /// A JSON body.
    pub fn takes(mut self, schema: Value, example: Value) -> Self {
        let content = json!({ "application/json": { "schema": schema, "example": example } });
        self.operation["requestBody"] = json!({ "required": true, "content": content });
        self
    }

    /// A JSON body that may be left out.
    pub fn may_take(mut self, schema: Value, example: Value) -> Self {
        self = self.takes(schema, example);
        self.operation["requestBody"]["required"] = json!(false);
        self
    }

    /// 200 with this.
    pub fn gives(self, schema: Value, example: Value) -> Self {
        self.answers("200", "Done.", "application/json", schema, example)
    }

    /// 201 with this.
    pub fn makes(self, schema: Value, example: Value) -> Self {
        self.answers("201", "Made.", "application/json", schema, example)
    }

    /// 200 with a page of this.
    pub fn lists(self, item: Value, example: Value) -> Self {
        self.gives(page_of(item), json!({ "items": [example], "next": null }))
    }

    /// 204.
    pub fn empties(mut self, about: &str) -> Self {
        self.operation["responses"]["204"] = json!({ "description": about });
        self
    }

    /// Any answer.
    pub fn answers(mut self, status: &str, about: &str, kind: &str, schema: Value, example: Value) -> Self {
        let content = Map::from_iter([(kind.to_owned(), json!({ "schema": schema, "example": example }))]);
        self.operation["responses"][status] = json!({ "description": about, "content": content });
        self
    }

    /// Every error has this shape, and not Creel's own.
    pub fn refuses(mut self, schema: Value) -> Self {
        self.operation["responses"]["default"] = json!(schema);
        self
    }

    /// No token is asked for.
    pub fn open(mut self) -> Self {
        self.operation["security"] = json!([]);
        self
    }
}

/// A schema by its name.
pub fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Several schemas in one object: a row with its details.
pub fn with(name: &str, details: Value) -> Value {
    json!({ "allOf": [of(name), { "type": "object", "properties": details }] })
}

/// A text.
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// A list with its cursor.
pub fn page_of(item: Value) -> Value {
    json!({ "type": "object", "required": ["items", "next"], "properties": {
        "items": { "type": "array", "items": item },
        "next": { "type": ["integer", "null"], "description": "Hand this back as `after` for the next page." },
    } })
}
