//! Work on several threads with the result of one: chunks are fixed by position, results are joined in order.

/// Applies `work` to tasks `0..count` on several threads and returns the results in the order of the tasks.
pub fn map<R: Send>(count: usize, threads: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    if threads <= 1 || count <= 1 {
        return (0..count).map(work).collect();
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done = std::sync::Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..threads.min(count) {
            scope.spawn(|| {
                loop {
                    let task = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if task >= count {
                        break;
                    }
                    let result = work(task);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((task, result));
                }
            });
        }
    });
    let mut all = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    all.sort_unstable_by_key(|(task, _)| *task);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Sorts by the upper half with a radix sort (four passes of eight bits, stable), which needs no comparison: entries arrive in
/// the order of their lower half and keep it.
pub fn sort(entries: &mut Vec<u64>) {
    if entries.len() < 4096 {
        entries.sort_unstable();
        return;
    }
    let mut spare = vec![0; entries.len()];
    for shift in [32, 43, 54] {
        let mut counts = [0_usize; 2048];
        for entry in entries.iter() {
            counts[bucket_of(*entry, shift)] += 1;
        }
        let mut sum = 0;
        for count in &mut counts {
            let here = *count;
            *count = sum;
            sum += here;
        }
        for entry in entries.iter() {
            let bucket = bucket_of(*entry, shift);
            spare[counts[bucket]] = *entry;
            counts[bucket] += 1;
        }
        std::mem::swap(entries, &mut spare);
    }
}

/// Eleven bits of an entry.
fn bucket_of(entry: u64, shift: u32) -> usize {
    (entry >> shift & 2047) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radix_sort_sorts() {
        let mut state = 1_u64;
        let mut entries: Vec<u64> = (0..100_000_u64)
            .map(|i| {
                state = crate::matching::text::mix(state + i);
                state << 32 | i
            })
            .collect();
        let mut expected = entries.clone();
        expected.sort_unstable();
        sort(&mut entries);
        assert_eq!(entries, expected);
    }

    #[test]
    fn results_come_in_the_order_of_tasks() {
        assert_eq!(map(1000, 4, |i| i * 2), (0..1000).map(|i| i * 2).collect::<Vec<_>>());
    }
}
