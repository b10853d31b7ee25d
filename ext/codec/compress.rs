//! Compressed payloads: the length of what is inside, shifted left by 8, with its kind below; then a frame of Zstandard.
//!
//! Inside is the payload as it would have been stored, written for [`ADDRESS`]: nothing is ever read in place there.

use trove_shm::cache::Value;
use trove_shm::config::MAX_CAPACITY;

use super::Kind;
use super::encode::Plan;
use crate::zend::make::{Bailout, Buffer};

/// Where a payload says that it lies, as long as it is compressed.
const ADDRESS: u64 = 1 << 32;
/// Bytes before the frame.
const HEAD: usize = 8;
/// The part of a payload, as a divisor, that compressing it must save.
const WORTHWHILE: usize = 16;

/// The plan's payload, compressed; none where it has less than `from` bytes, or where that saves too little. Calls nothing of PHP's engine.
pub fn pack(plan: &Plan<'_>, from: u64, level: u8) -> Option<Vec<u8>> {
    let Value::Payload(len) = plan.value() else { return None };
    if (len as u64) < from {
        return None;
    }
    let mut payload = vec![0; len];
    plan.write(&mut payload, ADDRESS);
    let mut packed = vec![0; HEAD + zstd::zstd_safe::compress_bound(len)];
    packed[..HEAD].copy_from_slice(&((len as u64) << 8 | plan.kind() as u64).to_le_bytes());
    let frame = zstd::bulk::compress_to_buffer(&payload, &mut packed[HEAD..], level.into()).ok()?;
    packed.truncate(HEAD + frame);
    (packed.len() + len / WORTHWHILE < len).then_some(packed)
}

/// What is inside, and its kind; none where the payload is damaged.
///
/// # Errors
/// PHP's memory limit is reached.
pub fn unpack(packed: &[u8]) -> Result<Option<(u8, Buffer)>, Bailout> {
    let Some((head, frame)) = packed.split_first_chunk::<HEAD>() else { return Ok(None) };
    let head = u64::from_le_bytes(*head);
    let (kind, len) = (head as u8, head >> 8);
    if kind == Kind::Compressed as u8 || !(1..=MAX_CAPACITY).contains(&len) {
        return Ok(None);
    }
    let mut buffer = Buffer::zeroed(len as usize)?;
    let done = zstd::bulk::decompress_to_buffer(frame, buffer.bytes_mut());
    Ok(done.is_ok_and(|done| done as u64 == len).then_some((kind, buffer)))
}
