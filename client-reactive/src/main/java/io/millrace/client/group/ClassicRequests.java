package io.millrace.client.group;

import io.millrace.client.TopicPartition;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ApiMessage;
import io.millrace.wire.message.HeartbeatRequest;
import io.millrace.wire.message.JoinGroupRequest;
import io.millrace.wire.message.LeaveGroupRequest;
import io.millrace.wire.message.SyncGroupRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sends the requests of the classic protocol. Each method returns the ticket. */
final class ClassicRequests {
    /** From this version on a request may name several members. */
    private static final short LEAVE_BY_LIST = 3;

    /** For a coordinator that holds an answer back as long as it may. */
    private static final int MARGIN_MS = 5_000;

    private final GroupOptions options;
    private final Effects effects;
    private final long heldBackMs;

    ClassicRequests(GroupOptions options, Effects effects) {
        this.options = options;
        this.effects = effects;
        this.heldBackMs = (long) options.rebalanceTimeoutMs() + MARGIN_MS;
    }

    /** @param lastAssigned what the member got in the last generation that it was in */
    long join(
            String memberId,
            Set<String> topics,
            Set<TopicPartition> owned,
            Set<TopicPartition> lastAssigned,
            int lastGeneration) {
        List<JoinGroupRequest.JoinGroupRequestProtocol> protocols = new ArrayList<>();
        for (PartitionAssignor each : options.assignors()) {
            protocols.add(new JoinGroupRequest.JoinGroupRequestProtocol()
                    .name(each.name())
                    .metadata(ConsumerProtocol.subscription(
                            topics,
                            each.userData(lastAssigned, lastGeneration),
                            owned,
                            lastGeneration,
                            options.rackId())));
        }
        JoinGroupRequest request = new JoinGroupRequest()
                .groupId(options.groupId())
                .sessionTimeoutMs(options.sessionTimeoutMs())
                .rebalanceTimeoutMs(options.rebalanceTimeoutMs())
                .memberId(memberId)
                .groupInstanceId(options.instanceId())
                .protocolType(ConsumerProtocol.TYPE)
                .protocols(protocols);
        return effects.send(ApiKey.JOIN_GROUP, version -> request, heldBackMs);
    }

    /** @param assignment by member; empty unless the member leads */
    long sync(String memberId, int generation, String assignor, Map<String, Set<TopicPartition>> assignment) {
        List<SyncGroupRequest.SyncGroupRequestAssignment> list = new ArrayList<>();
        assignment.forEach((id, partitions) -> list.add(new SyncGroupRequest.SyncGroupRequestAssignment()
                .memberId(id)
                .assignment(ConsumerProtocol.assignment(partitions))));
        SyncGroupRequest request = new SyncGroupRequest()
                .groupId(options.groupId())
                .generationId(generation)
                .memberId(memberId)
                .groupInstanceId(options.instanceId())
                .protocolType(ConsumerProtocol.TYPE)
                .protocolName(assignor)
                .assignments(list);
        return effects.send(ApiKey.SYNC_GROUP, version -> request, heldBackMs);
    }

    long heartbeat(String memberId, int generation) {
        HeartbeatRequest request = new HeartbeatRequest()
                .groupId(options.groupId())
                .generationId(generation)
                .memberId(memberId)
                .groupInstanceId(options.instanceId());
        return effects.send(ApiKey.HEARTBEAT, version -> request, options.sessionTimeoutMs());
    }

    long leave(String memberId) {
        return effects.send(ApiKey.LEAVE_GROUP, version -> leave(memberId, version), options.sessionTimeoutMs());
    }

    private ApiMessage leave(String memberId, short version) {
        LeaveGroupRequest request = new LeaveGroupRequest().groupId(options.groupId());
        return version < LEAVE_BY_LIST
                ? request.memberId(memberId)
                : request.members(List.of(new LeaveGroupRequest.MemberIdentity().memberId(memberId)));
    }
}
