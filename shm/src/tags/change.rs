//! What is being changed under the tag lock, noted beside the lock (`Header::tag_change`), so that a death costs no walk over all lists.
//!
//! A list is changed in some stores of which one counts (see [`super::postings`]); so is a record by an invalidation. Who begins notes the record, the
//! node and what the stores after that one destroy; [`settle`] finds out from the store that counts how far the dead one came, and does the rest.
//! It changes nothing that it reads, so it can be repeated.

use super::postings::birth_at;
use super::record::Record;
use crate::error::{Error, Result};
use crate::layout::TagNode;
use crate::offset::Off;
use crate::segment::Segment;
use crate::word::Ordering::{Acquire, Relaxed, Release};

/// Notes that `node` is about to be linked into the record's list.
pub(super) fn begin_link(record: &Record<'_>, node: Off<TagNode>) {
    begin(record, Some(node), Some(node));
}

/// Notes that `node`, which stands behind `prev`, is about to be unlinked from the record's list.
pub(super) fn begin_unlink(record: &Record<'_>, node: Off<TagNode>, prev: Option<Off<TagNode>>) {
    begin(record, Some(node), prev);
}

/// Notes that the record's members are about to be made dead.
pub(super) fn begin_invalidation(record: &Record<'_>) {
    begin(record, None, None);
}

fn begin(record: &Record<'_>, node: Option<Off<TagNode>>, prev: Option<Off<TagNode>>) {
    let (note, fields) = (&record.header().tag_change, record.fields());
    note.node.store(node, Release);
    note.prev.store(prev, Release);
    note.count.store(fields.count.load(Relaxed), Release);
    note.flush.store(fields.flush.load(Relaxed), Release);
    note.dead.store(fields.dead.load(Relaxed), Release);
    note.record.store(Some(record.off()), Release);
}

/// All is as it should be again.
pub(super) fn end(segment: &Segment) {
    segment.header().tag_change.record.store(None, Release);
}

/// Does the rest of what is noted, if anything is.
///
/// # Errors
/// [`Error::Corrupt`] where the note is none that anybody makes: then nothing is known of the lists.
pub(super) fn settle(segment: &Segment) -> Result<()> {
    let note = &segment.header().tag_change;
    let Some(record) = note.record.load(Acquire) else { return Ok(()) };
    let record = Record::new(segment, record)?;
    let fields = record.fields();
    match note.node.load(Relaxed) {
        None => {
            let is_done = fields.dead.load(Acquire) != note.dead.load(Relaxed);
            fields.count.store(if is_done { 0 } else { note.count.load(Relaxed) }, Release);
        }
        Some(off) => {
            if segment.at(off)?.tag.load(Acquire) != Some(record.off()) {
                return Err(Error::Corrupt("what is noted of a tag's list belongs to another tag"));
            }
            fields.count.store(note.count.load(Relaxed), Release);
            fields.flush.store(note.flush.load(Relaxed), Release);
            match note.prev.load(Relaxed) {
                prev if prev == Some(off) => finish_link(segment, &record, off)?,
                prev => finish_unlink(segment, &record, off, prev)?,
            }
        }
    }
    end(segment);
    Ok(())
}

/// Where the node was not linked yet, its `prev` is still the node itself.
fn finish_link(segment: &Segment, record: &Record<'_>, off: Off<TagNode>) -> Result<()> {
    if record.fields().members.load(Acquire) != Some(off) {
        return Ok(());
    }
    let node = segment.at(off)?;
    node.prev.store(None, Release);
    match node.next.load(Relaxed) {
        Some(next) => segment.at(next)?.prev.store(Some(off), Release),
        None => record.fields().last.store(Some(off), Release),
    }
    record.count_one(birth_at(segment, node)?, |n| n.saturating_add(1));
    record.use_again();
    Ok(())
}

fn finish_unlink(segment: &Segment, record: &Record<'_>, off: Off<TagNode>, prev: Option<Off<TagNode>>) -> Result<()> {
    let node = segment.at(off)?;
    let next = node.next.load(Relaxed);
    let link = match prev {
        Some(prev) => &segment.at(prev)?.next,
        None => &record.fields().members,
    };
    match link.load(Acquire) {
        linked if linked == Some(off) => link.store(next, Release),
        linked if linked == next => {}
        _ => return Err(Error::Corrupt("a tag's list and what is noted of it differ")),
    }
    node.prev.store(Some(off), Release);
    match next {
        Some(next) => segment.at(next)?.prev.store(prev, Release),
        None => record.fields().last.store(prev, Release),
    }
    record.count_one(birth_at(segment, node)?, |n| n.saturating_sub(1));
    Ok(())
}
