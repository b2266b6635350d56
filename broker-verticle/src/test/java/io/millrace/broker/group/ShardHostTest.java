package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.broker.group.shard.FetchOffsets;
import io.millrace.broker.group.shard.Group;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.group.shard.Heartbeat;
import io.millrace.broker.group.shard.Operation;
import io.millrace.broker.group.shard.TestContexts;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.broker.storage.LogId;
import io.millrace.cluster.ClusterImage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a shard is loaded, and loaded again when something fails: on a loop, a clock and a log that only the test moves. */
class ShardHostTest {

    private static final GroupSettings SETTINGS = new GroupSettings(6_000, 60_000, 0, 10, 100, 1_000_000);
    private static final String GROUP = "readers";
    private static final String TOPIC = "letters";
    private static final UUID GONE = new UUID(5, 6);
    private static final long STEP_MS = 4;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();
    private final Store store = new Store();
    private long nowMs = 5_000;
    private boolean poolIsClosed;
    private boolean threadsAreSpent;
    private final GroupLoop loop;
    private final ShardHost host;

    ShardHostTest() {
        channel.freezeTime();
        loop = new GroupLoop(
                channel.eventLoop(), new DelayWheel(channel.eventLoop(), () -> TimeUnit.MILLISECONDS.toNanos(nowMs)));
        host = new ShardHost(
                store,
                loop,
                this::execute,
                SETTINGS,
                TestContexts.CONSUMERS,
                600_000,
                () -> new Moment(nowMs, nowMs),
                () -> new ClusterTopics(ClusterImage.EMPTY),
                new MemberBudget(Long.MAX_VALUE));
    }

    @AfterEach
    void close() {
        loop.close();
        channel.close();
    }

    private void execute(Runnable task) {
        if (poolIsClosed) {
            throw new RejectedExecutionException("planted");
        }
        if (threadsAreSpent) {
            throw new OutOfMemoryError("planted");
        }
        work.add(task);
    }

    private static final class Append {
        private final List<GroupRecord> records;
        private final Consumer<ErrorCode> outcome;

        Append(List<GroupRecord> records, Consumer<ErrorCode> outcome) {
            this.records = records;
            this.outcome = outcome;
        }
    }

    private static final class Store implements ShardStore {
        private final List<GroupRecord> durable = new ArrayList<>(List.of(offset(0, 7)));
        private final ArrayDeque<Append> appends = new ArrayDeque<>();
        private boolean holds;
        private boolean breaks;
        private int loads;
        private @Nullable Exception failure;
        private ErrorCode leadership = ErrorCode.NONE;

        @Override
        public LogId id() {
            return new LogId("__consumer_offsets", new UUID(3, 4), 0);
        }

        @Override
        public ErrorCode check() {
            return leadership;
        }

        @Override
        public int recordBytesMax() {
            return 1_000_000;
        }

        @Override
        public boolean isEmpty() {
            return durable.isEmpty();
        }

        @Override
        public void load(GroupShard shard, Moment now) throws IOException {
            loads++;
            if (failure instanceof IOException unreadable) {
                throw unreadable;
            }
            if (failure instanceof RuntimeException mistake) {
                throw mistake;
            }
            durable.forEach(each -> shard.apply(each, now));
        }

        @Override
        public void append(List<GroupRecord> records, long atMs, Consumer<ErrorCode> outcome) {
            if (breaks) {
                throw new IllegalStateException("planted");
            }
            appends.add(new Append(records, outcome));
            if (!holds) {
                completeOne(ErrorCode.NONE);
            }
        }

        void completeOne(ErrorCode error) {
            Append first = appends.remove();
            if (error == ErrorCode.NONE) {
                durable.addAll(first.records);
            }
            first.outcome.accept(error);
        }
    }

    private static OffsetRecord offset(int partition, long offset) {
        return new OffsetRecord(GROUP, TOPIC, partition, new CommittedOffset(offset, -1, "", 0, -1, Uuids.ZERO));
    }

    // ---- loading

    @Test
    void untilTheLogIsReadClientsAreToldToComeAgain() {
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        assertThat(heartbeat()).as("a member may believe that all is well").isEqualTo(ErrorCode.NONE);
        assertThat(listError()).isEqualTo("COORDINATOR_LOAD_IN_PROGRESS");
        read();

        assertThat(fetch(0)).isEqualTo(7);
        assertThat(list().result()).hasSize(1);
    }

