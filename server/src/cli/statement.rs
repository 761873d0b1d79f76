//! `recoup statement`: reads a distributor's or service's statement and shows what would become of it, without a database.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, anyhow};
use claims::{
    line::Category,
    money::{Currency, grouped_units},
    statements::{
        self, Choices, Grouping, Input, Reading, Rules, Wish,
        dates::{self, DayOrder},
        layouts::LAYOUTS,
        number::{self, Mark},
        problem::Severity,
        template,
    },
};
use clap::{Args, Subcommand, builder::PossibleValuesParser};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum StatementCommand {
    /// Read a statement and show layout, totals, problems and the lines it makes
    Read(Box<ReadArgs>),
    /// Write one of our templates, a CSV file with examples
    Template {
        /// unpaid_sales, digital_royalties or held_inventory
        #[arg(value_parser = PossibleValuesParser::new(["unpaid_sales", "digital_royalties", "held_inventory"]))]
        category: String,
    },
}

/// The file, and what it does not say itself.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// The statement: CSV, TSV, XLSX or ODS
    file: PathBuf,
    /// The layout, if it is not to be recognised
    #[arg(long, value_parser = PossibleValuesParser::new(LAYOUTS.iter().map(|layout| layout.key)))]
    layout: Option<String>,
    /// The sheet of a spreadsheet; the first, if none is named
    #[arg(long)]
    sheet: Option<String>,
    /// The decimal mark, where the file does not tell
    #[arg(long, value_parser = PossibleValuesParser::new(["point", "comma"]))]
    decimal: Option<String>,
    /// The order of day and month, where the file does not tell
    #[arg(long, value_parser = PossibleValuesParser::new(["day_first", "month_first"]))]
    days: Option<String>,
    /// The currency, where the file has none
    #[arg(long)]
    currency: Option<String>,
    /// The period, where the file has none: first day
    #[arg(long)]
    from: Option<String>,
    /// The period, where the file has none: last day
    #[arg(long)]
    to: Option<String>,
    /// The aggregator of digital royalties, where the layout does not tell
    #[arg(long)]
    aggregator: Option<String>,
    /// The basis of the value of stock
    #[arg(long, value_parser = PossibleValuesParser::new(["manufacturing_cost", "wholesale", "retail", "units_only"]))]
    basis: Option<String>,
    /// How rows become lines
    #[arg(long, value_parser = PossibleValuesParser::new(Grouping::ALL.map(Grouping::key)), default_value = "month")]
    group: String,
    /// Write everything as JSON, all lines included
    #[arg(long)]
    json: bool,
    /// Write a copy to be corrected, with a column that says what to mend
    #[arg(long, value_name = "CSV")]
    corrected: Option<PathBuf>,
}

/// Runs the command. The status says whether the statement could be imported as it is: 0 if so, 1 if errors or questions are
/// left, 2 if it cannot be read at all.
pub(super) fn run(command: StatementCommand) -> anyhow::Result<ExitCode> {
    match command {
        StatementCommand::Template { category } => {
            let (_, text) = Category::parse(&category)
                .and_then(template::of)
                .ok_or_else(|| anyhow!("there is no such template"))?;
            let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
            Ok(ExitCode::SUCCESS)
        }
        StatementCommand::Read(args) => read(*args),
    }
}

