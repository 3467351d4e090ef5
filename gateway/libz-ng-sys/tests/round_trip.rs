//! Through flate2, as pingora uses it: what is compressed comes back.

use std::io::{Read as _, Write as _};

#[test]
fn two_megabytes_survive_gzip_and_back() {
    let original: Vec<u8> = (0..2_000_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x3f)
        .collect();
    for level in [1, 6, 9] {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
        packed.write_all(&original).unwrap();
        let packed = packed.finish().unwrap();
        assert!(packed.len() < original.len());
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, original);
    }
}
