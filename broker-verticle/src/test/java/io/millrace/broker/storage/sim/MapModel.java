package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.OffsetLookup;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.ReadResult;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Header;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What a compacted log must hold: of each key the newest record that was promised, at its offset, unless it is a deletion whose
 * time has passed. Nothing that was never sent, nothing that was changed, and no older record of a key behind a deletion that
 * is gone.
 */
final class MapModel {

    final LogId id;
    PartitionLog log;

    /** Every record that was promised or seen, by offset. */
    private final NavigableMap<Long, MapRecord> known = new TreeMap<>();
    /** Handed over, with an unknown outcome. */
    private final Map<Long, MapRecord> outstanding = new HashMap<>();

    private final CompactionConfig config;
    private final boolean checksLookups;
    private long visibleEnd;
    private long deletedBefore;
    private long deletableBefore;

    MapModel(LogId id, PartitionLog log, CompactionConfig config, boolean checksLookups) {
        this.id = id;
        this.log = log;
        this.config = config;
        this.checksLookups = checksLookups;
    }

    void onSubmitted(List<MapRecord> records) {
        records.forEach(each -> outstanding.put(each.id(), each));
    }

    void onAcknowledged(List<MapRecord> records, long baseOffset) {
        for (int i = 0; i < records.size(); i++) {
            know(baseOffset + i, records.get(i));
        }
        visibleEnd = Math.max(visibleEnd, baseOffset + records.size());
    }

    void onDeleteRequested(long offset) {
        deletableBefore = Math.max(deletableBefore, offset);
    }

    void onDeleted(long offset) {
        deletedBefore = Math.max(deletedBefore, offset);
    }

    private void know(long offset, MapRecord record) {
        outstanding.remove(record.id());
        MapRecord before = known.put(offset, record);
        assertThat(before == null || before.id() == record.id())
                .as("%s: offset %d was given twice", id, offset)
                .isTrue();
    }

    void onRecovered(PartitionLog recovered, long nowMs, SplittableRandom random) {
        log = recovered;
        check(nowMs, random);
        // What was not found now must not turn up later.
        outstanding.clear();
    }

    /** Reads all of the log in pieces and holds it against what was promised. */
    void check(long nowMs, SplittableRandom random) {
        long start = log.logStartOffset();
        long end = log.visibleEndOffset();
        assertThat(start).as("%s: start", id).isBetween(deletedBefore, Math.max(deletedBefore, deletableBefore));
        assertThat(end).as("%s: visible end", id).isGreaterThanOrEqualTo(visibleEnd);
        visibleEnd = end;
        NavigableMap<Long, MapRecord> present = readAll(start, end, random);
        Map<Integer, Long> newest = new HashMap<>();
        known.tailMap(start, true).forEach((offset, record) -> newest.put(record.key(), offset));
        Set<Integer> presentKeys = new HashSet<>();
        present.values().forEach(record -> presentKeys.add(record.key()));
        known.tailMap(start, true).forEach((offset, record) -> {
            if (!present.containsKey(offset)) {
                boolean isNewest = offset.equals(newest.get(record.key()));
                checkMissing(offset, record, isNewest, presentKeys.contains(record.key()), nowMs);
            }
        });
        if (checksLookups && !present.isEmpty()) {
            checkLookups(present, random);
        }
    }

    private void checkMissing(long offset, MapRecord record, boolean isNewest, boolean hasOlder, long nowMs) {
        long ageMs = nowMs - record.timestampMs();
        assertThat(ageMs).as("%s: %s at %d went young", id, record, offset).isGreaterThanOrEqualTo(config.minLagMs());
        if (isNewest) {
            assertThat(record.isDeletion())
                    .as("%s: %s at %d, the newest, is gone", id, record, offset)
                    .isTrue();
            assertThat(ageMs)
                    .as("%s: %s at %d went before its time", id, record, offset)
                    .isGreaterThanOrEqualTo(config.deleteRetentionMs());
            assertThat(hasOlder)
                    .as("%s: an older record came back behind %s at %d", id, record, offset)
                    .isFalse();
        }
    }

