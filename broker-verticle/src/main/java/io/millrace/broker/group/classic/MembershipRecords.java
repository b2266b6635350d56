package io.millrace.broker.group.classic;

import io.millrace.broker.group.decision.Moment;
import io.millrace.broker.group.record.MembershipRecord;
import io.millrace.wire.message.GroupMetadataValue;
import io.millrace.wire.message.GroupMetadataValue.MemberMetadata;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is remembered of a group's members. */
final class MembershipRecords {

    private MembershipRecords() {}

    /** Nobody is left: a generation without members. */
    static MembershipRecord empty(ClassicGroup group, Moment now) {
        return new MembershipRecord(
                group.id(),
                value(group, now)
                        .generation(group.generation() + 1)
                        .protocol(null)
                        .leader(null));
    }

    /** The generation as it is, with these members and what each is assigned, whose bytes are not copied. */
    static MembershipRecord of(
            ClassicGroup group,
            Collection<Member> members,
            Function<Member, ByteBuf> assignment,
            @Nullable String leader,
            Moment now) {
        List<MemberMetadata> recorded = new ArrayList<>(members.size());
        for (Member each : members) {
            recorded.add(new MemberMetadata()
                    .memberId(each.id)
                    .groupInstanceId(each.instanceId)
                    .clientId(each.clientId)
                    .clientHost(each.clientHost)
                    .rebalanceTimeout(each.rebalanceTimeoutMs)
                    .sessionTimeout(each.sessionTimeoutMs)
                    .subscription(each.protocols.metadata(group.protocol()))
                    .assignment(assignment.apply(each)));
        }
        return new MembershipRecord(group.id(), value(group, now).leader(leader).members(recorded));
    }

    private static GroupMetadataValue value(ClassicGroup group, Moment now) {
        String type = group.protocolType();
        return new GroupMetadataValue()
                .protocolType(type == null ? "" : type)
                .generation(group.generation())
                .protocol(group.protocol())
                .currentStateTimestamp(now.wallMs());
    }
}
