//! Makes a copy of a payload's images refer to itself: every pointer is checked and moved from where the payload was written for to where
//! the copy lies. Safe code on a slice, so a damaged payload is an error.
//!
//! Arrays that wait to be visited are chained through their `pDestructor`, which is null in an image: no memory is needed, whatever the
//! nesting, and an array that is held in many places is visited once.

use ext_php_rs::ffi::{HASH_FLAG_PACKED, HASH_FLAG_UNINITIALIZED, IS_ARRAY, IS_STRING};

use super::Unreadable;
use super::recipe::{self, ITEM, NODE};
use crate::zend::image::{ARRAY_ROOT, BUCKET, CELL, STRING_HEADER, TABLE, TABLE_DATA, put_u64};

/// Offset of `pDestructor`.
const LINK: usize = 48;
/// End of the chain.
const END: u64 = u64::MAX;

/// Rebases the payload of an array.
///
/// # Errors
/// A pointer leads out of the payload.
pub fn array(payload: &mut [u8]) -> Result<(), Unreadable> {
    let mut rebase = Rebase::of(payload)?;
    rebase.visit_later(ARRAY_ROOT)?;
    rebase.visit_all()
}

/// Rebases a recipe.
///
/// # Errors
/// A pointer leads out of the payload.
pub fn recipe(payload: &mut [u8]) -> Result<(), Unreadable> {
    let mut rebase = Rebase::of(payload)?;
    let [nodes, names, items] = [8, 16, 24].map(|word| rebase.part(word));
    for at in nodes?.step_by(NODE) {
        rebase.string(at)?;
    }
    for at in names?.step_by(8) {
        rebase.string(at)?;
    }
    for at in items?.step_by(ITEM) {
        match rebase.u32(at + 8)? {
            IS_STRING | recipe::NAME => rebase.string(at)?,
            IS_ARRAY => {
                let table = rebase.pointer(at)?;
                rebase.visit_later(table)?;
            }
            _ => {}
        }
    }
    let to = rebase.to;
    rebase.visit_all()?;
    put_u64(payload, 0, to);
    Ok(())
}

struct Rebase<'p> {
    payload: &'p mut [u8],
    from: u64,
    to: u64,
    /// The array to visit next: its offset, or [`END`].
    next: u64,
}

impl<'p> Rebase<'p> {
    fn of(payload: &'p mut [u8]) -> Result<Self, Unreadable> {
        let to = payload.as_ptr() as u64;
        let mut this = Self { payload, from: 0, to, next: END };
        this.from = this.u64(0)?;
        Ok(this)
    }

    /// The bytes of a part that the header's word `word` tells of, with its number of things.
    fn part(&self, word: usize) -> Result<core::ops::Range<usize>, Unreadable> {
        let (place, count) = (self.u32(word)? as usize * 8, self.u32(word + 4)? as usize);
        let stride = [NODE, 8, ITEM][word / 8 - 1];
        let range = place..place + count * stride;
        if range.end <= self.payload.len() { Ok(range) } else { Err(Unreadable) }
    }

    fn visit_later(&mut self, table: usize) -> Result<(), Unreadable> {
        if self.u64(table + LINK)? == 0 {
            put_u64(self.payload, table + LINK, self.next);
            self.next = table as u64;
        }
        Ok(())
    }

    fn visit_all(&mut self) -> Result<(), Unreadable> {
        while self.next != END {
            let table = self.next as usize;
            self.next = self.u64(table + LINK)?;
            self.visit(table)?;
        }
        Ok(())
    }

    fn visit(&mut self, table: usize) -> Result<(), Unreadable> {
        let (flags, mask, used) = (self.u32(table + 8)?, self.u32(table + 12)?, self.u32(table + 24)? as usize);
        let is_map = flags & (HASH_FLAG_PACKED | HASH_FLAG_UNINITIALIZED) == 0;
        let elements = self.pointer(table + TABLE_DATA)?;
        let hash = if is_map { mask.wrapping_neg() as usize } else { 2 };
        let stride = if is_map { BUCKET } else { CELL };
        let inside = hash >= 2
            && hash.is_power_of_two()
            && hash * 4 <= elements
            && elements + used * stride <= self.payload.len()
            && used <= self.u32(table + 32)? as usize
            && table + TABLE <= self.payload.len();
        if !inside {
            return Err(Unreadable);
        }
        for position in 0..used {
            let at = elements + position * stride;
            match u32::from(self.payload[at + 8]) {
                IS_STRING => self.string(at)?,
                IS_ARRAY => {
                    let inner = self.pointer(at)?;
                    self.visit_later(inner)?;
                }
                _ => {}
            }
            if is_map {
                self.index(at + 12, used)?;
                if self.u64(at + 24)? != 0 {
                    self.string(at + 24)?;
                }
            }
        }
        for word in 0..if is_map { hash } else { 0 } {
            self.index(elements - 4 * (word + 1), used)?;
        }
        Ok(())
    }

    /// Checks that the word is an element's index, or none.
    fn index(&self, at: usize, used: usize) -> Result<(), Unreadable> {
        match self.u32(at)? {
            u32::MAX => Ok(()),
            index if (index as usize) < used => Ok(()),
            _ => Err(Unreadable),
        }
    }

    /// Moves a pointer to a string, which must be inside.
    fn string(&mut self, at: usize) -> Result<(), Unreadable> {
        let string = self.pointer(at)?;
        let len = usize::try_from(self.u64(string + 16)?).map_err(|_| Unreadable)?;
        match len.checked_add(string + STRING_HEADER) {
            Some(end) if end < self.payload.len() => Ok(()),
            _ => Err(Unreadable),
        }
    }

    /// Moves a pointer; where it leads to.
    fn pointer(&mut self, at: usize) -> Result<usize, Unreadable> {
        let offset = self.u64(at)?.wrapping_sub(self.from);
        if offset > self.payload.len() as u64 || offset % 8 != 0 {
            return Err(Unreadable);
        }
        put_u64(self.payload, at, self.to + offset);
        Ok(offset as usize)
    }

    fn u64(&self, at: usize) -> Result<u64, Unreadable> {
        let bytes = self.payload.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u64::from_ne_bytes).ok_or(Unreadable)
    }

    fn u32(&self, at: usize) -> Result<u32, Unreadable> {
        let bytes = self.payload.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_ne_bytes).ok_or(Unreadable)
    }
}
