//! The tunnel's parts with times that pass in no time, and its door over real sockets.

mod supervised;
mod world;
