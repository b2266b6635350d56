package io.millrace.broker.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logs and segments that are deleted while others go on. */
class LogShardDeletionTest extends LogShardTestBase {

    private static final LogConfig SHORT_SEGMENTS = LogConfig.defaults().toBuilder()
            .segmentBytes(200)
            .fileDeleteDelayMs(0)
            .build();
    private static final LogConfig FLUSHED = LogConfig.defaults().toBuilder()
            .durability(Durability.OS)
            .flushMessages(1)
            .build();

    @Test
    void aLogThatIsDeletedBehindAnAppendInOneBatchHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, FLUSHED);
        ShardSlot append = appendSlot(log, "one");
        ShardSlot delete = deleteSlot();
        run(List.of(append, delete));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void aLogThatIsDeletedWhileItsSyncWaitsHurtsNobodyElse() throws IOException {
        PartitionLog log = create(FIRST, FLUSHED);
        ShardSlot append = appendSlot(log, "one");
        ShardSlot delete = deleteSlot();
        appendOneByOne(append, delete);
        commit(List.of(append, delete));

        assertThat(results).extracting(AppendResult::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void aSyncThatIsLateDoesNotWriteIntoTheDirectoryOfANamesake() throws IOException {
        ShardSlot append = appendSlot(create(FIRST, FLUSHED), 7, "one");
        ShardSlot delete = deleteSlot();
        appendOneByOne(append, delete);
        create(SECOND, LogConfig.defaults());

        commit(List.of(append, delete));

        Path epochs = segment().resolveSibling("leader-epoch-checkpoint");
        assertThat(Files.exists(epochs) ? Files.readString(epochs) : "").doesNotContain("7 0");
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void theNewNameOfADeletedLogIsDurableBeforeItsFilesGo() throws IOException {
        create(FIRST, LogConfig.defaults());
        while (shard.checkpointStep(nowMs)) {
            // whatever is due
        }
        calls.clear();

        run(List.of(deleteSlot()));
        while (shard.checkpointStep(nowMs)) {
            // one directory
        }

        List<String> changes = calls.stream()
                .filter(call -> call.matches("(move|deleteTree) .*") || call.equals("syncDirectory " + folder.path()))
                .map(call -> call.substring(0, call.indexOf(' ')))
                .toList();
        assertThat(changes).containsExactly("move", "syncDirectory", "deleteTree");
    }

    /** Its pages go to the next log without being written: there is no file for them any more. */
    @Test
    void theMemoryOfADeletedLogGoesToOthers() throws IOException {
        append(create(FIRST, LogConfig.defaults()), "one");
        run(List.of(deleteSlot()));
        PartitionLog second = create(SECOND, LogConfig.defaults());
        for (int i = 0; i < 40; i++) {
            append(second, "x".repeat(4000)); // more than twice the memory
        }

        assertThat(shard.isOffline()).isFalse();
        assertThat(second.visibleEndOffset()).isEqualTo(40);
    }

    /** It can take long, and appends would wait for it. */
    @Test
    void theFilesOfRemovedSegmentsAreNotDeletedByTheAppendThread() throws IOException {
        PartitionLog log = createWithDeletedRecords();
        long laterMs = checkpoint(nowMs);
        calls.clear();

        run(List.of(maintainSlot(log, laterMs)));

        assertThat(calls).noneMatch(call -> call.matches("delete .*\\.log"));
        checkpoint(laterMs);
        assertThat(calls).filteredOn(call -> call.matches("delete .*\\.log")).hasSize(4);
        assertThat(shard.isOffline()).isFalse();
    }

    @Test
    void filesOfALogThatIsDeletedMeanwhileHurtNobody() throws IOException {
        PartitionLog log = createWithDeletedRecords();
        long laterMs = checkpoint(nowMs);
        run(List.of(maintainSlot(log, laterMs)));
        run(List.of(deleteSlot()));
        PartitionLog fresh = create(SECOND, SHORT_SEGMENTS);
        append(fresh, "one");

        checkpoint(laterMs);

        assertThat(shard.isOffline()).isFalse();
        assertThat(Files.size(segment())).isPositive();
    }

    /** A log with five segments, of which four have nothing left that anybody may read. */
    private PartitionLog createWithDeletedRecords() throws IOException {
        PartitionLog log = create(FIRST, SHORT_SEGMENTS);
        for (int i = 0; i < 5; i++) {
            append(log, "x".repeat(100));
        }
        run(List.of(taskSlot(owner -> owner.deleteRecords(log, 4, nowMs))));
        return log;
    }

    private static ShardSlot deleteSlot() {
        return taskSlot(owner -> owner.delete(key(FIRST)));
    }

    /** Each in a batch of its own, and none of them committed. */
    private void appendOneByOne(ShardSlot... slots) {
        for (ShardSlot each : slots) {
            shard.append(each, nowMs);
            shard.endAppendBatch(nowMs);
        }
    }
}
