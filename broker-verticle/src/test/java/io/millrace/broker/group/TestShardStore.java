package io.millrace.broker.group;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.storage.LogId;
import io.millrace.wire.ErrorCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The log of a shard in memory, which fails and hesitates as the test wants. */
final class TestShardStore implements ShardStore {

    private record Append(List<GroupRecord> records, Consumer<ErrorCode> outcome) {}

    final List<GroupRecord> durable;
    private final ArrayDeque<Append> appends = new ArrayDeque<>();

    /** Whether appends wait for {@link #completeOne}. */
    boolean holds;

    /** Whether an append throws. */
    boolean breaks;

    /** How often the log was read. */
    int loads;

    /** What reading ends with. */
    @Nullable
    Exception failure;

    ErrorCode leadership = ErrorCode.NONE;

    TestShardStore(GroupRecord... durable) {
        this.durable = new ArrayList<>(List.of(durable));
    }

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
        if (leadership != ErrorCode.NONE) {
            outcome.accept(leadership);
            return;
        }
        appends.add(new Append(records, outcome));
        if (!holds) {
            completeOne(ErrorCode.NONE);
        }
    }

    /** Ends the append that has waited longest. */
    void completeOne(ErrorCode error) {
        Append first = appends.remove();
        if (error == ErrorCode.NONE) {
            durable.addAll(first.records());
        }
        first.outcome().accept(error);
    }
}
