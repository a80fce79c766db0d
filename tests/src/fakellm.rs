//! A model server that somebody else wrote (PyPI `fakellm`): OpenAI's chat completions, streamed, without a model.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::tools::python_of;

/// A running server on a free port; ends when it is dropped.
pub struct FakeLlm {
    child: Child,
    /// What stands before `/chat/completions`.
    pub base_url: String,
}

impl FakeLlm {
    /// Starts with these rules (its own YAML).
    pub fn start(folder: &Path, rules: &str) -> Self {
        let config = folder.join("fakellm.yaml");
        std::fs::write(&config, rules).expect("the folder can be written");
        let program = python_of("fakellm").with_file_name("fakellm");
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0", "--config"]).arg(&config).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("fakellm starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find("http://")?;
            line.contains("Uvicorn running").then(|| line[at..].split(' ').next().unwrap_or_default().to_owned())
        });
        // What it writes later must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { base_url: format!("{}/v1", address.expect("it says where it listens")), child }
    }
}

impl Drop for FakeLlm {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
