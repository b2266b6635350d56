package io.millrace.broker.group;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.shard.GroupLog;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends a shard's records to its partition, through the ring like every append. Owned by: the shard's event loop.
 *
 * <p>While the ring is full, records wait here, in order: those of requests under way, which the connections bound, and those of
 * offsets whose time is over, one write for each group.
 */
final class ShardLog implements GroupLog {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLog.class);

    private record Write(ByteBuf batches, Outcome outcome) {}

    private final Partition partition;
    private final EventLoop eventLoop;
    private final Supplier<Moment> clock;
    private final Consumer<Runnable> steps;
    private final ArrayDeque<Write> waiting = new ArrayDeque<>();
    private boolean awaitsRoom;
    private int pending;

    /** @param steps runs a step of the shard, after the one that is running */
    ShardLog(Partition partition, EventLoop eventLoop, Supplier<Moment> clock, Consumer<Runnable> steps) {
        this.partition = partition;
        this.eventLoop = eventLoop;
        this.clock = clock;
        this.steps = steps;
    }

    /** Whether no outcome is missing. */
    boolean isIdle() {
        return pending == 0;
    }

    @Override
    public void append(List<GroupRecord> records, Outcome outcome) {
        assert eventLoop.inEventLoop();
        int batchBytesMax = partition.config().maxMessageBytes();
        ByteBuf batches;
        try (RecordPacker packer =
                new RecordPacker(PooledByteBufAllocator.DEFAULT, clock.get().wallMs(), batchBytesMax)) {
            batches = packer.pack(records);
        } catch (WireException e) {
            LOG.debug("{}: a request says what no record can hold: {}", partition.id(), e.getMessage());
            pending++;
            steps.accept(() -> complete(outcome, ErrorCode.INVALID_REQUEST));
            return;
        }
        // Not before: what throws has no outcome.
        pending++;
        if (batches == null) {
            steps.accept(() -> complete(outcome, ErrorCode.MESSAGE_TOO_LARGE));
        } else {
            waiting.add(new Write(batches, outcome));
            push();
        }
    }

    private void push() {
        while (!awaitsRoom && !waiting.isEmpty()) {
            Write next = waiting.element();
            if (tryAppend(next)) {
                waiting.remove();
            } else {
                awaitsRoom = true;
                partition.ring().onRoom(next.batches().readableBytes(), () -> eventLoop.execute(this::onRoom));
            }
        }
    }

    private void onRoom() {
        awaitsRoom = false;
        push();
    }

    private boolean tryAppend(Write write) {
        return partition
                .ring()
                .tryAppend(new AppendCommand(
                        partition.log(),
                        write.batches(),
                        partition.state().leaderEpoch(),
                        AppendOrigin.COORDINATOR,
                        eventLoop,
                        result -> onAppended(write.outcome(), result)));
    }

    private void onAppended(Outcome outcome, AppendResult result) {
        steps.accept(() -> complete(outcome, result.error()));
    }

    private void complete(Outcome outcome, ErrorCode error) {
        pending--;
        outcome.complete(error, clock.get());
    }
}
