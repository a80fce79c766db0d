//! A desktop that shows tray icons: the watcher that applications register at, on a private bus, and the reading and
//! clicking of an icon's menu over `com.canonical.dbusmenu`, which is what a panel does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};

use crate::bus::Bus;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const MENU: &str = "com.canonical.dbusmenu";

/// A running desktop.
pub struct Tray {
    bus: Bus,
    connection: Connection,
    icons: Arc<Mutex<Vec<Icon>>>,
}

/// An icon that was registered: the program's name on the bus, and the icon's object.
#[derive(Clone, Debug)]
struct Icon {
    program: String,
    object: String,
}

/// One entry of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it says.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    number: i32,
}

struct Watcher {
    icons: Arc<Mutex<Vec<Icon>>>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, item: String, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let icon = match item.starts_with('/') {
            true => Icon { program: sender, object: item },
            false => Icon { program: item, object: "/StatusNotifierItem".to_owned() },
        };
        self.icons.lock().expect("nobody panics here").push(icon);
    }

    fn register_status_notifier_host(&self, _host: String) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let icons = self.icons.lock().expect("nobody panics here");
        icons.iter().map(|icon| format!("{}{}", icon.program, icon.object)).collect()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// A desktop with a place for icons.
    pub fn start() -> Self {
        let (bus, icons) = (Bus::start(), Arc::<Mutex<Vec<Icon>>>::default());
        let served = connection::Builder::address(bus.address.as_str())
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", Watcher { icons: Arc::clone(&icons) }))
            .and_then(|builder| builder.name(WATCHER));
        let connection = served.expect("the interface can be served").build().expect("the bus is there");
        Self { bus, connection, icons }
    }

    /// What a program needs in its environment to find it.
    pub fn environment(&self) -> Vec<(String, String)> {
        self.bus.environment()
    }

    /// The entries of the icon's menu, without its lines. Waits for the icon.
    pub fn entries(&self) -> Vec<Entry> {
        let menu = self.menu();
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let asked: (i32, i32, Vec<String>) = (0, -1, Vec::new());
        let layout: zbus::Result<Layout> = menu.call("GetLayout", &asked);
        let (_, (_, _, entries)) = layout.expect("the menu tells what is in it");
        entries.iter().filter_map(entry).collect()
    }

    /// Waits until the menu has exactly these among its entries: what an entry says, and whether it can be chosen.
    pub fn wait_for(&self, wanted: &[(&str, bool)]) {
        let has = |entries: &[Entry], (label, enabled): &(&str, bool)| {
            entries.iter().any(|entry| entry.label == *label && entry.enabled == *enabled)
        };
        crate::until(&format!("a menu with {wanted:?}"), || {
            let entries = self.entries();
            wanted.iter().all(|one| has(&entries, one)).then_some(())
        });
    }

    /// Chooses the entry that says this.
    pub fn choose(&self, label: &str) {
        let entries = self.entries();
        let entry = entries.iter().find(|entry| entry.label == label && entry.enabled);
        let number = entry.unwrap_or_else(|| panic!("nobody can choose {label:?} in {entries:?}")).number;
        let event = (number, "clicked", Value::from(0_i32), 0_u32);
        self.menu().call::<_, _, ()>("Event", &event).expect("the menu takes a click");
    }

    fn menu(&self) -> Proxy<'_> {
        let newest = || self.icons.lock().expect("nobody panics here").last().cloned();
        let icon = crate::until("an icon in the tray", newest);
        let item = Proxy::new(&self.connection, icon.program.clone(), icon.object, "org.kde.StatusNotifierItem");
        let item = item.expect("the icon has a name");
        let path: OwnedObjectPath = item.get_property("Menu").expect("the icon has a menu");
        Proxy::new(&self.connection, icon.program, path, MENU).expect("the menu has a name")
    }
}

/// An entry with a label; a line between entries has none.
fn entry(value: &OwnedValue) -> Option<Entry> {
    let entry = value.downcast_ref::<Structure>().ok()?;
    let [number, shown, ..] = entry.fields() else { return None };
    let shown: HashMap<String, OwnedValue> = shown.try_clone().ok()?.try_into().ok()?;
    let label = shown.get("label")?.downcast_ref::<&str>().ok()?.replace('_', "");
    let enabled = shown.get("enabled").and_then(|enabled| enabled.downcast_ref::<bool>().ok()).unwrap_or(true);
    Some(Entry { label, enabled, number: number.downcast_ref::<i32>().ok()? })
}
