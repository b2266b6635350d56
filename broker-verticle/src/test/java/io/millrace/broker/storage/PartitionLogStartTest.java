package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What recovery makes of the beginning of a log, where segments were deleted and names come and go in any order. */
class PartitionLogStartTest extends LogTestBase {

    @Test
    void remembersItsStartWhenAllBeforeItWasLost() throws IOException {
        fixture.fill(10);
        fixture.log.abandon();
        for (String name : fixture.files(".log")) {
            Files.delete(fixture.file(name));
        }

        fixture.open(new OpenState(8, 0, false));
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(8);
        assertThat(fixture.log.visibleEndOffset()).isEqualTo(8);
        assertThat(fixture.append(Batches.of(1, "next")).baseOffset()).isEqualTo(8);
    }

    @Test
    void beginsAtTheRememberedStartWhenTheTailBeforeItWasTorn() throws IOException {
        fixture.fill(4);
        fixture.log.abandon();
        Damage.cut(fixture.activeLog(), 150);

        fixture.open(new OpenState(4, 0, false));
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.view().logStartOffset()).isEqualTo(4);
        assertThat(fixture.log.view().logEndOffset()).isEqualTo(4);
        assertThat(fixture.append(Batches.of(1, "next")).baseOffset()).isEqualTo(4);
        assertThat(fixture.values()).containsExactly("next");
        fixture.reopenAfterKill();
        assertThat(fixture.values()).containsExactly("next");
    }

    @Test
    void jumpsToAStartThatTheJournalRemembersAndKeepsWhatFollows() throws IOException {
        fixture.fill(2);
        ByteBuf after = Batches.of(1, "after the start");
        RecordBatch.setBaseOffset(after, 0, 9);
        fixture.log.replayLogStart(9, 1);
        assertThat(fixture.log.replay(after, 1)).isEqualTo(ReplayOutcome.RESTORED);
        fixture.log.finishRecovery(-1, false, 1);
        assertThat(fixture.values()).containsExactly("after the start");

        // The checkpoint of the log's start was never written, and the journal is gone.
        fixture.log.abandon();
        fixture.open(new OpenState(0, 0, false));

        assertThat(fixture.log.logStartOffset()).isEqualTo(9);
        assertThat(fixture.values()).containsExactly("after the start");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesFromTheJournalWhatFollowsADeletedSegmentThatIsBack(boolean recoveryPointIsKnown) throws IOException {
        List<ByteBuf> journal = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ByteBuf batch = Batches.of(1, "value-" + i);
            fixture.expected.add("value-" + i);
            fixture.append(batch);
            journal.add(batch);
        }
        fixture.log.abandon();
        List<String> logs = fixture.files(".log");
        int start = Integer.parseInt(logs.get(2).substring(0, 20));
        // The deletion of the first segment has not reached the disk, nor have the names of two that are new.
        for (String name : logs.subList(1, 4)) {
            Files.delete(fixture.file(name));
        }

        fixture.open(new OpenState(start, recoveryPointIsKnown ? start : 0, false));
        for (ByteBuf batch : journal.subList(start, 40)) {
            fixture.log.replay(batch, 1);
        }
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(start);
        assertThat(fixture.values()).isEqualTo(fixture.expected.subList(start, 40));
    }

    @Test
    void takesTheBatchAroundItsStartFromTheJournalWhenNoSegmentIsLeft() throws IOException {
        ByteBuf batch = Batches.of(1, "a", "b", "c");
        fixture.append(batch);
        fixture.log.abandon();
        Files.delete(fixture.activeLog());

        fixture.open(new OpenState(1, 0, false));
        fixture.log.replay(batch, 1);
        fixture.log.finishRecovery(-1, false, 1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(1);
        assertThat(fixture.log.visibleEndOffset()).isEqualTo(3);
    }

    @Test
    void makesTheNamesOfTheRestDurableBeforeItDropsSegments() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"),
                LogFixture.SMALL_SEGMENTS,
                WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fixture.fill(50);
        fixture.log.abandon();
        calls.clear();

        fixture.open(new OpenState(30, 0, false));

        List<String> changes = calls.stream()
                .filter(call -> call.startsWith("syncDirectory ") || call.matches("delete .*\\.log"))
                .toList();
        assertThat(changes).hasSizeGreaterThan(1);
        assertThat(changes.get(0)).isEqualTo("syncDirectory " + fixture.directory);
        assertThat(changes.get(1)).startsWith("delete ");
    }

    @Test
    void makesTheTopicIdDurableBeforeTheFirstSegment() throws IOException {
        List<String> calls = new ArrayList<>();
        fixture = new LogFixture(
                parent.resolve("watched"),
                LogFixture.SMALL_SEGMENTS,
                WatchedDisk.of((method, path) -> calls.add(method + " " + path)));
        fixture.log.abandon();
        Files.delete(fixture.activeLog());
        calls.clear();

        fixture.open(OpenState.UNKNOWN);

        assertThat(calls.stream().filter(call -> call.startsWith("syncDirectory ") || call.matches("create .*\\.log")))
                .containsExactly("syncDirectory " + fixture.directory, "create " + fixture.activeLog());
    }
}
