//! Any bytes as the maps and encodings of a font, and as the strings that it shows.
#![no_main]

libfuzzer_sys::fuzz_target!(|font: &[u8]| {
    floorjobs_core::ingest::fuzzing::text(font);
});
