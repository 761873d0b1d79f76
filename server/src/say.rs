//! What the command line tells.

/// Prints a line. Whoever reads it may have heard enough (`recoup user list | head -1`): that ends neither what is being done nor the site.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}