    private NavigableMap<Long, MapRecord> readAll(long start, long end, SplittableRandom random) {
        NavigableMap<Long, MapRecord> present = new TreeMap<>();
        long at = start;
        while (at < end) {
            ReadResult result = log.read(at, random.nextInt(1, 5_000), true);
            assertThat(result.error())
                    .as("%s: read at %d: %s", id, at, result.message())
                    .isEqualTo(ErrorCode.NONE);
            assertThat(result.records())
                    .as("%s: records at %d of %d", id, at, end)
                    .isNotNull();
            ByteBuf bytes = result.records().toBuffer(SimBatch.HEAP);
            long next = readBatches(bytes, at, end, present);
            bytes.release();
            assertThat(next).as("%s: at least one batch at %d", id, at).isGreaterThan(at);
            at = next;
        }
        return present;
    }

    private long readBatches(ByteBuf bytes, long from, long end, Map<Long, MapRecord> present) {
        long next = from;
        int at = 0;
        while (RecordBatch.check(bytes, at, bytes.writerIndex()) == RecordBatch.Integrity.VALID) {
            long last = RecordBatch.lastOffset(bytes, at);
            assertThat(last).as("%s: offsets grow", id).isBetween(next, end - 1);
            readRecords(bytes, at, from, present);
            next = last + 1;
            at += RecordBatch.length(bytes, at);
        }
        assertThat(RecordBatch.check(bytes, at, bytes.writerIndex()))
                .as("%s: bytes behind offset %d", id, next)
                .isEqualTo(RecordBatch.Integrity.INCOMPLETE);
        return next;
    }

    private void readRecords(ByteBuf bytes, int at, long from, Map<Long, MapRecord> present) {
        try (RecordReader records = RecordReader.open(bytes, at, 1 << 20)) {
            while (records.next()) {
                if (records.offset() >= from) {
                    present.put(records.offset(), recognise(records));
                }
            }
        }
    }

    private MapRecord recognise(RecordReader read) {
        MapRecord record = known.get(read.offset());
        long carried = idOf(read.headers());
        if (record == null) {
            record = outstanding.get(carried);
            assertThat(record)
                    .as("%s: nobody sent what is at %d", id, read.offset())
                    .isNotNull();
            know(read.offset(), record);
        }
        String what = id + ": " + record + " at " + read.offset();
        assertThat(carried).as(what).isEqualTo(record.id());
        assertThat(Objects.requireNonNull(read.key()).getInt(read.key().readerIndex()))
                .as(what)
                .isEqualTo(record.key());
        assertThat(record.hasValue(read.value())).as(what).isTrue();
        assertThat(read.timestampMs()).as(what).isEqualTo(record.timestampMs());
        return record;
    }

    private static long idOf(List<Header> headers) {
        ByteBuf value = Objects.requireNonNull(headers.get(0).value());
        return value.getLong(value.readerIndex());
    }

    private void checkLookups(NavigableMap<Long, MapRecord> present, SplittableRandom random) {
        MapRecord wanted = Objects.requireNonNull(
                        present.ceilingEntry(random.nextLong(present.firstKey(), present.lastKey() + 1)))
                .getValue();
        long expected = present.entrySet().stream()
                .filter(each -> each.getValue().timestampMs() >= wanted.timestampMs())
                .findFirst()
                .map(Map.Entry::getKey)
                .orElseThrow();
        try {
            assertThat(log.offsetForTimestamp(wanted.timestampMs()).offset())
                    .as("%s: first offset at or after %d", id, wanted.timestampMs())
                    .isEqualTo(expected);
            OffsetLookup max = log.maxTimestampOffset();
            assertThat(max.timestampMs())
                    .as("%s: the largest timestamp", id)
                    .isEqualTo(present.values().stream()
                            .mapToLong(MapRecord::timestampMs)
                            .max()
                            .orElseThrow());
        } catch (IOException e) {
            throw new AssertionError(id + ": a lookup failed", e);
        }
    }

    /** Everything that could be compacted is: of each key one record at most. */
    void checkCompact(long nowMs, SplittableRandom random) {
        check(nowMs, random);
        long cleaned = log.compactor().cleanedOffset();
        Set<Integer> keys = new HashSet<>();
        readAll(log.logStartOffset(), log.visibleEndOffset(), random)
                .headMap(cleaned)
                .values()
                .forEach(record -> {
                    assertThat(keys.add(record.key()))
                            .as("%s: two records of key %d before offset %d", id, record.key(), cleaned)
                            .isTrue();
                });
    }
}
