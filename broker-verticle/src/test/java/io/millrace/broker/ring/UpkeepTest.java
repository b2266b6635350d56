package io.millrace.broker.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.OsFileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoint thread of a running shard looks after its logs. */
@Timeout(60)
class UpkeepTest {

    private static final LogConfig SMALL = LogConfig.defaults().toBuilder()
            .segmentBytes(2_000)
            .retentionBytes(1_000)
            .build();
    private static final long UPKEEP_MS = 10;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    private Path folder;

    private final AtomicLong clockMs = new AtomicLong(1_700_000_000_000L);

    @Test
    void retentionRunsByItself() throws Exception {
        try (RingFixture shard = start()) {
            appendSegments(shard);

            assertThat(hasStartMoved(shard, 0)).isTrue();
        }
    }

    @Test
    void retentionGoesOnWhenTheClockWasSetBack() throws Exception {
        try (RingFixture shard = start()) {
            appendSegments(shard);
            assertThat(hasStartMoved(shard, 0)).isTrue();
            clockMs.addAndGet(-TimeUnit.DAYS.toMillis(1));
            long start = shard.log().logStartOffset();

            appendSegments(shard);

            assertThat(hasStartMoved(shard, start)).isTrue();
        }
    }

    /** With a clock that moves on whenever somebody looks at it. */
    private RingFixture start() throws IOException {
        return new RingFixture(folder, new OsFileStore(), SMALL, clockMs::incrementAndGet, UPKEEP_MS);
    }

    private static void appendSegments(RingFixture shard) throws InterruptedException {
        int count = 20;
        for (int i = 0; i < count; i++) {
            shard.append("x".repeat(500));
        }
        shard.awaitResults(count);
    }

    /** Awaits that the start of the log has passed an offset. The ring's work wakes the checkpoint thread. */
    private static boolean hasStartMoved(RingFixture shard, long from) {
        long deadline = System.nanoTime() + DEADLINE_NS;
        while (shard.log().logStartOffset() <= from && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        return shard.log().logStartOffset() > from;
    }
}
