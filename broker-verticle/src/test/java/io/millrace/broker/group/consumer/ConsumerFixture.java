package io.millrace.broker.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.group.assign.Assignor;
import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.broker.group.decision.Decision;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.ConsumerRecord;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.GroupRecordCodec;
import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A group on one thread, with a log in memory, a clock and topics that the test changes. */
final class ConsumerFixture {

    static final int SESSION_MS = 10_000;
    static final int HEARTBEAT_MS = 3_000;
    static final String GROUP = "readers";

    private record Stored(ByteBuf key, @Nullable ByteBuf value) {}

    /** What members hold, and may. */
    private static final class Memory implements MemberMemory.Budget {
        private long held;
        private long max = Long.MAX_VALUE;

        @Override
        public boolean hasRoomFor(long bytes) {
            return bytes <= max - held;
        }

        @Override
        public void add(long bytes) {
            held += bytes;
        }
    }

    final TestTopics topics = new TestTopics();
    private final List<Stored> durable = new ArrayList<>();
    private final Memory memory = new Memory();
    private ConsumerSettings settings;
    private ConsumerGroup group;
    private long nowMs = 5_000;
    private ErrorCode writes = ErrorCode.NONE;

    ConsumerFixture() {
        this(100);
    }

    ConsumerFixture(int sizeMax) {
        settings = new ConsumerSettings(
                SESSION_MS,
                HEARTBEAT_MS,
                0,
                sizeMax,
                List.of(
                        Objects.requireNonNull(Assignor.named("uniform")),
                        Objects.requireNonNull(Assignor.named("range"))),
                MigrationPolicy.UPGRADE);
        group = new ConsumerGroup(GROUP, this::settings, new MemberMemory(memory));
    }

    ConsumerGroup group() {
        return group;
    }

    ConsumerSettings settings() {
        return settings;
    }

    /** An administrator has other wishes. */
    void change(ConsumerSettings wished) {
        settings = wished;
    }

    Moment now() {
        return new Moment(nowMs + 1_000_000, nowMs);
    }

    /** Asks, and makes true what is decided. */
    void heartbeat(HeartbeatAttempt attempt) {
        complete(group.heartbeat(attempt, topics, now()));
    }

    void complete(Decision decision) {
        if (decision.isDone()) {
            return;
        }
        if (writes != ErrorCode.NONE) {
            decision.failed().run(writes, now());
            return;
        }
        for (GroupRecord each : decision.records()) {
            byte[] value = GroupRecordCodec.value(each);
            durable.add(new Stored(
                    Unpooled.wrappedBuffer(GroupRecordCodec.key(each)),
                    value == null ? null : Unpooled.wrappedBuffer(value)));
            group.apply((ConsumerRecord) each, now());
        }
        decision.applied().run(now());
    }

    /** The members of a classic group become those of this one. */
    void takeOver(int generation, List<ClassicMember> members) {
        List<GroupRecord> records = Migration.toConsumers(GROUP, generation, members, topics, settings)
                .records();
        complete(new Decision(records, group::beginSessions, (error, at) -> {}));
    }

    /** From now on every write ends so. */
    void writesEnd(ErrorCode error) {
        writes = error;
    }

    int durableRecords() {
        return durable.size();
    }

    long heldBytes() {
        return memory.held;
    }

    void leaveRoomFor(long bytes) {
        memory.max = memory.held + bytes;
    }

    /** Lets time pass, with every deadline on the way. */
    void advance(long ms) {
        long untilMs = nowMs + ms;
        while (group.wakeMs() <= untilMs) {
            nowMs = Math.max(nowMs, group.wakeMs());
            complete(group.onTime(topics, now()));
            assertThat(group.wakeMs())
                    .as("what was due is done, or is tried again later")
                    .isGreaterThan(nowMs);
        }
        nowMs = untilMs;
    }

    /** What a worker does. */
    void resolveRegexes() {
        Set<String> regexes = group.beginResolving(topics, now());
        if (!regexes.isEmpty()) {
            complete(group.resolve(chosen(regexes), topics.version(), topics, now()));
        }
    }

    Map<String, SortedSet<String>> chosen(Set<String> regexes) {
        Map<String, SortedSet<String>> chosen = new TreeMap<>();
        for (String regex : regexes) {
            SortedSet<String> names = new TreeSet<>();
            for (String name : topics.names()) {
                if (name.matches(regex)) {
                    names.add(name);
                }
            }
            chosen.put(regex, names);
        }
        return chosen;
    }

    /** The process dies with no more on the disk than the first records; another one reads them. */
    void crash(int records) {
        durable.subList(records, durable.size()).clear();
        crash();
    }

    /** The process dies, and another one reads what is on the disk. */
    void crash() {
        memory.held = 0;
        group = new ConsumerGroup(GROUP, this::settings, new MemberMemory(memory));
        for (Stored each : durable) {
            group.apply(
                    (ConsumerRecord) Objects.requireNonNull(GroupRecordCodec.read(each.key(), each.value())), now());
        }
        group.beginSessions(now());
    }
}
