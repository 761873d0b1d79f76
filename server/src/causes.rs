//! An error with its causes, as commands print it.

/// An error and what caused it, in one line. Many libraries repeat in their own words what caused them: what the text before already
/// ends with is not said again.
#[must_use]
pub fn in_a_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.ends_with(&cause) {
            line.push_str(": ");
            line.push_str(&cause);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn no_cause_is_said_twice() {
        let error = anyhow!("Permission denied").context("it cannot be read: Permission denied").context("the key x");
        assert_eq!(in_a_line(&error), "the key x: it cannot be read: Permission denied");
        let error = anyhow!("the inner one").context("the outer one");
        assert_eq!(in_a_line(&error), "the outer one: the inner one");
        assert_eq!(in_a_line(&anyhow!("alone")), "alone");
    }
}
