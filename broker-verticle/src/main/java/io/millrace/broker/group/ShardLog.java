package io.millrace.broker.group;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.shard.GroupShard;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogView;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a shard: appends go through the ring, like every append. Owned by: the shard's event loop.
 *
 * <p>While the ring is full, records wait here, in order: those of requests under way, which the connections bound, and a few
 * of what time alone asks for.
 */
final class ShardLog implements ShardStore {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLog.class);

    private static final int EPOCH_UNCHECKED = -1;

    private record Write(ByteBuf batches, Consumer<ErrorCode> outcome) {}

    private final Partition partition;
    private final EventLoop eventLoop;
    private final ArrayDeque<Write> waiting = new ArrayDeque<>();
    private boolean awaitsRoom;

    ShardLog(Partition partition, EventLoop eventLoop) {
        this.partition = partition;
        this.eventLoop = eventLoop;
    }

    @Override
    public LogId id() {
        return partition.id();
    }

    @Override
    public ErrorCode check() {
        return partition.checkLeader(EPOCH_UNCHECKED);
    }

    @Override
    public int recordBytesMax() {
        return partition.config().maxMessageBytes();
    }

    @Override
    public boolean isEmpty() {
        LogView view = partition.view();
        return view.logStartOffset() == view.visibleEndOffset();
    }

    @Override
    public void load(GroupShard shard, Moment now) throws IOException {
        new ShardLoader(partition.log(), partition.view().visibleEndOffset(), shard, now).load();
    }

    @Override
    public void append(List<GroupRecord> records, long nowMs, Consumer<ErrorCode> outcome) {
        assert eventLoop.inEventLoop();
        ByteBuf batches;
        try (RecordPacker packer = new RecordPacker(PooledByteBufAllocator.DEFAULT, nowMs, recordBytesMax())) {
            batches = packer.pack(records);
        } catch (WireException e) {
            LOG.debug("{}: a request says what no record can hold: {}", id(), e.getMessage());
            outcome.accept(ErrorCode.INVALID_REQUEST);
            return;
        }
        if (batches == null) {
            outcome.accept(ErrorCode.MESSAGE_TOO_LARGE);
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
                        result -> write.outcome().accept(result.error())));
    }
}