    @Test
    void anEmptyLogNeedsNoWorker() {
        store.durable.clear();

        host.start();

        assertThat(fetch(0)).isEqualTo(-1);
        assertThat(work).isEmpty();
    }

    @Test
    void whoDoesNotLeadAnswersNothing() {
        host.start();
        read();
        store.leadership = ErrorCode.NOT_LEADER_OR_FOLLOWER;

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void aLogThatCannotBeReadIsReadAgainEverMoreSeldom() {
        store.failure = new IOException("planted");
        host.start();
        read();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(heartbeat()).as("it is not well").isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(listError()).isEqualTo("COORDINATOR_NOT_AVAILABLE");
        passMs(90);
        assertThat(store.loads).as("not at once").isEqualTo(1);
        passMs(60);
        assertThat(store.loads).isEqualTo(2);
        passMs(10 * ShardHost.PAUSE_MAX_MS);
        assertThat(store.loads).isBetween(12, 20);

        store.failure = null;
        passMs(ShardHost.PAUSE_MAX_MS + 100);
        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void soIsOneThatOurCodeCannotRead() {
        store.failure = new IllegalStateException("planted");
        host.start();
        read();
        passMs(1_000);

        assertThat(store.loads).isBetween(2, 5);
        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void withoutAThreadToReadItWaits() {
        poolIsClosed = true;
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        poolIsClosed = false;
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    /** The system may have none for the pool, which then throws no exception. */
    @Test
    void soItDoesWhereNoMoreThreadsCanBeStarted() {
        threadsAreSpent = true;
        host.start();

        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
        threadsAreSpent = false;
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void noSecondLoadBeginsWhileOneIsUnderWay() {
        host.start();
        host.submit(new Planted() {
            @Override
            public void refuse(ErrorCode error) {
                throw new IllegalStateException("planted");
            }
        });
        turn();

        assertThat(work).hasSize(1);
        read();
        assertThat(fetch(0)).isEqualTo(7);
        passMs(1_000);
        assertThat(store.loads).isEqualTo(1);
    }

    @Test
    void whatIsClosedWhileItLoadsStaysClosed() {
        host.start();
        host.close(ErrorCode.NOT_COORDINATOR);
        read();
        passMs(2 * ShardHost.PAUSE_MAX_MS);

        assertThat(store.loads).isEqualTo(1);
        assertThat(fetchError()).isEqualTo(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void whatIsClosedWhileItWaitsIsNotReadAgain() {
        store.failure = new IOException("planted");
        host.start();
        read();
        host.close(ErrorCode.NOT_COORDINATOR);
        passMs(2 * ShardHost.PAUSE_MAX_MS);

        assertThat(store.loads).isEqualTo(1);
    }

    @Test
    void offsetsOfTopicsThatAreGoneAreForgottenSoonAfterAStart() {
        for (int i = 0; i < 100; i++) {
            store.durable.add(new OffsetRecord("g" + i, TOPIC, 0, new CommittedOffset(i, -1, "", 0, -1, GONE)));
        }
        host.start();
        read();
        assertThat(list().result()).hasSize(101);

        passMs(500);

        assertThat(list().result()).hasSize(1);
    }

    // ---- our own mistakes

    @Test
    void afterAMistakeOfOurOwnTheLogIsReadAgain() {
        host.start();
        read();
        commit(new ArrayList<>(), 1, 8);
        Planted mistake = new Planted();

        host.submit(mistake);

        assertThat(mistake.refusals).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fetchError()).isEqualTo(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        passMs(200);
        assertThat(fetch(1)).isEqualTo(8);
        assertThat(store.loads).isEqualTo(2);
    }

    @Test
    void whoMakesTheSameMistakeAgainAndAgainDoesNotKeepTheBrokerBusy() {
        host.start();
        read();
        for (int i = 0; i < 1_000; i++) {
            host.submit(new Planted());
            passMs(60);
        }

        assertThat(store.loads).isLessThan(15);
    }

    @Test
    void aMistakeMuchLaterIsTheFirstAgain() {
        host.start();
        read();
        for (int i = 0; i < 8; i++) {
            host.submit(new Planted());
            passMs(ShardHost.PAUSE_MAX_MS);
        }
        passMs(2 * ShardHost.PAUSE_MAX_MS);
        host.submit(new Planted());
        passMs(200);

        assertThat(fetch(0)).isEqualTo(7);
    }

    @Test
    void itIsReadAgainWhenEverythingAppendedHasItsOutcome() {
        host.start();
        read();
        List<ErrorCode> answers = new ArrayList<>();
        store.holds = true;
        commit(answers, 1, 8);
        host.submit(new Planted("others"));
        passMs(1_000);
        assertThat(store.loads).as("something is on its way").isEqualTo(1);

        store.completeOne(ErrorCode.NONE);
        turn();
        read();

        assertThat(answers).containsExactly(ErrorCode.NONE);
        assertThat(fetch(1)).isEqualTo(8);
    }

    @Test
    void anAppendThatThrowsHasNoOutcomeToWaitFor() {
        host.start();
        read();
        store.breaks = true;
        List<ErrorCode> answers = new ArrayList<>();

        commit(answers, 1, 8);
        passMs(200);

        assertThat(answers).containsExactly(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fetch(0)).isEqualTo(7);
        assertThat(fetch(1)).isEqualTo(-1);
    }

    @Test
    void whatCannotBeWrittenHasNotHappened() {
        host.start();
        read();
        List<ErrorCode> answers = new ArrayList<>();
        store.holds = true;
        commit(answers, 1, 8);

        store.completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        turn();

        assertThat(answers).containsExactly(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(fetch(1)).isEqualTo(-1);
    }

    // ---- what the tests ask

    /** Fails when it is to decide. */
    private static class Planted implements Operation {
        private final String group;
        final List<ErrorCode> refusals = new ArrayList<>();

        Planted() {
            this(GROUP);
        }

        Planted(String group) {
            this.group = group;
        }

        @Override
        public String groupId() {
            return group;
        }

        @Override
        public Decision decide(Group known, Moment now) {
            throw new IllegalStateException("planted");
        }

        @Override
        public void refuse(ErrorCode error) {
            refusals.add(error);
        }
    }

    private void commit(List<ErrorCode> answers, int partition, long offset) {
        host.submit(new Planted() {
            @Override
            public Decision decide(Group known, Moment now) {
                return new Decision(
                        List.of(offset(partition, offset)),
                        at -> answers.add(ErrorCode.NONE),
                        (error, at) -> answers.add(error));
            }

            @Override
            public void refuse(ErrorCode error) {
                answers.add(error);
            }
        });
        turn();
    }

    private OffsetFetchResponseGroup ask() {
        List<OffsetFetchResponseGroup> answers = new ArrayList<>();
        host.submit(new FetchOffsets(GROUP, null, -1, null, name -> null, false, answers::add));
        turn();
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private ErrorCode fetchError() {
        return ErrorCode.forCode(ask().errorCode());
    }

    private long fetch(int partition) {
        OffsetFetchResponseGroup answer = ask();
        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(ErrorCode.NONE);
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(each -> each.partitionIndex() == partition)
                .mapToLong(each -> each.committedOffset())
                .findFirst()
                .orElse(-1);
    }

    private ErrorCode heartbeat() {
        List<HeartbeatResponse> answers = new ArrayList<>();
        host.submit(new Heartbeat(new HeartbeatRequest().groupId(GROUP).memberId("m"), answers::add));
        turn();
        return ErrorCode.forCode(answers.get(0).errorCode());
    }

    private Future<List<ListedGroup>> list() {
        Future<List<ListedGroup>> listed = host.list();
        turn();
        return listed;
    }

    private String listError() {
        return String.valueOf(list().cause().getMessage());
    }

    // ---- threads and time

    /** Workers finish what they have to read. */
    private void read() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
        turn();
    }

    private void turn() {
        channel.runPendingTasks();
    }

    private void passMs(long ms) {
        for (long passed = 0; passed < ms; passed += STEP_MS) {
            nowMs += STEP_MS;
            channel.advanceTimeBy(STEP_MS, TimeUnit.MILLISECONDS);
            read();
        }
    }
}
