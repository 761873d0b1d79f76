//! The binary `recoup`: HTTP, sessions, mail, jobs, documents, command line. A library, so that whole-product tests start the
//! real thing.

#[macro_use]
mod say;

pub mod apart;
pub mod backup;
mod causes;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod documents;
pub mod filings;
pub mod http;
pub mod jobs;
pub mod letters;
pub mod logs;
pub mod mail;
pub mod opening;
mod pipe;
pub mod scratch;
pub mod serve;
pub mod serving;
pub mod sessions;
