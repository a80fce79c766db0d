//! The real window: `creel-desktop` on a virtual display, driven by WebKit's own driver.

mod approval;
mod desk;
mod first_45_seconds;
mod hostile;
mod save;
mod taken_port;
mod tray;
