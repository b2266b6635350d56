package io.millrace.broker.connection;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one event loop. Owned by: that event loop. It flushes those that were answered outside of their
 * own read cycle once for each round of the loop, and looks once a second for those that idle or stall.
 */
final class ConnectionLoop {

    private static final long SWEEP_MS = 1_000;

    private final EventLoop eventLoop;
    private final List<Connection> connections = new ArrayList<>();
    private final Future<?> sweeper;
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
    }

    /** Flushes after the tasks that wait now, so that answers that were completed together leave together. */
    void flushSoon(Connection connection) {
        assert eventLoop.inEventLoop();
        unflushed.add(connection);
        if (unflushed.size() == 1) {
            eventLoop.execute(this::flush);
        }
    }

    /** Closes every connection and stops looking after them. */
    void close() {
        assert eventLoop.inEventLoop();
        sweeper.cancel(false);
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
        // From the end, because closing one moves the last into its place.
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                connections.get(i).onSweep(now);
            }
        }
    }
}
