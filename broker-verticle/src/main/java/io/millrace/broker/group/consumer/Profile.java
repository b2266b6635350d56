package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.ClassicMember;
import io.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import io.millrace.wire.message.ConsumerProtocolSubscription;
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
 * @param classic what else is known of a member that speaks the classic protocol, null if it does not
 */
record Profile(
        @Nullable String instanceId,
        @Nullable String rackId,
        String clientId,
        String clientHost,
        int rebalanceTimeoutMs,
        List<String> topics,
        @Nullable String regex,
        @Nullable String assignor,
        @Nullable ClassicProfile classic) {

    private static final int UNCHANGED = -1;

    static final Profile NONE = new Profile(null, null, "", "", UNCHANGED, List.of(), null, null, null);

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
        if (classic == null && sameClient && names == null && timeoutMs == UNCHANGED && saysNothingElse(request)) {
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
                or(request.serverAssignor(), assignor),
                null);
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
                + topics.stream().mapToInt(each -> each.length() + Long.BYTES).sum()
                + (classic == null ? 0 : classic.bytes());
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** What a client of the classic protocol wants. */
    static Profile of(ClassicMember member, ConsumerProtocolSubscription subscription) {
        return new Profile(
                member.instanceId(),
                subscription.rackId(),
                member.clientId(),
                member.clientHost(),
                member.rebalanceTimeoutMs(),
                subscription.topics(),
                null,
                null,
                new ClassicProfile(member.sessionTimeoutMs(), member.protocols()));
    }

    // ---- records

    static Profile of(ConsumerGroupMemberMetadataValue record) {
        var classic = record.classicMemberMetadata();
        return new Profile(
                record.instanceId(),
                record.rackId(),
                record.clientId(),
                record.clientHost(),
                record.rebalanceTimeoutMs(),
                record.subscribedTopicNames(),
                record.subscribedTopicRegex(),
                record.serverAssignor(),
                classic == null || classic.supportedProtocols().isEmpty() ? null : ClassicProfile.of(classic));
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
                .classicMemberMetadata(classic == null ? null : classic.recorded());
    }
}
