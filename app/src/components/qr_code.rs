//! A text as a QR code, drawn on the server.

use leptos::prelude::*;
use qrcodegen::{QrCode as Code, QrCodeEcc};

/// Modules of empty margin, as the standard (ISO/IEC 18004) asks for.
const QUIET: i32 = 4;

/// The picture; nothing if the text is too long for one.
#[component]
pub fn QrCode(
    /// What it says to a device.
    text: String,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    Code::encode_text(&text, QrCodeEcc::Medium).ok().map(|code| {
        let side = code.size() + 2 * QUIET;
        // Each dark module is a square of a single path.
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .filter(|&(x, y)| code.get_module(x, y))
            .map(|(x, y)| format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET))
            .collect::<String>();
        view! {
            <svg class="qr" role="img" aria-label=label viewBox=format!("0 0 {side} {side}") width="224" height="224" shape-rendering="crispEdges">
                <rect width=side.to_string() height=side.to_string() fill="#fff"/>
                <path d=dark fill="#000"/>
            </svg>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_square_and_has_its_finders() {
        let html = view! { <QrCode text="otpauth://totp/x?secret=ABC".to_owned() label="A key"/> }.to_html();
        // The corner of the first finder is dark; the quiet zone is not.
        assert!(html.contains("M4,4h1v1h-1z") && !html.contains("M3,"), "{html}");
        assert!(html.contains("aria-label=\"A key\""), "{html}");
    }

    #[test]
    fn too_long_a_text_is_no_picture() {
        assert!(!view! { <QrCode text="x".repeat(4_000) label="A key"/> }.to_html().contains("<svg"));
    }
}
