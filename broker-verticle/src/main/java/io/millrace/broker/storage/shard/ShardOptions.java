package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.journal.JournalOptions;

/**
 * How a shard keeps house.
 *
 * @param journal size of the journal
 * @param checkpointIntervalMs after this long without a full journal file the shard checkpoints all the same, so that a
 *     broker with little to do restarts with nothing to replay
 * @param checkpointFileIntervalMs the checkpoint file is not written more often than this, unless log starts are waiting
 * @param threads that open, create and close logs, which is mostly waiting for the disk; 1 for everything in order
 */
public record ShardOptions(
        JournalOptions journal, long checkpointIntervalMs, long checkpointFileIntervalMs, int threads) {

    public static final ShardOptions DEFAULT = new ShardOptions(JournalOptions.DEFAULT, 30_000, 1_000, 8);
}
