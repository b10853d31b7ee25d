//! Who computes a key: at most one at a time, and nobody waits for the dead.
//!
//! A lease belongs to a key for as long as somebody computes its value, or to the name of a lock for as long as somebody has it. It is found by the key's [`Identity`], a 128-bit hash: two keys
//! with the same one share a lease, so one of them waits for the other; nothing else follows from it.
//!
//! The leases are one table with open addressing: an identity may have its lease in any of [`WINDOW`] places from its home on, or of twice as many
//! from when these were all taken for somebody (`Header::lease_reach`), until they are the whole table. Claims of one
//! identity go one after the other, under the lock of a stripe that the identity chooses, so it never has two leases. Claims of others may race
//! for the same free place: the compare-and-swap on its state decides ([`State`]). The other fields are the holder's, written before the state says
//! that he computes: whoever reads them while the lease changes hands is at worst sent to wait for a turn that is over.
//!
//! A lease ends when it is released by its token, when its slot is reaped, or when the next that asks for the key finds the holder dead or the
//! deadline passed. A waiter sleeps on the lease's `turn` in slices and looks after each whether one of these has come about.

#[cfg(not(trove_loom))]
mod claims;
#[cfg(all(test, trove_loom))]
mod models;
mod state;

#[cfg(not(trove_loom))]
pub use claims::{
    Asked, Deed, Identity, SLICE, Ticket, Token, WINDOW, Watch, ask_locked, extend_locked, identity, is_held, look,
    note, release, release_all, release_barren, wait, was_barren, watch,
};
pub use state::State;
