package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.ReadResult;
import io.millrace.broker.storage.shard.LogKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What one log must hold, kept as naively as possible, and the check that it does. */
final class ModelLog {

    static final int LEADER_EPOCH = 3;

    final LogId id;
    final LogKey key;
    PartitionLog log;

    /** Told to a producer, or seen by a consumer: by base offset. */
    private final NavigableMap<Long, SimBatch> promised = new TreeMap<>();
    /** Handed over, with an unknown outcome: by tag. */
    private final Map<Long, SimBatch> outstanding = new HashMap<>();

    /** Everything before was promised to survive a power loss. */
    private long durableEnd;
    /** The furthest that anybody could see. */
    private long visibleEnd;
    /** Deletions that were confirmed, and those that may have happened. */
    private long deletedBefore;

    private long deletableBefore;

    ModelLog(LogId id, PartitionLog log) {
        this.id = id;
        this.key = new LogKey(id.topicId(), id.partition());
        this.log = log;
    }

    boolean isJournalled() {
        return log.config().durability() == Durability.JOURNAL;
    }

    void onSubmitted(SimBatch batch) {
        outstanding.put(batch.tag(), batch);
    }

    void onAcknowledged(SimBatch batch, long baseOffset, boolean duplicate) {
        outstanding.remove(batch.tag());
        SimBatch before = promised.put(baseOffset, batch);
        assertThat(before == null || before.tag() == batch.tag())
                .as("%s: offset %d was given twice", id, baseOffset)
                .isTrue();
        long end = baseOffset + batch.recordCount();
        assertThat(log.visibleEndOffset())
                .as("%s: acknowledged before it is visible", id)
                .isGreaterThanOrEqualTo(end);
        if (isJournalled() || (log.config().flushMessages() == 1 && !duplicate)) {
            durableEnd = Math.max(durableEnd, end);
        }
    }

    /** Nothing of the batch may ever be found. */
    void onRefused(SimBatch batch) {
        outstanding.remove(batch.tag());
    }

    /** Everything in the log is on the disk now. */
    void onSynced() {
        durableEnd = Math.max(durableEnd, log.logEndOffset());
    }

    void onDeleteRequested(long offset) {
        deletableBefore = Math.max(deletableBefore, offset);
    }

    void onDeleted(long offset) {
        deletedBefore = Math.max(deletedBefore, offset);
    }

    /** The newest timestamp of what was promised between two offsets. */
    long newestMs(long from, long to) {
        return promised.subMap(from, to).values().stream()
                .mapToLong(SimBatch::timestampMs)
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /** The log is back after a crash: what is gone must have been allowed to go. */
    void onRecovered(PartitionLog recovered, boolean powerLoss, SplittableRandom random) {
        log = recovered;
        long end = log.visibleEndOffset();
        assertThat(end).as("%s: recovered end", id).isGreaterThanOrEqualTo(powerLoss ? durableEnd : visibleEnd);
        promised.entrySet().removeIf(entry -> entry.getKey() + entry.getValue().recordCount() > end);
        visibleEnd = end;
        check(random);
        // What was not found now must not turn up later.
        outstanding.clear();
        durableEnd = Math.max(durableEnd, isJournalled() ? end : 0);
    }

    /** Reads the whole log in pieces and holds it against what was promised. */
    void check(SplittableRandom random) {
        long start = log.logStartOffset();
        long end = log.visibleEndOffset();
        assertThat(start).as("%s: start", id).isBetween(deletedBefore, Math.max(deletableBefore, deletedBefore));
        assertThat(end).as("%s: visible end", id).isGreaterThanOrEqualTo(visibleEnd);
        visibleEnd = end;
        Set<Long> seen = new HashSet<>();
        long at = start;
        while (at < end) {
            at = checkPiece(at, start, end, random.nextInt(1, 20_000), seen);
        }
        promised.forEach((base, batch) -> {
            if (base + batch.recordCount() > start) {
                assertThat(seen).as("%s: batch at %d", id, base).contains(batch.tag());
            }
        });
        if (isJournalled()) {
            durableEnd = Math.max(durableEnd, end);
        }
    }

    private long checkPiece(long at, long start, long end, int bytesMax, Set<Long> seen) {
        ReadResult result = log.read(at, bytesMax, true);
        assertThat(result.error())
                .as("%s: read at %d: %s", id, at, result.message())
                .isEqualTo(ErrorCode.NONE);
        assertThat(result.records()).as("%s: records at %d of %d", id, at, end).isNotNull();
        ByteBuf bytes = result.records().toBuffer(SimBatch.HEAP);
        try {
            long next = at;
            int position = 0;
            while (bytes.writerIndex() - position >= RecordBatch.HEADER_SIZE
                    && bytes.writerIndex() - position >= RecordBatch.length(bytes, position)) {
                next = checkBatch(bytes, position, next, next == start && at == start, end, seen);
                position += RecordBatch.length(bytes, position);
            }
            assertThat(next).as("%s: at least one batch at %d", id, at).isGreaterThan(at);
            return next;
        } finally {
            bytes.release();
        }
    }

    private long checkBatch(ByteBuf bytes, int position, long expected, boolean first, long end, Set<Long> seen) {
        long base = RecordBatch.baseOffset(bytes, position);
        long last = RecordBatch.lastOffset(bytes, position);
        if (first) {
            assertThat(base).as("%s: first batch", id).isLessThanOrEqualTo(expected);
            assertThat(last).as("%s: first batch", id).isGreaterThanOrEqualTo(expected);
        } else {
            assertThat(base).as("%s: dense offsets", id).isEqualTo(expected);
        }
        assertThat(last).as("%s: beyond what is visible", id).isLessThan(end);
        assertThat(RecordBatch.computeCrc(bytes, position))
                .as("%s: checksum at %d", id, base)
                .isEqualTo(RecordBatch.crc(bytes, position));
        long tag = SimBatch.tagOf(bytes, position);
        SimBatch batch = promised.get(base);
        if (batch == null) {
            batch = outstanding.remove(tag);
            assertThat(batch).as("%s: nobody sent what is at %d", id, base).isNotNull();
            promised.put(base, batch);
        }
        byte[] stored = ByteBufUtil.getBytes(bytes, position, RecordBatch.length(bytes, position));
        assertThat(stored).as("%s: bytes at %d", id, base).isEqualTo(batch.storedAt(base, LEADER_EPOCH));
        assertThat(seen.add(tag)).as("%s: batch at %d is there twice", id, base).isTrue();
        return last + 1;
    }
}
