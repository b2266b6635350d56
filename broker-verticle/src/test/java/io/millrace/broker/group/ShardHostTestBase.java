package io.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.CommittedOffset;
import io.millrace.broker.group.record.OffsetRecord;
import io.millrace.broker.group.shard.FetchOffsets;
import io.millrace.broker.group.shard.Group;
import io.millrace.broker.group.shard.Heartbeat;
import io.millrace.broker.group.shard.Operation;
import io.millrace.broker.group.shard.TestContexts;
import io.millrace.broker.runtime.DelayWheel;
import io.millrace.cluster.ClusterImage;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.Uuids;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.HeartbeatResponse;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A shard on a loop, a clock and a log that only the test moves. */
abstract class ShardHostTestBase {

    private static final GroupSettings SETTINGS = new GroupSettings(6_000, 60_000, 0, 10, 100, 1_000_000);
    static final String GROUP = "readers";
    static final String TOPIC = "letters";
    private static final long STEP_MS = 4;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    final ArrayDeque<Runnable> work = new ArrayDeque<>();
    final TestShardStore store = new TestShardStore(offset(0, 7));
    private long nowMs = 5_000;
    boolean poolIsClosed;
    boolean threadsAreSpent;
    private final GroupLoop loop;
    final ShardHost host;

    ShardHostTestBase() {
        channel.freezeTime();
        loop = new GroupLoop(
                channel.eventLoop(), new DelayWheel(channel.eventLoop(), () -> TimeUnit.MILLISECONDS.toNanos(nowMs)));
        host = new ShardHost(
                store,
                loop,
                this::execute,
                SETTINGS,
                group -> TestContexts.CONSUMERS,
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

    static OffsetRecord offset(int partition, long offset) {
        return new OffsetRecord(GROUP, TOPIC, partition, new CommittedOffset(offset, -1, "", 0, -1, Uuids.ZERO));
    }

    /** Fails when it is to decide. */
    static class Planted implements Operation {
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

    final void commit(List<ErrorCode> answers, int partition, long offset) {
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

    final ErrorCode fetchError() {
        return ErrorCode.forCode(ask().errorCode());
    }

    final long fetch(int partition) {
        OffsetFetchResponseGroup answer = ask();
        assertThat(ErrorCode.forCode(answer.errorCode())).isEqualTo(ErrorCode.NONE);
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(each -> each.partitionIndex() == partition)
                .mapToLong(each -> each.committedOffset())
                .findFirst()
                .orElse(-1);
    }

    final ErrorCode heartbeat() {
        List<HeartbeatResponse> answers = new ArrayList<>();
        host.submit(new Heartbeat(new HeartbeatRequest().groupId(GROUP).memberId("m"), answers::add));
        turn();
        return ErrorCode.forCode(answers.get(0).errorCode());
    }

    final Future<List<ListedGroup>> list() {
        Future<List<ListedGroup>> listed = host.list();
        turn();
        return listed;
    }

    final String listError() {
        return String.valueOf(list().cause().getMessage());
    }

    // ---- threads and time

    /** Workers finish what they have to read. */
    final void read() {
        for (Runnable task = work.poll(); task != null; task = work.poll()) {
            task.run();
        }
        turn();
    }

    final void turn() {
        channel.runPendingTasks();
    }

    final void passMs(long ms) {
        for (long passed = 0; passed < ms; passed += STEP_MS) {
            nowMs += STEP_MS;
            channel.advanceTimeBy(STEP_MS, TimeUnit.MILLISECONDS);
            read();
        }
    }
}
