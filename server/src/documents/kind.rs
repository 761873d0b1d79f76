//! What a document is: found in its bytes, with its name made to fit.

/// Bytes at the start that are looked at.
pub const HEAD: usize = 8_192;

/// The largest PDF whose pages are counted when it is sent: counting needs the whole file in memory, two at a time.
pub const LARGEST_COUNTED: u64 = 64_000_000;

/// Accepted types in words, for the page.
pub const IN_WORDS: &str =
    "PDF, pictures (JPEG, PNG, TIFF, WebP, GIF, HEIC), spreadsheets (XLSX, ODS, CSV), mails (EML) and plain text";

/// Media type and endings of file names, the usual one first.
const KINDS: &[(&str, &[&str])] = &[
    ("application/pdf", &["pdf"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/tiff", &["tif", "tiff"]),
    ("image/webp", &["webp"]),
    ("image/gif", &["gif"]),
    ("image/heif", &["heic", "heif"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    ("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
    ("text/csv", &["csv", "tsv"]),
    ("message/rfc822", &["eml"]),
    ("text/plain", &["txt"]),
];

/// Finds the type of a document from its first bytes and its name.
///
/// Phones and mail programs give pictures endings that their content does not have, and nobody can mend that there: what the bytes
/// show to be a picture, a PDF or a spreadsheet that is taken, is taken as that, and [`fitting_name`] mends the name. Text shows
/// nothing in its bytes, so its kind is told by its name alone.
///
/// # Errors
/// A sentence about the file: empty, a type that is not taken, or bytes of no type that is.
pub fn find(name: &str, head: &[u8]) -> Result<&'static str, String> {
    if head.is_empty() {
        return Err("it is empty".to_owned());
    }
    let ending = ending(name);
    let by_name = KINDS.iter().find(|(_, endings)| endings.contains(&ending.as_str())).map(|(kind, _)| *kind);
    if let Some(by_name) = by_name.filter(|by_name| fits(by_name, head)) {
        return Ok(by_name);
    }
    let by_bytes = by_bytes(head);
    if let Some(by_bytes) = by_bytes
        // With the ending of a program or an archive, only a picture is taken.
        && (by_name.is_some() || ending.is_empty() || by_bytes.starts_with("image/"))
    {
        return Ok(by_bytes);
    }
    Err(match ending.as_str() {
        _ if by_name.is_some() => format!("its content is not what its name says (.{ending})"),
        "zip" => "ZIP archives are not taken; unpack it and send the files in it".to_owned(),
        "doc" | "docx" | "odt" | "pages" => {
            "word processor files are not taken; save it as PDF and send that".to_owned()
        }
        "xls" | "numbers" => "only XLSX, ODS and CSV spreadsheets are taken; save it as XLSX and send that".to_owned(),
        _ => format!("this type of file is not taken; {IN_WORDS} are"),
    })
}

/// The ending of a name in small letters; empty if it has none.
fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Whether bytes can be what a name says.
fn fits(by_name: &str, head: &[u8]) -> bool {
    match by_name {
        "text/csv" | "message/rfc822" | "text/plain" => looks_like_text(head),
        // Some programs write a few bytes before the header of a PDF.
        "application/pdf" if head[..head.len().min(1_024)].windows(5).any(|five| five == b"%PDF-") => true,
        _ => infer::get(head).is_some_and(|found| found.mime_type() == by_name),
    }
}

/// The accepted type that bytes show whatever they are called. Some signs of types are plain letters (“GIF”), with which a text can
/// begin too: what reads as a text is none of them.
fn by_bytes(head: &[u8]) -> Option<&'static str> {
    let found = infer::get(head).filter(|_| !looks_like_text(head))?;
    KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind == found.mime_type())
}

/// A name with an ending of its type: one of another type gives way to it, and where there is none it is added.
#[must_use]
pub fn fitting_name(name: &str, media_type: &str) -> String {
    let Some((_, endings)) = KINDS.iter().find(|(kind, _)| *kind == media_type) else { return name.to_owned() };
    let is = ending(name);
    if endings.contains(&is.as_str()) {
        return name.to_owned();
    }
    let other = KINDS.iter().any(|(_, endings)| endings.contains(&is.as_str()));
    let stem = name.rsplit_once('.').filter(|_| other).map_or(name, |(stem, _)| stem);
    clean_name(&format!("{stem}.{}", endings.first().unwrap_or(&"")))
}

/// Whether bytes can be text: no NUL (but in UTF-16), no magic of another type, hardly any control characters.
fn looks_like_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let magic = head.starts_with(b"MZ") && head.contains(&0)
        || head.starts_with(b"PK\x03\x04")
        || head.starts_with(b"%PDF-")
        || head.starts_with(b"\x7fELF");
    let lower: Vec<u8> =
        head.iter().take(512).map(u8::to_ascii_lowercase).skip_while(u8::is_ascii_whitespace).collect();
    let markup =
        [b"<!doctype".as_slice(), b"<html", b"<svg", b"<?xml", b"<script"].iter().any(|start| lower.starts_with(start));
    let controls = head.iter().filter(|b| **b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t' | 0x0c)).count();
    !magic && !markup && !head.contains(&0) && controls * 100 <= head.len()
}

/// The name of a file of a multipart form, as it is kept. Browsers write the three signs that would end the name in the head of a part as
/// escapes, and nothing else (“multipart/form-data encoding algorithm” of the HTML standard); a `%` that was typed stays as it is.
#[must_use]
pub fn uploaded_name(sent: &str) -> String {
    clean_name(&sent.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

/// A file name as it is kept: its last part, without controls and direction marks, at most 200 characters with its ending.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = claims::intake::form::clean(last, 10_000).replace(['\n', '\t'], " ");
    let clean = clean.trim().trim_start_matches('.').trim();
    let count = clean.chars().count();
    if clean.is_empty() {
        "unnamed".to_owned()
    } else if count <= 200 {
        clean.to_owned()
    } else {
        let (stem, ending) =
            clean.rsplit_once('.').filter(|(_, ending)| ending.chars().count() <= 10).unwrap_or((clean, ""));
        let kept: String = stem.chars().take(185).collect();
        if ending.is_empty() { kept } else { format!("{kept}….{ending}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_no_accepted_type_is_refused() {
        assert_eq!(find("a.pdf", b"%PDF-1.7\n"), Ok("application/pdf"));
        assert_eq!(find("A.PNG", b"\x89PNG\r\n\x1a\n0000"), Ok("image/png"));
        assert_eq!(find("a.csv", "label,units\nJay Records,5\n".as_bytes()), Ok("text/csv"));
        assert!(find("a.pdf", b"MZ\x90\x00").unwrap_err().contains("not what its name says"));
        assert!(find("a.txt", b"<!DOCTYPE html><script>").is_err());
        assert!(find("a.txt", b"\n <svg onload=x>").is_err());
        assert!(find("a.csv", b"MZ\x90\x00\x03").is_err());
        assert!(find("a.zip", b"PK\x03\x04").unwrap_err().contains("ZIP"));
        assert!(find("a.xlsx", b"PK\x03\x04 but no workbook").is_err());
        assert!(find("a.pdf", b"").unwrap_err().contains("empty"));
        assert!(find("noending", b"text").is_err());
        assert!(find("a.pdf", b"a text").is_err());
        for name in ["a.jpg", "a.heic", "a.csv", "a.pdf", "a", "a.exe"] {
            for bad in [
                b"MZ\x90\x00\x03\x00".as_slice(),
                b"<svg xmlns=\"x\" onload=\"y\"/>",
                b"<html><script>",
                b"PK\x03\x04\0\0",
            ] {
                assert!(find(name, bad).is_err(), "{name}: {bad:?}");
            }
        }
        // A text that begins like a picture is none, and a program's ending takes no more than a picture.
        assert!(find("a.png", b"GIF89a/*<script>*/").is_err());
        assert!(find("a.pdf.exe", b"%PDF-1.7\n").is_err());
    }

    #[test]
    fn content_decides_where_the_name_says_something_else() {
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        for (name, bytes, kind, fitting) in [
            ("IMG_1.HEIC", jpeg.as_slice(), "image/jpeg", "IMG_1.jpg"),
            ("IMG_1.jpeg", heic, "image/heif", "IMG_1.heic"),
            ("a.b.jpg", png, "image/png", "a.b.png"),
            ("scan.pdf", jpeg, "image/jpeg", "scan.jpg"),
            ("scan.txt", png, "image/png", "scan.png"),
            ("scan.jpg", b"%PDF-1.7\n", "application/pdf", "scan.pdf"),
            ("image", jpeg, "image/jpeg", "image.jpg"),
            ("photo.jfif", jpeg, "image/jpeg", "photo.jfif.jpg"),
            ("A.JPEG", jpeg, "image/jpeg", "A.JPEG"),
        ] {
            assert_eq!(find(name, bytes), Ok(kind), "{name}");
            assert_eq!(fitting_name(name, kind), fitting);
        }
    }

    #[test]
    fn names_of_uploads_have_the_signs_that_browsers_escape() {
        assert_eq!(uploaded_name("the %22final%22 list.csv"), "the \"final\" list.csv");
        assert_eq!(uploaded_name("two%0D%0Alines.pdf"), "two lines.pdf");
        // Nothing else is escaped by browsers, so it is what the file is called.
        assert_eq!(uploaded_name("100%25 %2e%2e %3Cb%3E.pdf"), "100%25 %2e%2e %3Cb%3E.pdf");
        assert_eq!(uploaded_name("../../%22etc/passwd.txt"), "passwd.txt");
    }

    #[test]
    fn names_lose_paths_and_tricks() {
        assert_eq!(clean_name("../../etc/passwd.txt"), "passwd.txt");
        assert_eq!(clean_name("C:\\docs\\a.pdf"), "a.pdf");
        assert_eq!(clean_name("inv\u{202e}fdp.exe"), "invfdp.exe");
        assert_eq!(clean_name("a\r\nSet-Cookie: b.pdf"), "a Set-Cookie: b.pdf");
        assert_eq!(clean_name("..."), "unnamed");
        let long = clean_name(&format!("{}.pdf", "x".repeat(300)));
        assert!(long.ends_with(".pdf") && long.chars().count() <= 200);
    }
}
