package io.millrace.broker.group;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.storage.LogId;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What a shard's host needs of the partition of {@code __consumer_offsets}: a seam, so that a test can let it fail. */
interface ShardStore {

    LogId id();

    /** NONE, or why this broker may not answer for the groups. Any thread. */
    ErrorCode check();

    /** The most that a batch may have in bytes, {@code max.message.bytes} of the topic. Any thread. */
    int recordBytesMax();

    /** Whether nothing is in it: then there is nothing to load. */
    boolean isEmpty();

    /**
     * Applies everything that is durable. On a worker thread, while nothing is appended.
     *
     * @throws IOException if it cannot be read, and so nobody knows how far the groups had come
     */
    void load(GroupShard shard, Moment now) throws IOException;

    /**
     * Appends records after those of every call before; all of them or none. On the shard's event loop.
     *
     * @param outcome called exactly once, on the event loop and perhaps before this returns; what it gets is told at {@link
     *     io.millrace.broker.group.shard.GroupLog.Outcome}. If this throws, it is not called
     */
    void append(List<GroupRecord> records, long nowMs, Consumer<ErrorCode> outcome);
}
