//! Who has to go: what is known of a key outlives its entry.

mod common;

use common::store::{APCU, cache, get, put};
use trove_shm::cache::Cache;

/// Stores a key and asks for it 20 times.
fn make_popular(cache: &mut Cache, key: &[u8]) {
    put(cache, key, &[1; 200]);
    for _ in 0..20 {
        assert!(get(cache, key).is_some());
    }
    cache.end_request();
}

/// Stores twice what fits, each asked for once.
fn flood(cache: &mut Cache) {
    for i in 0..6_000_u32 {
        put(cache, &i.to_le_bytes(), &[2; 200]);
        assert!(get(cache, &i.to_le_bytes()).is_some());
        cache.end_request();
    }
    assert!(cache.stats().evictions > 2_000, "{:?}", cache.stats());
}

fn hits(cache: &Cache, key: &[u8]) -> Option<u32> {
    cache.peek(APCU, key).map(|hit| hit.meta().hits)
}

#[test]
fn a_key_that_was_popular_is_kept_when_it_is_stored_again_in_place_or_after_it_left() {
    let mut cache = cache(1 << 20);
    make_popular(&mut cache, b"replaced");
    put(&cache, b"replaced", &[3; 200]);
    make_popular(&mut cache, b"deleted");
    assert!(cache.delete(APCU, b"deleted").unwrap());
    put(&cache, b"deleted", &[3; 200]);
    put(&cache, b"new", &[3; 200]);
    // The new entry's own hits, which PHP sees, start from nothing.
    assert_eq!([&b"replaced"[..], b"deleted", b"new"].map(|key| hits(&cache, key)), [Some(0); 3]);
    flood(&mut cache);
    let is_there = [&b"replaced"[..], b"deleted", b"new"].map(|key| hits(&cache, key).is_some());
    assert_eq!(is_there, [true, true, false]);
}

#[test]
fn what_is_gone_leaves_before_what_lives_be_the_stores_large_or_small() {
    let mut cache = cache(1 << 20);
    for i in 0..60_u32 {
        put(&cache, &i.to_le_bytes(), &vec![1; 10_000]);
        put(&cache, &(i + 1000).to_le_bytes(), &[1; 200]);
    }
    cache.flush(APCU);
    let live: Vec<[u8; 4]> = (2000..2100_u32).map(u32::to_le_bytes).collect();
    for (i, key) in live.iter().enumerate() {
        put(&cache, key, &[2; 300]);
        // Each needs room that two of the dead leave.
        put(&cache, &(i as u32 % 20 + 3000).to_le_bytes(), &[3; 15_000]);
        cache.end_request();
    }
    assert_eq!(live.iter().filter(|key| get(&cache, &key[..]).is_none()).count(), 0);
    assert_eq!(cache.stats().evictions, 0);
}
