package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checkpoints and compactions, whatever the disk and the clock do. */
class LogShardUpkeepTest extends LogShardTestBase {

    @Test
    @Timeout(60)
    void aJournalFileWithRoomIsNotGivenUpWhileThereIsNoOther() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        append(log, "one");
        diskIsFull = true;
        shard.checkpointStep(nowMs + OPTIONS.checkpointIntervalMs());
        assertThat(shard.wantsCommit()).isTrue();

        append(log, "two");

        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void checkpointsGoOnWhenTheClockWasSetBack() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        long backMs = nowMs - 500_000;
        while (shard.checkpointStep(backMs)) {
            // whatever is due
        }

        while (shard.checkpointStep(backMs + OPTIONS.checkpointIntervalMs())) {
            // one log at a time
        }

        assertThat(shard.wantsCommit()).isTrue();
    }

    @Test
    void aSegmentThatWasClosedForItsAgeIsCompactedThoughNothingIsAppended() throws IOException {
        long lagMs = 1_000;
        LogConfig compacted = LogConfig.defaults().toBuilder()
                .deletes(false)
                .compacts(true)
                .compaction(new CompactionConfig(0, 0, lagMs, 1))
                .build();
        PartitionLog log = create(FIRST, compacted);
        append(log, "one");
        long laterMs = checkpoint(nowMs);
        assertThat(log.recoveryPoint()).isEqualTo(1);

        long upkeepMs = laterMs + lagMs;
        run(List.of(maintainSlot(log, upkeepMs)));
        laterMs = checkpoint(upkeepMs);
        while (shard.compactionStep(laterMs) >= 0) {
            // to the end
        }

        assertThat(log.compactor().cleanedOffset()).isEqualTo(1);
    }
}
