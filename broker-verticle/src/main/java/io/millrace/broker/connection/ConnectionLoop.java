package io.millrace.broker.connection;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop. Owned by: that event loop. It flushes those that were answered outside of their
 * own read cycle once for each round of the loop, and looks once a second for those that idle or stall.
 */
final class ConnectionLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLoop.class);

    private static final long SWEEP_MS = 1_000;
    private static final long DRAIN_SWEEP_MS = 50;

    private final EventLoop eventLoop;
    private final List<Connection> connections = new ArrayList<>();
    private ScheduledFuture<?> sweeper;
    private @Nullable Promise<Void> drained;
    private long drainUntilNanos;
    private List<Connection> unflushed = new ArrayList<>();
    private List<Connection> flushing = new ArrayList<>();

    ConnectionLoop(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
        sweeper = eventLoop.scheduleWithFixedDelay(this::sweep, SWEEP_MS, SWEEP_MS, TimeUnit.MILLISECONDS);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    void add(Connection connection) {
        assert eventLoop.inEventLoop();
        connection.index = connections.size();
        connections.add(connection);
    }

    void remove(Connection connection) {
        assert eventLoop.inEventLoop();
        Connection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(connection.index, last);
            last.index = connection.index;
        }
        completeWhenDrained();
    }

    /** Flushes after the tasks that wait now, so that answers that were completed together leave together. */
    void flushSoon(Connection connection) {
        assert eventLoop.inEventLoop();
        unflushed.add(connection);
        if (unflushed.size() == 1) {
            eventLoop.execute(this::flush);
        }
    }

    /**
     * Starts no more requests and closes the connections as theirs are answered, at the latest after so long. Completes on
     * this event loop when the last is closed.
     */
    Future<Void> drain(long answerMs) {
        assert eventLoop.inEventLoop();
        sweeper.cancel(false);
        Promise<Void> promise = Promise.promise();
        drained = promise;
        drainUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(answerMs);
        sweeper = eventLoop.scheduleWithFixedDelay(this::sweep, DRAIN_SWEEP_MS, DRAIN_SWEEP_MS, TimeUnit.MILLISECONDS);
        List.copyOf(connections).forEach(Connection::drain);
        completeWhenDrained();
        return promise.future();
    }

    boolean isDraining() {
        return drained != null;
    }

    private void completeWhenDrained() {
        if (drained != null && connections.isEmpty()) {
            sweeper.cancel(false);
            drained.tryComplete();
        }
    }

    private void closeAll() {
        long unanswered = connections.stream().filter(Connection::hasUnanswered).count();
        LOG.warn(
                "the broker stops without waiting longer for {} connections, {} of them with requests to answer",
                connections.size(),
                unanswered);
        List.copyOf(connections).forEach(Connection::close);
    }

    private void flush() {
        List<Connection> now = unflushed;
        unflushed = flushing;
        for (Connection connection : now) {
            connection.flush();
        }
        now.clear();
        flushing = now;
    }

    private void sweep() {
        long now = System.nanoTime();
        if (isDraining() && now - drainUntilNanos >= 0) {
            closeAll();
            return;
        }
        // From the end, because closing one moves the last into its place.
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).onSweep(now);
            }
        }
    }
}
