//! Hook, tunnel and receiver together: GitHub's stand-in sends a numbered stream of pushes through a tunnel that really
//! forwards to a Creel that really runs, while something goes wrong in between. In the end every push is accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use creel_tests::wait::until_within;
use creel_tests::{Creel, Github, Request, ShiftedClock, until, wire};
use serde_json::{Value, json};

use crate::github_hooks::{PLACE, connect, hook, there};
use crate::tunnel_ways::{now, put_stand_in, tell_stand_in};

/// Between two pushes: a stream of this length is what one hook's limits let through all day.
const EVERY: Duration = Duration::from_millis(150);
/// Every one so often GitHub loses on its own way, whatever the tunnel does.
const LOSES_EVERY: u64 = 9;
/// The stand-in's patience: GitHub's ten seconds, cut so that a sleep of a test lasts longer.
const PATIENCE_MS: u64 = 700;
/// Starting a program and a question through it, where other suites have both cores: measured at 3 s at worst.
pub const BUSY: Duration = Duration::from_secs(10);

/// A push as GitHub sent it.
#[derive(Clone)]
pub struct Push {
    pub guid: String,
    body: String,
    /// GitHub got 2xx.
    pub acked: bool,
}

/// Everything that takes part.
pub struct World {
    pub github: Github,
    pub creel: Creel,
    pub trigger: String,
    secret: Value,
    pace: u32,
}

impl World {
    /// A quick tunnel, online, and a hook that sends through it; the supervisor's time passes `pace` times as fast.
    pub fn start(pace: u32, clock: Option<&Arc<ShiftedClock>>) -> Self {
        let environment = clock.map(|clock| clock.environment()).unwrap_or_default();
        let github = Github::start_with(&environment);
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut setup = github.setup(folder.path());
        put_stand_in(&folder.path().join("programs/cloudflared"));
        setup.environment.push(("CREEL_TUNNEL_PACE".to_owned(), pace.to_string()));
        setup.clock = clock.map(Arc::clone);
        let creel = Creel::start_in(folder, setup);
        creel.rpc("github_sign_in", json!({}));
        creel.rpc("tunnel_start", json!({ "kind": "cloudflared", "at_start": true }));
        let mut world = Self { github, creel, trigger: String::new(), secret: Value::Null, pace };
        world.online();
        world.trigger = connect(&world.creel, &world.github);
        world.secret = there(&world.github)["config"]["secret"].clone();
        world
    }

    /// The network between the tunnel's provider and this machine goes off or on.
    pub fn network(&self, on: bool) {
        tell_stand_in(&self.creel, &json!({ "mode": if on { "works" } else { "offline" } }));
    }

    /// Waits until the tunnel leads here, at most as long as `trust.md` R11 allows on a busy machine; its address.
    pub fn online(&self) -> String {
        until_within(self.real(Duration::from_secs(65)) + BUSY, "the tunnel to be online", || {
            let now = now(&self.creel);
            Some(now["address"].as_str()?.to_owned()).filter(|_| now["state"] == "online")
        })
    }

    /// How long so much of the supervisor's time really takes.
    pub fn real(&self, long: Duration) -> Duration {
        long / self.pace
    }

    /// How much of the supervisor's time passed since.
    pub fn since(&self, begun: Instant) -> Duration {
        begun.elapsed() * self.pace
    }

    /// Waits until GitHub's only hook sends to the tunnel's address, with the secret that it always had.
    pub fn followed(&self) -> String {
        let hook = until_within(BUSY * 2, "the hook at the tunnel's address", || {
            let address = now(&self.creel)["address"].as_str()?.to_owned();
            let hook = there(&self.github);
            let sends_there = hook["config"]["url"].as_str()?.starts_with(&format!("{address}/"));
            Some(hook).filter(|_| sends_there)
        });
        assert_eq!((&hook["active"], &hook["config"]["secret"]), (&json!(true), &self.secret));
        hook["config"]["url"].as_str().unwrap().to_owned()
    }

