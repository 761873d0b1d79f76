//! The filing itself: caption, contents, schedules, reports, declaration, in one PDF or in volumes.

use claims::filing::{Contents, Difference};
use serde::Serialize;

use crate::{
    engine::{Failed, Order, Pdf, count_pages, forget, typeset},
    fonts::drawable,
    sections::{self, Body, Entry, Section},
};

const TEMPLATE: &str = concat!(include_str!("templates/common.typ"), include_str!("templates/filing.typ"));

/// Most pages of a filing in one volume.
const WHOLE: usize = 260;

/// Most pages of a volume of several: few enough that typesetting two at once takes little memory.
const VOLUME: usize = 180;

/// Volumes typeset at the same time: each takes a core and some hundred megabytes.
const AT_ONCE: usize = 2;

/// A volume of the filing.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Name of its file: `filing.pdf`, or `filing-volume-02.pdf`.
    pub name: String,
    /// The PDF.
    pub pdf: Pdf,
}

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    title: String,
    description: String,
    running: String,
    short: String,
    filing: String,
    total: usize,
    /// Whether the whole filing is in this one document, so that its contents can be links.
    whole: bool,
    case: Caption,
    sections: &'a [Section],
}

#[derive(Clone, Serialize)]
struct Caption {
    title: String,
    court: Vec<String>,
    parties: String,
    docket: String,
    kind: String,
    as_of: String,
}

/// A filing with its pages counted: what is left is typesetting, volume by volume.
pub struct Planned {
    contents_title: String,
    caption: Caption,
    sections: Vec<Section>,
    total: usize,
    name: String,
    at: claims::Instant,
    filing: String,
    public: bool,
}

/// Breaks a filing into pages.
///
/// # Errors
/// If a page cannot be typeset.
pub fn plan(contents: &Contents, difference: Option<&Difference>, public: bool) -> Result<Planned, Failed> {
    let filing = &contents.filing;
    let court = if filing.case.court.is_empty() { "In the matter of".to_owned() } else { filing.case.court.clone() };
    let mut planned = Planned {
        contents_title: filing.case.title.clone(),
        caption: Caption {
            title: drawable(&filing.case.title),
            court: court.lines().map(drawable).collect(),
            parties: drawable(if filing.case.parties.is_empty() { &filing.case.title } else { &filing.case.parties }),
            docket: drawable(&filing.case.docket),
            kind: if public {
                "Summary of claims, schedules and index of exhibits. Public variant: personal data is left out."
            } else {
                "Summary of claims, schedules and index of exhibits"
            }
            .to_owned(),
            as_of: filing.as_of_words.clone(),
        },
        sections: sections::all(contents, difference),
        total: 0,
        name: format!("{}{}", filing.stem(), if public { "-public" } else { "" }),
        at: filing.as_of,
        filing: filing.title(),
        public,
    };
    planned.fill_contents();
    planned.number()?;
    planned.fill_contents();
    Ok(planned)
}

