package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cleaner thread of a running shard. Its records have no keys, so all that is compacted goes. */
@Timeout(60)
class CompactionLoopTest {

    private static final LogConfig COMPACTED = LogConfig.defaults().toBuilder()
            .segmentBytes(20_000)
            .deletes(false)
            .compacts(true)
            .compaction(new CompactionConfig(0, 0, Long.MAX_VALUE, 0))
            .build();
    private static final int RECORDS = 60;
    private static final int RECORD_BYTES = 4_000;
    private static final double UNLIMITED = 1e12;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    private Path folder;

    @Test
    void compactsByItself() throws Exception {
        try (RingFixture shard = start(new CompactionPace(true, UNLIMITED, 1))) {
            appendSegments(shard);

            assertThat(isCompacted(shard)).isTrue();
            assertThat(shard.log().sizeBytes()).isLessThan(RECORDS * RECORD_BYTES);
        }
    }

    @Test
    void anEmptyBudgetHoldsUpNeitherAppendsNorTheStop() throws Exception {
        try (RingFixture shard = start(new CompactionPace(true, 1, 1))) {
            appendSegments(shard);
            appendSegments(shard);

            assertThat(shard.log().compactor().cleanedOffset()).isZero();
        }
    }

    private RingFixture start(CompactionPace pace) throws IOException {
        return new RingFixture(folder, new OsFileStore(), COMPACTED, System::currentTimeMillis, 60_000, pace);
    }

    /** So many that the journal is full several times, and segments are on the disk. */
    private static void appendSegments(RingFixture shard) throws InterruptedException {
        for (int i = 0; i < RECORDS; i++) {
            shard.append("x".repeat(RECORD_BYTES));
        }
        shard.awaitResults(RECORDS);
    }

    private static boolean isCompacted(RingFixture shard) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (shard.log().compactor().cleanedOffset() == 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        return shard.log().compactor().cleanedOffset() > 0;
    }
}
