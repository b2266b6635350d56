package io.millrace.broker.storage.journal;

import io.netty.buffer.ByteBuf;
import java.util.UUID;

/**
 * One fact about a partition, as written to or read from the journal.
 *
 * @param topicId which topic; entries of topics that no longer exist mean nothing
 * @param leaderEpoch the epoch that the batches carry, or -1
 * @param offset of the first batch, or the new log start
 * @param body the batches, readable as long as the call that hands over the entry lasts; the journal neither retains nor
 *     releases it
 */
public record JournalEntry(EntryType type, UUID topicId, int partition, int leaderEpoch, long offset, ByteBuf body) {}
