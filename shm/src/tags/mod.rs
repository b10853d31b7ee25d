//! Tags: which entries carry a name, and since when they are gone or stale because of it.
//!
//! A tag of a cache is a [`record`]: two generations, `dead` and `stale`, that only grow, and the list of its members. An entry has a node for each
//! of its tags ([`crate::layout::TagNode`]), which names the record and links the entry into its list ([`postings`]).
//!
//! ```text
//! tag head -> record -> record         entry A        entry B        entry C
//!               | members                node           node           node
//!               +----------------------> next --------> next --------> (end)
//!               | last                    | prev <------ | prev         ^
//!               +-------------------------+--------------+--------------+
//! ```
//!
//! **Reading** takes no lock: an entry is alive if it was born at or after the `dead` of each of its records ([`crate::table::entry::View::state`]). To invalidate a tag
//! is to raise one word, however many members it has; the memory comes back later, from the list's far end, where the oldest are.
//!
//! **Writing** goes under the tag lock, one for the segment:
//! - Before an entry is *published*, its nodes are made to name their records, and it is linked into the lists: both under one hold of the lock.
//!   Where a record is missing, the locks are released, it is made, and all begins anew: nothing is allocated under a lock.
//! - After it was *unlinked*, and before it is retired, it leaves the lists.
//!
//! Invariant: an entry that is in its chain is in the lists of all its tags, so their records are not dropped.
//! Invariant: no list leads to an entry that is retired.
//! Invariant: a walk that follows `next` under a pin from a list's head needs no lock: members are added at the head alone, and a node
//! that leaves keeps its `next`; so what it comes to was born before the head and was linked when the walk began.
//!
//! **A record is dropped** some time after it was seen without members, for it may just be about to get some: after [`IDLE_MS`] where
//! [`Header::forgotten`] is as high as its generations, after [`KEEP_MS`] otherwise, and at any time before a store fails for want of memory. What it
//! knew is folded into that word, with which new records start. So the values that an invalidation should keep out stay out; and of those with a
//! tag that nobody has seen, none is kept out that was not computed for longer than that.
//!
//! **Recovery** ([`recover`]): records and lists are linked by single stores, so chains and `next` links are valid at every instruction; the rest
//! is computed from them. The blocks that are on their way into or out of a chain are noted in the slot (`incoming`, `outgoing`), as entries
//! are; that is why records are made and dropped under a stripe's lock too (any stripe's: its retire list takes what is dropped).

mod change;
mod name;
pub mod postings;
pub mod record;
pub mod recover;

use crate::caches::{new_generation, raise};
use crate::error::Result;
use crate::layout::Header;
use crate::sync::locker::{Locked, Locker, Which};
use crate::word::Ordering::{Relaxed, Release, SeqCst};

pub use name::{Name, Names};
pub use record::Record;

/// How long a record without members stays in any case, in ms.
pub const IDLE_MS: u64 = 1000;

/// How long one stays that knows of invalidations.
pub const KEEP_MS: u64 = 120_000;

/// Takes the tag lock, and makes the lists whole where its last owner died.
///
/// # Errors
/// `Busy`, `Corrupt`.
pub fn lock<'s>(by: &Locker<'s>) -> Result<Locked<'s>> {
    let mut held = by.lock(Which::Tags)?;
    if held.is_unmended() {
        recover::mend(by.segment(), &held);
        held.mended();
    }
    Ok(held)
}

/// Makes a tag's members gone. O(1).
pub fn invalidate_locked(held: &Locked<'_>, record: &Record<'_>) {
    debug_assert_eq!(held.which(), Which::Tags);
    let fields = record.fields();
    change::begin_invalidation(record);
    raise(&fields.dead, new_generation(record.header()));
    fields.count.store(0, Release);
    change::end(record.segment());
    record.use_again();
}

/// Marks a tag's members stale. O(1).
pub fn refresh_locked(held: &Locked<'_>, record: &Record<'_>) {
    debug_assert_eq!(held.which(), Which::Tags);
    raise(&record.fields().stale, new_generation(record.header()));
    record.use_again();
}

/// Announces that what the tag stands for is about to change: until [`commit_locked`] its members are stale, those that come included. Where
/// that does not come before boot time `until_ms`, who began it is taken for dead: what was stored until then stays stale.
///
/// Returns a ticket for the end. It names the record and how often those who began something there were taken for dead: whoever comes too late does
/// not end what somebody else has begun since.
pub fn begin_locked(held: &Locked<'_>, record: &Record<'_>, until_ms: u64, now_ms: u64) -> u64 {
    debug_assert_eq!(held.which(), Which::Tags);
    end_abandoned(record, now_ms);
    let fields = record.fields();
    let (round, until) = split(fields.dirty_until.load(Relaxed));
    // Of those that have ended, nobody waits for the deadline.
    let others = if fields.dirty.load(Relaxed) == 0 { 0 } else { until };
    fields.dirty_until.store(join(round, others.max(until_ms)), Relaxed);
    fields.dirty.fetch_add(1, SeqCst);
    ticket(record)
}

/// Ends what [`begin_locked`] began: the tag's members are gone.
pub fn commit_locked(held: &Locked<'_>, record: &Record<'_>, begun: u64) {
    invalidate_locked(held, record);
    end(record, begun);
}

/// Ends what [`begin_locked`] began, and whose author does not say whether it was done: the tag's members are stale.
pub fn abandon_locked(held: &Locked<'_>, record: &Record<'_>, begun: u64) {
    refresh_locked(held, record);
    end(record, begun);
}

/// Remembers an invalidation (or refresh) of a tag that has no record and can have none: everything that was computed before it and carries
/// a tag that nobody has seen is dead.
pub fn forget(header: &Header) {
    raise(&header.forgotten, new_generation(header));
}

/// Ends the invalidations of those that are taken for dead.
fn end_abandoned(record: &Record<'_>, now_ms: u64) {
    let fields = record.fields();
    let (round, until) = split(fields.dirty_until.load(Relaxed));
    if fields.dirty.load(Relaxed) != 0 && until < now_ms {
        raise(&fields.stale, new_generation(record.header()));
        fields.dirty_until.store(join(round.wrapping_add(1), 0), Relaxed);
        fields.dirty.store(0, SeqCst);
    }
}

fn end(record: &Record<'_>, begun: u64) {
    let dirty = &record.fields().dirty;
    if ticket(record) == begun {
        dirty.store(dirty.load(Relaxed).saturating_sub(1), SeqCst);
    }
}

/// What tells those who begin something now from those who did before the last of them were taken for dead; in another record it is another.
fn ticket(record: &Record<'_>) -> u64 {
    record.birth() << 16 | u64::from(split(record.fields().dirty_until.load(Relaxed)).0)
}

/// `dirty_until` holds the round in its upper 16 bits, and boot time in ms below.
fn split(word: u64) -> (u16, u64) {
    ((word >> 48) as u16, word & UNTIL)
}

fn join(round: u16, until_ms: u64) -> u64 {
    u64::from(round) << 48 | until_ms.min(UNTIL)
}

const UNTIL: u64 = (1 << 48) - 1;
