//! The tunnel's parts with times that pass in no time, and its door over real sockets.

mod probed;
mod supervised;
mod world;
