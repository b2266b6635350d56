package io.millrace.broker.connection;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connections of a broker and refuses those above the limits. Used by all event loops. */
public final class ConnectionLimits {

    private final int connectionsMax;
    private final int perAddressMax;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();

    /**
     * @param connectionsMax {@code max.connections}
     * @param perAddressMax {@code max.connections.per.ip}
     */
    public ConnectionLimits(int connectionsMax, int perAddressMax) {
        this.connectionsMax = connectionsMax;
        this.perAddressMax = perAddressMax;
    }

    /** @return whether the connection may stay; then {@link #release} must follow once */
    boolean tryAdmit(InetAddress address) {
        if (connections.incrementAndGet() > connectionsMax) {
            connections.decrementAndGet();
            return false;
        }
        int now = perAddress.merge(address, 1, Integer::sum);
        if (now > perAddressMax) {
            release(address);
            return false;
        }
        return true;
    }

    void release(InetAddress address) {
        connections.decrementAndGet();
        perAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
    }

    /** Connections open now. */
    public int count() {
        return connections.get();
    }
}
