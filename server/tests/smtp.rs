//! Mail over real SMTP: a small server on loopback that answers as it is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::sync::{Arc, Mutex};

use chrono::DateTime;
use claims::{
    MailId,
    store::outbox::{Attachment, Mail},
};
use server::{
    config::MailBy,
    mail::{Post, Undelivered},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// Starts an SMTP server that answers RCPT with `rcpt` and DATA's end with `data`; gives its URL and what it received.
async fn server(rcpt: &'static str, data: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    server_that(vec![("RCPT", rcpt), ("DATA", data)]).await
}

/// Starts an SMTP server that answers these steps as told, and takes the others; `220` is its greeting.
async fn server_that(answers: Vec<(&'static str, &'static str)>) -> (String, Arc<Mutex<Vec<String>>>) {
    let answers = Arc::new(answers);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let received = Arc::new(Mutex::new(Vec::new()));
    let mails = received.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (mails, answers) = (mails.clone(), answers.clone());
            let answer = move |step: &str, usual| {
                answers.iter().find(|(at, _)| *at == step).map_or(usual, |(_, as_told)| *as_told)
            };
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(answer("220", "220 test ESMTP\r\n").as_bytes()).await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let said = match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
                        "EHLO" => answer("EHLO", "250-test\r\n250 AUTH PLAIN\r\n"),
                        "DATA" => {
                            write.write_all(b"354 go on\r\n").await.unwrap();
                            let mut mail = String::new();
                            while let Ok(Some(line)) = lines.next_line().await {
                                if line == "." {
                                    break;
                                }
                                mail.push_str(&line);
                                mail.push('\n');
                            }
                            mails.lock().unwrap().push(mail);
                            answer("DATA", "250 queued\r\n")
                        }
                        "QUIT" => "221 bye\r\n",
                        step => answer(step, "250 ok\r\n"),
                    };
                    write.write_all(said.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (url, received)
}

fn mail() -> Mail {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    Mail {
        id: MailId(7),
        kind: "receipt".to_owned(),
        recipient: "ada@example.org".to_owned(),
        subject: "Received: claim ALG-000123-K".to_owned(),
        body_text: "Dear Ada,\n\nwe received it.\n".to_owned(),
        body_html: "<p>Dear Ada,</p>".to_owned(),
        state: "sending".to_owned(),
        attempts: 1,
        created_at: at,
        next_at: at,
        give_up_at: at,
        unsubscribe: "https://claims.example.org/unsubscribe/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        case_id: None,
        reply_to: String::new(),
        attachments: Vec::new(),
    }
}

fn post(url: String) -> Post {
    Post::open(&MailBy::Smtp { url, ca: None }, "Recoup <claims@example.org>").unwrap()
}

#[tokio::test]
async fn a_mail_arrives_with_both_parts_and_a_stable_id() {
    let (url, received) = server("250 ok\r\n", "250 queued\r\n").await;
    let post = post(url);
    let answer = post.deliver(&mail()).await.unwrap();
    assert!(answer.contains("250"), "{answer}");
    post.deliver(&mail()).await.unwrap();
    let received = received.lock().unwrap();
    assert_eq!(received.len(), 2);
    for part in [
        "To: ada@example.org",
        "Subject: Received: claim ALG-000123-K",
        "text/plain",
        "text/html",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(received[0].contains(part), "{part} is missing from\n{}", received[0]);
    }
    let id = |mail: &str| mail.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned).unwrap();
    assert_eq!(id(&received[0]), id(&received[1]));
}

#[tokio::test]
async fn an_answer_goes_to_the_contact_of_the_case_and_nothing_typed_adds_a_header() {
    let (url, received) = server("250 ok\r\n", "250 queued\r\n").await;
    let post = post(url);
    for reply_to in ["counsel@example.org", "", "counsel@example.org\r\nBcc: all@example.org", "no address"] {
        post.deliver(&Mail { reply_to: reply_to.to_owned(), ..mail() }).await.unwrap();
    }
    let received = received.lock().unwrap();
    assert!(received[0].lines().any(|line| line == "Reply-To: counsel@example.org"), "{}", received[0]);
    for other in &received[1..] {
        assert!(!other.contains("Reply-To") && !other.contains("Bcc"), "{other}");
    }
}

#[tokio::test]
async fn what_goes_with_a_mail_arrives_whole() {
    let (url, received) = server("250 ok\r\n", "250 queued\r\n").await;
    let bytes: Vec<u8> = (0..=255).collect();
    let file = Attachment { name: "ALG-000123-K-receipt-v1.pdf".to_owned(), media_type: "application/pdf", bytes };
    post(url).deliver(&Mail { attachments: vec![file], ..mail() }).await.unwrap();
    let received = received.lock().unwrap();
    for part in
        ["multipart/mixed", "text/plain", "text/html", "application/pdf", "filename=\"ALG-000123-K-receipt-v1.pdf\""]
    {
        assert!(received[0].contains(part), "{part} is missing from\n{}", received[0]);
    }
    // The first and the last of 256 bytes, as base64 writes them.
    assert!(
        received[0].contains("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g") && received[0].contains("+fr7/P3+/w=="),
        "{}",
        received[0]
    );
}

#[tokio::test]
async fn an_unknown_mailbox_is_final() {
    let (url, _) = server("550 no such mailbox\r\n", "250 queued\r\n").await;
    let error = post(url).deliver(&mail()).await.unwrap_err();
    assert!(matches!(&error, Undelivered::Never(why) if why == "permanent error (550): no such mailbox"), "{error:?}");
    // And so is what nobody wants to read.
    let (url, _) = server("250 ok\r\n", "554 5.7.1 spam\r\n").await;
    assert!(matches!(post(url).deliver(&mail()).await, Err(Undelivered::Never(_))));
}

#[tokio::test]
async fn what_is_not_about_the_mail_is_tried_again() {
    for (step, answer) in [
        ("220", "554 5.3.2 nobody is served\r\n"),
        ("EHLO", "550 5.7.1 we do not know you\r\n"),
        ("AUTH", "535 5.7.8 the password was changed\r\n"),
        ("MAIL", "553 5.1.8 this address is not yours\r\n"),
        ("RCPT", "530 5.7.0 sign in first\r\n"),
    ] {
        let (url, received) = server_that(vec![(step, answer)]).await;
        let error = post(url.replace("smtp://", "smtp://recoup:secret@")).deliver(&mail()).await.unwrap_err();
        let words = &answer[4..answer.len() - 2];
        assert!(matches!(&error, Undelivered::Later(why) if why.contains(words)), "{step}: {error:?}");
        assert!(received.lock().unwrap().is_empty());
    }
    let (url, received) = server_that(Vec::new()).await;
    post(url.replace("smtp://", "smtp://recoup:secret@")).deliver(&mail()).await.unwrap();
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn greylisting_and_silence_are_tried_again() {
    let (url, _) = server("450 come back later\r\n", "250 queued\r\n").await;
    assert!(matches!(post(url).deliver(&mail()).await, Err(Undelivered::Later(_))));
    let (url, _) = server("250 ok\r\n", "451 not now\r\n").await;
    assert!(matches!(post(url).deliver(&mail()).await, Err(Undelivered::Later(_))));
    // Nobody listens there any more.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(post(url).deliver(&mail()).await, Err(Undelivered::Later(_))));
}
