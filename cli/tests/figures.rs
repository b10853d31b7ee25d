//! What `status` tells: for people, for programs, for Prometheus.

mod common;

use common::{Place, now, put_integer, put_string, put_tagged};
use trove_shm::cache::{Cache, CacheId};

fn shop(place: &Place) -> Cache {
    let cache = place.segment("shop");
    (0..20).for_each(|n| put_string(&cache, &format!("key {n}"), &[b'x'; 1000]));
    put_tagged(&cache, "a rather long name of a cache that would not fit beside its numbers", "x", &[]);
    for _ in 0..3 {
        assert!(cache.fetch(CacheId::APCU, b"key 1", now()).is_some());
    }
    assert!(cache.fetch(CacheId::APCU, b"nothing", now()).is_none());
    cache
}

#[test]
fn the_figures_are_right_and_the_memory_adds_up() {
    let place = Place::new();
    let _cache = shop(&place);
    let status = &place.run(&["status", "--json"]).json()[0];
    assert_eq!((&status["entries"], &status["hits"], &status["misses"]), (&21.into(), &3.into(), &1.into()));
    assert_eq!((&status["inserts"], &status["evictions"], &status["processes"]), (&21.into(), &0.into(), &1.into()));
    let bytes = |name: &str| status[name].as_u64().unwrap();
    let parts: u64 = ["tables", "entry_bytes", "retired", "other", "free"].into_iter().map(bytes).sum();
    assert_eq!(parts, bytes("capacity"));
    assert_eq!(status["caches"][0]["entries"], 20);
}

#[test]
fn people_read_it_in_80_columns() {
    let place = Place::new();
    let _cache = shop(&place);
    let text = place.run(&["status"]).ok();
    let wide: Vec<_> = text.lines().skip(2).filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{text}");
    for word in ["entries     21", "75.0% of them hits", "retired", "(apcu)"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn prometheus_gets_each_metric_once_with_all_segments() {
    let place = Place::new();
    let _cache = shop(&place);
    let _other = place.segment("blog");
    let text = place.run(&["status", "--prometheus"]).ok();
    let mut names = std::collections::HashSet::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            assert!(names.insert(head.split(' ').next().unwrap().to_owned()), "{head} twice");
        } else if !line.starts_with('#') {
            let (metric, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = metric.split_once('{').unwrap();
            assert!(names.contains(name) && labels.ends_with('}') && value.parse::<u64>().is_ok(), "{line}");
        }
    }
    assert!(text.contains("trove_hits_total{segment=\"shop\""), "{text}");
    assert_eq!(text.matches("\ntrove_up{").count(), 2);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_change() {
    let place = Place::new();
    let cache = place.segment("shop");
    put_integer(&cache, "n", 1);
    let healthy = place.run(&["doctor", "--no-php", "--json"]);
    let about = |findings: &serde_json::Value, level: &str| -> Vec<String> {
        let of = findings.as_array().unwrap().iter().filter(|finding| finding["level"] == level);
        of.map(|finding| finding["about"].to_string() + &finding["found"].to_string()).collect()
    };
    let findings: serde_json::Value = serde_json::from_str(&healthy.out).unwrap();
    assert!(about(&findings, "good").iter().any(|text| text.contains("segment shop")), "{findings:#}");
    std::fs::write(place.path.join("trove-left-0-0123456789abcdef"), "not a segment").unwrap();
    let sick = place.run(&["doctor", "--no-php", "--json"]);
    assert_eq!(sick.code, Some(7));
    let findings: serde_json::Value = serde_json::from_str(&sick.out).unwrap();
    assert!(about(&findings, "warn").iter().any(|text| text.contains("trove-left")), "{findings:#}");
    assert!(place.run(&["doctor", "--no-php"]).out.contains("-> if no running PHP uses it"));
    let nowhere = place.run(&["doctor", "--no-php", "--directory", "/nowhere"]);
    assert_eq!(nowhere.code, Some(7));
    assert!(nowhere.out.contains("mount a tmpfs"), "{nowhere:?}");
}