    /// Begins to send pushes.
    pub fn stream(&self) -> Stream {
        let (stop, told) = channel();
        let (news, heard) = channel();
        let base = self.github.base.clone();
        Stream { stop, heard, sending: std::thread::spawn(move || send_until(&base, &told, &news)) }
    }
}

/// Pushes that are being sent, one after the other.
pub struct Stream {
    stop: Sender<()>,
    heard: Receiver<bool>,
    sending: JoinHandle<Vec<Push>>,
}

impl Stream {
    /// Waits until from now on so many more pushes have been answered with 2xx, or not.
    pub fn until_more(&self, count: usize, acked: bool) {
        while self.heard.try_recv().is_ok() {}
        let mut seen = 0;
        until(&format!("{count} pushes, acked: {acked}"), || {
            seen += usize::from(self.heard.recv_timeout(BUSY) == Ok(acked));
            (seen == count).then_some(())
        });
    }

    /// No more of them; all that were sent.
    pub fn end(self) -> Vec<Push> {
        self.stop.send(()).expect("it still sends");
        self.sending.join().expect("it sent")
    }
}

fn send_until(base: &str, told: &Receiver<()>, news: &Sender<bool>) -> Vec<Push> {
    let mut pushes = Vec::new();
    for number in 1_u64.. {
        let payload =
            json!({ "number": number, "repository": { "full_name": "octocat/hello-world", "id": 1_296_269 } });
        let options = json!({ "lost": number % LOSES_EVERY == 0, "patience": PATIENCE_MS });
        let ask = json!({ "happens": { "place": PLACE, "event": "push", "payload": payload, "options": options } });
        let sent = wire::send(base, &Request::post("/stand-in", ask.to_string())).json()["sent"][0].clone();
        let acked = (200..300).contains(&sent["status_code"].as_u64().unwrap());
        pushes.push(Push { guid: sent["guid"].as_str().unwrap().to_owned(), body: payload.to_string(), acked });
        let _ = news.send(acked);
        if told.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    pushes
}

/// What came of a stream.
#[derive(Debug, Default)]
pub struct Sum {
    pub sent: usize,
    pub acked: usize,
    pub missed: usize,
    /// Of the missed ones: GitHub gave up waiting, and Creel has them.
    pub too_late: usize,
    /// Of the others: GitHub sent them again, and Creel took them from GitHub's record.
    pub again: usize,
    pub imported: usize,
}

impl World {
    /// Nothing that was acked is lost, exactly what GitHub could not deliver is listed, and once that is brought in every
    /// push has its one task.
    pub fn accounts_for(&self, pushes: &[Push]) -> Sum {
        // What GitHub no longer waited for may still be on its way in.
        let (here, listed) = until_within(BUSY * 3, "GitHub's record and the inbox to say the same", || {
            let (here, listed) = (self.here(pushes), self.listed());
            let same = listed.iter().all(|(guid, (_, side))| (side == "never_arrived") != here.contains_key(guid));
            same.then_some((here, listed))
        });
        let missed: BTreeSet<_> = pushes.iter().filter(|push| !push.acked).map(|push| push.guid.clone()).collect();
        for push in pushes.iter().filter(|push| push.acked) {
            assert!(here.contains_key(&push.guid), "{} was acked and is not here", push.guid);
        }
        assert_eq!(listed.keys().cloned().collect::<BTreeSet<_>>(), missed, "exactly what GitHub could not deliver");
        let vain: Vec<_> = listed.iter().filter(|(guid, _)| !here.contains_key(*guid)).map(|(_, one)| &one.0).collect();
        self.finds(&vain);
        let (again, imported) = vain.split_at(vain.len() / 2);
        self.works("send_again", again);
        self.works("bring_in", imported);
        // What is here is sent once more all the same: it is no second task.
        for (guid, (id, _)) in listed.iter().filter(|(guid, _)| here.contains_key(*guid)) {
            let sent = self.creel.try_rpc("github_send_again", json!({ "trigger_id": self.trigger, "id": id }));
            assert_eq!(sent.status, 200, "{guid}");
        }
        until_within(BUSY * 3, "a task of every push", || (self.tasks().len() == pushes.len()).then_some(()));
        let sent: BTreeSet<_> = pushes.iter().map(|push| push.guid.clone()).collect();
        assert_eq!(self.tasks(), sent.iter().map(|guid| (guid.clone(), 1)).collect(), "each push has one task");
        self.github.was_right();
        assert_eq!(self.creel.deliveries("is:imported").len(), imported.len());
        Sum {
            sent: pushes.len(),
            acked: pushes.len() - missed.len(),
            missed: missed.len(),
            too_late: missed.len() - vain.len(),
            again: again.len(),
            imported: imported.len(),
        }
    }

    /// Creel's own list has exactly these attempts, by GitHub's numbers.
    fn finds(&self, vain: &[&String]) {
        self.creel.rpc("github_missed_look", json!({ "trigger_id": self.trigger }));
        let found = self.creel.rpc("github_missed", json!({ "trigger_id": self.trigger }));
        let ids = found.as_array().unwrap().iter().map(|item| item["sent"]["id"].as_str().unwrap());
        assert_eq!(ids.collect::<BTreeSet<_>>(), vain.iter().map(|id| id.as_str()).collect(), "what is missed");
    }

    /// Has these sent again, or brought in from GitHub's record.
    fn works(&self, how: &str, ids: &[&String]) {
        let ask = json!({ "trigger_id": self.trigger, "how": how, "ids": ids });
        self.creel.rpc("github_missed_work", ask);
        until_within(BUSY * 3, "the work's end", || hook(&self.creel)["missed"]["at_work"].is_null().then_some(()));
    }

    /// GitHub's ids of the pushes that are here, with their deliveries; their bodies are what was sent.
    fn here(&self, pushes: &[Push]) -> BTreeMap<String, Value> {
        let bodies: BTreeMap<_, _> = pushes.iter().map(|push| (push.guid.as_str(), push.body.as_bytes())).collect();
        let mut here = BTreeMap::new();
        for delivery in self.creel.deliveries("event:push") {
            let guid = delivery["event_id"].as_str().unwrap().to_owned();
            assert_eq!(delivery["signature"], "valid", "{delivery}");
            let body = self.creel.body(delivery["id"].as_str().unwrap());
            assert_eq!(Some(&body[..]), bodies.get(guid.as_str()).copied(), "{guid}: not as it was sent");
            here.insert(guid, delivery);
        }
        here
    }

    /// What GitHub's record shows as not delivered: GitHub's number of the attempt, and what Creel says of it.
    fn listed(&self) -> BTreeMap<String, (String, String)> {
        let (mut listed, mut after) = (BTreeMap::new(), Value::Null);
        loop {
            let page = self.creel.rpc("github_record", json!({ "trigger_id": self.trigger, "after": after }));
            for item in page["items"].as_array().unwrap().iter().filter(|item| item["side"] != "same") {
                let text = |key: &str| item[key].as_str().unwrap().to_owned();
                assert_eq!(item["event"], "push", "{item}");
                listed.insert(text("guid"), (text("id"), text("side")));
            }
            if page["next"].is_null() {
                return listed;
            }
            after = page["next"].clone();
        }
    }

    /// How many tasks each of GitHub's ids has.
    fn tasks(&self) -> BTreeMap<String, usize> {
        // The tasks first: each has its delivery by then.
        let made = self.creel.tasks();
        let deliveries = self.creel.deliveries("event:push");
        let guids: BTreeMap<_, _> =
            deliveries.iter().map(|one| (one["id"].as_str(), one["event_id"].as_str())).collect();
        let mut tasks = BTreeMap::new();
        for task in made {
            let guid = guids[&task["source_delivery"].as_str()].unwrap().to_owned();
            *tasks.entry(guid).or_default() += 1;
        }
        tasks
    }
}
