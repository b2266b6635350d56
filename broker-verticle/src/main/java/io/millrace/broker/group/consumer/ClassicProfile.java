package io.millrace.broker.group.consumer;

import io.millrace.broker.group.decision.ClassicProtocol;
import io.millrace.wire.message.ConsumerGroupMemberMetadataValue;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known beside its profile of a member that speaks the classic protocol. Immutable.
 *
 * @param sessionTimeoutMs such a member chooses its own
 * @param protocols at least one, the best first
 */
record ClassicProfile(int sessionTimeoutMs, List<ClassicProtocol> protocols) {

    ClassicProfile {
        protocols = List.copyOf(protocols);
    }

    /** Under which it is told what to read. */
    ClassicProtocol first() {
        return protocols.get(0);
    }

    List<String> names() {
        return protocols.stream().map(ClassicProtocol::name).toList();
    }

    int bytes() {
        return protocols.stream().mapToInt(ClassicProtocol::bytes).sum();
    }

    static ClassicProfile of(ConsumerGroupMemberMetadataValue.ClassicMemberMetadata record) {
        return new ClassicProfile(
                record.sessionTimeoutMs(),
                record.supportedProtocols().stream()
                        .map(each -> ClassicProtocol.of(each.name(), each.metadata()))
                        .toList());
    }

    ConsumerGroupMemberMetadataValue.ClassicMemberMetadata recorded() {
        List<ConsumerGroupMemberMetadataValue.ClassicProtocol> list = new ArrayList<>();
        for (ClassicProtocol each : protocols) {
            list.add(new ConsumerGroupMemberMetadataValue.ClassicProtocol()
                    .name(each.name())
                    .metadata(each.metadata()));
        }
        return new ConsumerGroupMemberMetadataValue.ClassicMemberMetadata()
                .sessionTimeoutMs(sessionTimeoutMs)
                .supportedProtocols(list);
    }
}
