//! Mending after an owner of the tag lock died: what he was changing is finished from his note; where that is damaged, what is not true at every
//! instruction is computed from what is.

use super::change;
use super::postings::{birth_at, most_members};
use super::record::{Record, chain};
use crate::error::{Result, corrupt};
use crate::layout::TagNode;
use crate::offset::{Off, OffWord};
use crate::segment::Segment;
use crate::sync::locker::{Locked, Which};
use crate::word::Ordering::{Relaxed, Release};

/// Finishes what the dead one was changing. O(1).
pub fn mend(segment: &Segment, held: &Locked<'_>) {
    debug_assert_eq!(held.which(), Which::Tags);
    if change::settle(segment).is_err() {
        segment.header().tag_change.walks.fetch_add(1, Relaxed);
        mend_all(segment);
        change::end(segment);
    }
}

/// Computes `prev`, `last` and `count` of every list. O(records and members).
///
/// A list or chain that leads out of the segment is cut there: better to lose sight of some members, which readers and eviction still see,
/// than to keep everybody from storing with tags for good.
fn mend_all(segment: &Segment) {
    let mut left = most_members(segment);
    for head in 0..segment.geometry().tag_heads {
        for record in chain(segment, segment.tag_head(head)) {
            let Ok(record) = record else { break };
            mend_list(segment, &record, &mut left);
        }
    }
}

fn mend_list(segment: &Segment, record: &Record<'_>, left: &mut u64) {
    let (fields, basis) = (record.fields(), record.basis());
    let (mut link, mut prev, mut count): (&OffWord<TagNode>, Option<Off<TagNode>>, u32) = (&fields.members, None, 0);
    while let Some(off) = link.load(Relaxed) {
        let Ok((node, birth)) = member(segment, off, left) else {
            link.store(None, Release);
            break;
        };
        node.prev.store(prev, Release);
        count += u32::from(birth >= basis.alive_from);
        prev = Some(off);
        link = &node.next;
    }
    fields.last.store(prev, Release);
    record.set_count(count, basis);
}

/// The node at `off`, and the birth of its entry.
fn member<'s>(segment: &'s Segment, off: Off<TagNode>, left: &mut u64) -> Result<(&'s TagNode, u64)> {
    *left = left.checked_sub(1).ok_or_else(|| corrupt("the tags' lists do not end"))?;
    let node = segment.at(off)?;
    Ok((node, birth_at(segment, node)?))
}