fn read(args: ReadArgs) -> anyhow::Result<ExitCode> {
    let input = Input::File(args.file.clone());
    let choices = Choices {
        layout: args.layout.unwrap_or_default(),
        sheet: args.sheet.unwrap_or_default(),
        decimal: args.decimal.as_deref().and_then(Mark::parse),
        days: args.days.as_deref().and_then(DayOrder::parse),
        currency: args.currency.unwrap_or_default(),
        from: args.from.unwrap_or_default(),
        to: args.to.unwrap_or_default(),
        aggregator: args.aggregator.unwrap_or_default(),
        basis: args.basis.unwrap_or_default(),
        grouping: Grouping::parse(&args.group).unwrap_or_default(),
        ..Choices::default()
    };
    let rules = Rules::any();
    std::fs::metadata(&args.file).with_context(|| format!("{} cannot be opened", args.file.display()))?;
    let statement = match statements::read(&input, &choices, &rules, Wish::default()) {
        Ok(statement) => statement,
        Err(refused) => {
            if args.json {
                say!("{}", serde_json::json!({ "refused": refused.to_string() }));
            } else {
                eprintln!("{}: {refused}", args.file.display());
            }
            return Ok(ExitCode::from(2));
        }
    };
    if let Some(path) = &args.corrected {
        let file = std::fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        statements::corrected::write(&input, &choices, &rules, std::io::BufWriter::new(file))?;
    }
    let reading = &statement.reading;
    let shown = if args.json {
        serde_json::to_string_pretty(&serde_json::json!({ "reading": reading, "lines": statement.lines }))?
    } else {
        in_words(reading)
    };
    // A reader that has seen enough closes the pipe.
    let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{shown}\n").as_bytes());
    let stopped = reading.count(Severity::Error) > 0 || !reading.questions.is_empty();
    Ok(if stopped { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The reading as a person reads it.
fn in_words(reading: &Reading) -> String {
    let mut out = Vec::new();
    let layout = if reading.layout.is_empty() {
        "not known".to_owned()
    } else {
        format!("{} ({})", reading.layout_title, reading.layout)
    };
    out.push(format!("Format      {}", reading.format.words()));
    out.push(format!("Layout      {layout}, header in row {}", reading.header_row));
    out.push(format!("Becomes     {}", reading.category.map_or("not known", Category::title)));
    if let Some(period) = reading.period {
        out.push(format!("Period      {}", dates::show(period)));
    }
    if let Some(days) = reading.days {
        out.push(format!(
            "Days        {}",
            if days == DayOrder::DayFirst { "day first (31/12/2015)" } else { "month first (12/31/2015)" }
        ));
    }
    for column in &reading.columns {
        let mark = match column.mark {
            Some(Mark::Comma) => ", decimal comma",
            Some(Mark::Point) => ", decimal point",
            None => "",
        };
        let meaning = column.field.map_or("not used", claims::statements::field::Field::title);
        out.push(format!("  column    {}: {meaning}{mark}", column.header));
    }
    for error in &reading.wrong {
        out.push(format!("Wrong       {}", error.message));
    }
    for question in &reading.questions {
        let sheets = question.choice == "sheet" && !question.examples.is_empty();
        let hint = if sheets { "Name one with --sheet: " } else { "" };
        let examples = question.examples.join(", ");
        out.push(format!("Question    {} {hint}{examples}", question.words).trim_end().to_owned());
    }
    out.push(format!("Rows        {}, of which {} were read", rows(reading.rows), grouped(reading.data_rows)));
    for left in &reading.left_out {
        out.push(format!("  left out  {} {}: {}", grouped(left.rows), left.reason.words(left.rows), left.which));
    }
    for sum in &reading.sums {
        let code = sum.currency.map(|currency| currency.code().to_owned()).unwrap_or_default();
        let lines = sum.currency.map(|currency| format!(", in lines {}", currency.show(sum.lines))).unwrap_or_default();
        let below = if sum.below_zero == 0 {
            String::new()
        } else {
            format!(", left out below zero {}", number::show(sum.below_zero, 2))
        };
        out.push(format!(
            "Total       {} {code} exactly, {} units, {}{lines}{below}",
            number::show(sum.millionths, 2),
            grouped_units(sum.units),
            rows(sum.rows)
        ));
    }
    // Stock is counted in whole copies.
    let decimals = if reading.category == Some(Category::HeldInventory) { 0 } else { 2 };
    for total in &reading.file_totals {
        let agrees = if total.stated == total.computed {
            "agrees".to_owned()
        } else {
            format!("but the rows come to {}", number::show(total.computed, decimals))
        };
        out.push(format!("File total  row {}: {}, {agrees}", total.row, number::show(total.stated, decimals)));
    }
    for (kind, count) in &reading.counts {
        let severity = if kind.severity() == Severity::Error { "Error" } else { "Warning" };
        out.push(format!("{severity:<11} {} ({})", kind.title(), grouped(*count)));
        for problem in reading.problems.iter().filter(|problem| problem.kind == *kind).take(20) {
            let column = if problem.column.is_empty() { String::new() } else { format!(", {}", problem.column) };
            let row = if problem.row == 0 { "file".to_owned() } else { format!("row {}", problem.row) };
            out.push(format!("  {row}{column}: {}", problem.message));
        }
        if *count > 20 {
            out.push(format!("  and {} more", grouped(*count - 20)));
        }
    }
    out.push(format!("Lines       {}", grouped(reading.lines)));
    for line in reading.first_lines.iter().take(20) {
        let service = if line.service.is_empty() { String::new() } else { format!(", {}", line.service) };
        out.push(format!(
            "  {} {}, {}{service}, {} ({})",
            amount(line.currency, line.amount),
            line.release,
            line.period,
            units(line.units),
            line.rows
        ));
    }
    if reading.lines > 20 {
        out.push(format!("  and {} more; --json shows all", grouped(reading.lines - 20)));
    }
    out.join("\n")
}

fn grouped(number: u64) -> String {
    grouped_units(i64::try_from(number).unwrap_or(i64::MAX))
}

fn rows(number: u64) -> String {
    format!("{} {}", grouped(number), if number == 1 { "row" } else { "rows" })
}

fn units(number: i64) -> String {
    format!("{} {}", grouped_units(number), if number == 1 { "unit" } else { "units" })
}

fn amount(currency: Currency, minor: i64) -> String {
    currency.show(minor)
}
