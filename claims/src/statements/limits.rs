//! What a statement may be at most. Every limit is refused with a sentence that says what was found and why it is too much.

/// Bytes of a file: a million rows of The Orchard have about 200 MB.
pub const LARGEST_FILE: u64 = 256_000_000;
/// Columns of a row. Distributors send up to sixty.
pub const MOST_COLUMNS: usize = 500;
/// Bytes of a cell; a spreadsheet's own limit is 32,767 characters.
pub const LONGEST_CELL: usize = 131_072;
/// Bytes of a row.
pub const LONGEST_ROW: usize = 1_000_000;
/// Rows of a file, blank ones included; more than a spreadsheet has (1,048,576).
pub const MOST_ROWS: u64 = 4_000_000;
/// Bytes of a spreadsheet once unpacked.
pub const MOST_UNPACKED: u64 = 1_000_000_000;
/// Bytes of the texts of a spreadsheet, which must be held in memory.
pub const MOST_TEXTS: u64 = 64_000_000;
/// Bytes of the one sheet of an OpenDocument spreadsheet, which must be held in memory.
pub const MOST_ODS: u64 = 64_000_000;
/// How many times larger a spreadsheet may be unpacked, once it is larger than [`UNSUSPICIOUS`].
pub const MOST_RATIO: u64 = 200;
/// Unpacked bytes up to which the ratio does not matter: small sheets of the same number pack very well.
pub const UNSUSPICIOUS: u64 = 20_000_000;
/// Files packed inside a spreadsheet.
pub const MOST_PARTS: usize = 1_000;
/// Problems of one kind that are kept with their rows; all are counted.
pub const MOST_KEPT: usize = 200;

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// Larger than [`LARGEST_FILE`].
    #[error("The file has {mb} MB; a statement can have {most} MB. Split it by period and import the parts one after the other.", mb = .0 / 1_000_000, most = LARGEST_FILE / 1_000_000)]
    TooLarge(u64),
    /// Not a table.
    #[error("{0}")]
    NotATable(String),
    /// A row with more than [`MOST_COLUMNS`] cells.
    #[error(
        "Row {0} has more than {MOST_COLUMNS} columns; statements have a few dozen. This is another kind of file, or its separator was not recognised."
    )]
    TooWide(u64),
    /// A row longer than [`LONGEST_ROW`].
    #[error("Row {0} is longer than {kb} kB; a row of a statement has a few hundred characters. A quotation mark that is never closed, or another kind of file, looks like this.", kb = LONGEST_ROW / 1_000)]
    LongRow(u64),
    /// A cell longer than [`LONGEST_CELL`].
    #[error("Row {0} has a cell of more than {kb} kB; a spreadsheet holds 32 kB in one. A quotation mark that is never closed looks like this.", kb = LONGEST_CELL / 1_000)]
    LongCell(u64),
    /// A quotation mark that is never closed.
    #[error(
        "In row {0} a quotation mark opens a cell that is never closed, so nobody can say where its row ends. Open the file, close or remove that quotation mark, and send it again."
    )]
    OpenQuote(u64),
    /// More than [`MOST_ROWS`].
    #[error("The file has more than {MOST_ROWS} rows. Split it by period and import the parts one after the other.")]
    TooManyRows,
    /// A spreadsheet that unpacks to far more than it holds.
    #[error(
        "This spreadsheet unpacks to more than {unpacked} MB, {ratio} times its own size or more. Real statements do not pack like that, so it is not opened. Save it as CSV and send that."
    )]
    Bomb {
        /// Megabytes found before reading stopped.
        unpacked: u64,
        /// Times its own size.
        ratio: u64,
    },
    /// A spreadsheet too large to be opened.
    #[error("This spreadsheet unpacks to more than {mb} MB{why}. Save the sheet as CSV and send that; CSV can be larger.", mb = .most / 1_000_000)]
    LargeWorkbook {
        /// The limit in bytes.
        most: u64,
        /// What is so large, beginning with a space or comma; may be empty.
        why: &'static str,
    },
    /// A damaged or protected spreadsheet.
    #[error(
        "This spreadsheet cannot be opened: {0}. Open it in your spreadsheet program, save it again without a password as XLSX or CSV, and send that."
    )]
    Workbook(String),
    /// A choice that does not fit the file.
    #[error("{0}")]
    Choice(String),
    /// The bytes could not be read from where they lie.
    #[error("The file could not be read: {0}.")]
    Io(#[from] std::io::Error),
}
