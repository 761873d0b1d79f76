//! `recoup user`.

use anyhow::{anyhow, bail};
use claims::{
    Clock,
    actions::{Failure, Recoup, account, second_factor},
    intake::Answers,
    random::Random,
    store::accounts,
};
use clap::Subcommand;

use crate::{config::Config, opening};

/// Commands on accounts.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add an account with a confirmed address; its password is printed once
    Add {
        /// E-mail address
        email: String,
        /// Name as shown
        #[arg(long)]
        name: String,
        /// Make it an administrator
        #[arg(long)]
        administrator: bool,
    },
    /// List accounts
    List,
    /// Disable an account; its sessions end at once
    Disable {
        /// E-mail address
        email: String,
    },
    /// Remove the second factor of somebody who lost device and recovery codes, after you made sure that it is them
    RemoveSecondFactor {
        /// E-mail address
        email: String,
    },
    /// Enable a disabled account
    Enable {
        /// E-mail address
        email: String,
    },
}

/// Runs a command.
pub(super) async fn run(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    // Making the first administrator may be the first thing that is done; every other command is about accounts that are there.
    let store = match &command {
        UserCommand::Add { .. } => opening::up_to_date_or_made(config).await?,
        _ => opening::up_to_date(config).await?,
    };
    let recoup = Recoup::new(store, Clock::System, Random::System, &config.address(), config.limits()).await?;
    match command {
        UserCommand::Add { email, name, administrator } => {
            let password = recoup.random.token();
            let answers =
                Answers::default().with("email", email.clone()).with("name", name).with("password", password.clone());
            account::add(&recoup, &answers, administrator).await.map_err(in_words)?;
            say!("{email} was added. Password, shown this once: {password}");
        }
        UserCommand::List => {
            let mut tx = recoup.store.read().await?;
            for account in accounts::list(&mut tx, "", i64::MAX, 0).await? {
                let confirmed = if account.verified_at.is_some() { "confirmed" } else { "not confirmed" };
                let role = if account.administrator { "administrator" } else { "account" };
                let state = if account.disabled_at.is_some() { "disabled" } else { "enabled" };
                say!("{}\t{}\t{role}\t{confirmed}\t{state}", account.email, account.name);
            }
        }
        UserCommand::Disable { email } => set(&recoup, &email, true).await?,
        UserCommand::RemoveSecondFactor { email } => {
            if !second_factor::remove_by_email(&recoup, &email).await? {
                bail!("there is no account with the address {email} that has a second factor");
            }
            say!(
                "The second factor of {email} is removed, and all its sessions are signed out. A mail tells its owner."
            );
        }
        UserCommand::Enable { email } => set(&recoup, &email, false).await?,
    }
    recoup.store.close().await;
    Ok(())
}

async fn set(recoup: &Recoup, email: &str, disabled: bool) -> anyhow::Result<()> {
    if !account::set_disabled_by_email(recoup, email, disabled).await? {
        bail!("there is no account with the address {email}; “recoup user list” shows them");
    }
    say!("{email} is {} now.", if disabled { "disabled" } else { "enabled" });
    Ok(())
}

fn in_words(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Invalid(errors) => {
            anyhow!(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" "))
        }
        other => other.into(),
    }
}
