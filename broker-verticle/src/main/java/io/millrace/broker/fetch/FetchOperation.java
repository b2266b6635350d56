package io.millrace.broker.fetch;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.partition.ParkedFetch;
import io.millrace.broker.partition.Partition;
import io.millrace.wire.message.FetchResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * One fetch from request to answer: it waits, without a thread or a timer of its own, until there is enough to read or
 * its time is over. Owned by: the event loop of its connection.
 *
 * <pre>
 *  start --ready--> read --hot--> answer
 *    |               ^  \--cold--> reader thread --> answer
 *    +--park--signal-+
 *          \--time over, also into read
 * </pre>
 */
final class FetchOperation extends ParkedFetch {

    /**
     * An answer from memory has at most this size, so that a client has mostly taken it before the memory is used for
     * something newer: what is left then has to be read from the disk, a piece at a time.
     */
    static final int HOT_BYTES_MAX = 4 << 20;

    private final FetchLoop loop;
    private final RequestContext context;
    private final FetchScope scope;
    private final FetchReader reader;
    private final int bytesMin;
    private final List<FetchTarget> targets;
    private final List<Partition> parkedOn = new ArrayList<>(0);
    private final Promise<FetchResponse> promise = Promise.promise();
    private final Runnable onDisconnect = this::cancel;
    private boolean parked;

    FetchOperation(FetchLoop loop, RequestContext context, FetchScope scope, FetchReader reader, int bytesMin) {
        super(loop.inbox());
        this.loop = loop;
        this.context = context;
        this.scope = scope;
        this.reader = reader;
        this.bytesMin = bytesMin;
        this.targets = List.copyOf(scope.targets());
    }

    /** @return completes on this event loop; with null if the connection ended while the fetch waited */
    Future<FetchResponse> start(int waitMsMax) {
        if (waitMsMax <= 0 || targets.isEmpty() || isReady()) {
            read();
        } else {
            park(waitMsMax);
        }
        return promise.future();
    }

    @Override
    protected void onSignal() {
        if (parked && isReady()) {
            unpark();
            read();
        }
    }

    @Override
    protected void onDelayOver() {
        unpark();
        read();
    }

    private void park(int waitMsMax) {
        parked = true;
        for (FetchTarget target : targets) {
            Partition partition = target.partition();
            if (partition != null) {
                partition.park(this);
                parkedOn.add(partition);
            }
        }
        loop.wheel().add(this, waitMsMax);
        context.gate().onDisconnect(onDisconnect);
        // What became visible between the first look and the parking has signalled nobody.
        onSignal();
    }

    private void unpark() {
        parked = false;
        for (Partition partition : parkedOn) {
            partition.unpark(this);
        }
        parkedOn.clear();
        loop.wheel().remove(this);
        context.gate().removeDisconnectListener(onDisconnect);
    }

    private void cancel() {
        if (parked) {
            unpark();
            promise.complete(null);
        }
    }

    /** Whether there is an answer worth sending before the time is over. */
    private boolean isReady() {
        boolean hot = false;
        for (FetchTarget target : targets) {
            switch (reader.readiness(target)) {
                case FAILED, COLD -> {
                    // Cold data is at least the rest of its segment: it is not worth a second look.
                    return true;
                }
                case HOT -> hot = true;
                case EMPTY -> {
                    continue;
                }
            }
            if (bytesMin <= 1) {
                return true;
            }
        }
        return hot && canAnswer();
    }

    private boolean canAnswer() {
        List<FetchResponse.PartitionData> answers = reader.readHeld(targets, Integer.MAX_VALUE);
        if (answers == null) {
            return true; // cold after all
        }
        long bytes = answers.stream().mapToInt(FetchReader::sizeOf).sum();
        answers.forEach(FetchReader::release);
        return bytes >= bytesMin;
    }

    private void read() {
        List<FetchResponse.PartitionData> answers = isCold() ? null : reader.readHeld(targets, hotBytesMax());
        if (answers == null) {
            readCold();
        } else {
            answer(answers);
        }
    }

    private boolean isCold() {
        for (FetchTarget target : targets) {
            if (reader.readiness(target) == FetchReader.Readiness.COLD) {
                return true;
            }
        }
        return false;
    }

    private int hotBytesMax() {
        return Math.max(bytesMin, HOT_BYTES_MAX);
    }

    /** The gate stays closed, so that the connection changes no target meanwhile and has one such read at a time. */
    private void readCold() {
        context.gate().close();
        loop.readers().executeBlocking(() -> reader.read(targets), false).onComplete((answers, failure) -> {
            try {
                if (failure == null) {
                    answer(answers);
                } else {
                    promise.fail(failure);
                }
            } finally {
                context.gate().open();
            }
        });
    }

    private void answer(List<FetchResponse.PartitionData> answers) {
        promise.complete(loop.hints().addTo(scope.respond(targets, answers), context));
    }
}
