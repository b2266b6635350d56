package io.millrace.broker.group.decision;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member that speaks the classic protocol, as it is told from one kind of group to the other.
 *
 * @param instanceId null unless it is static
 * @param protocols the best first
 * @param assignment what it was assigned in the last generation, as consumers write it; empty if nothing
 */
public record ClassicMember(
        String id,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        int sessionTimeoutMs,
        List<ClassicProtocol> protocols,
        ByteBuf assignment) {

    public ClassicMember {
        protocols = List.copyOf(protocols);
    }
}
