package io.millrace.broker.group.classic;

import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import io.millrace.wire.message.DescribeGroupsResponse.DescribedGroupMember;
import io.millrace.wire.message.ListGroupsResponse.ListedGroup;
import io.netty.buffer.Unpooled;

/** A group as tools see it. */
public final class GroupViews {

    /** What kind of group it is, as ListGroups names it. */
    public static final String TYPE = "classic";

    private GroupViews() {}

    public static ListedGroup listed(ClassicGroup group) {
        String type = group.protocolType();
        return new ListedGroup()
                .groupId(group.id())
                .protocolType(type == null ? "" : type)
                .groupState(group.state().title())
                .groupType(TYPE);
    }

    /** What members say and have is told while it holds: in a stable group. */
    public static DescribedGroup described(ClassicGroup group) {
        boolean stable = group.state() == GroupState.STABLE;
        String type = group.protocolType();
        String protocol = group.protocol();
        DescribedGroup answer = new DescribedGroup()
                .groupId(group.id())
                .groupState(group.state().title())
                .protocolType(type == null ? "" : type)
                .protocolData(stable && protocol != null ? protocol : "");
        for (Member each : group.members()) {
            answer.members()
                    .add(new DescribedGroupMember()
                            .memberId(each.id)
                            .groupInstanceId(each.instanceId)
                            .clientId(each.clientId)
                            .clientHost(each.clientHost)
                            .memberMetadata(stable ? each.protocols.metadata(protocol) : Unpooled.EMPTY_BUFFER)
                            .memberAssignment(Unpooled.wrappedBuffer(each.assignment)));
        }
        return answer;
    }
}
