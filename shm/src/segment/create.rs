//! Filling a new segment: all of it before anybody else can see it.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::rand::GetRandomFlags;
use rustix::time::ClockId;
use xxhash_rust::xxh3::xxh3_64;

use super::Segment;
use super::file::{os_error, reserve};
use super::map::Views;
use super::place::fingerprint_hash;
use super::validate::{BASE_ALIGN, text_of};
use crate::config::Geometry;
use crate::error::Result;
use crate::layout::{LAYOUT_ID, MAGIC};
use crate::sync::owner;
use crate::word::{Ordering, Word64};

/// Name of cache 0.
const FIRST_CACHE: &[u8] = b"apcu";

/// Where read-only views are placed: far from programs, libraries and stacks, above what address sanitizers keep for themselves, and below
/// what valgrind can address.
const HIGH: core::ops::Range<u64> = 0x1100_0000_0000..0x1fff_0000_0000;
/// The same for kernels that give a process 39 bits of addresses.
const LOW: core::ops::Range<u64> = 0x18_0000_0000..0x38_0000_0000;
/// Ranges tried before the view is put just anywhere.
const TRIES: u32 = 32;

/// A new private segment.
pub(super) fn private(geometry: Geometry, fingerprint: &str) -> Result<Segment> {
    let file = rustix::fs::memfd_create("trove", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)
        .map_err(|e| os_error("memfd_create", e))?;
    let segment = build(file, geometry, fingerprint, boot_id().unwrap_or(0), None)?;
    rustix::fs::fcntl_add_seals(&segment.file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)
        .map_err(|e| os_error("sealing private memory", e))?;
    Ok(segment)
}

/// Makes a segment of an empty file: sets its length, gets memory for the tables, maps it and fills it.
pub(super) fn build(
    file: OwnedFd,
    geometry: Geometry,
    fingerprint: &str,
    boot_id: u64,
    path: Option<&Path>,
) -> Result<Segment> {
    rustix::fs::ftruncate(&file, geometry.capacity).map_err(|e| os_error("ftruncate", e))?;
    reserve(&file, path, 0, geometry.blocks_at)?;
    let (views, fixed_base) = map_somewhere(&file, &geometry)?;
    let segment =
        Segment { views, geometry, fixed_base, file, path: path.map(Into::into), replaced: None, differs: false };
    fill(&segment, fingerprint, boot_id)?;
    Ok(segment)
}

/// A hash of the kernel's id of this boot. Asked once: a process that is confined later (chroot(2)) has no /proc any more.
pub(super) fn boot_id() -> std::io::Result<u64> {
    static KNOWN: OnceLock<u64> = OnceLock::new();
    if let Some(id) = KNOWN.get() {
        return Ok(*id);
    }
    let id = std::fs::read("/proc/sys/kernel/random/boot_id").map(|id| xxh3_64(id.trim_ascii()))?;
    Ok(*KNOWN.get_or_init(|| id))
}

fn map_somewhere(file: &OwnedFd, geometry: &Geometry) -> Result<(Views, u64)> {
    let len = usize::try_from(geometry.capacity).unwrap_or(usize::MAX);
    let mut turn = 0;
    loop {
        let range = if turn < TRIES { HIGH } else { LOW };
        let base = range.start + random()? % ((range.end - range.start - geometry.capacity) / BASE_ALIGN) * BASE_ALIGN;
        let views = Views::map(file.as_fd(), len, base).map_err(|e| os_error("mapping the segment", e))?;
        turn += 1;
        if views.is_fixed() || turn >= 2 * TRIES {
            return Ok((views, base));
        }
    }
}

fn fill(segment: &Segment, fingerprint: &str, boot_id: u64) -> Result<()> {
    let (header, g) = (segment.header(), &segment.geometry);
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let boot = u64::try_from(rustix::time::clock_gettime(ClockId::Boottime).tv_sec).unwrap_or(0);
    for (word, value) in [
        (&header.magic, MAGIC),
        (&header.layout_id, LAYOUT_ID),
        (&header.fingerprint, fingerprint_hash(fingerprint)),
        (&header.capacity, g.capacity),
        (&header.fixed_base, segment.fixed_base),
        (&header.hash_seed, random()?),
        (&header.boot_id, boot_id),
        (&header.wall_offset, wall.saturating_sub(boot)),
        (&header.created, wall),
        (&header.stats_since, wall),
        // 0 is "before everything".
        (&header.era.word, 1),
        (&segment.heap().committed, g.blocks_at),
    ] {
        word.store(value, Ordering::Relaxed);
    }
    for (word, value) in [
        (&header.slots, g.slots),
        (&header.stripes, g.stripes),
        (&header.buckets, g.buckets),
        (&header.caches, g.caches),
        (&header.tag_heads, g.tag_heads),
        (&header.leases, g.leases),
    ] {
        word.store(value, Ordering::Relaxed);
    }
    put(&header.fingerprint_text, &text_of(fingerprint));
    for index in 0..g.slots {
        let slot = segment.slot(index);
        owner::init(slot).map_err(|e| os_error("pthread_mutex_init", e))?;
        slot.lo.store(u64::MAX, Ordering::Relaxed);
        slot.now_lo.store(u64::MAX, Ordering::Relaxed);
    }
    let apcu = segment.cache_record(0);
    put(&apcu.name, FIRST_CACHE);
    apcu.name_len.store(FIRST_CACHE.len() as u32, Ordering::Relaxed);
    apcu.state.store(1, Ordering::Relaxed);
    header.ready.store(1, Ordering::Release);
    Ok(())
}

/// Writes text to words, in the bytes' order.
fn put(words: &[Word64], text: &[u8]) {
    for (word, part) in words.iter().zip(text.chunks(8)) {
        let mut bytes = [0; 8];
        bytes[..part.len()].copy_from_slice(part);
        word.store(u64::from_ne_bytes(bytes), Ordering::Relaxed);
    }
}

fn random() -> Result<u64> {
    let mut bytes = [0; 8];
    rustix::rand::getrandom(&mut bytes, GetRandomFlags::empty()).map_err(|e| os_error("getrandom", e))?;
    Ok(u64::from_ne_bytes(bytes))
}
