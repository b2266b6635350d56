package io.millrace.broker.storage.shard;

/**
 * What an open had to do.
 *
 * @param logs opened
 * @param clean the last stop was clean: nothing was scanned or replayed
 * @param journalEntries read from the journal
 * @param replayed batches among them that the segments did not have
 * @param ignored entries of topics that no longer exist, or behind one that was never finished
 * @param damagedInside places in the journal where acknowledged bytes have rotted
 * @param damagedLogs logs that were refused, because acknowledged records in them are damaged or missing
 */
public record OpenSummary(
        int logs, boolean clean, int journalEntries, int replayed, int ignored, int damagedInside, int damagedLogs) {

    OpenSummary plus(OpenSummary other) {
        return new OpenSummary(
                logs + other.logs,
                clean && other.clean,
                journalEntries + other.journalEntries,
                replayed + other.replayed,
                ignored + other.ignored,
                damagedInside + other.damagedInside,
                damagedLogs + other.damagedLogs);
    }
}
