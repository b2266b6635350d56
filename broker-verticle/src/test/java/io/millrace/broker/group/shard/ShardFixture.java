package io.millrace.broker.group.shard;

import io.millrace.broker.group.decision.GroupSettings;
import io.millrace.broker.group.decision.MemberMemory;
import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.GroupRecordCodec;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.HeartbeatRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A shard on one thread, with a clock that the test moves and a log that it makes durable, or not. */
final class ShardFixture {

    static final GroupSettings SETTINGS = new GroupSettings(6_000, 1_800_000, 3_000, 100, 4_096, 7L * 24 * 3600 * 1000);

    private record Stored(ByteBuf key, @Nullable ByteBuf value) {}

    private record Pending(List<GroupRecord> records, GroupLog.Outcome outcome) {}

    private final GroupSettings settings;
    private final Memory memory = new Memory();
    private final List<Stored> durable = new ArrayList<>();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final Set<UUID> gone = new HashSet<>();
    private final List<Set<String>> toResolve = new ArrayList<>();
    private GroupShard shard;
    private long wallMs = 1_000_000_000_000L;
    private long steadyMs = 5_000;
    private boolean holds;

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

    /** Bytes that members hold. */
    long heldBytes() {
        return memory.held;
    }

    /** From now on they may hold so much more. */
    void leaveRoomFor(long bytes) {
        memory.max = memory.held + bytes;
    }

    ShardFixture() {
        this(SETTINGS);
    }

    ShardFixture(GroupSettings settings) {
        this.settings = settings;
        shard = new GroupShard(context(), this::append);
        shard.onLoaded(now());
    }

    private ShardContext context() {
        return TestContexts.of(settings, gone::contains, memory, (group, regexes) -> toResolve.add(regexes));
    }

    /** Expressions that somebody is to match with all topics, as often as that was asked for. */
    List<Set<String>> toResolve() {
        return toResolve;
    }

    private void append(List<GroupRecord> records, GroupLog.Outcome outcome) {
        pending.add(new Pending(records, outcome));
    }

    GroupShard shard() {
        return shard;
    }

    Moment now() {
        return new Moment(wallMs, steadyMs);
    }

    /** Asks, and makes durable what is decided, unless the disk is held. */
    void submit(Operation operation) {
        shard.submit(operation, now());
        settle();
    }

    /** As any event loop does: whether a heartbeat is taken without asking the group. */
    boolean beats(HeartbeatRequest request) {
        return shard.pulses().beat(request, steadyMs);
    }

    /** From now on nothing becomes durable until {@link #flush}. */
    void holdDisk() {
        holds = true;
    }

    int pendingWrites() {
        return pending.size();
    }

    /** Everything that was appended is on the disk now. */
    void flush() {
        holds = false;
        settle();
    }

    private void settle() {
        while (!holds && !pending.isEmpty()) {
            completeOne(ErrorCode.NONE);
        }
    }

    /** The oldest append ends. */
    void completeOne(ErrorCode error) {
        Pending first = pending.remove();
        if (error == ErrorCode.NONE) {
            store(first);
        }
        first.outcome().complete(error, now());
    }

    private void store(Pending append) {
        for (GroupRecord each : append.records()) {
            byte[] value = GroupRecordCodec.value(each);
            durable.add(new Stored(
                    Unpooled.wrappedBuffer(GroupRecordCodec.key(each)),
                    value == null ? null : Unpooled.wrappedBuffer(value)));
        }
    }

    /** If an append is on its way, it is not written. */
    void refuseOneWrite() {
        if (!pending.isEmpty()) {
            completeOne(ErrorCode.NOT_ENOUGH_REPLICAS);
        }
    }

    /** Of all appends that are on their way the outcome is unknown: the first few are on the disk. */
    void breakDisk(int stored) {
        pending.stream().limit(stored).forEach(this::store);
        while (!pending.isEmpty()) {
            completeOne(ErrorCode.KAFKA_STORAGE_ERROR);
        }
    }

    /** Lets time pass, with every deadline on the way. */
    void advance(long ms) {
        long untilMs = steadyMs + ms;
        while (shard.nextWakeMs() <= untilMs) {
            long step = Math.max(0, shard.nextWakeMs() - steadyMs);
            steadyMs += step;
            wallMs += step;
            shard.onTime(now());
            settle();
        }
        wallMs += untilMs - steadyMs;
        steadyMs = untilMs;
    }

    /** Sets the wall clock, as an administrator or a time server does. */
    void setWallClock(long ms) {
        wallMs = ms;
    }

    void expire() {
        shard.expire(now());
        advance(0);
    }

    /** The topic is gone; groups hear of it, and a later start knows. */
    void deleteTopic(UUID id) {
        gone.add(id);
        shard.forgetTopics(id::equals, now());
        advance(0);
    }

    /** The process dies, and another one reads what is on the disk. */
    void crash() {
        pending.clear();
        memory.held = 0;
        holds = false;
        shard = new GroupShard(context(), this::append);
        for (Stored each : durable) {
            GroupRecord record = GroupRecordCodec.read(each.key(), each.value());
            shard.apply(Objects.requireNonNull(record), now());
        }
        shard.onLoaded(now());
    }

    int durableRecords() {
        return durable.size();
    }
}
