//! Any bytes as a PDF, read to the end.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &[u8]| {
    floorjobs_core::ingest::fuzzing::file(file);
});
