package io.millrace.broker.group.classic;

import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.JoinGroupResponse;
import io.millrace.wire.message.JoinGroupResponse.JoinGroupResponseMember;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers to JoinGroup. The protocol's name may be null, for which old versions need the empty string. */
public final class JoinAnswers {

    private JoinAnswers() {}

    public static JoinGroupResponse failed(String memberId, ErrorCode error) {
        return new JoinGroupResponse()
                .memberId(memberId)
                .errorCode(error.code())
                .protocolName(null);
    }

    /** Who the members of the generation are is told to its leader only, who assigns. */
    static JoinGroupResponse of(ClassicGroup group, Member member) {
        boolean leads = member.id.equals(group.leader());
        return of(group, member.id, group.leader()).members(leads ? members(group) : List.of());
    }

    /** Without the members. */
    static JoinGroupResponse of(ClassicGroup group, String memberId, @Nullable String leader) {
        return new JoinGroupResponse()
                .memberId(memberId)
                .generationId(group.generation())
                .protocolType(group.protocolType())
                .protocolName(group.protocol())
                .leader(leader == null ? "" : leader);
    }

    static List<JoinGroupResponseMember> members(ClassicGroup group) {
        List<JoinGroupResponseMember> all = new ArrayList<>();
        for (Member each : group.members()) {
            all.add(new JoinGroupResponseMember()
                    .memberId(each.id)
                    .groupInstanceId(each.instanceId)
                    .metadata(each.protocols.metadata(group.protocol())));
        }
        return all;
    }
}
