//! A QR code as the path of an SVG picture: drawn here, so that the secret in it goes nowhere else.

use qrcode::{Color, QrCode};
use std::fmt::Write as _;

/// ISO/IEC 18004: four light modules around.
const QUIET: usize = 4;

/// A QR code.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    /// Modules on each side, the quiet zone included.
    pub(super) size: usize,
    /// The dark modules.
    pub(super) path: String,
}

impl Picture {
    /// `None` for a text that is too long for one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (index, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                let (x, y) = (index % width + QUIET, index / width + QUIET);
                // Writing to a text does not fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        Some(Self {
            size: width + 2 * QUIET,
            path,
        })
    }
}
