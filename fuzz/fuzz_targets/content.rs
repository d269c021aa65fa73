//! Any bytes as the content stream of a page that has fonts, forms, layers and patterns.
#![no_main]

libfuzzer_sys::fuzz_target!(|content: &[u8]| {
    floorjobs_core::ingest::fuzzing::content(content);
});
