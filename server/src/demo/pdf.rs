//! Drawing lines of text as a PDF: searchable, in the standard fonts, the same bytes for the same lines.

use lopdf::{
    Document, Object, ObjectId, Stream,
    content::{Content, Operation},
    dictionary,
};

/// The line that is drawn as a rule across the page.
pub const RULE: &str = "---";

const MARGIN: i64 = 54;

/// Draws pages of lines. The first line of a page is its heading; a page with long lines lies on its side.
///
/// # Errors
/// Only if the lines cannot be encoded, which no text of the demo causes.
pub fn draw(pages: &[Vec<String>]) -> Result<Vec<u8>, lopdf::Error> {
    let mut pdf = Document::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = |pdf: &mut Document, name: &str| {
        pdf.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name, "Encoding" => "WinAnsiEncoding",
        })
    };
    let (heading, body) = (font(&mut pdf, "Helvetica-Bold"), font(&mut pdf, "Courier"));
    let resources = pdf.add_object(dictionary! { "Font" => dictionary! { "H" => heading, "B" => body } });
    let mut kids: Vec<Object> = Vec::new();
    for (index, lines) in pages.iter().enumerate() {
        kids.push(page(&mut pdf, tree, lines, &format!("Page {} of {}", index + 1, pages.len()))?.into());
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    pdf.objects.insert(
        tree,
        Object::Dictionary(
            dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources },
        ),
    );
    let catalogue = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalogue);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes)?;
    Ok(bytes)
}

fn page(pdf: &mut Document, tree: ObjectId, lines: &[String], foot: &str) -> Result<ObjectId, lopdf::Error> {
    let on_its_side = lines.iter().any(|line| line.chars().count() > 90);
    let (width, height, size, leading) = if on_its_side { (792, 612, 7.5, 11) } else { (612, 792, 9.0, 14) };
    let mut operations = Vec::new();
    let mut y = height - MARGIN;
    for (index, line) in lines.iter().enumerate() {
        if line == RULE {
            operations.push(Operation::new(
                "re",
                vec![MARGIN.into(), (y + 6).into(), (width - 2 * MARGIN).into(), Object::Real(0.5)],
            ));
            operations.push(Operation::new("f", vec![]));
        } else {
            let (font, size) = if index == 0 { ("H", 14.0) } else { ("B", size) };
            text(&mut operations, font, size, y, line);
        }
        y -= if index == 0 { 22 } else { leading };
    }
    text(&mut operations, "B", 8.0, MARGIN / 2, foot);
    let content = pdf.add_object(Stream::new(dictionary! {}, Content { operations }.encode()?));
    Ok(pdf.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => tree,
        "MediaBox" => vec![0.into(), 0.into(), width.into(), height.into()],
        "Contents" => content,
    }))
}

fn text(operations: &mut Vec<Operation>, font: &str, size: f32, y: i64, line: &str) {
    operations.push(Operation::new("BT", vec![]));
    operations.push(Operation::new("Tf", vec![font.into(), Object::Real(size)]));
    operations.push(Operation::new("Td", vec![MARGIN.into(), y.into()]));
    operations.push(Operation::new("Tj", vec![Object::string_literal(win_ansi(line))]));
    operations.push(Operation::new("ET", vec![]));
}

/// The bytes of WinAnsiEncoding; what it does not have becomes a question mark.
fn win_ansi(line: &str) -> Vec<u8> {
    line.chars()
        .map(|c| match c {
            '€' => 0x80,
            '…' => 0x85,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            '—' => 0x97,
            _ => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_twice_it_is_the_same_and_has_its_pages() {
        let pages = [vec!["Statement".to_owned(), RULE.to_owned(), "Köln €5".to_owned()], vec!["x".repeat(120)]];
        let bytes = draw(&pages).unwrap();
        assert_eq!(bytes, draw(&pages).unwrap());
        assert_eq!(render::exhibits::pages(bytes.clone()), Ok(2));
        assert_eq!(crate::documents::kind::find("a.pdf", &bytes), Ok("application/pdf"));
        let text = Document::load_mem(&bytes).unwrap().extract_text(&[1]).unwrap();
        assert!(text.contains("Statement") && text.contains("Köln"), "{text}");
    }
}
