package io.millrace.broker.group.pulse;

import io.millrace.wire.message.HeartbeatRequest;
import org.jspecify.annotations.Nullable;

/** When a member was last heard of, while its generation stands. */
public final class Pulse {

    private final String groupId;
    private final @Nullable String instanceId;
    private final int generation;
    private volatile long lastMs = Long.MIN_VALUE;
    private volatile boolean closed;

    Pulse(String groupId, @Nullable String instanceId, int generation) {
        this.groupId = groupId;
        this.instanceId = instanceId;
        this.generation = generation;
    }

    /** Any thread. Looks whether it is closed only after the time is noted: who closes it then sees the time, or it is. */
    boolean beat(HeartbeatRequest request, long steadyMs) {
        boolean meant = request.generationId() == generation
                && request.groupId().equals(groupId)
                && (request.groupInstanceId() == null
                        || request.groupInstanceId().equals(instanceId));
        if (!meant) {
            return false;
        }
        lastMs = steadyMs;
        return !closed;
    }

    /** In steady time; long ago if never. */
    public long lastMs() {
        return lastMs;
    }

    void close() {
        closed = true;
    }
}
