//! See `countermand_tests::fuzzing::import`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| countermand_tests::fuzzing::import(input));
