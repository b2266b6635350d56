package io.millrace.perf.heavy;

import io.millrace.perf.check.CheckFailed;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a group says, and when. It consumes nothing and gives up at once what it is asked to. Owned by one thread.
 */
abstract class GroupMember {
    /** Kafka's default of clients. */
    static final int SESSION_MS = 45_000;

    /** Kafka's default of clients. */
    static final int REBALANCE_MS = 300_000;

    private final String group;

    GroupMember(String group) {
        this.group = group;
    }

    final String group() {
        return group;
    }

    /** Of its heartbeats: what Kafka has by default. */
    abstract int intervalMs();

    abstract AbstractRequest join();

    abstract AbstractRequest heartbeat();

    abstract AbstractRequest leave();

    /** @return what it asks at once, or null if it has nothing to say until the next heartbeat */
    abstract @Nullable AbstractRequest onAnswer(AbstractResponse answer);

    /** The round of the group that it takes part in; negative while it does not. */
    abstract int epoch();

    /** So many partitions are its own. */
    abstract int partitions();

    final void check(String what, short code) {
        Errors error = Errors.forCode(code);
        if (error != Errors.NONE) {
            throw new CheckFailed(what + " in " + group + ": " + error);
        }
    }
}
