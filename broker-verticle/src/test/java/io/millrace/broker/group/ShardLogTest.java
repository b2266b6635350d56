package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.group.shard.TestContexts;
import io.millrace.broker.partition.TestPartition;
import io.millrace.broker.ring.RingFixture;
import io.millrace.broker.storage.OsFileStore;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends of coordinators through a real ring: each has one outcome, whatever becomes of it. */
class ShardLogTest {

    private static final GroupSettings SETTINGS = new GroupSettings(6_000, 60_000, 0, 10, 100, 1_000_000);
    private static final String GROUP = "readers";
    private static final String TOPIC = "letters";

    private final EventLoop eventLoop = new DefaultEventLoop();
    private final Queue<String> outcomes = new ConcurrentLinkedQueue<>();
    private final Semaphore told = new Semaphore(0);

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private RingFixture shard;

    @SuppressWarnings("NullAway.Init")
    private ShardLog log;

    @BeforeEach
    void open() throws IOException {
        shard = new RingFixture(folder, new OsFileStore());
        log = new ShardLog(TestPartition.of(shard.log(), shard.ring()), eventLoop);
    }

    @AfterEach
    void close() throws Exception {
        shard.close();
        eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    private static OffsetRecord commit(int partition, String metadata) {
        return new OffsetRecord(
                GROUP, TOPIC, partition, new CommittedOffset(partition, -1, metadata, 0, -1, Uuids.ZERO));
    }

    /** On the event loop; completes when the call has returned. */
    private void append(String name, List<GroupRecord> records) throws Exception {
        eventLoop
                .submit(() -> log.append(records, 1, error -> {
                    assertThat(eventLoop.inEventLoop()).isTrue();
                    outcomes.add(name + " " + error);
                    told.release();
                }))
                .get();
    }

    private List<String> awaitOutcomes(int count) throws InterruptedException {
        assertThat(told.tryAcquire(count, 20, TimeUnit.SECONDS))
                .as("%s", outcomes)
                .isTrue();
        return List.copyOf(outcomes);
    }

    private GroupShard loaded() throws IOException {
        GroupShard groups = new GroupShard(TestContexts.of(SETTINGS), (records, outcome) -> {
            throw new AssertionError("nothing is written while the log is read");
        });
        log.load(groups, new Moment(1, 1));
        return groups;
    }

    @Test
    void whatWasAppendedIsThereForTheNextStart() throws Exception {
        assertThat(log.isEmpty()).isTrue();

        append("a", List.of(commit(0, ""), commit(1, "")));

        assertThat(awaitOutcomes(1)).containsExactly("a NONE");
        assertThat(log.isEmpty()).isFalse();
        assertThat(Objects.requireNonNull(loaded().find(GROUP)).offsets().count())
                .isEqualTo(2);
    }

    @Test
    void whileTheRingIsFullAppendsWaitInOrderAndNoneIsLost() throws Exception {
        CountDownLatch commitsGoOn = shard.stopCommits();
        int others = shard.fill();
        int appends = 300;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < appends; i++) {
            append("commit-" + i, List.of(commit(i, "")));
            expected.add("commit-" + i + " NONE");
        }
        assertThat(outcomes).isEmpty();

        commitsGoOn.countDown();

        assertThat(awaitOutcomes(appends)).isEqualTo(expected);
        shard.awaitResults(others);
        assertThat(Objects.requireNonNull(loaded().find(GROUP)).offsets().count())
                .isEqualTo(appends);
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedAndNothingOfItsDecisionWritten() throws Exception {
        GroupMetadataValue members = new GroupMetadataValue()
                .members(List.of(new MemberMetadata().subscription(Unpooled.wrappedBuffer(new byte[2_000_000]))));

        append("a", List.of(commit(0, ""), new MembershipRecord(GROUP, members)));

        assertThat(awaitOutcomes(1)).containsExactly("a MESSAGE_TOO_LARGE");
        assertThat(log.isEmpty()).isTrue();
    }

    @Test
    void manyRecordsAreAsManyBatchesAsTheyNeed() throws Exception {
        String metadata = "x".repeat(4_000);
        List<GroupRecord> records = new ArrayList<>();
        IntStream.range(0, 600).forEach(i -> records.add(commit(i, metadata)));

        append("a", records);

        assertThat(awaitOutcomes(1)).containsExactly("a NONE");
        assertThat(Objects.requireNonNull(loaded().find(GROUP)).offsets().count())
                .isEqualTo(600);
    }

    @Test
    void whatNoRecordCanHoldIsRefused() throws Exception {
        append("a", List.of(new OffsetRecord("g".repeat(40_000), TOPIC, 0, null)));

        assertThat(awaitOutcomes(1)).containsExactly("a INVALID_REQUEST");
    }

    @Test
    void afterAFailureOfTheDiskEveryAppendHasAnErrorForItsOutcome() throws Exception {
        shard.shard().goOffline(new IOException("planted"));

        append("a", List.of(commit(0, "")));

        assertThat(awaitOutcomes(1)).containsExactly("a KAFKA_STORAGE_ERROR");
    }
}
