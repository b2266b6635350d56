package io.millrace.broker.produce;

import io.millrace.broker.dispatch.ConnectionClosingException;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.handler.LeaderHints;
import io.millrace.broker.partition.Partition;
import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.shard.AppendCommand;
import io.millrace.wire.message.ProduceResponse;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * One Produce request from check to answer. Owned by: the event loop of its connection.
 *
 * <pre>
 *  check --> [worker: look at records, pack again] --> append, in order --> wait for the shards --> answer
 *                     (gate closed)                      (ring full: gate closed until there is room)
 * </pre>
 *
 * <p>The gate stays closed until the last partition is in its ring, so that a later request of the connection can never
 * overtake an earlier one: what Kafka's clients rely on when they send several at a time.
 */
final class ProduceOperation {

    private static final short ACKS_NONE = 0;

    private final RequestContext context;
    private final short acks;
    private final WorkerExecutor workers;
    private final LeaderHints hints;
    private final long nowMs;
    private final EventLoop eventLoop;
    private final ProduceResponse response = new ProduceResponse();
    private final List<ProduceSlot> slots = new ArrayList<>();
    private final Promise<ProduceResponse> promise = Promise.promise();

    /** The next slot to append. */
    private int next;

    /** Appends that the shards have not answered, and one more until the last is handed over. */
    private int pending = 1;

    private boolean gateClosed;

    ProduceOperation(RequestContext context, short acks, WorkerExecutor workers, LeaderHints hints, long nowMs) {
        this.context = context;
        this.acks = acks;
        this.workers = workers;
        this.hints = hints;
        this.nowMs = nowMs;
        this.eventLoop = ((ContextInternal) context.eventLoop()).nettyEventLoop();
    }

    ProduceResponse response() {
        return response;
    }

    /** Adds a partition, in the order of the request. */
    ProduceSlot slot(int index, ProduceResponse.TopicProduceResponse topic) {
        ProduceResponse.PartitionProduceResponse answer = new ProduceResponse.PartitionProduceResponse().index(index);
        topic.partitionResponses().add(answer);
        ProduceSlot slot = new ProduceSlot(this, answer);
        slots.add(slot);
        return slot;
    }

    /** @return completes on this event loop when every partition has its result; with null if none is to be sent */
    Future<ProduceResponse> start() {
        boolean needsWork = false;
        for (ProduceSlot slot : slots) {
            if (slot.isAdmitted()) {
                slot.check(context.version(), nowMs);
                needsWork |= slot.isAdmitted() && slot.needsWork();
            }
        }
        if (needsWork) {
            closeGate();
            workers.executeBlocking(this::work, false).onComplete((nothing, failure) -> onWorked(failure));
        } else {
            append();
        }
        return promise.future();
    }

    /** A shard has answered one append. */
    void onCompleted() {
        pending--;
        if (pending == 0) {
            finish();
        }
    }

    private Void work() {
        for (ProduceSlot slot : slots) {
            if (slot.isAdmitted() && slot.needsWork()) {
                slot.work(nowMs);
            }
        }
        return null;
    }

    private void onWorked(Throwable failure) {
        if (failure == null) {
            append();
            return;
        }
        slots.forEach(ProduceSlot::release);
        openGate();
        promise.fail(failure);
    }

    /** Hands over what is left; stops where a ring is full and goes on when it has room. */
    private void append() {
        while (next < slots.size()) {
            ProduceSlot slot = slots.get(next);
            if (slot.isAdmitted() && !append(slot)) {
                closeGate();
                int bytes = slot.records().readableBytes();
                slot.partition().ring().onRoom(bytes, () -> eventLoop.execute(this::append));
                return;
            }
            next++;
        }
        openGate();
        onCompleted();
    }

    private boolean append(ProduceSlot slot) {
        Partition partition = slot.partition();
        AppendCommand command = new AppendCommand(
                partition.log(), slot.records(), partition.state().leaderEpoch(), AppendOrigin.CLIENT, eventLoop, slot);
        pending++;
        if (partition.ring().tryAppend(command)) {
            slot.appended();
            return true;
        }
        pending--;
        return false;
    }

    private void finish() {
        if (acks != ACKS_NONE) {
            boolean namesLeaders = false;
            for (ProduceSlot slot : slots) {
                namesLeaders |= slot.nameLeader(context.version());
            }
            promise.complete(namesLeaders ? hints.addTo(response, context) : response);
            return;
        }
        for (ProduceSlot slot : slots) {
            if (slot.isRefused()) {
                // Nobody waits for an answer: only the end of the connection makes the client look for the reason.
                promise.fail(new ConnectionClosingException("produce without acks failed"));
                return;
            }
        }
        promise.complete(null);
    }

    private void closeGate() {
        if (!gateClosed) {
            gateClosed = true;
            context.gate().close();
        }
    }

    private void openGate() {
        if (gateClosed) {
            gateClosed = false;
            context.gate().open();
        }
    }
}
