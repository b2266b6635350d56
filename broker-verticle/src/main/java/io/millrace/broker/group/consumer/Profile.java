package io.millrace.broker.group.consumer;

import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who a member is and what it wants. Immutable.
 *
 * @param instanceId null unless it is static (KIP-345)
 * @param rebalanceTimeoutMs how long it may take to give partitions up
 * @param topics that it names, in order and each once
 * @param regex by which it chooses more, null or empty if it does not
 * @param assignor that it would like, null if it does not mind
 */
record Profile(
        @Nullable String instanceId,
        @Nullable String rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        List<String> topics,
        @Nullable String regex,
        @Nullable String assignor) {

    private static final int UNCHANGED = -1;

    static final Profile NONE = new Profile(null, null, "", "", UNCHANGED, List.of(), null, null);

    Profile {
        topics = List.copyOf(new TreeSet<>(topics));
    }

    boolean hasRegex() {
        return regex != null && !regex.isEmpty();
    }

    /** What is null in a heartbeat has not changed since the one before. */
    Profile updatedBy(ConsumerGroupHeartbeatRequest request, String newClientId, String newClientHost) {
        List<String> names = request.subscribedTopicNames();
        int timeoutMs = request.rebalanceTimeoutMs();
        boolean sameClient = newClientId.equals(clientId) && newClientHost.equals(clientHost);
        if (sameClient && names == null && timeoutMs == UNCHANGED && saysNothingElse(request)) {
            return this;
        }
        return new Profile(
                or(request.instanceId(), instanceId),
                or(request.rackId(), rackId),
                newClientId,
                newClientHost,
                timeoutMs == UNCHANGED ? rebalanceTimeoutMs : timeoutMs,
                names == null ? topics : names,
                or(request.subscribedTopicRegex(), regex),
                or(request.serverAssignor(), assignor));
    }

    private static boolean saysNothingElse(ConsumerGroupHeartbeatRequest request) {
        return request.instanceId() == null
                && request.rackId() == null
                && request.subscribedTopicRegex() == null
                && request.serverAssignor() == null;
    }

    private static @Nullable String or(@Nullable String now, @Nullable String before) {
        return now == null ? before : now;
    }

    /** Roughly what it takes in memory. */
    int bytes() {
        int names = clientId.length() + length(instanceId) + length(rackId) + length(regex) + length(assignor);
        return names
                + topics.stream().mapToInt(each -> each.length() + Long.BYTES).sum();
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    // ---- records

    static Profile of(ConsumerGroupMemberMetadataValue record) {
        return new Profile(
                record.instanceId(),
                record.rackId(),
                record.clientId(),
                record.clientHost(),
                record.rebalanceTimeoutMs(),
                record.subscribedTopicNames(),
                record.subscribedTopicRegex(),
                record.serverAssignor());
    }

    ConsumerGroupMemberMetadataValue recorded() {
        return new ConsumerGroupMemberMetadataValue()
                .instanceId(instanceId)
                .rackId(rackId)
                .clientId(clientId)
                .clientHost(clientHost)
                .rebalanceTimeoutMs(rebalanceTimeoutMs)
                .subscribedTopicNames(new ArrayList<>(topics))
                .subscribedTopicRegex(regex)
                .serverAssignor(assignor)
                .classicMemberMetadata(null);
    }
}