impl Planned {
    /// Pages of the whole filing.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.total
    }

    /// Gives every section its first page.
    fn number(&mut self) -> Result<(), Failed> {
        let mut next = 1;
        for place in 0..self.sections.len() {
            self.sections[place].first = next;
            next += match &self.sections[place].body {
                Body::Ledger { pages, .. } => pages.len(),
                _ => {
                    let alone = std::slice::from_ref(&self.sections[place]);
                    count_pages(&self.order(&self.name), &self.data(alone, false))?
                }
            };
        }
        self.total = next - 1;
        Ok(())
    }

    fn fill_contents(&mut self) {
        let (volumes, each) = (self.volumes() > 1, self.each());
        let mut entries = Vec::new();
        for section in &self.sections {
            let page = if volumes {
                format!("{} (volume {})", section.first, (section.first.max(1) - 1) / each + 1)
            } else {
                section.first.to_string()
            };
            let mut add = |title: &str, label: &str, depth: u8| {
                entries.push(Entry { title: title.to_owned(), label: label.to_owned(), depth, page: page.clone() });
            };
            if matches!(section.body, Body::Cover { .. }) {
                continue;
            }
            if !section.title.is_empty() {
                add(&section.title, &section.label, 0);
            }
            if !section.subtitle.is_empty() {
                add(&section.subtitle, &section.sublabel, 1);
            }
        }
        for section in &mut self.sections {
            if let Body::Cover { contents, .. } = &mut section.body {
                contents.clone_from(&entries);
            }
        }
    }

    fn order<'a>(&self, name: &'a str) -> Order<'a> {
        Order { name, at: self.at, archival: true, template: TEMPLATE, files: Vec::new() }
    }

    fn data<'a>(&self, sections: &'a [Section], whole: bool) -> Data<'a> {
        Data {
            title: format!("{}: {}", self.filing, drawable(&self.contents_title)),
            description: self.caption.kind.clone(),
            running: self.caption.title.clone(),
            short: if self.public { format!("{}, public", self.filing) } else { self.filing.clone() },
            filing: self.filing.clone(),
            total: self.total.max(1),
            whole,
            case: self.caption.clone(),
            sections,
        }
    }

    /// Pages of each volume but the last: about the same number in all.
    fn each(&self) -> usize {
        self.total.div_ceil(self.volumes()).max(1)
    }

    /// How many volumes there will be.
    #[must_use]
    pub fn volumes(&self) -> usize {
        if self.total <= WHOLE { 1 } else { self.total.div_ceil(VOLUME) }
    }

    /// Typesets every volume, two at a time, and hands each on in order, until `take` says `false`.
    ///
    /// # Errors
    /// If one cannot be typeset.
    pub fn typeset(&self, mut take: impl FnMut(Volume) -> bool) -> Result<(), Failed> {
        let numbers: Vec<usize> = (0..self.volumes()).collect();
        for pair in numbers.chunks(AT_ONCE) {
            let made: Vec<Result<Volume, Failed>> = std::thread::scope(|scope| {
                let threads: Vec<_> = pair.iter().map(|volume| scope.spawn(|| self.volume(*volume))).collect();
                let broken =
                    || Failed { document: self.name.clone(), reasons: vec!["the typesetter broke".to_owned()] };
                threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(broken()))).collect()
            });
            forget();
            for volume in made {
                if !take(volume?) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Typesets one volume, counted from 0.
    fn volume(&self, volume: usize) -> Result<Volume, Failed> {
        let whole = self.volumes() == 1;
        let name = if whole { "filing.pdf".to_owned() } else { format!("filing-volume-{:02}.pdf", volume + 1) };
        let each = self.each();
        let (from, to) = (volume * each + 1, ((volume + 1) * each).min(self.total));
        let mut sections: Vec<Section> = self.sections.iter().filter_map(|section| cut(section, from, to)).collect();
        if volume > 0 {
            sections.insert(0, self.cover(volume, from, to));
        }
        let id = format!("{} {name}", self.name);
        let pdf = typeset(&self.order(&id), &self.data(&sections, whole))?;
        // Running text that begins in one volume and ends in the next stands whole in the first.
        if pdf.pages != to + 1 - from && whole {
            let reasons = vec![format!("it has {} pages where {} were counted", pdf.pages, to + 1 - from)];
            return Err(Failed { document: name, reasons });
        }
        Ok(Volume { name, pdf })
    }

    /// The cover of a volume: a sheet without a number.
    fn cover(&self, volume: usize, from: usize, to: usize) -> Section {
        let title = format!("{}, volume {} of {}", self.filing, volume + 1, self.volumes());
        Section {
            foot: title.clone(),
            title,
            subtitle: String::new(),
            label: "volume".to_owned(),
            sublabel: "volume-part".to_owned(),
            on_side: false,
            first: 0,
            body: Body::Volume { words: format!("Pages {from} to {to} of {}", self.total) },
        }
    }
}

/// The part of a section that stands on pages `from` to `to`.
fn cut(section: &Section, from: usize, to: usize) -> Option<Section> {
    let Body::Ledger { head_height, columns, intro, pages } = &section.body else {
        return (from..=to).contains(&section.first).then(|| section.clone());
    };
    let last = section.first + pages.len() - 1;
    if last < from || section.first > to {
        return None;
    }
    let (begin, end) = (section.first.max(from), last.min(to));
    let pages = pages[begin - section.first..=end - section.first].to_vec();
    let goes_on = begin > section.first;
    let title = |title: &str| if goes_on { String::new() } else { title.to_owned() };
    Some(Section {
        title: title(&section.title),
        subtitle: title(&section.subtitle),
        first: begin,
        body: Body::Ledger {
            head_height: *head_height,
            columns: columns.clone(),
            intro: if goes_on { Vec::new() } else { intro.clone() },
            pages,
        },
        ..section.clone()
    })
}
