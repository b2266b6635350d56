package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.CompactionLimits;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;

/**
 * How a shard keeps house.
 *
 * @param journal size of the journal
 * @param tails memory for the newest bytes of the logs
 * @param checkpointIntervalMs after this long without a full journal file the shard checkpoints all the same, so that a
 *     broker with little to do restarts with nothing to replay
 * @param checkpointFileIntervalMs the checkpoint file is not written more often than this, unless log starts are waiting
 * @param threads that open, create and close logs, which is mostly waiting for the disk; 1 for everything in order
 * @param compaction what compaction may take
 */
public record ShardOptions(
        JournalOptions journal,
        TailOptions tails,
        long checkpointIntervalMs,
        long checkpointFileIntervalMs,
        int threads,
        CompactionLimits compaction) {

    /** With what a compaction takes unless told otherwise. */
    public ShardOptions(
            JournalOptions journal,
            TailOptions tails,
            long checkpointIntervalMs,
            long checkpointFileIntervalMs,
            int threads) {
        this(journal, tails, checkpointIntervalMs, checkpointFileIntervalMs, threads, CompactionLimits.DEFAULT);
    }

    /** What fits a broker. */
    public static ShardOptions withMemory(long tailBytes) {
        return withMemory(tailBytes, CompactionLimits.DEFAULT);
    }

    public static ShardOptions withMemory(long tailBytes, CompactionLimits compaction) {
        return new ShardOptions(JournalOptions.DEFAULT, TailOptions.ofBytes(tailBytes), 30_000, 1_000, 8, compaction);
    }
}
