//! Sessions that learn together, each on a thread of its own.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use serde_json::json;
use spikelet_session::{DatasetArrays, Error, ErrorCode, LocalBatch, Peers, Result, Session};

const INPUTS: usize = 12;
const SAMPLES: usize = 43;

/// A table that all threads write their records on.
#[derive(Debug)]
struct Table {
    local: LocalBatch,
    records: Arc<Mutex<Vec<Vec<u8>>>>,
    barrier: Arc<Barrier>,
    /// What the last exchange brought.
    all: Vec<Vec<u8>>,
    /// Exchanges left until this one fails.
    left: usize,
}

impl Peers for Table {
    fn local_batch(&self) -> LocalBatch {
        self.local
    }

    fn exchange(&mut self, records: &[u8]) -> Result<Vec<&[u8]>> {
        if self.left == 0 {
            return Err(Error::new(ErrorCode::Internal, "", "the others are gone"));
        }
        self.left -= 1;
        self.records.lock().expect("nobody panics")[self.local.rank] = records.to_vec();
        self.barrier.wait();
        self.all = self.records.lock().expect("nobody panics").clone();
        self.barrier.wait();
        Ok(self.all.iter().map(Vec::as_slice).collect())
    }
}

fn started() -> Session {
    let config = json!({
        "network": { "input": INPUTS, "steps": 30,
                     "layers": [{ "type": "dense", "units": 40 }, { "type": "dense", "units": 3 }] },
        "training": { "batchSize": 8, "epochs": 3, "seed": 7, "threads": 1 },
    });
    let mut session = Session::create(&config.to_string(), None, None).expect("the configuration is valid");
    let pixels = (0..SAMPLES * INPUTS).map(|k| (k * 37 % 256) as u8).collect();
    let labels = (0..SAMPLES).map(|k| (k % 3) as u32).collect();
    let arrays = DatasetArrays { pixels: Some(pixels), labels: Some(labels), ..DatasetArrays::default() };
    let data =
        session.add_dataset(r#"{"inputs":"images","encoding":{"type":"latency"}}"#, arrays).expect("the data fit");
    session.begin(&json!({ "train": data, "validation": data }).to_string()).expect("the run begins");
    session
}

fn tables(size: usize, exchanges: usize) -> impl Iterator<Item = Table> {
    let records = Arc::new(Mutex::new(vec![Vec::new(); size]));
    let barrier = Arc::new(Barrier::new(size));
    (0..size).map(move |rank| Table {
        local: LocalBatch { rank, size },
        records: records.clone(),
        barrier: barrier.clone(),
        all: Vec::new(),
        left: exchanges,
    })
}

fn run(session: &mut Session, batches: u32) -> (String, Vec<u8>) {
    let mut told = String::new();
    loop {
        let events = session.advance(batches).expect("training works");
        if events == "[]" {
            break;
        }
        told += events.trim_matches(['[', ']']);
        told.push(',');
    }
    (told, session.checkpoint(None, true).expect("there is a checkpoint"))
}

#[test]
fn sessions_together_do_what_one_does() {
    let alone = run(&mut started(), 1000);
    for size in [1, 2, 3] {
        let threads: Vec<_> = tables(size, usize::MAX)
            .map(|table| {
                thread::spawn(move || {
                    let mut session = started();
                    let budget = 3 + table.local.rank as u32;
                    session.join(Box::new(table)).expect("the session is whole");
                    run(&mut session, budget)
                })
            })
            .collect();
        for thread in threads {
            assert!(thread.join().expect("no panic") == alone, "{size} sessions differ from one");
        }
    }
}

#[test]
fn others_that_are_gone_are_an_error_after_the_events_before_it() {
    let mut session = started();
    let table = tables(1, 2).next().expect("there is one");
    session.join(Box::new(table)).expect("the session is whole");
    let events = session.advance(10).expect("two batches were learned");
    assert_eq!(events.matches(r#""type":"step""#).count(), 2);
    let error = session.advance(10).expect_err("the others are gone");
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Internal, "the others are gone"));
    session.checkpoint(None, true).expect("what was learned is still there");
}

fn local_batch(session: &mut Session, rank: usize) -> Option<Vec<u8>> {
    session.run_local_batch(rank as u32, 2).expect("the local batch runs").map(<[u8]>::to_vec)
}

#[test]
fn records_of_an_earlier_batch_are_not_used() {
    let mut both = [started(), started()];
    let records = [0, 1].map(|rank| local_batch(&mut both[rank], rank).expect("a batch comes next"));
    let [first, second] = &mut both;
    first.finish_batch(&[&[], &records[1]]).expect("its own records are there");
    let refused = |found: Result<String>| {
        let error = found.expect_err("it has no records");
        assert_eq!((error.code, error.path.as_str()), (ErrorCode::DataFormat, "records"));
    };
    refused(first.finish_batch(&[&[], &records[1]]));
    refused(second.finish_batch(&[&[], &records[1]]));
    second.finish_batch(&[&records[0], &records[1]]).expect("all records were given");
    local_batch(second, 1).expect("a batch comes next");
    second.advance(1).expect("it learns the batch alone");
    refused(second.finish_batch(&[&records[0], &[]]));
}

#[test]
fn its_own_records_are_still_there_after_wrong_ones() {
    let mut both = [started(), started()];
    let records = [0, 1].map(|rank| local_batch(&mut both[rank], rank).expect("a batch comes next"));
    let [first, second] = &mut both;
    let error = first.finish_batch(&[&[], b"wrong"]).expect_err("the records are wrong");
    assert_eq!(error.code, ErrorCode::DataFormat);
    let told = first.finish_batch(&[&[], &records[1]]).expect("both records are there");
    assert_eq!(told, second.finish_batch(&[&records[0], &[]]).expect("both records are there"));
}

#[test]
fn local_batches_by_hand() {
    let alone = run(&mut started(), 1000);
    let mut both = [started(), started()];
    loop {
        if let [Some(first), Some(second)] = [0, 1].map(|rank| local_batch(&mut both[rank], rank)) {
            // The first is told both records, the second that of the other.
            both[0].finish_batch(&[&first, &second]).expect("training works");
            both[1].finish_batch(&[&first, &[]]).expect("training works");
            continue;
        }
        let told = both.each_mut().map(|session| session.advance(1).expect("training works"));
        if told[0] == "[]" {
            break;
        }
    }
    for session in &both {
        assert!(
            session.checkpoint(None, true).expect("there is a checkpoint") == alone.1,
            "two sessions differ from one"
        );
    }
}
