//! PDFs from their objects: those that are hard to put among exhibits, and those that end whoever reads them.

/// A PDF from its objects, numbered from 1.
#[must_use]
pub fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(pdf.len());
        pdf.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        pdf.extend_from_slice(object);
        pdf.extend_from_slice(b"\nendobj\n");
    }
    let table = pdf.len();
    pdf.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        pdf.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    pdf.extend_from_slice(
        format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).as_bytes(),
    );
    pdf
}

/// A stream object.
#[must_use]
pub fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<<{dictionary}/Length {}>>stream\n", bytes.len()).into_bytes();
    object.extend_from_slice(bytes);
    object.extend_from_slice(b"\nendstream");
    object
}

/// A page with words printed on it, and over it a mark of some kind with words of its own.
#[must_use]
pub fn marked_pdf(kind: &str) -> Vec<u8> {
    let font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
    pdf_of(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]{font}/Contents 4 0 R/Annots[5 0 R]>>").into_bytes(),
        stream("", b"BT /F 18 Tf 40 300 Td (What is printed) Tj ET"),
        format!("<</Type/Annot/Subtype/{kind}/Rect[40 100 300 140]/DA(/F 12 Tf)/Contents(A note)/AP<</N 6 0 R>>>>")
            .into_bytes(),
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 260 40]{font}"),
            b"BT /F 18 Tf 4 10 Td (What was filled in) Tj ET",
        ),
    ])
}

/// So many pages that show one picture of about so many bytes, which nothing can make smaller.
///
/// # Panics
/// Never: every size has a side.
#[must_use]
pub fn shared_picture_pdf(pages: usize, size: usize) -> Vec<u8> {
    let mut state = 2016u32;
    let side = (0..).find(|side| side * side >= size).unwrap();
    let noise: Vec<u8> = (0..side * side)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect();
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", page + 5)).collect();
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        format!("<</Type/Pages/Kids[{kids}]/Count {pages}>>").into_bytes(),
        stream(
            &format!("/Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceGray/BitsPerComponent 8"),
            &noise,
        ),
        stream("", b"q 300 0 0 300 20 20 cm /I Do Q"),
    ];
    objects.extend((0..pages).map(|_| {
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 340 340]/Resources<</XObject<</I 3 0 R>>>>/Contents 4 0 R>>".to_vec()
    }));
    pdf_of(&objects)
}

/// A page in whose dictionary stands something else, like ` /X 1`.
#[must_use]
pub fn page_with(more: &str) -> Vec<u8> {
    pdf_of(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]{more}>>").into_bytes(),
    ])
}

/// Lists in lists, so deep that a stack ends before they do.
#[must_use]
pub fn nested(levels: usize) -> String {
    format!("/X {}{}", "[".repeat(levels), "]".repeat(levels))
}

/// A tree of pages of so many levels, each of which names the next `times` times: looked through, its last has `times` to the power of
/// `levels` pages.
#[must_use]
pub fn tree(levels: usize, times: usize) -> Vec<u8> {
    let mut objects = vec![b"<</Type/Catalog/Pages 2 0 R>>".to_vec()];
    objects.extend((0..levels).map(|level| {
        let kids = format!("{} 0 R ", level + 3).repeat(times);
        format!("<</Type/Pages/Kids[{kids}]/Count 1>>").into_bytes()
    }));
    objects.push(if times == 1 {
        format!("<</Type/Page/Parent {} 0 R/MediaBox[0 0 612 792]>>", levels + 1).into_bytes()
    } else {
        b"<</Type/Pages/Kids[]/Count 0>>".to_vec()
    });
    pdf_of(&objects)
}
