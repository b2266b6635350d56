package io.millrace.broker;

import io.millrace.broker.config.ListenerAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One entry of {@code listeners} and the port that it got. Shared by the event loops that listen there. */
final class BoundListener {

    /** Where the machine has IPv6, Java makes a socket for both protocols of it: {@code ::1} gets in as well. */
    private static final String ALL_INTERFACES = "0.0.0.0";

    /** Vert.x shares a free port among those that listen on the same negative one. */
    private static final AtomicInteger NEXT_FREE = new AtomicInteger();

    /** Vert.x takes no negative port below this. */
    private static final int FREE_PORTS = 60_000;

    private final ListenerAddress address;
    private final int sharedPort;
    private volatile int port;

    BoundListener(ListenerAddress address) {
        this.address = address;
        this.port = address.port();
        this.sharedPort =
                address.port() == 0 ? -1 - Math.floorMod(NEXT_FREE.getAndIncrement(), FREE_PORTS) : address.port();
    }

    String name() {
        return address.name();
    }

    String bindHost() {
        return address.isWildcard() ? ALL_INTERFACES : address.host();
    }

    /** The port to listen on as Vert.x wants it: negative for a free one. */
    int sharedPort() {
        return sharedPort;
    }

    void bound(int actual) {
        port = actual;
    }

    /** 0 before the port is known. */
    int port() {
        return port;
    }
}
