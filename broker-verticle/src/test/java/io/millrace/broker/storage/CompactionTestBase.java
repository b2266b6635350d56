package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One log that is compacted by hand. */
abstract class CompactionTestBase extends LogTestBase {

    static final long DELETE_RETENTION_MS = 5_000;
    static final CompactionLimits LIMITS = new CompactionLimits(1 << 20, 0);

    @Override
    LogConfig config() {
        return config(new CompactionConfig(DELETE_RETENTION_MS, 0, Long.MAX_VALUE, 0.5));
    }

    static LogConfig config(CompactionConfig compaction) {
        return LogFixture.SMALL_SEGMENTS.toBuilder()
                .segmentBytes(100_000)
                .deletes(false)
                .compacts(true)
                .compaction(compaction)
                .build();
    }

    void append(String... records) throws IOException {
        fixture.append(Batches.keyed(fixture.nowMs, records));
    }

    void roll() throws IOException {
        fixture.log.roll(fixture.nowMs);
        fixture.log.checkpoint();
    }

    @Nullable
    Compaction begin(CompactionLimits limits) throws IOException {
        LogCompactor compactor = fixture.log.compactor();
        return compactor.begin(compactor.plan(fixture.nowMs, fixture.log.logStartOffset()), limits, fixture.nowMs);
    }

    void compact() throws IOException {
        finish(Objects.requireNonNull(begin(LIMITS)));
    }

    void finish(Compaction compaction) throws IOException {
        while (compaction.next() != Compaction.Next.NOBODY) {
            step(compaction);
        }
    }

    void step(Compaction compaction) throws IOException {
        if (compaction.next() == Compaction.Next.CLEANER_THREAD) {
            compaction.work(1);
        } else {
            compaction.commit(fixture.nowMs);
        }
    }

    /** All batches from an offset on, as a client gets them. */
    List<ByteBuf> batches(long from) {
        List<ByteBuf> batches = new ArrayList<>();
        long next = from;
        while (next < fixture.log.visibleEndOffset()) {
            ReadResult result = fixture.log.read(next, 300, true);
            assertThat(result.error()).as(result.message()).isEqualTo(ErrorCode.NONE);
            ByteBuf bytes = Objects.requireNonNull(result.records()).toBuffer(new UnpooledByteBufAllocator(false));
            int at = 0;
            while (RecordBatch.check(bytes, at, bytes.writerIndex()) == RecordBatch.Integrity.VALID) {
                batches.add(bytes.slice(at, RecordBatch.length(bytes, at)));
                next = RecordBatch.lastOffset(bytes, at) + 1;
                at += RecordBatch.length(bytes, at);
            }
        }
        return batches;
    }

    /** Offset, key and value of each record, or only offset and key. */
    List<String> records() {
        List<String> found = new ArrayList<>();
        for (ByteBuf batch : batches(fixture.log.logStartOffset())) {
            if (!RecordBatch.isControl(batch, 0)) {
                read(batch, found);
            }
        }
        return found;
    }

    void read(ByteBuf batch, List<String> into) {
        try (RecordReader records = RecordReader.open(batch, 0, 1 << 20)) {
            while (records.next()) {
                ByteBuf value = records.value();
                if (records.offset() < fixture.log.logStartOffset()) {
                    continue; // a client leaves them out, too
                }
                into.add(records.offset() + " "
                        + Objects.requireNonNull(records.key()).toString(StandardCharsets.UTF_8)
                        + (value == null ? "" : "=" + value.toString(StandardCharsets.UTF_8)));
            }
        }
    }
}
