//! The body that is sent: a file, standard input, text, or a sample's, with values set and edited by hand.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use creel_core::samples::Sample;
use serde_json::Value;

use super::Arguments;

/// The largest body that the control listener takes as base64, with room for the rest.
const MOST: u64 = 1_500_000;
/// A longer array is not filled up by a typing mistake in a path.
const ARRAY_MOST: usize = 1_000;

/// The bytes to send, where they are not simply the sample's.
pub fn body(arguments: &Arguments, sample: Option<&Sample>) -> anyhow::Result<Option<Vec<u8>>> {
    let given = match (&arguments.file, &arguments.data) {
        (Some(file), _) => Some(read(file)?),
        (None, Some(data)) => Some(match data.strip_prefix('@') {
            Some(file) => read(Path::new(file))?,
            None => data.clone().into_bytes(),
        }),
        (None, None) => None,
    };
    if arguments.set.is_empty() && !arguments.edit {
        return Ok(given);
    }
    let mut body = given.or_else(|| sample.map(|sample| sample.body.clone())).unwrap_or_default();
    if !arguments.set.is_empty() {
        body = with_values(&body, &arguments.set)?;
    }
    if arguments.edit {
        body = edited(&body)?;
    }
    Ok(Some(body))
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let named = file.display();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).context("standard input")?;
    } else {
        let open = std::fs::File::open(file).with_context(|| format!("cannot read {named}"))?;
        open.take(MOST + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {named}"))?;
    }
    if bytes.len() as u64 > MOST {
        bail!("{named} is longer than {MOST} bytes");
    }
    Ok(bytes)
}

/// A JSON body with each `path=value` in it; a value that is no JSON is text. What was indented stays so.
fn with_values(body: &[u8], settings: &[String]) -> anyhow::Result<Vec<u8>> {
    let mut whole: Value = match body {
        [] => Value::Object(serde_json::Map::new()),
        body => serde_json::from_slice(body).context("--set needs a JSON body: use --edit or --data for another")?,
    };
    for setting in settings {
        let (path, value) = setting.split_once('=').with_context(|| format!("{setting:?} is not PATH=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        *place(&mut whole, path)? = value;
    }
    let indented = body.starts_with(b"{\n") || body.starts_with(b"[\n");
    Ok(if indented { serde_json::to_vec_pretty(&whole)? } else { serde_json::to_vec(&whole)? })
}

/// The place that a path names, made where it is not there: `data.object.items.0.id`.
fn place<'v>(whole: &'v mut Value, path: &str) -> anyhow::Result<&'v mut Value> {
    let mut at = whole;
    for segment in path.split('.') {
        if at.is_null() {
            *at = Value::Object(serde_json::Map::new());
        }
        at = match at {
            Value::Object(fields) => fields.entry(segment).or_insert(Value::Null),
            Value::Array(elements) => {
                let n: usize = segment.parse().ok().filter(|n| *n < ARRAY_MOST).with_context(|| {
                    format!("in \"{path}\", {segment:?} is no place of an array: 0 to {}", ARRAY_MOST - 1)
                })?;
                while elements.len() <= n {
                    elements.push(Value::Null);
                }
                &mut elements[n]
            }
            other => bail!("in \"{path}\", nothing can stand below {segment:?}'s parent, which is {other}"),
        };
    }
    Ok(at)
}

/// The body after the user's editor, which is what `VISUAL` or `EDITOR` names.
fn edited(body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let named = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let file = Draft::new(body)?;
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    let ended = Command::new(program).args(words).arg(&file.0).status();
    let ended = ended.with_context(|| format!("cannot start the editor \"{editor}\": set EDITOR"))?;
    if !ended.success() {
        bail!("the editor \"{editor}\" ended with {ended}: nothing was sent");
    }
    let mut bytes = read(&file.0)?;
    // Editors end a file with a line end; a body that had none gets none.
    if !body.ends_with(b"\n") && bytes.ends_with(b"\n") {
        bytes.pop();
    }
    Ok(bytes)
}

/// A file that only this user reads, gone when it is dropped.
struct Draft(std::path::PathBuf);

impl Draft {
    fn new(body: &[u8]) -> anyhow::Result<Self> {
        let moment = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let name = format!("creel-body-{}-{}.json", std::process::id(), moment.as_nanos());
        let path = std::env::temp_dir().join(name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let draft = Self(path);
        file.write_all(body)?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn set(body: &str, settings: &[&str]) -> Result<String, String> {
        let settings: Vec<_> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let set = with_values(body.as_bytes(), &settings).map_err(|error| format!("{error:#}"))?;
        Ok(String::from_utf8(set).unwrap())
    }

    #[test]
    fn values_are_set_where_their_path_says() {
        let body = r#"{"a":{"b":1.10},"l":[{"x":1}]}"#;
        assert_eq!(set(body, &["a.b=2", "a.c=text"]), Ok(r#"{"a":{"b":2,"c":"text"},"l":[{"x":1}]}"#.to_owned()));
        assert_eq!(
            set(body, &["l.0.x=null", "l.1.y=true"]),
            Ok(r#"{"a":{"b":1.10},"l":[{"x":null},{"y":true}]}"#.to_owned())
        );
        assert_eq!(set("", &["a.b=a=b"]), Ok(r#"{"a":{"b":"a=b"}}"#.to_owned()));
        assert_eq!(set("{\n  \"a\": 1\n}", &["a=2"]), Ok("{\n  \"a\": 2\n}".to_owned()), "indented stays indented");
    }

    #[test]
    fn what_cannot_be_set_is_named() {
        let says = |body, setting: &str, words: &str| {
            let said = set(body, &[setting]).unwrap_err();
            assert!(said.contains(words), "{said}");
        };
        says("{}", "a", "is not PATH=VALUE");
        says("a=b", "a=1", "needs a JSON body");
        says(r#"{"a":[1]}"#, "a.b=1", "is no place of an array");
        says(r#"{"a":[1]}"#, "a.1000=1", "is no place of an array");
        says(r#"{"a":"text"}"#, "a.b=1", "nothing can stand below");
    }
}
