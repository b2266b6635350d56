package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** How appends, listeners and leader epochs meet in a shard. */
class LogShardTest extends LogShardTestBase {

    @Test
    void aListenerThatFailsHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        List<Long> ends = new ArrayList<>();
        log.addListener((of, end) -> {
            throw new RejectedExecutionException("event loop is gone");
        });
        log.addListener((of, end) -> ends.add(end));

        append(log, "one");
        append(log, "two");

        assertThat(ends).containsExactly(1L, 2L);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void whatIsAcknowledgedIsVisibleAlsoWhenTheShardFailsBehindIt() throws IOException {
        LogConfig unsynced =
                LogConfig.defaults().toBuilder().durability(Durability.OS).build();
        PartitionLog log = create(FIRST, unsynced);
        PartitionLog broken = create(THIRD, unsynced);
        broken.addListener((of, end) -> {
            throw new AssertionError("a fault of ours");
        });

        run(List.of(appendSlot(log, "one"), appendSlot(broken, "two"), appendSlot(log, "three")));

        assertThat(shard.isOffline()).isTrue();
        assertThat(results)
                .extracting(AppendResult::error)
                .containsExactlyInAnyOrder(
                        ErrorCode.NONE, ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(log.visibleEndOffset()).isPositive();
    }

    @Test
    void anAppendOfAnEpochThatHasEndedIsRefused() throws IOException {
        PartitionLog log = create(FIRST, LogConfig.defaults());
        run(List.of(appendSlot(log, 6, "one"), appendSlot(log, 5, "two"), appendSlot(log, 6, "three")));

        assertThat(results)
                .extracting(AppendResult::error)
                .containsExactlyInAnyOrder(ErrorCode.NONE, ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NONE);
        assertThat(log.visibleEndOffset()).isEqualTo(2);
        assertThat(log.endOffsetForEpoch(5).endOffset()).isNotPositive();
        assertThat(log.endOffsetForEpoch(6).endOffset()).isEqualTo(2);
    }
}
