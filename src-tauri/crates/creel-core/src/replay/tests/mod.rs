//! Replays through real sockets: a whole Creel, and a recorder that stands for somebody else.

mod bench;
mod elsewhere;
mod here;
mod often;
mod schemes;
mod tests_sent;
