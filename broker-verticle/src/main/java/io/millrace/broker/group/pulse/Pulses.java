package io.millrace.broker.group.pulse;

import io.millrace.wire.message.HeartbeatRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Heartbeats that any event loop may answer. A member of a group whose generation stands is told that all is well, so its own
 * loop need not ask the shard's, and be woken for the answer: of a hundred heartbeats hardly one is of another kind.
 *
 * <p>The shard opens a {@link Pulse} for a member, and closes it before anything becomes true that the member would have to
 * hear of. Questions: any thread. Everything else: the shard.
 */
public final class Pulses {

    private final Map<String, Pulse> byMemberId = new ConcurrentHashMap<>();

    /**
     * Takes a heartbeat, if the shard need not hear of it.
     *
     * @param steadyMs now
     * @return whether the member may go on; false: the shard has to be asked
     */
    public boolean beat(HeartbeatRequest request, long steadyMs) {
        Pulse pulse = byMemberId.get(request.memberId());
        return pulse != null && pulse.beat(request, steadyMs);
    }

    /** One for each member id: should two groups have the same, one of them is asked each time. */
    public Pulse open(String groupId, String memberId, @Nullable String instanceId, int generation) {
        Pulse pulse = new Pulse(groupId, instanceId, generation);
        byMemberId.put(memberId, pulse);
        return pulse;
    }

    public void close(String memberId, Pulse pulse) {
        pulse.close();
        byMemberId.remove(memberId, pulse);
    }

    /** How many are open. */
    public int count() {
        return byMemberId.size();
    }
}
